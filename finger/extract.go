package finger

import "fmt"

const (
	foregroundReliability = 72   // 0..255; below it the image does not follow ridges
	minForegroundPx       = 2000 // pixels at 500 ppi (5 mm2): less is no print
)

// Extract makes a template of an image of one finger. It fails with a *RejectError if the image is not a usable
// fingerprint at all; a poor one gives a template whose Quality says so. tap may be nil. It is safe for concurrent use,
// takes time and memory in proportion to the image's area at 500 ppi, and gives the same template on every platform.
func Extract(img Image, tap Tap) (*Template, error) {
	if err := img.check(); err != nil {
		return nil, err
	}
	gray := resample(img)
	tapGray(tap, "resampled", gray, 0)
	norm := normalise(gray)
	tapGray(tap, "normalised", norm.img, 2)
	mask := segment(norm)
	tapGrid(tap, "mask", mask)
	if norm.high < minContrast || area(mask) < minForegroundPx {
		return nil, &RejectError{Reason: ReasonNoFinger, Detail: fmt.Sprintf("contrast %d, area %d px", norm.high, area(mask))}
	}
	r := findRidges(norm, mask, tap)
	if area(r.foreground) < minForegroundPx {
		return nil, &RejectError{Reason: ReasonNoFinger, Detail: fmt.Sprintf("ridges on %d px only", area(r.foreground))}
	}
	t := &Template{Width: gray.w, Height: gray.h, Minutiae: readMinutiae(r, tap)}
	t.field = coarseField(r)
	q := measure(r, norm, gray, mask, t.Minutiae)
	if tap != nil && tap.Wants("measures") {
		tap.Take("measures", q)
	}
	t.Quality = assess(q, len(t.Minutiae))
	return t, nil
}

// ridges is what is known of the print after filtering.
type ridges struct {
	enhanced                               *plane
	field, period, reliability, foreground *grid
}

// findRidges estimates orientation and period, filters, and does so again on the filtered image, whose noise is less.
func findRidges(norm normalised, mask *grid, tap Tap) ridges {
	var r ridges
	r.field = orientationField(gradientTensor(norm.img, mask), tensorRadii)
	r.period = periodField(norm.img, r.field, mask)
	first := enhance(norm.img, r.field, r.period, mask)
	r.field = orientationField(gradientTensor(first, mask), tensorRadii2)
	r.period = periodField(first, r.field, mask)
	r.enhanced = enhance(norm.img, r.field, r.period, mask)
	r.reliability = reliability(norm.img, r.enhanced, mask)
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
