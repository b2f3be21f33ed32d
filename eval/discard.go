package eval

import (
	"cmp"
	"math"
	"slices"
)

// DiscardPoint is one point of an error versus discard characteristic.
type DiscardPoint struct {
	Quality   float64 // comparisons of this quality or less have been discarded; -Inf at the start
	Discarded float64 // share of the mated comparisons that is, 0..1
	FNMR      float64 // of those that are left, 0..1
}

// Discard returns the error versus discard characteristic (ISO/IEC 29794-1:2024; Grother and Tabassi, PAMI 29(4), 2007):
// how FNMR at a threshold falls as mated comparisons are left out, worst quality first. A comparison's quality is that of
// its poorer sample; a sample without one counts as 0. The last point has at least one comparison left. A quality score
// that ranks samples well has a curve close to Ideal. It fails with ErrNoPairs without mated comparisons.
func Discard(scores []Score, quality map[Sample]float64, threshold float64) ([]DiscardPoint, error) {
	type pair struct {
		quality float64
		missed  int
	}
	var pairs []pair
	missed := 0
	for _, s := range scores {
		if !s.Mated() {
			continue
		}
		p := pair{quality: min(quality[s.A], quality[s.B])}
		if s.value() < threshold {
			p.missed = 1
		}
		missed += p.missed
		pairs = append(pairs, p)
	}
	n := len(pairs)
	if n == 0 {
		return nil, ErrNoPairs
	}
	slices.SortFunc(pairs, func(a, b pair) int { return cmp.Compare(a.quality, b.quality) })
	out := []DiscardPoint{{math.Inf(-1), 0, float64(missed) / float64(n)}}
	for i, p := range pairs {
		missed -= p.missed
		if left := n - i - 1; left > 0 && pairs[i+1].quality != p.quality {
			out = append(out, DiscardPoint{p.quality, float64(i+1) / float64(n), float64(missed) / float64(left)})
		}
	}
	return out, nil
}

// Ideal is the FNMR left when a share of the comparisons has been discarded by a quality score that knows which will fail.
func Ideal(start, discarded float64) float64 {
	if discarded >= start {
		return 0
	}
	return (start - discarded) / (1 - discarded)
}

// DiscardArea is the mean FNMR of a characteristic while up to a share limit of the comparisons is discarded, over the FNMR
// at its start: 1 if quality says nothing of errors, less the more it says. The least that can be had is IdealArea. It is 0
// where there is no error to begin with.
func DiscardArea(points []DiscardPoint, limit float64) float64 {
	if len(points) == 0 || points[0].FNMR == 0 || limit <= 0 {
		return 0
	}
	sum := 0.0
	for i, p := range points {
		end := limit
		if i+1 < len(points) {
			end = min(limit, points[i+1].Discarded)
		}
		if end > p.Discarded {
			sum += p.FNMR * (end - p.Discarded)
		}
	}
	return sum / limit / points[0].FNMR
}

// IdealArea is the DiscardArea of Ideal.
func IdealArea(start, limit float64) float64 {
	if start == 0 || limit <= 0 {
		return 0
	}
	d := min(start, limit)
	// The integral of (s-x)/(1-x) from 0 to d is d + (1-s) ln(1-d).
	return (d + (1-start)*math.Log1p(-d)) / limit / start
}

// ThresholdAtFNMR is the lowest score of a mated comparison at which at least a share of the mated comparisons is missed.
// It fails with ErrNoPairs without mated comparisons.
func ThresholdAtFNMR(scores []Score, share float64) (float64, error) {
	var mated []float64
	for _, s := range scores {
		if s.Mated() {
			mated = append(mated, s.value())
		}
	}
	if len(mated) == 0 {
		return 0, ErrNoPairs
	}
	slices.Sort(mated)
	for i := range mated {
		if i > 0 && mated[i] != mated[i-1] && float64(i) >= share*float64(len(mated)) {
			return mated[i], nil
		}
	}
	return math.Inf(1), nil
}
