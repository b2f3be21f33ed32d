package gallery

import (
	"context"
	"fmt"
	"testing"

	"convenio/finger"
	"convenio/synth"
)

// impression makes a template of a synthetic finger; nil when the engine refuses the capture.
func impression(t testing.TB, person, position int, capture uint64) *finger.Prepared {
	t.Helper()
	f := synth.NewFinger(uint64(person)*100 + uint64(position))
	img, _ := f.Impression(synth.CooperativeConditions(uint64(person)*1000 + uint64(position)*10 + capture))
	template, err := finger.Extract(img, nil)
	if err != nil {
		t.Logf("person %d, finger %d, capture %d: %v", person, position, capture, err)
		return nil
	}
	return finger.Prepare(template)
}

// With the real engine and synthetic people, a second capture of an enrolled person finds that person alone, and a person
// who is not enrolled finds nobody. The threshold is strict: whether scores are calibrated is for the engine's own tests.
func TestSearchWithTheEngine(t *testing.T) {
	const people, strangers = 5, 2
	positions := []int{2, 7}
	g := New()
	for p := range people {
		for _, f := range positions {
			if r := impression(t, p, f, 0); r != nil {
				must(t, g.Add(Reference{fmt.Sprint("person ", p), finger.Position(f), "open", r}))
			}
		}
	}
	threshold := PersonThreshold(1e-5, g.Len())
	found := 0
	for p := range people + strangers {
		var probe []Finger
		for _, f := range positions {
			if r := impression(t, p, f, 1); r != nil {
				probe = append(probe, Finger{finger.Position(f), r})
			}
		}
		if len(probe) == 0 {
			continue
		}
		r, err := g.Search(context.Background(), probe, everyone, Options{Threshold: threshold, Workers: 2})
		must(t, err)
		for _, c := range r.Candidates {
			if c.Subject != fmt.Sprint("person ", p) {
				t.Errorf("person %d finds %s with %.1f, threshold %.1f", p, c.Subject, c.Score, threshold)
				continue
			}
			found++
		}
	}
	if found < people-1 {
		t.Errorf("%d of %d enrolled people were found", found, people)
	}
}
