package gallery

import (
	"context"
	"fmt"
	"testing"

	"convenio/finger"
)

// nothing is a Comparer that takes no time, so that what is measured is the gallery.
type nothing struct{}

func (nothing) Compare(_, _ *finger.Prepared) finger.Score { return 3 }

// BenchmarkSearchOverhead is what the gallery costs beside the comparisons: ten fingers, 20,000 people.
func BenchmarkSearchOverhead(b *testing.B) {
	const people, fingers = 20_000, 10
	g := NewWith(func() Comparer { return nothing{} })
	t := new(finger.Prepared)
	var refs []Reference
	for i := range people {
		for p := range fingers {
			refs = append(refs, Reference{fmt.Sprint(i), finger.Position(p + 1), fmt.Sprint("class", i%5), t})
		}
	}
	must(b, g.Add(refs...))
	var probe []Finger
	for p := range fingers {
		probe = append(probe, Finger{finger.Position(p + 1), t})
	}
	b.ReportAllocs()
	for b.Loop() {
		r, err := g.Search(context.Background(), probe, everyone, Options{Threshold: 60})
		must(b, err)
		if r.Searched != people {
			b.Fatal(r.Searched)
		}
	}
	b.ReportMetric(float64(people*b.N)/b.Elapsed().Seconds(), "people/s")
}

// BenchmarkAdd is enrolment one at a time beside 100,000 people.
func BenchmarkAdd(b *testing.B) {
	g := NewWith(func() Comparer { return nothing{} })
	t := new(finger.Prepared)
	var refs []Reference
	for i := range 100_000 {
		refs = append(refs, Reference{fmt.Sprint(i), 2, "open", t})
	}
	must(b, g.Add(refs...))
	b.ReportAllocs()
	i := len(refs)
	for b.Loop() {
		must(b, g.Add(Reference{fmt.Sprint(i), 2, "open", t}))
		i++
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "people/s")
}
