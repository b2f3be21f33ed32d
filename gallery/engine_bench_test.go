package gallery

import (
	"context"
	"fmt"
	"testing"

	"convenio/finger"
)

// BenchmarkSearch compares two fingers with 500 people (templates of six synthetic fingers, repeated) on one worker.
func BenchmarkSearch(b *testing.B) {
	var templates []*finger.Prepared
	for i := range 6 {
		if t := impression(b, i, 2, 0); t != nil {
			templates = append(templates, t)
		}
	}
	probe := []Finger{{2, impression(b, 0, 2, 1)}, {7, impression(b, 1, 2, 1)}}
	const people = 500
	g := New()
	var refs []Reference
	for i := range people {
		for j, f := range []finger.Position{2, 7} {
			refs = append(refs, Reference{fmt.Sprint(i), f, "open", templates[(i+j)%len(templates)]})
		}
	}
	must(b, g.Add(refs...))
	for b.Loop() {
		_, err := g.Search(context.Background(), probe, everyone, Options{Threshold: 60})
		must(b, err)
	}
	b.ReportMetric(float64(2*people*b.N)/b.Elapsed().Seconds(), "comparisons/s")
}
