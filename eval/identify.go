package eval

import (
	"cmp"
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"

	"convenio/finger"
)

// ErrNoSearches says that there is nothing to identify: no gallery of two fingers, or no probe of one of its fingers.
var ErrNoSearches = errors.New("no searches: two fingers and a second impression of one of them are needed")

// Gallery chooses the references of an identification test: of each finger the lowest impression that has a template, or
// the lowest of all where none has (a failure to enrol: every search for that finger then misses). All other samples are
// probes. Both come in the order of the items.
func Gallery(items []Item) (references, probes []Item) {
	chosen := map[string]int{}
	for i, it := range items {
		k, ok := chosen[it.Sample.Finger]
		if !ok || better(it, items[k]) {
			chosen[it.Sample.Finger] = i
		}
	}
	for i, it := range items {
		if chosen[it.Sample.Finger] == i {
			references = append(references, it)
		} else {
			probes = append(probes, it)
		}
	}
	return references, probes
}

func better(a, b Item) bool {
	if (a.Prepared == nil) != (b.Prepared == nil) {
		return a.Prepared != nil
	}
	return a.Sample.Impression < b.Sample.Impression
}

// RunSearches compares every probe with every reference, workers at a time, and returns the scores probe by probe; A is the
// probe. done and ctx are as with RunContext.
func RunSearches(ctx context.Context, references, probes []Item, workers int, done func(comparisons int)) ([]Score, error) {
	n := len(references)
	out := make([]Score, len(probes)*n)
	err := parallel(ctx, len(probes), workers, func(c *finger.Comparer, i int) {
		for j, ref := range references {
			out[i*n+j] = Score{probes[i].Sample, ref.Sample, compare(c, probes[i], ref)}
		}
		if done != nil && n > 0 {
			done(n)
		}
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// Search is what one probe found. The mated search runs through the whole gallery, the non-mated one through the gallery
// without the reference of the probe's finger: so every probe stands once for a person who is enrolled and once for one
// who is not (open-set identification, ISO/IEC 19795-1:2021).
type Search struct {
	Probe Sample
	Mate  float64 // score of the probe's own finger; Failed if there is none
	Rank  int     // its rank, from 1; others of equal score stand before it; 0 if there is no score
	Other float64 // highest score of any other finger; Failed if there is none
}

// Searches sorts scores by probe (A) into searches, in the order in which probes first occur.
func Searches(scores []Score) []Search {
	index := map[Sample]int{}
	var out []Search
	for _, s := range scores {
		i, ok := index[s.A]
		if !ok {
			i = len(out)
			index[s.A] = i
			out = append(out, Search{Probe: s.A, Mate: Failed, Other: Failed})
		}
		if s.Mated() {
			out[i].Mate = max(out[i].Mate, s.value())
		} else {
			out[i].Other = max(out[i].Other, s.value())
		}
	}
	for _, s := range scores {
		if r := &out[index[s.A]]; !s.Mated() && s.value() >= r.Mate {
			r.Rank++
		}
	}
	for i := range out {
		out[i].Rank++
		if math.IsInf(out[i].Mate, -1) {
			out[i].Rank = 0
		}
	}
	return out
}

// Identification holds the figures of an identification test. Rates are 0..1. A reference is a candidate if its score is at
// or above the threshold; there is no limit of rank on the candidate list but the gallery's size.
type Identification struct {
	Searches    int       // mated searches, and as many non-mated ones
	Rank1       float64   // share of mated searches with the mate at rank 1, whatever its score: closed set
	FNIR10      float64   // false negative identification rate at the lowest threshold with FPIR <= 1/10
	FNIR100     float64   // and <= 1/100
	Threshold10 float64   // that threshold; +Inf if no score is one
	Threshold01 float64   // the one for 1/100
	CMC         []float64 // cumulative match characteristic: [r-1] is the share with the mate at rank r or better
}

// Identify computes the figures of searches in a gallery of so many references.
func Identify(searches []Search, gallery int) (Identification, error) {
	if len(searches) == 0 || gallery < 2 {
		return Identification{}, ErrNoSearches
	}
	f := Identification{Searches: len(searches), CMC: make([]float64, gallery)}
	mates, others := make([]float64, len(searches)), make([]float64, len(searches))
	for i, s := range searches {
		mates[i], others[i] = s.Mate, s.Other
		if s.Rank > 0 && s.Rank <= gallery {
			f.CMC[s.Rank-1]++
		}
	}
	sum := 0.0
	for r, v := range f.CMC {
		sum += v
		f.CMC[r] = sum / float64(len(searches))
	}
	f.Rank1 = f.CMC[0]
	slices.Sort(mates)
	slices.Sort(others)
	r := curve(nil, mates, others) // of a search's best scores FMR is FPIR, and FNMR is FNIR
	f.FNIR10, f.Threshold10 = atFMR(r, 1.0/10)
	f.FNIR100, f.Threshold01 = atFMR(r, 1.0/100)
	return f, nil
}

// IdentifyCurve returns FNIR over FPIR, by rising threshold, as Points: FMR stands for FPIR and FNMR for FNIR.
func IdentifyCurve(searches []Search) ([]Point, error) {
	if len(searches) == 0 {
		return nil, ErrNoSearches
	}
	var mates, others []float64
	for _, s := range searches {
		mates, others = append(mates, s.Mate), append(others, s.Other)
	}
	slices.Sort(mates)
	slices.Sort(others)
	return curve(nil, mates, others), nil
}

// IdentificationIntervals are confidence intervals of the figures of the same names.
type IdentificationIntervals struct{ Rank1, FNIR10, FNIR100 Interval }

// BootstrapSearches returns 95 % percentile intervals by resampling the probes' fingers with replacement. The gallery stays
// as it is: the intervals do not tell what another gallery would have given. The seed fixes the result.
func BootstrapSearches(searches []Search, gallery, rounds int, seed uint64) (IdentificationIntervals, error) {
	byFinger := map[string][]Search{}
	for _, s := range searches {
		byFinger[s.Probe.Finger] = append(byFinger[s.Probe.Finger], s)
	}
	var groups [][]Search
	for _, g := range byFinger {
		groups = append(groups, g)
	}
	slices.SortFunc(groups, func(a, b []Search) int { return cmp.Compare(a[0].Probe.Finger, b[0].Probe.Finger) })
	rng := rand.New(rand.NewPCG(seed, 0x636f6e76656e696f))
	var rank1, f10, f100 []float64
	var drawn []Search
	for range rounds {
		drawn = drawn[:0]
		for range groups {
			drawn = append(drawn, groups[rng.IntN(len(groups))]...)
		}
		f, err := Identify(drawn, gallery)
		if err != nil {
			return IdentificationIntervals{}, err
		}
		rank1, f10, f100 = append(rank1, f.Rank1), append(f10, f.FNIR10), append(f100, f.FNIR100)
	}
	if len(rank1) == 0 {
		return IdentificationIntervals{}, ErrNoSearches
	}
	return IdentificationIntervals{central(rank1), central(f10), central(f100)}, nil
}
