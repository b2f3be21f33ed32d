package gallery

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

// A record out of reach is never given to the comparer, whatever its likeness; it changes neither the list nor its order.
func TestOutOfReachIsNeverRead(t *testing.T) {
	t.Run("own", func(t *testing.T) { outOfReachIsNeverRead(t, false) })
	t.Run("kept", func(t *testing.T) { outOfReachIsNeverRead(t, true) })
}

func outOfReachIsNeverRead(t *testing.T, elsewhere bool) {
	w := newWorld()
	g := w.gallery()
	for i := range 2000 {
		class := []string{"open", "minor", "asylum against AAA"}[i%3]
		must(t, g.Add(w.reference(fmt.Sprintf("%s %04d", class, i), 2, class)))
	}
	touched := map[string]int{}
	if elsewhere {
		g = keep(t, g, func() Comparer { return w }, touched)
	}
	w.set("probe", "asylum against AAA 0002/right-index", 500)
	w.set("probe", "minor 0001/right-index", 500)
	w.set("probe", "open 0000/right-index", 45)
	probe := []Finger{{2, w.template("probe")}}

	for _, c := range []struct {
		name     string
		reach    func(string) bool
		found    string
		searched int
		classes  []string
	}{
		{"open only", only("open"), "[open 0000]", 667, []string{"open"}},
		{"open and minors", only("open", "minor"), "[minor 0001 open 0000]", 1334, []string{"minor", "open"}},
		{"an unknown class", only("other"), "[]", 0, nil},
		{"no reach given", nil, "[]", 0, nil},
		{"everyone", everyone, "[asylum against AAA 0002 minor 0001 open 0000]", 2000, []string{"asylum against AAA", "minor", "open"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			clear(w.read)
			clear(touched)
			r, err := g.Search(context.Background(), probe, c.reach, Options{Threshold: 40, Workers: 3})
			must(t, err)
			var found, classes []string
			for _, x := range r.Candidates {
				found = append(found, x.Subject)
			}
			if fmt.Sprint(found) != c.found || r.Searched != c.searched || r.Excluded != 2000-c.searched {
				t.Errorf("found %v among %d, %d excluded", found, r.Searched, r.Excluded)
			}
			for name, n := range w.read {
				class := strings.TrimRight(strings.TrimSuffix(name, "/right-index"), "0123456789")
				if class = strings.TrimSpace(class); !slices.Contains(classes, class) {
					classes = append(classes, class)
				}
				if n != 1 {
					t.Errorf("%s was compared %d times", name, n)
				}
			}
			slices.Sort(classes)
			if elsewhere && !slices.Equal(slices.Sorted(maps.Keys(touched)), c.classes) {
				t.Errorf("blocks of %v were touched", touched)
			}
			if !slices.Equal(classes, c.classes) || len(w.read) != c.searched {
				t.Errorf("%d templates of %v were read", len(w.read), classes)
			}
		})
	}
}

// The part that compares is handed the reachable partitions and nothing else of the snapshot.
func TestReachableHandsOverOnlyThose(t *testing.T) {
	w := newWorld()
	g := w.gallery()
	must(t, g.Add(w.reference("a", 1, "open"), w.reference("b", 1, "closed"), w.reference("c", 1, "closed")))
	asked := map[string]int{}
	q := Query{Reach: func(c string) bool { asked[c]++; return c == "open" }}
	jobs, out, list := g.jobs(g.current.Load(), []Query{q}, Options{Exhaustive: true})
	if len(list) != 1 || len(list[0].people) != 1 || list[0].people[0].subject != "a" || len(jobs[0].scores) != 1 {
		t.Errorf("handed over %v", list)
	}
	if out[0].Searched != 1 || out[0].Excluded != 2 || asked["open"] != 1 || asked["closed"] != 1 || len(asked) != 2 {
		t.Errorf("%+v, asked %v", out, asked)
	}
}

// A record whose class changes is reached under the new class only, from the next search on.
func TestSetClass(t *testing.T) {
	w := newWorld()
	g := w.gallery()
	must(t, g.Add(w.reference("a", 1, "open"), w.reference("a", 2, "open"), w.reference("b", 1, "open")))
	w.set("probe", "a/right-thumb", 60)
	probe := []Finger{{1, w.template("probe")}}
	find := func(reach func(string) bool) int {
		r, err := g.Search(context.Background(), probe, reach, Options{Threshold: 50})
		must(t, err)
		return len(r.Candidates)
	}
	if find(only("open")) != 1 {
		t.Fatal("not found at first")
	}
	must(t, g.SetClass("a", "protected"))
	must(t, g.SetClass("a", "protected"))
	if find(only("open")) != 0 || find(only("protected")) != 1 {
		t.Error("class did not change")
	}
	if got := fmt.Sprint(g.Classes()); got != "[{open 1} {protected 1}]" {
		t.Error(got)
	}
	if err := g.SetClass("nobody", "open"); err == nil {
		t.Error("class of an unknown subject was set")
	}
	if err := g.Add(w.reference("a", 3, "open")); err == nil {
		t.Error("a subject was added under a second class")
	}
}
