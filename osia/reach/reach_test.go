package reach_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"convenio/agreement"
	"convenio/examples/agreements"
	"convenio/osia/reach"
)

func law(t testing.TB) *agreement.Agreement {
	t.Helper()
	files, err := agreements.Files(agreements.CoUsDemo)
	if err != nil {
		t.Fatal(err)
	}
	a, err := agreement.Parse(files)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// rules are what the tests start from.
func rules() reach.Rules {
	return reach.Rules{
		Galleries: map[string]string{"border": "border-encounter", "frontera": "border-encounter", "visas": "visa"},
		Nationality: reach.NationalityAt{
			From:  []string{"biographic.nationality", "contextual.otherNationality"},
			Words: map[string]string{"venezolana": "VEN"},
		},
		Safeguards: &reach.SafeguardsAt{
			From:    []string{"contextual.protection"},
			Words:   map[string]string{"asilo": "asylum-claim", "ninguna": ""},
			Against: map[string]string{"asylum-claim": "contextual.fled"},
		},
		Fields: map[string]string{"family-name": "biographic.lastName", "date-of-birth": "biographic.dateOfBirth", "travel-document-number": "biographic.document"},
	}
}

func compile(t testing.TB, r reach.Rules) *reach.Mapping {
	t.Helper()
	m, err := r.Compile(law(t))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// encounter is an active one in a gallery, with data written as JSON.
func encounter(t testing.TB, biographic, contextual string, galleries ...string) reach.Encounter {
	t.Helper()
	e := reach.Encounter{Active: true, Galleries: galleries}
	for text, at := range map[string]*any{biographic: &e.Biographic, contextual: &e.Contextual} {
		if text == "" {
			continue
		}
		if err := json.Unmarshal([]byte(text), at); err != nil {
			t.Fatal(err)
		}
	}
	return e
}

func TestOneEncounter(t *testing.T) {
	t.Parallel()
	m := compile(t, rules())
	const none = `{"protection": []}`
	guard := func(list ...agreement.Safeguard) []agreement.Safeguard { return list }
	for _, c := range []struct {
		name, biographic, contextual string
		galleries                    []string
		why                          reach.Reason
		category                     string
		nationalities                []string
		safeguards                   []agreement.Safeguard
	}{
		{name: "two letters", biographic: `{"nationality": "VE"}`, contextual: none, nationalities: []string{"VE"}},
		{name: "three letters", biographic: `{"nationality": "ven"}`, contextual: none, nationalities: []string{"VE"}},
		{name: "a word", biographic: `{"nationality": "venezolana"}`, contextual: none, nationalities: []string{"VE"}},
		{name: "a party's national, as the agreement writes it", biographic: `{"nationality": "COL"}`, contextual: none, nationalities: []string{"COL"}},
		{name: "stateless", biographic: `{"nationality": "XXA"}`, contextual: none, nationalities: []string{"XXA"}},
		{name: "the letter of a travel document", biographic: `{"nationality": "D"}`, contextual: none, nationalities: []string{"DE"}},
		{name: "several", biographic: `{"nationality": ["VE", "PE"]}`, contextual: `{"protection": [], "otherNationality": "EC"}`, nationalities: []string{"EC", "PE", "VE"}},
		{name: "another category", biographic: `{"nationality": "VE"}`, contextual: none, galleries: []string{"visas", "elsewhere"}, category: "visa", nationalities: []string{"VE"}},
		{name: "two galleries of one category", biographic: `{"nationality": "VE"}`, contextual: none, galleries: []string{"border", "frontera"}, nationalities: []string{"VE"}},
		{name: "two categories", biographic: `{"nationality": "VE"}`, contextual: none, galleries: []string{"border", "visas"}, why: reach.Ambiguous},
		{name: "not mapped", biographic: `{"nationality": "VE"}`, contextual: none, galleries: []string{"civil"}, why: reach.Unmapped},
		{name: "no gallery", biographic: `{"nationality": "VE"}`, contextual: none, galleries: []string{}, why: reach.Unmapped},

		{name: "no nationality", biographic: `{}`, contextual: none, why: reach.Nationality},
		{name: "nothing at all", why: reach.Nationality},
		{name: "null", biographic: `{"nationality": null}`, contextual: none, why: reach.Nationality},
		{name: "empty", biographic: `{"nationality": " "}`, contextual: none, why: reach.Nationality},
		{name: "misspelt", biographic: `{"nationality": "VZ"}`, contextual: none, why: reach.Nationality},
		{name: "not a state", biographic: `{"nationality": "EU"}`, contextual: none, why: reach.Nationality},
		{name: "a number of ISO 3166", biographic: `{"nationality": "862"}`, contextual: none, why: reach.Nationality},
		{name: "refugee without a state", biographic: `{"nationality": "XXC"}`, contextual: none, why: reach.Nationality},
		{name: "one of two", biographic: `{"nationality": ["VE", "nowhere"]}`, contextual: none, why: reach.Nationality},
		{name: "an object", biographic: `{"nationality": {"code": "VE"}}`, contextual: none, why: reach.Nationality},
		{name: "data that are no object", biographic: `["VE"]`, contextual: none, why: reach.Nationality},

		{name: "protected", biographic: `{"nationality": "VE"}`, contextual: `{"protection": "minor"}`, nationalities: []string{"VE"}, safeguards: guard(agreement.Safeguard{Kind: "minor"})},
		{name: "a word for it, against everybody", biographic: `{"nationality": "VE"}`, contextual: `{"protection": ["asilo"]}`, nationalities: []string{"VE"}, safeguards: guard(agreement.Safeguard{Kind: "asylum-claim"})},
		{
			name: "against a party and another state", biographic: `{"nationality": "VE"}`, contextual: `{"protection": ["asilo", "victim"], "fled": ["COL", "ven"]}`, nationalities: []string{"VE"},
			safeguards: guard(agreement.Safeguard{Kind: "asylum-claim", Against: "co"}, agreement.Safeguard{Kind: "asylum-claim", Against: "ve"}, agreement.Safeguard{Kind: "victim"}),
		},
		{name: "said to be none", biographic: `{"nationality": "VE"}`, contextual: `{"protection": "ninguna"}`, nationalities: []string{"VE"}},
		{name: "said to be none, empty", biographic: `{"nationality": "VE"}`, contextual: `{"protection": ""}`, nationalities: []string{"VE"}},
		{name: "protection not said", biographic: `{"nationality": "VE"}`, contextual: `{}`, why: reach.Protection},
		{name: "protection null", biographic: `{"nationality": "VE"}`, contextual: `{"protection": null}`, why: reach.Protection},
		{name: "unknown word", biographic: `{"nationality": "VE"}`, contextual: `{"protection": ["minor", "witness"]}`, why: reach.Protection},
		{name: "another case", biographic: `{"nationality": "VE"}`, contextual: `{"protection": "Minor"}`, why: reach.Protection},
		{name: "a truth value", biographic: `{"nationality": "VE"}`, contextual: `{"protection": false}`, why: reach.Protection},
		{name: "against a state that is none", biographic: `{"nationality": "VE"}`, contextual: `{"protection": "asilo", "fled": "the army"}`, why: reach.Protection},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.galleries == nil {
				c.galleries = []string{"border"}
			}
			if c.category == "" {
				c.category = "border-encounter"
			}
			got := m.Records([]reach.Encounter{encounter(t, c.biographic, c.contextual, c.galleries...)})[0]
			if got.Why != c.why {
				t.Fatalf("%q, want %q", got.Why, c.why)
			}
			if c.why != reach.Within {
				if d := cmp.Diff(reach.Outcome{Why: c.why}, got); d != "" {
					t.Error("something is told of who is out of reach:", d)
				}
				return
			}
			want := agreement.Record{Category: c.category, Nationalities: c.nationalities, Safeguards: c.safeguards}
			if d := cmp.Diff(want, got.Record); d != "" {
				t.Error(d)
			}
		})
	}
}

// What is known of a person in one encounter counts in all of them.
func TestWholePerson(t *testing.T) {
	t.Parallel()
	m := compile(t, rules())
	plain := encounter(t, `{"nationality": "VE"}`, `{"protection": []}`, "border")
	inactive := plain
	inactive.Active = false
	for _, c := range []struct {
		name  string
		other reach.Encounter
		why   reach.Reason // of the plain one
		want  agreement.Record
	}{
		{"nothing else", encounter(t, ``, ``, "civil"), reach.Within, agreement.Record{Nationalities: []string{"VE"}}},
		{"another nationality, in a gallery out of reach", encounter(t, `{"nationality": "COL"}`, ``, "civil"), reach.Within, agreement.Record{Nationalities: []string{"COL", "VE"}}},
		{"a protection, in a gallery out of reach", encounter(t, ``, `{"protection": "asilo", "fled": "CO"}`, "civil"), reach.Within,
			agreement.Record{Nationalities: []string{"VE"}, Safeguards: []agreement.Safeguard{{Kind: "asylum-claim", Against: "co"}}}},
		{"a protection that cannot be read", encounter(t, ``, `{"protection": "witness"}`, "civil"), reach.Elsewhere, agreement.Record{}},
		{"a nationality that cannot be read", encounter(t, `{"nationality": "??"}`, ``, "civil"), reach.Elsewhere, agreement.Record{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, active := range []bool{true, false} {
				c.other.Active = active
				got := m.Records([]reach.Encounter{plain, c.other, inactive})
				if c.why == reach.Within {
					c.want.Category = "border-encounter"
				}
				if got[0].Why != c.why || !cmp.Equal(got[0].Record, c.want) {
					t.Errorf("%q %s, want %q", got[0].Why, cmp.Diff(c.want, got[0].Record), c.why)
				}
				if got[2].Why != reach.Inactive {
					t.Errorf("an inactive encounter is %q", got[2].Why)
				}
			}
		})
	}
}

func TestFields(t *testing.T) {
	t.Parallel()
	m := compile(t, rules())
	for _, c := range []struct {
		name, biographic string
		want             map[string]string
	}{
		{"texts, numbers and no more than is mapped", `{"nationality": "VE", "lastName": " Pérez ", "document": 12345678, "address": "x"}`, map[string]string{"family-name": "Pérez", "travel-document-number": "12345678"}},
		{"lists and objects", `{"nationality": "VE", "lastName": ["a"], "document": {"number": 1}}`, map[string]string{}},
		{"a number that JSON does not hold exactly", `{"nationality": "VE", "document": 12345678901234567890}`, map[string]string{}},
		{"a fraction", `{"nationality": "VE", "document": 1.5}`, map[string]string{}},
		{"control characters", `{"nationality": "VE", "lastName": "a\nb", "document": "1\u202e2"}`, map[string]string{}},
		{"too long", `{"nationality": "VE", "lastName": "` + strings.Repeat("a", 1001) + `"}`, map[string]string{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := m.Records([]reach.Encounter{encounter(t, c.biographic, `{"protection": []}`, "border")})[0]
			if got.Why != reach.Within || !cmp.Equal(got.Fields, c.want) {
				t.Errorf("%q %s", got.Why, cmp.Diff(c.want, got.Fields))
			}
		})
	}
}

// Whoever says nothing of protection is out of reach, unless the rules say that this means none.
func TestAbsentIsNone(t *testing.T) {
	t.Parallel()
	r := rules()
	r.Safeguards.AbsentIsNone = true
	m := compile(t, r)
	for contextual, why := range map[string]reach.Reason{`{}`: reach.Within, ``: reach.Within, `{"protection": "witness"}`: reach.Protection} {
		if got := m.Records([]reach.Encounter{encounter(t, `{"nationality": "VE"}`, contextual, "border")})[0].Why; got != why {
			t.Errorf("%s: %q, want %q", contextual, got, why)
		}
	}
}

func TestRulesAreChecked(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		change func(*reach.Rules)
		want   []string // in the error; none: good
	}{
		{"good", func(*reach.Rules) {}, nil},
		{"no gallery", func(r *reach.Rules) { r.Galleries = nil }, []string{"galleries"}},
		{"every gallery", func(r *reach.Rules) { r.Galleries["ALL"] = "visa" }, []string{`"ALL"`}},
		{"unknown category", func(r *reach.Rules) { r.Galleries["civil"] = "citizens" }, []string{"galleries: civil", "citizens", "border-encounter"}},
		{"no nationality", func(r *reach.Rules) { r.Nationality.From = nil }, []string{"nationality.from"}},
		{"a place that is none", func(r *reach.Rules) { r.Nationality.From = []string{"nationality"} }, []string{"nationality.from", "biographic.NAME"}},
		{"a word for no state", func(r *reach.Rules) { r.Nationality.Words["local"] = "XX" }, []string{"nationality.words: local", `"XX"`}},
		{"no safeguards", func(r *reach.Rules) { r.Safeguards = nil }, []string{"safeguards", "asylum-claim"}},
		{"safeguards from nowhere", func(r *reach.Rules) { r.Safeguards.From = nil }, []string{"safeguards.from"}},
		{"unknown safeguard", func(r *reach.Rules) { r.Safeguards.Words["testigo"] = "witness" }, []string{"safeguards.words: testigo", "witness", "asylum-claim"}},
		{"a safeguard turned into another", func(r *reach.Rules) { r.Safeguards.Words["minor"] = "" }, []string{"safeguards.words: minor"}},
		{"against for an unknown one", func(r *reach.Rules) { r.Safeguards.Against["witness"] = "contextual.x" }, []string{"safeguards.against", "witness"}},
		{"against from nowhere", func(r *reach.Rules) { r.Safeguards.Against["victim"] = "x" }, []string{"safeguards.against: victim"}},
		{"unknown field", func(r *reach.Rules) { r.Fields["shoe-size"] = "biographic.shoe" }, []string{"shoe-size"}},
		{"a field from contextual data", func(r *reach.Rules) { r.Fields["family-name"] = "contextual.name" }, []string{"fields: family-name", "biographic"}},
		{"two at once", func(r *reach.Rules) { r.Galleries["a"], r.Fields["b"] = "c", "biographic.d" }, []string{"galleries: a", `"b"`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := rules()
			c.change(&r)
			_, err := r.Compile(law(t))
			if (err == nil) != (len(c.want) == 0) {
				t.Fatal(err)
			}
			for _, w := range c.want {
				if !strings.Contains(err.Error(), w) {
					t.Errorf("%v does not say %q", err, w)
				}
			}
		})
	}
}

// FuzzRecords: whatever the data are, nothing is within reach without a state's code as nationality and the agreement's own
// words for protection.
func FuzzRecords(f *testing.F) {
	f.Add(`{"nationality": "VE"}`, `{"protection": []}`)
	f.Add(`{"nationality": ["VE", "COL"]}`, `{"protection": ["asilo", "minor"], "fled": "CO", "otherNationality": "PER"}`)
	f.Add(`[1, 2]`, `null`)
	m := compile(f, rules())
	a := law(f)
	f.Fuzz(func(t *testing.T, biographic, contextual string) {
		e := reach.Encounter{Active: true, Galleries: []string{"border"}}
		if json.Unmarshal([]byte(biographic), &e.Biographic) != nil || json.Unmarshal([]byte(contextual), &e.Contextual) != nil {
			return
		}
		o := m.Records([]reach.Encounter{e})[0]
		if o.Why != reach.Within {
			return
		}
		if len(o.Record.Nationalities) == 0 {
			t.Error("no nationality")
		}
		for _, n := range o.Record.Nationalities {
			if len(n) != 2 && len(n) != 3 || strings.ToUpper(n) != n {
				t.Errorf("%q is no state's code", n)
			}
		}
		for _, s := range o.Record.Safeguards {
			known := false
			for _, g := range a.Safeguards {
				known = known || g.ID == s.Kind
			}
			if !known {
				t.Errorf("%q is no safeguard of the agreement", s.Kind)
			}
		}
	})
}
