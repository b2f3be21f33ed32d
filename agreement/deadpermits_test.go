package agreement

import (
	"fmt"
	"slices"
	"testing"

	cedar "github.com/cedar-policy/cedar-go"
	"pgregory.net/rapid"
)

// drawCond draws a small conjunction over the minimal agreement's words.
func drawCond(t *rapid.T, permit bool) cond {
	yes, no := true, false
	flags := rapid.SampledFrom([]*bool{nil, nil, &yes, &no})
	parties := rapid.SampledFrom([][]string{nil, nil, {"aa"}, {"bb"}})
	refs := rapid.SampledFrom([][]string{nil, {"asking"}, {"answering"}, {"aa"}, {"aa", "asking"}})
	c := cond{
		side: rapid.SampledFrom([][]string{nil, nil, {SideAsking}, {SideAnswering}}).Draw(t, "side"),
		from: parties.Draw(t, "from"), to: parties.Draw(t, "to"), hasCase: flags.Draw(t, "case"),
		authority: rapid.SampledFrom([][]string{nil, nil, {"aa-border"}, {"bb-border"}}).Draw(t, "authority"),
	}
	if rapid.Bool().Draw(t, "about") {
		b := &about{
			nationalOf: refs.Draw(t, "of"), nationalityKnown: flags.Draw(t, "known"),
			youngerThan: rapid.SampledFrom([]int{0, 0, 14, 18}).Draw(t, "younger"), ageKnown: flags.Draw(t, "age"),
		}
		if rapid.Bool().Draw(t, "safe") {
			b.safeguard, b.against = []string{"asylum"}, rapid.SampledFrom([]string{"", "asking", "aa"}).Draw(t, "against")
		}
		c.person = b
	}
	if permit {
		c.purpose, c.role = []string{"border"}, []string{"officer"}
	} else {
		c.suspended = rapid.IntRange(0, 9).Draw(t, "suspended") == 0
		c.fingersBelow = rapid.SampledFrom([]int{0, 0, 2, 11}).Draw(t, "fingers")
	}
	return c
}

// drawRules draws one permit and some forbids, and puts them into an agreement.
func drawRules(t *rapid.T, base *Agreement) *Agreement {
	a := *base
	a.rules, a.byID = nil, map[cedar.PolicyID]*rule{}
	for i := range rapid.IntRange(1, 6).Draw(t, "rules") {
		r := &rule{id: fmt.Sprintf("1/r%d", i), article: "1", forbid: i > 0, acts: []string{ActSearch}, cond: drawCond(t, i == 0)}
		if rapid.IntRange(0, 2).Draw(t, "unless") == 0 {
			u := drawCond(t, false)
			r.unless = &u
		}
		r.policy = compile(&a, r)
		a.rules = append(a.rules, r)
		a.byID[cedar.PolicyID(r.id)] = r
	}
	a.slices = slice(&a)
	return &a
}

// everyWay asks Decide about every combination of the variables that some rule
// reads, and reports whether one is permitted.
func everyWay(a *Agreement, d *domain) bool {
	relevant := []int{d.index["from"], d.index["to"], d.index["authority"]}
	for _, r := range a.rules {
		relevant = append(relevant, d.reads(&r.cond)...)
		if r.unless != nil {
			relevant = append(relevant, d.reads(r.unless)...)
		}
	}
	slices.Sort(relevant)
	relevant = slices.Compact(relevant)
	values := make([]int, len(d.vars))
	for {
		if a.Decide(d.request(ActSearch, values)).Permitted() {
			return true
		}
		i := 0
		for ; i < len(relevant); i++ {
			v := relevant[i]
			if values[v]++; values[v] < d.vars[v].size {
				break
			}
			values[v] = 0
		}
		if i == len(relevant) {
			return false
		}
	}
}

// The search for dead permits finds exactly what going through every combination
// finds.
func TestDeadPermitsAgreeWithEveryWay(t *testing.T) {
	base := minimal(t)
	dead, live := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		a := drawRules(t, base)
		d := newDomain(a)
		ways := 1
		for _, r := range a.rules {
			for _, v := range d.reads(&r.cond) {
				ways = min(ways*d.vars[v].size, 1<<30)
			}
		}
		if ways > 1<<10 {
			t.Skip("too many combinations")
		}
		s := newSearch(a, MaxChecks)
		got, want := s.live(a.rules[0]), everyWay(a, d)
		if got != want {
			t.Fatalf("the search says %v, every way says %v:\n%s", got, want, a.Cedar())
		}
		if want {
			live++
		} else {
			dead++
		}
	})
	t.Logf("%d dead, %d live", dead, live)
	if dead == 0 || live == 0 {
		t.Error("only one kind was drawn: the test shows nothing")
	}
}
