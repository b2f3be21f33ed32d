package finger

// The ridge period tells a wrong resolution from a right one, not a good estimate from a better: it differs by a fifth
// between adults, and children's is a third finer. Median periods of 260 of the real images at their true resolution lie
// between 6.4 and 12.1 px (nine in ten: 7 to 10), so only what is outside that is taken for a wrong or missing resolution.
const (
	meanPeriod8   = 69  // eighths of a pixel at 500 ppi: 8.6 px, the median of those images
	knownLow8     = 38  // outside these a stated resolution is not believed
	knownHigh8    = 112 // 14 px: what 500 ppi is taken for when the image has 810
	unknownLow8   = 49  // outside these 500 ppi is not assumed where none is stated
	unknownHigh8  = 100
	sureShare     = 100 // one sure estimate in so many places, and
	sureLeast     = 8   // at least so many, speak for the whole
	finerPPI      = 250 // tried where none is stated and at 500 ppi no ridges are seen
	settledWithin = 1.5 // after a correction the period must be this near the mean, as a factor
)

// typicalPeriod is what the print's ridges say of its scale.
type typicalPeriod struct {
	period8 int // median of the sure estimates, eighths of a pixel
	sure    int // number of them
	nodes   int // places looked at
}

func (t typicalPeriod) counts() bool { return t.sure >= sureLeast && t.sure*sureShare >= t.nodes }

// settleResolution drafts the image at its stated resolution or at 500 ppi and, where the ridges then are far too wide or
// too narrow for a finger, at the resolution at which they are as usual. It reports whether it did that.
func settleResolution(img Image) (*draft, bool) {
	d := newDraft(img)
	ppi, low, high := img.PPI, knownLow8, knownHigh8
	if ppi == 0 {
		ppi, low, high = defaultPPI, unknownLow8, unknownHigh8
	}
	p := d.typical
	switch {
	case p.counts() && (p.period8 < low || p.period8 > high):
		img.PPI = ppi * float64(p.period8) / meanPeriod8
	case !p.counts() && img.PPI == 0:
		img.PPI = finerPPI
	default:
		return d, false
	}
	if img.check() != nil {
		return d, false
	}
	e := newDraft(img)
	if better := img; e.typical.counts() && !near(e.typical.period8, 1.1) { // finerPPI was but a guess
		if better.PPI *= float64(e.typical.period8) / meanPeriod8; better.check() == nil {
			e = newDraft(better)
		}
	}
	if q := e.typical; !q.counts() || q.sure*p.nodes < p.sure*q.nodes || !near(q.period8, settledWithin) {
		return d, false
	}
	return e, true
}

// near tells whether a period is within a factor of the mean.
func near(period8 int, factor float64) bool {
	return float64(period8) <= float64(meanPeriod8*factor) && float64(period8)*factor >= meanPeriod8
}
