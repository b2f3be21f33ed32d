package finger

import "fmt"

const (
	foregroundReliability = 72   // 0..255; below it the image does not follow ridges
	minCoherence          = 0.09 // of 520 real prints the least has 0.24, made noisy to full strength 0.10; white noise 0.06
	minForegroundPx       = 2000 // pixels at 500 ppi (5 mm2): less is no print
)

// Extract makes a template of an image of one finger. It fails with a *RejectError if the image is not a usable
// fingerprint at all; a poor one gives a template whose Quality says so. tap may be nil. It is safe for concurrent use,
// takes time and memory in proportion to the image's area at 500 ppi, and gives the same template on every platform.
func Extract(img Image, tap Tap) (*Template, error) {
	if err := img.check(); err != nil {
		return nil, err
	}
	d, rescaled := settleResolution(img)
	tapGray(tap, "resampled", d.gray, 0)
	tapGray(tap, "normalised", d.norm.img, 2)
	tapGrid(tap, "mask", d.mask)
	if !d.print() {
		return nil, &RejectError{Reason: ReasonNoFinger, Detail: fmt.Sprintf("contrast %d, area %d px", d.norm.high, area(d.mask))}
	}
	if d.coherence < minCoherence {
		return nil, &RejectError{Reason: ReasonNoFinger, Detail: fmt.Sprintf("no direction: coherence %.2f", d.coherence)}
	}
	r := d.findRidges(tap)
	if area(r.foreground) < minForegroundPx {
		return nil, &RejectError{Reason: ReasonNoFinger, Detail: fmt.Sprintf("ridges on %d px only", area(r.foreground))}
	}
	t := &Template{Width: d.gray.w, Height: d.gray.h, Minutiae: readMinutiae(r, tap)}
	t.field = coarseField(r)
	q := measure(r, d.norm, d.gray, d.mask, t.Minutiae)
	if tap != nil && tap.Wants("measures") {
		tap.Take("measures", q)
	}
	t.Quality = assess(q, len(t.Minutiae))
	if rescaled {
		t.Quality.Reasons = append(t.Quality.Reasons, ReasonRescaled)
	}
	return t, nil
}

// draft is an image after the steps that do not follow ridges yet, and after the first pass that does.
type draft struct {
	gray      *plane
	norm      normalised
	mask      *grid
	first     *plane // filtered once
	field     *grid  // orientation and period read off first
	period    *grid
	typical   typicalPeriod
	coherence float64 // of the image before filtering
}

// print tells whether there is anything that could be a print.
func (d *draft) print() bool { return d.norm.high >= minContrast && area(d.mask) >= minForegroundPx }

func newDraft(img Image) *draft {
	d := &draft{gray: resample(img)}
	d.norm = normalise(d.gray)
	d.mask = segment(d.norm)
	if !d.print() {
		return d
	}
	t := gradientTensor(d.norm.img, d.mask)
	d.coherence = t.coherence()
	field := orientationField(t, tensorRadii)
	period, _ := periodField(d.norm.img, field, d.mask)
	d.first = enhance(d.norm.img, field, period, d.mask)
	d.field = orientationField(gradientTensor(d.first, d.mask), tensorRadii2)
	d.period, d.typical = periodField(d.first, d.field, d.mask)
	return d
}

// ridges is what is known of the print after filtering.
type ridges struct {
	enhanced                               *plane
	field, period, reliability, foreground *grid
}

// findRidges filters again with orientation and period read off the image filtered once, whose noise is less.
func (d *draft) findRidges(tap Tap) ridges {
	r := ridges{field: d.field, period: d.period}
	r.enhanced = enhance(d.norm.img, r.field, r.period, d.mask)
	r.reliability = reliability(d.norm.img, r.enhanced, d.mask)
	r.foreground = foreground(r.reliability)
	tapGrid(tap, "orientation", r.field)
	tapGrid(tap, "period", r.period)
	tapGray(tap, "enhanced", r.enhanced, 2)
	tapGrid(tap, "reliability", r.reliability)
	tapGrid(tap, "foreground", r.foreground)
	return r
}

// foreground keeps cells the image follows ridges in, tidied as the mask is.
func foreground(reliable *grid) *grid {
	m := newGrid(reliable.w, reliable.h)
	for i, v := range reliable.v {
		if v >= foregroundReliability {
			m.v[i] = 1
		}
	}
	return tidyMask(m)
}

func area(m *grid) int {
	n := 0
	for _, v := range m.v {
		n += int(v)
	}
	return n * cellPx * cellPx
}

func readMinutiae(r ridges, tap Tap) []Minutia {
	b := binarise(r.enhanced, r.foreground)
	tapBits(tap, "binary", b)
	thin(b)
	cleanSkeleton(b, r.field)
	tapBits(tap, "skeleton", b)
	all := findMinutiae(b, r.field)
	tapMinutiae(tap, "candidates", all)
	kept := filterMinutiae(all, r.foreground, r.reliability)
	tapMinutiae(tap, "minutiae", kept)
	return kept
}
