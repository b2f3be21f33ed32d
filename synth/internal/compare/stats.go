package main

import (
	"math"
	"slices"

	"convenio/finger"
)

// measure is one figure over all prints or comparisons of a source.
type measure struct {
	name   string
	values []float64 // ascending
}

// summary is what the table and the picture show of a source.
type summary struct {
	name     string
	real     bool
	prints   int
	failed   int
	measures []measure
}

// add notes a value; measures come in the order of their first value.
func (s *summary) add(name string, v float64) {
	for i := range s.measures {
		if s.measures[i].name == name {
			s.measures[i].values = append(s.measures[i].values, v)
			return
		}
	}
	s.measures = append(s.measures, measure{name, []float64{v}})
}

// get returns the values of a measure, ascending.
func (s *summary) get(name string) []float64 {
	for _, m := range s.measures {
		if m.name == name {
			return m.values
		}
	}
	return nil
}

// quantile of ascending values.
func quantile(v []float64, q float64) float64 {
	if len(v) == 0 {
		return math.NaN()
	}
	return v[int(q*float64(len(v)-1)+0.5)]
}

// mostNonMated bounds how many comparisons between fingers are made.
const mostNonMated = 24_000

func summarise(name string, isReal bool, prints []print, failed int) summary {
	s := summary{name: name, real: isReal, prints: len(prints) + failed, failed: failed}
	for _, p := range prints {
		s.look(p.template)
	}
	s.compareAll(prints)
	for i := range s.measures {
		slices.Sort(s.measures[i].values)
	}
	return s
}

// look measures one template.
func (s *summary) look(t *finger.Template) {
	f := t.CoarseField()
	n, period, square, reliable := 0.0, 0.0, 0.0, 0.0
	for i, r := range f.Reliable {
		if r == 0 {
			continue
		}
		p := float64(f.Period[i]) / 8
		n, period, square, reliable = n+1, period+p, square+p*p, reliable+float64(r)/255
	}
	area := n * 256 * (25.4 / 500) * (25.4 / 500)
	s.add("minutiae", float64(len(t.Minutiae)))
	s.add("area, mm2", area)
	s.add("minutiae/mm2", float64(len(t.Minutiae))/area)
	s.add("quality score", float64(t.Quality.Score))
	s.add("period, px", period/n)
	s.add("period sd within, px", math.Sqrt(max(0, square/n-period/n*period/n)))
	s.add("reliability", reliable/n)
	for i, m := range t.Minutiae {
		s.add("minutia quality", float64(m.Quality))
		nearest := math.Inf(1)
		for k, o := range t.Minutiae {
			if k != i {
				nearest = min(nearest, math.Hypot(float64(m.X)-float64(o.X), float64(m.Y)-float64(o.Y))/8)
			}
		}
		s.add("nearest minutia, px", nearest)
	}
}

// compareAll compares every two prints, or as many non-mated ones, spread
// evenly, as is enough.
func (s *summary) compareAll(prints []print) {
	type pair struct{ a, b print }
	var mated, non []pair
	for i, a := range prints {
		for _, b := range prints[:i] {
			if a.owner == b.owner {
				mated = append(mated, pair{a, b})
			} else {
				non = append(non, pair{a, b})
			}
		}
	}
	if step := (len(non) + mostNonMated - 1) / mostNonMated; step > 1 {
		kept := non[:0]
		for i := 0; i < len(non); i += step {
			kept = append(kept, non[i])
		}
		non = kept
	}
	for i, pairs := range [][]pair{mated, non} {
		kind := []string{"mated", "non-mated"}[i]
		terms := make([]finger.Comparison, len(pairs))
		similar := make([]float64, len(pairs))
		fits := make([]fit, len(pairs))
		pool := make(chan *finger.Comparer, workers)
		for range workers {
			pool <- finger.NewComparer()
		}
		parallel(len(pairs), func(i int) {
			c := <-pool
			defer func() { pool <- c }()
			r := c.Compare(pairs[i].a.prepared, pairs[i].b.prepared)
			for _, p := range r.Pairs {
				similar[i] += p.Similarity / float64(len(r.Pairs))
			}
			fits[i] = align(pairs[i].a.template, pairs[i].b.template, r.Pairs)
			r.Pairs = nil
			terms[i] = r
		})
		for i, r := range terms {
			s.note(kind, r, similar[i], fits[i])
		}
	}
}

func (s *summary) note(kind string, r finger.Comparison, similar float64, f fit) {
	s.add(kind+" score", float64(r.Score))
	s.add(kind+" evidence", r.Terms.Evidence)
	s.add(kind+" pairs", r.Terms.Pairs)
	s.add(kind+" common, mm2", r.Terms.Common*256*(25.4/500)*(25.4/500))
	if r.Terms.Pairs == 0 {
		return
	}
	s.add(kind+" neighbourhood similarity", similar)
	s.add(kind+" flow error", r.Terms.FlowError)
	s.add(kind+" period error", r.Terms.PeriodError)
	if kind != "mated" || r.Score < 30 {
		return
	}
	// Of safely aligned mates, what became of their minutiae.
	s.add("aligned: quality paired", r.Terms.Share)
	s.add("aligned: same kind", r.Terms.SameKind/r.Terms.Pairs)
	s.add("aligned: turn, degrees", f.turn)
	s.add("aligned: misfit, px", f.misfit)
	s.add("aligned: near misfit, px", f.local)
	s.add("aligned: directions, degrees", f.directions)
}
