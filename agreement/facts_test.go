package agreement

import (
	"errors"
	"maps"
	"strings"
	"testing"
	"time"
)

func lawOf(t testing.TB, name string) *Agreement {
	t.Helper()
	a, err := Parse(readFolder(t, "../examples/agreements/"+name))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// m5Query is a query that Canada may make of Australia.
const m5Query = `"act":"query","asking":"ca","answering":"au","purpose":"work-or-study-permit","person":{"nationalities":["PK"]},
	"facts":{"query-contains":["fingerprints","new-transaction-number"],"necessary-relevant-proportionate":true}`

// A request that cannot be read says which attribute, and what may have been meant.
func TestRequestsRefused(t *testing.T) {
	a := lawOf(t, "irpr")
	tests := map[string][2]string{
		"unknown attribute":             {`{` + m5Query + `,"nationality":"PK"}`, `unknown attribute "nationality"`},
		"unknown fact":                  {`{"act":"query","facts":{"necessity":true}}`, `unknown attribute "facts.necessity"; did you mean "necessary-relevant-proportionate"?`},
		"unknown word of a person":      {`{"act":"query","person":{"citizenship":["PK"]}}`, `unknown attribute "person.citizenship"`},
		"a value that is none":          {`{"act":"query","facts":{"query-contains":["retina"]}}`, `fact query-contains is any of fingerprints`},
		"a word for yes or no":          {`{"act":"query","facts":{"inaccurate":"perhaps"}}`, `fact inaccurate is true or false`},
		"a state that is none":          {`{"act":"query","facts":{"alleges-persecution-in":["Persia, of old"]}}`, `fact alleges-persecution-in lists states`},
		"no act":                        {`{"asking":"ca"}`, `no "act"; the acts of irpr are query, respond`},
		"a party named twice":           {`{"act":"query","asking":"ca","from":"us"}`, `name the same party`},
		"an attribute twice":            {`{"act":"query","act":"respond"}`, `attribute "act" stands twice`},
		"a fact twice":                  {`{"act":"query","inaccurate":true,"facts":{"inaccurate":false}}`, `fact "inaccurate" stands twice`},
		"a number where a word belongs": {`{"act":7}`, `attribute "act"`},
		"two requests":                  {`{"act":"query"}{}`, `more follows`},
		"no object":                     {`[]`, `not one JSON object`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if _, err := a.ParseRequest([]byte(tt[0]), at); err == nil || !strings.Contains(err.Error(), tt[1]) {
				t.Errorf("got %v, want %q", err, tt[1])
			}
		})
	}
}

// What people write differently is read alike.
func TestRequestsReadAlike(t *testing.T) {
	a := lawOf(t, "irpr")
	for name, text := range map[string]string{
		"as the manual writes it": `{` + m5Query + `}`,
		"from and to":             strings.NewReplacer("asking", "from", "answering", "to").Replace(`{` + m5Query + `}`),
		"codes of states":         strings.NewReplacer(`"ca"`, `"CAN"`, `"au"`, `"AU"`).Replace(`{` + m5Query + `}`),
		"underscores":             strings.ReplaceAll(`{`+m5Query+`}`, "query-contains", "query_contains"),
		"facts beside":            `{"act":"query","asking":"ca","answering":"au","purpose":"work-or-study-permit","person":{"nationalities":["PK"]},"query-contains":["fingerprints","new-transaction-number"],"necessary-relevant-proportionate":true}`,
		"facts of the person":     `{"act":"query","asking":"ca","answering":"au","purpose":"work-or-study-permit","person":{"nationalities":["PK"],"permanent_resident_of":[],"query-contains":["fingerprints","new-transaction-number"]},"facts":{"necessary-relevant-proportionate":true}}`,
		"with a note":             `{"note":"n",` + m5Query + `}`,
	} {
		q, err := a.ParseRequest([]byte(text), at)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if o := a.Opine(q); !o.Permitted() || o.Articles[0] != "315.4" {
			t.Errorf("%s: %s by %v, errors %v", name, o.Outcome, o.Rules, o.Errors)
		}
	}
}

// Both sides are shown, and the stronger answer stands; a silent refusal tells the
// asking side what it is told when there is no record.
func TestOpinionOfBothSides(t *testing.T) {
	a := demo(t)
	q, err := a.ParseRequest([]byte(`{"act":"reach","asking":"us","answering":"co","purpose":"border-examination","record":{"category":"visa","safeguards":[{"kind":"asylum-claim","against":"us"}]}}`), at)
	if err != nil {
		t.Fatal(err)
	}
	o := a.Opine(q)
	if o.Outcome != SilentSuppress || o.Told != "no-match" || len(o.Views) != 2 || o.Views[SideAnswering].Outcome != SilentSuppress {
		t.Errorf("%+v", o)
	}
	q.Suspended.Whole = true
	if o := a.Opine(q); o.Outcome != Deny || o.Told != "deny" {
		t.Errorf("suspended: %s, told %s", o.Outcome, o.Told)
	}
	p := lawOf(t, "pcsc") // the quota binds the asking side alone
	q, err = p.ParseRequest([]byte(`{"act":"query-fingerprints","asking":"us","answering":"nl","authority":"us-contact-fingerprints","role":"authorised-officer","purpose":"investigation","facts":{"search-type":"tenprint-to-tenprint","max-penalty":48,"individual-case":true,"specific-circumstances":true,"consistent-with-asking-law":true},"used":{"tenprint-to-tenprint":100}}`), at)
	if err != nil {
		t.Fatal(err)
	}
	if o := p.Opine(q); o.Outcome != Deny || o.Views[SideAnswering].Outcome != Permit || o.Views[SideAsking].Outcome != Deny {
		t.Errorf("%s: asking %s, answering %s", o.Outcome, o.Views[SideAsking].Outcome, o.Views[SideAnswering].Outcome)
	}
}

// A fact that the agreement does not know, or a value that it cannot read, refuses
// also where a program hands it over.
func TestFactsFromPrograms(t *testing.T) {
	a := lawOf(t, "irpr")
	q, err := a.ParseRequest([]byte(`{`+m5Query+`}`), at)
	if err != nil {
		t.Fatal(err)
	}
	for name, facts := range map[string]map[string]any{
		"unknown":    {"shoe-size": 42},
		"wrong type": {"query-contains": 7},
		"no word":    {"entry-document": "burnt"},
		"endless":    {"query-contains": make([]string, MaxSetItems+1)},
	} {
		r := q.Request
		r.Facts = maps.Clone(r.Facts)
		maps.Copy(r.Facts, facts)
		if d := a.Decide(r); d.Outcome != Deny || len(d.Errors) == 0 || len(d.Articles) == 0 {
			t.Errorf("%s: %+v", name, d)
		}
	}
	if d := a.Decide(Request{Act: "respond", Side: SideAnswering, From: "us", To: "ca", Now: at}); d.Permitted() || !strings.Contains(strings.Join(d.Errors, " "), "does not state field") {
		t.Errorf("a need that is not met: %+v", d)
	}
}

// Faults of the new parts of the language name file, line, article and remedy.
func TestFaultsOfFacts(t *testing.T) {
	good := readFolder(t, "../examples/agreements/co-us-demo")
	const use, header = "articles/18a-use.yaml", HeaderFile
	tests := []struct{ name, file, old, new, want string }{
		{"unknown fact", use, "facts: {received-for: migration}", "facts: {recieved-for: migration}", `articles/18a-use.yaml:29: article 18a: fact "recieved-for" is not listed`},
		{"unknown value", use, "facts: {received-for: crime}}\n", "facts: {received-for: crimes}}\n", `value of fact received-for "crimes" is not listed; write one of migration, missing, crime`},
		{"comparison of a word", use, "facts: {breaches-condition: true}", "facts: {breaches-condition: {more-than: 1 month}}", "is not a number and cannot be compared"},
		{"number without unit", "articles/19-oversight.yaml", "{at-most: 24 months}", "{at-most: 24}", `articles/19-oversight.yaml:23: article 19: at-most: "24" has no unit; write it with its unit, for instance 12 months`},
		{"number of another unit", "articles/19-oversight.yaml", "{at-most: 24 months}", "{at-most: 24 days}", `"days" is not months`},
		{"no comparison", "articles/19-oversight.yaml", "{at-most: 24 months}", "{around: 24 months}", `"around" is not a comparison`},
		{"type that is none", header, "type: one-of\n", "type: perhaps\n", `agreement.yaml:153: fact suspicion: "perhaps" is not a type`},
		{"yes-no with values", header, "  - id: necessary\n    name: {es: es necesario para el fin, en: it is necessary for the purpose}\n    type: yes-no\n", "  - id: necessary\n    name: {es: x, en: x}\n    type: yes-no\n    values:\n      - {id: a, name: {es: x, en: x}}\n", "fact necessary of type yes-no has 1 values"},
		{"number without its unit", header, "    unit: months\n", "", "fact log-age of type number has the unit"},
		{"unstated that is none", header, "unstated: \"false\"", "unstated: \"maybe\"", "unstated: of fact legal-assistance"},
		{"two effects", use, "    permit: [use]\n", "    permit: [use]\n    refer: [use]\n", "neither permits nor forbids, or does both"},
		{"act that is none", use, "    forbid: [use]\n", "    forbid: [misuse]\n", `act "misuse" is not listed`},
		{"provision of no kind", "articles/01-parties.yaml", "kind: territory", "kind: land", `articles/01-parties.yaml:22: article 1: kind of provision "land" is not listed; the kinds are`},
		{"duty after no act", "articles/20-correction.yaml", "acts: [rectify], if: {facts: {defect: inaccurate}}", "acts: [], if: {facts: {defect: inaccurate}}", "the list for act is empty"},
		{"duty with no time", "articles/20-correction.yaml", "within: 72 h, name: {es: \"Rectificar", "within: soon, name: {es: \"Rectificar", `within: "soon" has no unit`},
		{"quota of acts without acts", "articles/15a-spontaneous.yaml", "      acts: [supply]\n      limit", "      limit", "quota supply-day counts acts that it does not name"},
		{"provision cited oddly", use, "cites: 18a(1)", "cites: <b>", "is not a provision"},
		{"an article that ends first", use, "article: 18a\n", "article: 18a\nfrom: 2030-01-01\nuntil: 2029-01-01\n", "the article ends before it begins"},
		{"an empty any", use, "      any:\n        - purpose", "      any:\n        - {}\n        - purpose", "a group of any: is empty"},
		{"a need that is none", header, "needs: [field]", "needs: [luck]", `need "luck" is not listed`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			files := maps.Clone(good)
			text := string(files[tt.file])
			if !strings.Contains(text, tt.old) {
				t.Fatalf("the case is out of date: %q is not in %s", tt.old, tt.file)
			}
			files[tt.file] = []byte(strings.Replace(text, tt.old, tt.new, 1))
			_, err := Parse(files)
			var p *Problems
			if !errors.As(err, &p) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

// What reads well and may not be meant is said.
func TestLint(t *testing.T) {
	files := readFolder(t, "testdata/minimal")
	files[minHeader] = []byte(strings.Replace(string(files[minHeader]), "purposes:\n", "purposes:\n  - {id: unused, name: {es: x, en: x}}\n", 1))
	files[minHeader] = []byte(strings.Replace(string(files[minHeader]), "purposes: [border]", "purposes: [border, unused]", 1))
	files[minEnd] = []byte(strings.Replace(string(files[minEnd]), "Lo no permitido", "En 30 días lo no permitido", 1))
	files[minGuard] = []byte(strings.Replace(string(files[minGuard]), "rules:\n", "rules:\n  - {id: idle, forbid: [search], if: {purpose: [unused]}, because: {es: No., en: No.}}\n", 1))
	a, err := Parse(files)
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	faults := 0
	for _, r := range a.Lint(1_000_000) {
		all.WriteString(r.String() + "\n")
		if r.Fault {
			faults++
		}
	}
	for _, want := range []string{
		"articles/03-end.yaml: article 3: the numbers in the texts differ between en and es",
		"nobody may do anything for purpose unused",
		"articles/02-protected.yaml:5: article 2: rule 2/idle decides nothing alone",
	} {
		if !strings.Contains(all.String(), want) {
			t.Errorf("%q is not in:\n%s", want, all.String())
		}
	}
	if faults != 1 {
		t.Errorf("%d faults:\n%s", faults, all.String())
	}
}

// The shipped agreements have nothing to be corrected.
func TestShippedAgreementsAreClean(t *testing.T) {
	for _, dir := range examples(t) {
		a, _ := example(t, dir)
		for _, r := range a.Lint(100_000) {
			if r.Fault {
				t.Errorf("%s: %s", dir, r.Problem)
			}
		}
	}
}

// A key that is revoked, or not valid yet or any more, signs nothing.
func TestKeysOverTime(t *testing.T) {
	a := minimal(t)
	old, key, other := partyKey('a'), partyKey('c'), partyKey('b')
	sign := func(party string, k []byte) Signature {
		s, err := Sign(a.Bundle(), party, k, at)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	bb := []PartyKey{{Key: public(other)}}
	day := 24 * time.Hour
	tests := []struct {
		name string
		keys []PartyKey
		by   []byte
		want string
	}{
		{"valid", []PartyKey{{Key: public(old), From: at.Add(-day), Until: at.Add(day)}}, old, ""},
		{"the newer of two", []PartyKey{{Key: public(old), Until: at.Add(-day)}, {Key: public(key), From: at.Add(-day)}}, key, ""},
		{"not valid yet", []PartyKey{{Key: public(old), From: at.Add(day)}}, old, "signature of aa of 2026-03-04T15:30:00Z: a signature does not hold: its key is not valid before 2026-03-05T15:30:00Z"},
		{"no longer valid", []PartyKey{{Key: public(old), Until: at}}, old, "its key was valid until"},
		{"revoked", []PartyKey{{Key: public(old), Revoked: at.Add(-day)}}, old, "its key was revoked at 2026-03-03T15:30:00Z"},
		{"revoked later", []PartyKey{{Key: public(old), Revoked: at.Add(day)}}, old, ""},
		{"another key", []PartyKey{{Key: public(old)}}, key, "another key"},
		{"no key", nil, old, "no key is known"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := VerifySignaturesAt(a.Bundle(), []Signature{sign("aa", tt.by), sign("bb", other)}, map[string][]PartyKey{"aa": tt.keys, "bb": bb})
			if (tt.want == "") != (err == nil) || (err != nil && !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

// Two versions of one agreement are never in force on one day, and a clock near the
// edge of one is said to be.
func TestVersionsAndClocks(t *testing.T) {
	files := readFolder(t, "../examples/agreements/co-us-demo")
	version := func(v, from, until string) *Agreement {
		f := maps.Clone(files)
		f[HeaderFile] = []byte(strings.NewReplacer(`version: "1.0"`, `version: "`+v+`"`, "from: 2025-01-01", "from: "+from, "until: 2045-01-01", "until: "+until).Replace(string(f[HeaderFile])))
		a, err := Parse(f)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	one, two, three := version("1", "2025-01-01", "2026-01-01"), version("2", "2026-01-01", "2027-01-01"), version("3", "2026-06-01", "2028-01-01")
	if p := Overlaps([]*Agreement{one, two}); len(p) != 0 {
		t.Errorf("one after the other: %v", p)
	}
	p := Overlaps([]*Agreement{one, two, three})
	if len(p) != 1 || !strings.Contains(p[0].String(), "article 24: versions 2 and 3 of co-us-demo are both in force on 2026-06-01") || p[0].Line == 0 {
		t.Errorf("overlap: %v", p)
	}
	edge := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	if d := two.ClockDoubt(edge.Add(-90*time.Second), 2*time.Minute); d == nil || d.Article != "24" || d.Line == 0 {
		t.Errorf("near the beginning: %v", d)
	}
	if d := two.ClockDoubt(edge.Add(time.Hour), 2*time.Minute); d != nil {
		t.Errorf("an hour later: %v", d)
	}
	r := lawOf(t, "region-demo")
	if d := r.ClockDoubt(time.Date(2026, 12, 31, 23, 59, 0, 0, time.UTC), 5*time.Minute); d == nil || d.Article != "10" || d.File != "articles/10-panama.yaml" {
		t.Errorf("near the end of an article: %v", d)
	}
}
