package agreement

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Tally counts decisions on many requests.
type Tally struct {
	Requests  int                        `json:"requests"`
	Outcome   map[Outcome]int            `json:"by_outcome"`
	Article   map[string]map[Outcome]int `json:"by_article"`
	Purpose   map[string]map[Outcome]int `json:"by_purpose"`
	Authority map[string]map[Outcome]int `json:"by_authority"`
	Errors    int                        `json:"with_errors"`
}

func newTally() Tally {
	return Tally{Outcome: map[Outcome]int{}, Article: map[string]map[Outcome]int{}, Purpose: map[string]map[Outcome]int{}, Authority: map[string]map[Outcome]int{}}
}

func (t *Tally) add(r *Request, d *Decision) {
	t.Requests++
	t.Outcome[d.Outcome]++
	count := func(m map[string]map[Outcome]int, key string) {
		if m[key] == nil {
			m[key] = map[Outcome]int{}
		}
		m[key][d.Outcome]++
	}
	for _, x := range d.Articles {
		count(t.Article, x)
	}
	count(t.Purpose, r.Purpose)
	count(t.Authority, r.Authority)
	if len(d.Errors) > 0 {
		t.Errors++
	}
}

// Simulation decides requests one after the other, in the order of their times,
// and counts the quotas on the way as a node does: a use counts when it is
// permitted. A request's own counts are not looked at.
type Simulation struct {
	Tally
	a    *Agreement
	used map[string]int
}

// NewSimulation begins with nothing used.
func NewSimulation(a *Agreement) *Simulation {
	return &Simulation{Tally: newTally(), a: a, used: map[string]int{}}
}

// Agreement is what it decides under.
func (s *Simulation) Agreement() *Agreement { return s.a }

// Next decides one more request.
func (s *Simulation) Next(r Request) Decision {
	quotas := s.a.QuotasOf(r)
	r.Used = make(map[string]int, len(quotas))
	keys := make([]string, len(quotas))
	for i, q := range quotas {
		keys[i] = q.ID + "/" + r.From + "/" + q.Per.Start(r.Now).Format(time.DateOnly)
		r.Used[q.ID] = s.used[keys[i]]
	}
	d := s.a.Decide(r)
	if d.Permitted() {
		for _, k := range keys {
			s.used[k]++
		}
	}
	s.add(&r, &d)
	return d
}

// Change is a request that an amendment decides otherwise.
type Change struct {
	Line   int       `json:"line"` // of the log, from 1
	Before Outcome   `json:"before"`
	After  Outcome   `json:"after"`
	Old    []string  `json:"articles_before"`
	New    []string  `json:"articles_after"`
	At     time.Time `json:"at"`
	Act    string    `json:"act"`
	Why    string    `json:"purpose"`
}

// Against runs the same requests under two agreements side by side.
type Against struct {
	Before, After *Simulation
	Kinds         map[string]int // "permit to deny": how many
}

// NewAgainst begins with nothing used under either.
func NewAgainst(a, b *Agreement) *Against {
	return &Against{Before: NewSimulation(a), After: NewSimulation(b), Kinds: map[string]int{}}
}

// Next decides one more request under both; changed says whether they differ.
func (x *Against) Next(line int, r Request) (c Change, changed bool) {
	old, now := x.Before.Next(r), x.After.Next(r)
	if old.Outcome == now.Outcome && slices.Equal(old.Articles, now.Articles) {
		return Change{}, false
	}
	if old.Outcome != now.Outcome {
		x.Kinds[fmt.Sprintf("%s to %s", old.Outcome, now.Outcome)]++
	} else {
		x.Kinds[fmt.Sprintf("%s by other articles", old.Outcome)]++
	}
	return Change{Line: line, Before: old.Outcome, After: now.Outcome, Old: old.Articles, New: now.Articles, At: r.Now, Act: r.Act, Why: r.Purpose}, true
}

// MadeUp makes up n requests spread over a year from start, the same for the same
// seed: most begin as something that a rule permits, and some facts are changed.
// They are no forecast of anything; they reach every rule. With another agreement,
// not nil, they also take the values that only its rules tell apart.
func MadeUp(a, other *Agreement, seed uint64, n int, start time.Time, yield func(Request) bool) {
	d := newDomain(a)
	if other != nil {
		if m, err := merge(a, other); err == nil {
			d = newDomain(m)
		}
	}
	s := newSolver(d, 200_000)
	var bases [][]int
	var acts []string
	for _, act := range a.actIDs() {
		f := s.family(a, act)
		for _, p := range f.permits {
			if _, ok := s.find(act, []*test{p}, slices.Concat(f.forbids, f.suppresses)); ok {
				bases, acts = append(bases, slices.Clone(s.values)), append(acts, act)
			}
		}
	}
	if len(bases) == 0 {
		return
	}
	g := splitMix(seed)
	step := 365 * 24 * time.Hour / time.Duration(max(n, 1))
	for i := range n {
		k := g.below(len(bases))
		values := slices.Clone(bases[k])
		for range changesOf(&g) {
			v := g.below(len(d.vars))
			values[v] = g.below(d.vars[v].size)
		}
		r := d.request(acts[k], values)
		r.Suspended, r.Now = Suspension{}, start.Add(time.Duration(i)*step).UTC()
		if !yield(r) {
			return
		}
	}
}

// changesOf draws how much of a request is changed: often nothing.
func changesOf(g *splitMix) int {
	if g.below(3) > 0 {
		return 0
	}
	return 1 + g.below(6)
}

// splitMix is the generator splitmix64 (Steele, Lea, Flood, 2014): made-up
// requests are to be the same on every machine.
type splitMix uint64

func (g *splitMix) next() uint64 {
	*g += 0x9e3779b97f4a7c15
	z := uint64(*g)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

func (g *splitMix) below(n int) int { return int(g.next() % uint64(max(n, 1))) }

// String gives a tally as a table.
func (t *Tally) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d requests\n", t.Requests)
	order := []Outcome{Permit, Refer, SilentSuppress, Deny}
	for _, o := range order {
		fmt.Fprintf(&b, "  %-16s %d\n", o, t.Outcome[o])
	}
	table := func(title string, m map[string]map[Outcome]int, sorted []string) {
		fmt.Fprintf(&b, "%-44s %9s %9s %9s %9s\n", title, "permit", "refer", "suppress", "deny")
		for _, k := range sorted {
			name := k
			if name == "" {
				name = "(none)"
			}
			fmt.Fprintf(&b, "  %-42s %9d %9d %9d %9d\n", name, m[k][Permit], m[k][Refer], m[k][SilentSuppress], m[k][Deny])
		}
	}
	articles := slices.Collect(mapKeys(t.Article))
	slices.SortFunc(articles, compareArticles)
	table("by article that decided", t.Article, articles)
	table("by purpose", t.Purpose, slices.Sorted(mapKeys(t.Purpose)))
	table("by authority", t.Authority, slices.Sorted(mapKeys(t.Authority)))
	return b.String()
}
