package eval

import "math"

// Histogram is how scores are spread, in bins of equal width.
type Histogram struct {
	From, Width     float64   // lower edge of the first bin; width of each
	Mated, NonMated []float64 // share of the comparisons of that kind in each bin, 0..1
	FailedMated     float64   // share of mated comparisons that could not be made; they are in no bin
	FailedNonMated  float64
}

// Spread sorts scores into bins from the least to the highest finite score. It fails with ErrNoPairs without mated or
// without non-mated comparisons. bins is at least 1.
func Spread(scores []Score, p Protocol, bins int) (Histogram, error) {
	mated, other := split(scores, p)
	if len(mated) == 0 || len(other) == 0 {
		return Histogram{}, ErrNoPairs
	}
	bins = max(bins, 1)
	low, high := math.Inf(1), math.Inf(-1)
	for _, list := range [2][]float64{mated, other} {
		for _, v := range list {
			if !math.IsInf(v, 0) {
				low, high = min(low, v), max(high, v)
			}
		}
	}
	if low > high { // nothing but failures
		low, high = 0, 1
	}
	h := Histogram{From: low, Width: (high - low) / float64(bins), Mated: make([]float64, bins), NonMated: make([]float64, bins)}
	if !(h.Width > 0) || math.IsInf(h.Width, 0) {
		h.Width = 1
	}
	h.FailedMated = h.fill(h.Mated, mated)
	h.FailedNonMated = h.fill(h.NonMated, other)
	return h, nil
}

func (h Histogram) fill(into, values []float64) (failed float64) {
	one := 1 / float64(len(values))
	for _, v := range values {
		if math.IsInf(v, -1) {
			failed += one
			continue
		}
		k := int(min(max((v-h.From)/h.Width, 0), float64(len(into)-1)))
		into[k] += one
	}
	return failed
}
