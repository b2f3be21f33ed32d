package agreement

import (
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var demoFrom = time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)

// request builds a case's request.
func (c *decideCase) request() Request {
	r := c.from()
	c.change(&r)
	return r
}

func TestDecideByArticle(t *testing.T) {
	a := demo(t)
	for _, c := range decideCases {
		t.Run(c.name, func(t *testing.T) {
			d := a.Decide(c.request())
			if d.Outcome != c.outcome || !slices.Equal(d.Articles, c.articles) {
				t.Errorf("%s by %v, want %s by %v; rules %v, errors %v", d.Outcome, d.Articles, c.outcome, c.articles, d.Rules, d.Errors)
			}
			if len(d.Reasons) == 0 && len(d.Errors) == 0 {
				t.Errorf("no reason is given")
			}
			for _, reason := range d.Reasons {
				if reason.Text["es"] == "" || reason.Text["en"] == "" {
					t.Errorf("rule %q has no reason in both languages", reason.Rule)
				}
			}
		})
	}
}

// without returns the agreement less one rule.
func without(a *Agreement, drop *rule) *Agreement {
	b := *a
	b.rules = slices.DeleteFunc(slices.Clone(a.rules), func(r *rule) bool { return r == drop })
	b.slices, b.refers = slice(&b), sliceRefers(&b)
	return &b
}

// Every rule matters: without it, some case above comes out otherwise.
func TestEveryRuleIsTested(t *testing.T) {
	a := demo(t)
	outcomes := 0
	for _, r := range a.rules {
		if !coreAct(r.acts[0]) {
			continue // TestMutants
		}
		mutant := without(a, r)
		noticed, turned := false, false
		for _, c := range decideCases {
			d := mutant.Decide(c.request())
			noticed = noticed || d.Outcome != c.outcome || !slices.Equal(d.Articles, c.articles)
			turned = turned || d.Outcome != c.outcome
		}
		if !noticed {
			t.Errorf("rule %s can be removed and no case notices", r.id)
		}
		if turned {
			outcomes++
		} else {
			t.Logf("rule %s decides no case alone", r.id)
		}
	}
	t.Logf("%d of %d rules turn an outcome when removed", outcomes, len(a.rules))
}

func TestObligations(t *testing.T) {
	a := demo(t)
	tests := []struct {
		name string
		r    Request
		want Obligations
	}{
		{"border search", borderSearch(), Obligations{
			EraseProbeWithin: 60 * time.Second, AnswerWithin: 15 * time.Minute, Examiners: 1, Quotas: []string{"border-day"},
			Articles: map[string]string{"erase-probe-within": "18", "answer-within": "15", "examiners": "14", "border-day": "17"},
		}},
		{"reach", borderReach(), Obligations{Articles: map[string]string{}}},
		{"identity", borderDisclose(), Obligations{
			AnswerWithin: 2 * time.Hour, Examiners: 1, Quotas: []string{"data-day"}, Keep: Period{Years: 3},
			Articles: map[string]string{"answer-within": "16", "examiners": "14", "keep": "18", "data-day": "17"},
		}},
		{"document", func() Request {
			r := borderDisclose()
			r.Field, r.Approved = "immigration-status", true
			return r
		}(), Obligations{
			AnswerWithin: 2 * time.Hour, Examiners: 1, Approver: true, Quotas: []string{"data-day"}, Keep: Period{Years: 1},
			Articles: map[string]string{"answer-within": "16", "examiners": "14", "approver": "16", "keep": "18", "data-day": "17"},
		}},
		{"denied", func() Request { r := borderSearch(); r.Suspended.Whole = true; return r }(), Obligations{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, a.Decide(tt.r).Obligations); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestTermsOfTheDemo(t *testing.T) {
	a := demo(t)
	s, ok := a.SearchTerms("missing-persons")
	if !ok || s.FPIR != 0.001 || s.MaxCandidates != 1 || s.MinFingers != 1 || s.MinQuality != 30 || s.Articles["fpir"] != "13" {
		t.Errorf("search terms: %+v", s)
	}
	if _, ok := a.SearchTerms("labour-inspection"); ok {
		t.Error("an unlisted purpose has search terms")
	}
	d, ok := a.DisclosureTerms("serious-crime-investigation", "given-names")
	if !ok || d.Examiners != 2 || d.Approver || d.Articles["examiners"] != "14" {
		t.Errorf("disclosure terms: %+v", d)
	}
	if _, ok := a.RetentionTerms("health"); ok {
		t.Error("a field that is never disclosed has a retention")
	}
	if q := a.QuotasFor(ActSearch, "missing-persons", "us"); len(q) != 1 || q[0].ID != "missing-day" || q[0].Limit != 3 || q[0].Per != PerDay {
		t.Errorf("quotas: %+v", q)
	}
	if x, ok := a.Deadline("correction-confirmed"); !ok || x.Within.Clock != 72*time.Hour || x.Article != "20" {
		t.Errorf("deadline: %+v", x)
	}
}

// drawRequest takes a permitted request and changes up to four things about it, to
// listed and unlisted words alike.
func drawRequest(t *rapid.T, a *Agreement) Request {
	permitted := slices.DeleteFunc(slices.Clone(decideCases), func(c decideCase) bool { return c.outcome != Permit })
	base := rapid.SampledFrom(permitted).Draw(t, "base")
	r := base.request()
	changes := drawChanges(t, a)
	for _, i := range rapid.SliceOfN(rapid.IntRange(0, len(changes)-1), 0, 4).Draw(t, "changes") {
		changes[i](&r)
	}
	return r
}

// drawChanges lists what can be changed about a request.
func drawChanges(t *rapid.T, a *Agreement) []func(*Request) {
	word := func(list []string) string {
		return rapid.SampledFrom(append(slices.Clone(list), "", "other")).Draw(t, "word")
	}
	fields := make([]string, len(a.Fields))
	for i, f := range a.Fields {
		fields[i] = f.ID
	}
	safeguard := rapid.Custom(func(t *rapid.T) Safeguard {
		return Safeguard{
			Kind:    rapid.SampledFrom(append(ids(a.Safeguards), "witness")).Draw(t, "kind"),
			Against: rapid.SampledFrom([]string{"", "co", "us", "ve"}).Draw(t, "against"),
		}
	})
	code := rapid.SampledFrom([]string{"CO", "us", "VE", "HTI", "USA"})
	return []func(*Request){
		func(r *Request) { r.Act = word(Acts()) },
		func(r *Request) { r.Side = word([]string{SideAsking, SideAnswering}) },
		func(r *Request) { r.From = word(partyIDs(a)) },
		func(r *Request) { r.To = word(partyIDs(a)) },
		func(r *Request) { r.Authority = word(authorityIDs(a)) },
		func(r *Request) { r.Role = word(ids(a.Roles)) },
		func(r *Request) { r.Purpose = word(ids(a.Purposes)) },
		func(r *Request) { r.Ground = word(ids(a.Grounds)) },
		func(r *Request) { r.CasePresent = rapid.Bool().Draw(t, "case") },
		func(r *Request) { r.Person.AgeYears = rapid.IntRange(-1, 20).Draw(t, "age") },
		func(r *Request) { r.Person.Nationalities = append(r.Person.Nationalities, code.Draw(t, "code")) },
		func(r *Request) { r.Person.Safeguards = append(r.Person.Safeguards, safeguard.Draw(t, "safeguard")) },
		func(r *Request) { r.Record.Category = word(ids(a.Categories)) },
		func(r *Request) { r.Record.Nationalities = append(r.Record.Nationalities, code.Draw(t, "code")) },
		func(r *Request) { r.Record.Safeguards = append(r.Record.Safeguards, safeguard.Draw(t, "safeguard")) },
		func(r *Request) { r.Field = word(fields) },
		func(r *Request) { r.Examiners = rapid.IntRange(0, 3).Draw(t, "examiners") },
		func(r *Request) { r.Approved = rapid.Bool().Draw(t, "approved") },
		func(r *Request) { r.Fingers = rapid.IntRange(0, 10).Draw(t, "fingers") },
		func(r *Request) { r.MinQuality = rapid.IntRange(0, 100).Draw(t, "quality") },
		func(r *Request) { r.Suspended.Whole = rapid.Bool().Draw(t, "suspended") },
		func(r *Request) { r.Now = demoFrom.AddDate(rapid.IntRange(-1, 22).Draw(t, "year"), 0, 0) },
		func(r *Request) {
			r.Used = map[string]int{}
			for _, q := range a.quotas {
				r.Used[q.ID] = rapid.SampledFrom([]int{0, q.Limit - 1, q.Limit}).Draw(t, q.ID)
			}
		},
	}
}

func TestUnlistedIsNeverPermitted(t *testing.T) {
	a := demo(t)
	permits := 0
	rapid.Check(t, func(t *rapid.T) {
		r := drawRequest(t, a)
		d := a.Decide(r)
		if len(d.Articles) == 0 {
			t.Fatalf("no article decides: %+v", d)
		}
		if !d.Permitted() {
			return
		}
		permits++
		w := a.words
		if !w.purpose[r.Purpose] || !w.party[r.From] || !w.party[r.To] || r.From == r.To || r.Suspended.Whole {
			t.Fatalf("permitted: %+v", r)
		}
		if r.Act != ActReach && (!w.authority[r.Authority] || !w.role[r.Role] || !w.ground[r.Ground] || !r.CasePresent) {
			t.Fatalf("permitted: %+v", r)
		}
		if r.Act != ActSearch && !w.category[r.Record.Category] {
			t.Fatalf("permitted: %+v", r)
		}
		if r.Act == ActDisclose && (!w.field[r.Field] || r.Examiners < 1 || w.tierOf[r.Field] == "never") {
			t.Fatalf("permitted: %+v", r)
		}
	})
	if permits == 0 {
		t.Error("no request drawn was permitted: the test shows nothing")
	}
	t.Logf("%d permits among the requests drawn", permits)
}

// A forbid beats every permit, and leaving rules out of a request's slice by
// their scope changes nothing: the whole rule set decides alike.
func TestForbidBeatsPermitAndSlicesAreSound(t *testing.T) {
	a := demo(t)
	whole := *a
	whole.slices = map[sliceKey]policies{}
	for key := range a.slices {
		whole.slices[key] = a.rules
	}
	rapid.Check(t, func(t *rapid.T) {
		r := drawRequest(t, a)
		d := a.Decide(r)
		if diff := cmp.Diff(whole.Decide(r), d); diff != "" {
			t.Fatalf("the slice decides otherwise:\n%s", diff)
		}
		forbids := false
		for _, x := range a.rules {
			if !x.forbid {
				continue
			}
			one := *a
			one.slices = map[sliceKey]policies{{act: r.Act}: {x}, {r.Act, r.Purpose}: {x}}
			forbids = forbids || len(one.Decide(r).Rules) > 0
		}
		if forbids && d.Permitted() {
			t.Fatalf("permitted although a rule forbids it: %+v", r)
		}
	})
}

// Protected records are out of reach whoever asks, for whatever purpose, on
// either side.
func TestProtectedIsOutOfReach(t *testing.T) {
	a := demo(t)
	rapid.Check(t, func(t *rapid.T) {
		r := drawRequest(t, a)
		r.Act = rapid.SampledFrom([]string{ActReach, ActDisclose}).Draw(t, "protected act")
		switch rapid.IntRange(0, 3).Draw(t, "protection") {
		case 0:
			r.Record.Safeguards = append(r.Record.Safeguards, Safeguard{Kind: rapid.SampledFrom([]string{"minor", "victim", "contested", "restricted"}).Draw(t, "kind")})
		case 1:
			r.Record.Safeguards = append(r.Record.Safeguards, Safeguard{Kind: "asylum-claim", Against: r.From})
		case 2:
			r.Record.Safeguards = append(r.Record.Safeguards, Safeguard{Kind: "asylum-claim"})
		case 3:
			p, ok := a.Party(r.To)
			if !ok {
				t.Skip("no such party")
			}
			r.Record.Nationalities = append(r.Record.Nationalities, rapid.SampledFrom(p.Nationalities).Draw(t, "own"))
		}
		if d := a.Decide(r); d.Permitted() {
			t.Fatalf("a protected record is within reach: %+v by %v", r.Record, d.Rules)
		}
		other := r
		other.Side = map[string]string{SideAsking: SideAnswering, SideAnswering: SideAsking}[r.Side]
		if diff := cmp.Diff(a.Decide(r), a.Decide(other)); diff != "" {
			t.Fatalf("the sides disagree:\n%s", diff)
		}
	})
}

func TestDecideIsSafeTogether(t *testing.T) {
	a := demo(t)
	want := a.Decide(borderSearch())
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 200 {
				if diff := cmp.Diff(want, a.Decide(borderSearch())); diff != "" {
					t.Error(diff)
					return
				}
			}
		})
	}
	wg.Wait()
}
