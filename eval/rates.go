package eval

import (
	"errors"
	"math"
	"slices"
	"sort"
)

// Figures are error rates, 0..1. A comparison is a match if its score is at or above the threshold.
type Figures struct {
	Mated, NonMated int     // comparisons
	EER             float64 // where FMR and FNMR cross: half their sum at FVC's threshold
	EERLow, EERHigh float64 // the two at that threshold
	FMR100          float64 // lowest FNMR at a threshold with FMR <= 1/100
	FMR1000         float64 // and <= 1/1000
	ZeroFMR         float64 // and with no false match at all
	Threshold1000   float64 // lowest threshold with FMR <= 1/1000; +Inf if no score is one
	Threshold0      float64 // lowest threshold without a false match; +Inf if no score is one
	FailedShare     float64 // share of comparisons that could not be made
}

// ErrNoPairs says that scores hold no mated or no non-mated comparison: nothing can be said.
var ErrNoPairs = errors.New("no mated or no non-mated comparisons")

// Protocol chooses the non-mated comparisons that count.
type Protocol int

const (
	Full Protocol = iota // every pair of different fingers
	FVC                  // the first impressions of different fingers, as in the competitions
)

// Rates computes the figures of scores under a protocol.
func Rates(scores []Score, p Protocol) (Figures, error) {
	mated, other := split(scores, p)
	return figures(mated, other)
}

func split(scores []Score, p Protocol) (mated, other []float64) {
	first := firstImpressions(scores)
	for _, s := range scores {
		switch {
		case s.Mated():
			mated = append(mated, s.value())
		case p == Full || s.A.Impression == first[s.A.Finger] && s.B.Impression == first[s.B.Finger]:
			other = append(other, s.value())
		}
	}
	return mated, other
}

func firstImpressions(scores []Score) map[string]int {
	first := map[string]int{}
	for _, s := range scores {
		for _, x := range [2]Sample{s.A, s.B} {
			if f, ok := first[x.Finger]; !ok || x.Impression < f {
				first[x.Finger] = x.Impression
			}
		}
	}
	return first
}

// figures sorts its arguments.
func figures(mated, other []float64) (Figures, error) {
	f, _, err := figuresInto(nil, mated, other)
	return f, err
}

// figuresInto is figures with room for the curve, which it returns to be used again.
func figuresInto(room []Point, mated, other []float64) (Figures, []Point, error) {
	if len(mated) == 0 || len(other) == 0 {
		return Figures{}, room, ErrNoPairs
	}
	slices.Sort(mated)
	slices.Sort(other)
	f := Figures{Mated: len(mated), NonMated: len(other)}
	r := curve(room[:0], mated, other)
	f.EER, f.EERLow, f.EERHigh = equalError(r)
	f.FMR100, _ = atFMR(r, 1.0/100)
	f.FMR1000, f.Threshold1000 = atFMR(r, 1.0/1000)
	f.ZeroFMR, f.Threshold0 = atFMR(r, 0)
	failed := sort.SearchFloat64s(mated, -math.MaxFloat64) + sort.SearchFloat64s(other, -math.MaxFloat64)
	f.FailedShare = float64(failed) / float64(len(mated)+len(other))
	return f, r, nil
}

// Point is one point of a detection error trade-off (DET) curve (ISO/IEC 19795-1:2021): the shares of non-mated
// comparisons that are at or above the threshold and of mated ones that are below.
type Point struct{ Threshold, FMR, FNMR float64 }

// Curve returns the detection error trade-off of scores under a protocol, by rising threshold: a point at every score that
// occurs and one at infinity.
func Curve(scores []Score, p Protocol) ([]Point, error) {
	mated, other := split(scores, p)
	if len(mated) == 0 || len(other) == 0 {
		return nil, ErrNoPairs
	}
	slices.Sort(mated)
	slices.Sort(other)
	return curve(nil, mated, other), nil
}

// curve appends the points to out. Its other arguments are sorted.
func curve(out []Point, mated, other []float64) []Point {
	i, j := 0, 0
	for i < len(mated) || j < len(other) {
		var t float64
		switch {
		case i == len(mated):
			t = other[j]
		case j == len(other):
			t = mated[i]
		default:
			t = min(mated[i], other[j])
		}
		out = append(out, Point{t, float64(len(other)-j) / float64(len(other)), float64(i) / float64(len(mated))})
		for i < len(mated) && mated[i] == t {
			i++
		}
		for j < len(other) && other[j] == t {
			j++
		}
	}
	return append(out, Point{math.Inf(1), 0, 1})
}

// equalError follows FVC2000 (4.3): t1 is the highest threshold with FNMR <= FMR, t2 the lowest with FNMR >= FMR; the one
// whose rates sum to less is taken.
func equalError(r []Point) (eer, low, high float64) {
	a, b := r[0], r[len(r)-1]
	for _, p := range r {
		if p.FNMR <= p.FMR {
			a = p
		}
	}
	for _, p := range slices.Backward(r) {
		if p.FNMR >= p.FMR {
			b = p
		}
	}
	if a.FNMR+a.FMR <= b.FMR+b.FNMR {
		low, high = a.FNMR, a.FMR
	} else {
		low, high = b.FMR, b.FNMR
	}
	return (low + high) / 2, low, high
}

func atFMR(r []Point, limit float64) (fnmr, threshold float64) {
	for _, p := range r { // FNMR rises with the threshold: the first is the lowest
		if p.FMR <= limit+1e-15 {
			return p.FNMR, p.Threshold
		}
	}
	return 1, math.Inf(1)
}
