package gallery

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"

	"convenio/finger"
	"convenio/gallery/code"
	"convenio/synth"
)

func popOf(seed uint64) synth.Population { return synth.NewPopulation(seed) }

// crowd enrols people of a population with some fingers, each under a class.
func crowd(t testing.TB, seed uint64, people int, fingers []finger.Position, class func(i int) string) *Gallery {
	t.Helper()
	g := New()
	var refs []Reference
	for i := range people {
		for _, f := range fingers {
			refs = append(refs, Reference{fmt.Sprint("s", i), f, class(i), finger.Prepare(popOf(seed).Reference(uint64(i), f))})
		}
	}
	must(t, g.Add(refs...))
	return g
}

// probeOf are later captures of a person's fingers.
func probeOf(seed uint64, person int, fingers []finger.Position) (out []Finger) {
	for _, f := range fingers {
		out = append(out, Finger{f, finger.Prepare(popOf(seed).Probe(uint64(person), f, 0))})
	}
	return out
}

func oneClass(int) string { return "open" }

var indexes = []finger.Position{finger.RightIndex, finger.LeftIndex}

// tight bounds make both first stages choose in a gallery of some hundred fingers.
var tight = Options{Threshold: 60, Votes: 450, Compare: 60, Workers: 2}

// With tight bounds the staged search finds whom the exhaustive one finds, with the same scores, whatever is known of the
// probe's positions.
func TestStagesFindTheSame(t *testing.T) {
	const people = 240
	g := crowd(t, 11, people, indexes, oneClass)
	ctx := context.Background()
	for name, change := range map[string]func([]Finger, *Options) []Finger{
		"positions known":   func(p []Finger, _ *Options) []Finger { return p },
		"one finger":        func(p []Finger, _ *Options) []Finger { return p[:1] },
		"positions unknown": func(p []Finger, _ *Options) []Finger { return []Finger{{0, p[0].Template}, {0, p[1].Template}} },
		"hands exchanged": func(p []Finger, o *Options) []Finger {
			o.Loose = true
			return []Finger{{finger.LeftIndex, p[0].Template}, {finger.RightIndex, p[1].Template}}
		},
		"two impressions": func(p []Finger, _ *Options) []Finger {
			again := finger.Prepare(popOf(11).Reference(50, finger.RightIndex))
			return append(slices.Clone(p), Finger{finger.RightIndex, again})
		},
	} {
		t.Run(name, func(t *testing.T) {
			found := 0
			for i := 50; i < people; i += 30 {
				o := tight
				probe := change(probeOf(11, i, indexes), &o)
				all := o
				all.Exhaustive = true
				want, err := g.Search(ctx, probe, everyone, all)
				must(t, err)
				got, err := g.Search(ctx, probe, everyone, o)
				must(t, err)
				if a, b := fmt.Sprint(got.Candidates), fmt.Sprint(want.Candidates); a != b {
					t.Errorf("person %d: %s, exhaustive %s", i, a, b)
				}
				found += len(got.Candidates)
				if n := len(got.Stages); n < 2 || got.Stages[n-2].Name != "vote" || got.Stages[n-2].Candidates > 60 {
					t.Errorf("stages %+v", got.Stages)
				}
			}
			if found < 2 {
				t.Errorf("%d found: hardly anything was tested", found)
			}
		})
	}
}

// Answers do not depend on how many searches share a pass, nor on the number of workers.
func TestBatchesAnswerAlike(t *testing.T) {
	g := crowd(t, 12, 200, indexes, func(i int) string { return []string{"a", "b"}[i%2] })
	var queries []Query
	for i := range 20 {
		q := Query{Probe: probeOf(12, i, indexes[:1]), Reach: everyone}
		if i%3 == 0 {
			q.Reach = only("b")
		}
		queries = append(queries, q)
	}
	together, err := g.SearchAll(context.Background(), queries, tight)
	must(t, err)
	for i, q := range queries {
		o := tight
		o.Workers = 1 + i%3
		alone, err := g.Search(context.Background(), q.Probe, q.Reach, o)
		must(t, err)
		if a, b := fmt.Sprint(together[i]), fmt.Sprint(alone); a != b {
			t.Errorf("query %d: %s together, %s alone", i, a, b)
		}
	}
	if _, err := g.SearchAll(context.Background(), []Query{queries[0], {}}, tight); !errors.Is(err, ErrProbe) {
		t.Error(err)
	}
}

// Galleries searched apart and merged are one gallery.
func TestShardsMerge(t *testing.T) {
	whole := crowd(t, 13, 120, indexes, oneClass)
	shards := []*Gallery{New(), New(), New()}
	for i := range 120 {
		for _, f := range indexes {
			r := Reference{fmt.Sprint("s", i), f, "open", finger.Prepare(popOf(13).Reference(uint64(i), f))}
			must(t, shards[i%3].Add(r))
		}
	}
	for i := 0; i < 120; i += 17 {
		probe := probeOf(13, i, indexes)
		o := Options{Threshold: 15, Max: 4, Exhaustive: true}
		want, err := whole.Search(context.Background(), probe, everyone, o)
		must(t, err)
		var parts []Result
		for _, s := range shards {
			r, err := s.Search(context.Background(), probe, everyone, o)
			must(t, err)
			parts = append(parts, r)
		}
		got := Merge(o.Max, parts...)
		if a, b := fmt.Sprint(got.Candidates, got.Searched, got.Tied), fmt.Sprint(want.Candidates, want.Searched, want.Tied); a != b {
			t.Errorf("merged %s, whole %s", a, b)
		}
	}
}

func TestTied(t *testing.T) {
	w := newWorld()
	g := w.gallery()
	for i, s := range []finger.Score{90, 81, 79} {
		must(t, g.Add(w.reference(fmt.Sprint("s", i), 2, "open")))
		w.set("probe", fmt.Sprint("s", i, "/right-index"), s)
	}
	r, err := g.Search(context.Background(), []Finger{{2, w.template("probe")}}, everyone, Options{Threshold: 50})
	must(t, err)
	if r.Tied != 2 || len(r.Candidates) != 3 {
		t.Errorf("%+v", r)
	}
}

// The codes of people out of reach are not read: spoiling them changes nothing, neither the answer nor what was counted.
func TestCodesOutOfReachAreNotRead(t *testing.T) {
	g := crowd(t, 14, 150, indexes[:1], func(i int) string { return []string{"open", "protected"}[i%3/2] })
	probe := probeOf(14, 2, indexes[:1]) // person 2 is protected
	ask := func() string {
		r, err := g.Search(context.Background(), probe, only("open"), Options{Threshold: 1, Votes: 60, Compare: 30})
		must(t, err)
		return fmt.Sprint(r)
	}
	before := ask()
	part := g.current.Load().partitions["protected"]
	for i := range part.blocks {
		part.blocks[i].codes = nil // a search that touched them would panic
		part.blocks[i].people = nil
	}
	if after := ask(); after != before {
		t.Errorf("%s, with the protected people's codes gone %s", before, after)
	}
	// Nor are they where people are kept elsewhere.
	touched := map[string]int{}
	g = keep(t, crowd(t, 14, 150, indexes[:1], func(i int) string { return []string{"open", "protected"}[i%3/2] }), newEngine, touched)
	if after := ask(); after != before || len(touched) != 1 || touched["open"] == 0 {
		t.Errorf("%s, kept elsewhere %s, touched %v", before, after, touched)
	}
}

// Codes follow their people through additions, removals and changes of class.
func TestCodesFollowPeople(t *testing.T) {
	g := New()
	const n = 2*blockSize + 20
	for i := range n { // 40 different templates are enough
		must(t, g.Add(Reference{fmt.Sprint("s", i), 2, "a", prepared(i)}))
	}
	for i := 0; i < n; i += 5 {
		g.Remove(fmt.Sprint("s", i))
	}
	for i := 1; i < n; i += 5 {
		must(t, g.SetClass(fmt.Sprint("s", i), "b"))
	}
	for i := 2; i < n; i += 5 {
		must(t, g.Add(Reference{fmt.Sprint("s", i), 7, "a", prepared(i + 1)}))
	}
	checked := 0
	for _, part := range g.current.Load().partitions {
		for _, b := range part.blocks {
			for slot, p := range b.people {
				for _, f := range p.fingers {
					want := code.Encode(f.template, code.MaxReference)
					col := &b.codes.Columns[f.position]
					e := slices.Index(col.Slots, uint16(slot))
					if e < 0 || *col.sumAt(e, 3) != want.Sum[3] || col.record(e)[0] != want.Minutiae[0].Word {
						t.Fatalf("%s: the code is not the template's", p.subject)
					}
					checked++
				}
			}
			for p, col := range b.codes.Columns {
				again := col
				if again.Arrange(); again.ordered != col.ordered && len(col.Slots) > 0 {
					t.Fatalf("column %d: in order is %v, noted %v", p, again.ordered, col.ordered)
				}
				if len(col.Sums) != (len(col.Slots)+7)/8*64 || len(col.Records) != len(col.Slots)*45 {
					t.Fatalf("column %d does not fit its entries", p)
				}
			}
		}
	}
	if checked < n {
		t.Error(checked, "codes seen")
	}
}

var stock [40]*finger.Prepared

func prepared(i int) *finger.Prepared {
	i %= len(stock)
	if stock[i] == nil {
		stock[i] = finger.Prepare(popOf(15).Reference(uint64(i), finger.RightIndex))
	}
	return stock[i]
}

// The scale of distances: the mean is 0, a deviation is sigma, and few samples give the usual scale.
func TestScale(t *testing.T) {
	var p probeFinger
	p.scale(100, 24000, 100*(240*240+100)) // mean 240, deviation 10
	if p.z[240] != 0 || p.z[220] != 2*sigma || p.z[500] != leastZ || p.z[0] != mostZ {
		t.Error(p.z[240], p.z[220], p.z[500], p.z[0])
	}
	p.scale(3, 300, 30000)
	if want := int16(math.Trunc(float64(usualD-200) * sigma / usualDev)); p.z[200] != want {
		t.Error(p.z[200], want)
	}
}
