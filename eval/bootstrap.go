package eval

import (
	"cmp"
	"math/rand/v2"
	"slices"
)

// Interval is a confidence interval.
type Interval struct {
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

// Intervals are confidence intervals of the figures of the same names.
type Intervals struct{ EER, FMR100, FMR1000, ZeroFMR Interval }

// Bootstrap returns 95 % percentile intervals by resampling fingers (ISO/IEC 19795-1:2021, Annex on bootstrap: comparisons
// that share a finger are not independent, fingers are): each round draws as many fingers as there are, with replacement; a
// mated pair counts as often as its finger was drawn, a non-mated pair as often as both were. The seed fixes the result.
// A few hundred rounds are enough for two digits.
func Bootstrap(scores []Score, p Protocol, rounds int, seed uint64) (Intervals, error) {
	var kept []Score
	first := firstImpressions(scores)
	for _, s := range scores {
		if s.Mated() || p == Full || s.A.Impression == first[s.A.Finger] && s.B.Impression == first[s.B.Finger] {
			kept = append(kept, s)
		}
	}
	slices.SortStableFunc(kept, func(a, b Score) int { return cmp.Compare(a.value(), b.value()) })
	index := map[string]int{}
	type ref struct{ a, b int }
	refs := make([]ref, len(kept))
	for i, s := range kept {
		refs[i] = ref{number(index, s.A.Finger), number(index, s.B.Finger)}
	}
	rng := rand.New(rand.NewPCG(seed, 0x636f6e76656e696f))
	var eer, f100, f1000, zero []float64
	count := make([]int, len(index))
	var mated, other []float64
	var room []Point
	for range rounds {
		clear(count)
		for range index {
			count[rng.IntN(len(index))]++
		}
		mated, other = mated[:0], other[:0]
		for i, r := range refs {
			if r.a == r.b {
				mated = appendTimes(mated, kept[i].value(), count[r.a])
			} else {
				other = appendTimes(other, kept[i].value(), count[r.a]*count[r.b])
			}
		}
		f, curve, err := figuresInto(room, mated, other)
		room = curve
		if err != nil {
			continue // every draw was the same finger: no non-mated pair
		}
		eer, f100, f1000, zero = append(eer, f.EER), append(f100, f.FMR100), append(f1000, f.FMR1000), append(zero, f.ZeroFMR)
	}
	if len(eer) == 0 {
		return Intervals{}, ErrNoPairs
	}
	return Intervals{central(eer), central(f100), central(f1000), central(zero)}, nil
}

func number(index map[string]int, finger string) int {
	n, ok := index[finger]
	if !ok {
		n = len(index)
		index[finger] = n
	}
	return n
}

func appendTimes(to []float64, v float64, n int) []float64 {
	for range n {
		to = append(to, v)
	}
	return to
}

// central returns the 2.5 and 97.5 percentiles.
func central(v []float64) Interval {
	slices.Sort(v)
	n := len(v) - 1
	return Interval{v[n*25/1000], v[(n*975+999)/1000]}
}
