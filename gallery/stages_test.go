package gallery

import (
	"context"
	"fmt"
	"testing"

	"convenio/finger"
	"convenio/synth"
)

// crowd enrols people of a population with some fingers, each under a class.
func crowd(t testing.TB, seed uint64, people int, fingers []finger.Position, class func(i int) string) *Gallery {
	t.Helper()
	g, pop := New(), synth.NewPopulation(seed)
	var refs []Reference
	for i := range people {
		for _, f := range fingers {
			refs = append(refs, Reference{fmt.Sprint("s", i), f, class(i), finger.Prepare(pop.Reference(uint64(i), f))})
		}
	}
	must(t, g.Add(refs...))
	return g
}

func probeOf(seed uint64, person int, fingers []finger.Position) (out []Finger) {
	pop := synth.NewPopulation(seed)
	for _, f := range fingers {
		out = append(out, Finger{f, finger.Prepare(pop.Probe(uint64(person), f, 0))})
	}
	return out
}

func oneClass(int) string { return "open" }

// With bounds so tight that both first stages must choose, the staged search finds whom the exhaustive one finds, with the
// same score.
func TestStagesFindTheSame(t *testing.T) {
	const people = 700
	fingers := []finger.Position{finger.RightIndex, finger.LeftIndex}
	g := crowd(t, 11, people, fingers, oneClass)
	ctx := context.Background()
	tight := Options{Threshold: 60, Votes: 400, Compare: 60, Workers: 2}
	lost, found := 0, 0
	for i := 0; i < people; i += 50 {
		probe := probeOf(11, i, fingers)
		want, err := g.Search(ctx, probe, everyone, Options{Threshold: 60, Exhaustive: true})
		must(t, err)
		got, err := g.Search(ctx, probe, everyone, tight)
		must(t, err)
		if fmt.Sprint(names(got)) != fmt.Sprint(names(want)) {
			lost++
			t.Logf("person %d: %v, exhaustive %v", i, names(got), names(want))
			continue
		}
		for k, c := range got.Candidates {
			if found++; c.Score != want.Candidates[k].Score {
				t.Errorf("%s scores %v, exhaustive %v", c.Subject, c.Score, want.Candidates[k].Score)
			}
		}
		if n := len(got.Stages); n != 3 || got.Stages[0].Candidates > 300 || got.Stages[1].Candidates > 40 || got.Stages[2].Fingers > 80 {
			t.Errorf("stages %+v", got.Stages)
		}
	}
	if lost > 0 || found < 12 {
		t.Errorf("%d of 14 searches lost somebody, %d found", lost, found)
	}
}

func names(r Result) (out []string) {
	for _, c := range r.Candidates {
		out = append(out, c.Subject)
	}
	return out
}
