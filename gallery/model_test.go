package gallery

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"pgregory.net/rapid"

	"convenio/finger"
)

type modelPerson struct {
	class   string
	fingers []finger.Position
}

// After any sequence of changes the gallery holds what a plain map holds, and a snapshot taken earlier what it held then.
func TestModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld()
		g := w.gallery()
		model := map[string]modelPerson{}
		old, oldState := g.current.Load(), describe(g.current.Load())
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			subject := fmt.Sprint("s", rapid.IntRange(0, 15).Draw(t, "subject"))
			class := rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "class")
			have, in := model[subject]
			switch rapid.IntRange(0, 4).Draw(t, "act") {
			case 0, 1:
				p := finger.Position(rapid.IntRange(0, 10).Draw(t, "position"))
				err := g.Add(w.reference(subject, p, class))
				if (err == nil) != (!in || have.class == class) {
					t.Fatalf("add to %v: %v", have, err)
				}
				if err == nil {
					model[subject] = modelPerson{class, append(slices.Clone(have.fingers), p)}
				}
			case 2:
				if g.Remove(subject) != in {
					t.Fatalf("remove: in is %v", in)
				}
				delete(model, subject)
			case 3:
				if err := g.SetClass(subject, class); (err == nil) != in {
					t.Fatalf("set class: %v", err)
				}
				if in {
					model[subject] = modelPerson{class, have.fingers}
				}
			case 4:
				old, oldState = g.current.Load(), describe(g.current.Load())
			}
			if got, want := describe(g.current.Load()), describeModel(model); got != want {
				t.Fatalf("gallery %s, want %s", got, want)
			}
			if got := describe(old); got != oldState {
				t.Fatalf("an old snapshot changed from %s to %s", oldState, got)
			}
		}
	})
}

func describe(s *snapshot) string {
	var lines []string
	for class, part := range s.partitions {
		n := 0
		for _, b := range part.blocks {
			for _, p := range b.people {
				n++
				var positions []finger.Position
				for _, f := range p.fingers {
					positions = append(positions, f.position)
				}
				lines = append(lines, fmt.Sprint(p.subject, class, positions))
			}
		}
		if n != part.people || n == 0 {
			lines = append(lines, fmt.Sprint("miscounted ", class))
		}
	}
	slices.Sort(lines)
	return fmt.Sprint(lines)
}

func describeModel(m map[string]modelPerson) string {
	var lines []string
	for _, s := range slices.Collect(maps.Keys(m)) {
		lines = append(lines, fmt.Sprint(s, m[s].class, m[s].fingers))
	}
	slices.Sort(lines)
	return fmt.Sprint(lines)
}

// Blocks fill, empty and move over many more people than a block holds.
func TestManyBlocks(t *testing.T) {
	w := newWorld()
	g := w.gallery()
	var refs []Reference
	for i := range 4*blockSize + 3 {
		refs = append(refs, w.reference(fmt.Sprintf("s%d", i), 1, "open"), w.reference(fmt.Sprintf("s%d", i), 2, "open"))
	}
	must(t, g.Add(refs...))
	for i := 0; i < 4*blockSize; i += 3 {
		if !g.Remove(fmt.Sprintf("s%d", i)) {
			t.Fatalf("s%d is not there", i)
		}
	}
	seen := map[string]bool{}
	for _, b := range g.current.Load().partitions["open"].blocks {
		for _, p := range b.people {
			seen[p.subject] = true
		}
	}
	for i := range 4*blockSize + 3 {
		if gone := i%3 == 0 && i < 4*blockSize; seen[fmt.Sprintf("s%d", i)] == gone {
			t.Fatalf("s%d: gone is %v", i, gone)
		}
	}
	if g.Len() != len(seen) || len(g.where) != len(seen) {
		t.Errorf("%d people, %d places, %d seen", g.Len(), len(g.where), len(seen))
	}
}

// Searches run beside enrolment, erasure and changes of class; each sees a whole snapshot: a subject that moves between
// two classes is in exactly one of them.
func TestSearchBesideChanges(t *testing.T) {
	w := newWorld()
	g := w.gallery()
	must(t, g.Add(w.reference("mover", 2, "a")))
	w.set("probe", "mover/right-index", 50)
	probe := []Finger{{2, w.template("probe")}}
	var stop atomic.Bool
	var wg sync.WaitGroup
	wg.Go(func() {
		for i := 0; !stop.Load(); i++ {
			if err := g.SetClass("mover", []string{"a", "b"}[i%2]); err != nil {
				t.Error(err)
			}
			subject := fmt.Sprint("other", i%50)
			if err := g.Add(w.reference(subject, 2, "a")); err != nil {
				t.Error(err)
			}
			if i%3 == 0 {
				g.Remove(subject)
			}
		}
	})
	for range 300 {
		r, err := g.Search(context.Background(), probe, everyone, Options{Threshold: 40, Workers: 2})
		must(t, err)
		if len(r.Candidates) != 1 {
			t.Errorf("the moving subject was found %d times", len(r.Candidates))
		}
	}
	stop.Store(true)
	wg.Wait()
}
