package agreement

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

// amended is the shipped agreement with one place of one file changed.
func amended(t testing.TB, dir, file, old, new string) *Agreement {
	t.Helper()
	files := maps.Clone(readFolder(t, dir))
	if !strings.Contains(string(files[file]), old) {
		t.Fatalf("%q is not in %s", old, file)
	}
	files[file] = []byte(strings.Replace(string(files[file]), old, new, 1))
	a, err := Parse(files)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

const demoDir = "../examples/agreements/co-us-demo"

// An agreement differs from itself in nothing; an amendment differs in words, terms
// and meaning, and each difference is a request that the two decide differently.
func TestDiff(t *testing.T) {
	a := demo(t)
	d, err := Diff(a, a, 5_000_000)
	if err != nil || !d.Same() || !d.Settled {
		t.Errorf("with itself: %+v, %v", d, err)
	}
	tests := []struct{ name, file, old, new, kind, term string }{
		{"a lower age", "articles/09-safeguards.yaml", "younger-than: 14 years", "younger-than: 12 years", "deny to permit", "younger than 12 years"},
		{"a wider purpose", "articles/16-disclosure.yaml", "purpose: [return-documentation, missing-persons]", "purpose: [return-documentation, missing-persons, visa-application]", "deny to permit", "photograph"},
		{"a ban fewer", "articles/08-persecution.yaml", "forbid: [search]\n    if:\n      person: {safeguard: [asylum-claim], against: answering}", "refer: [search]\n    if:\n      person: {safeguard: [asylum-claim], against: answering}", "deny to refer", "REFERS"},
		{"a ban more", "articles/03-purposes.yaml", "terms:\n", "rules:\n  - {id: sundays, forbid: [search], if: {side: [answering]}, because: {es: No., en: No.}}\nterms:\n", "permit to deny", "3/sundays"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := amended(t, demoDir, tt.file, tt.old, tt.new)
			d, err := Diff(a, b, 5_000_000)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.ContainsFunc(d.Meaning, func(m Meaning) bool { return m.Kind == tt.kind }) {
				t.Errorf("no request goes from %s: %+v", tt.kind, d.Meaning)
			}
			if !strings.Contains(strings.Join(d.Terms, "\n"), tt.term) {
				t.Errorf("%q is not among the terms: %v", tt.term, d.Terms)
			}
			for _, m := range d.Meaning {
				if a.Decide(m.Request).Outcome != m.Before.Outcome || b.Decide(m.Request).Outcome != m.After.Outcome || m.Before.Outcome == m.After.Outcome {
					t.Errorf("a request that shows nothing: %+v", m)
				}
			}
		})
	}
	words := amended(t, demoDir, "articles/15-answer.yaml", "within fifteen minutes", "within a quarter of an hour")
	if d, _ := Diff(a, words, 5_000_000); len(d.Text) == 0 || len(d.Meaning) != 0 {
		t.Errorf("words alone: %+v", d)
	}
}

// A property that does not hold is broken by a request that the agreement decides so.
func TestProveFindsCounterexamples(t *testing.T) {
	a := demo(t)
	ps, err := a.ParseProperties("p.yaml", []byte(`properties:
  - id: no-visa
    says: {es: Ninguna visa., en: No visa.}
    acts: [search]
    when: {purpose: [visa-application]}
    never: [permit]
  - id: nobody-under-eighteen
    says: {es: Nadie menor de dieciocho., en: Nobody under eighteen.}
    acts: [search]
    when: {person: {younger-than: 18 years}}
    never: [permit]
  - id: suppression-is-possible
    says: {es: Puede suprimirse., en: Suppression is possible.}
    acts: [reach]
    possible: silent-suppress
  - id: reference-is-impossible
    says: {es: No se remite., en: Nothing is referred.}
    acts: [reach]
    possible: refer
`))
	if err != nil {
		t.Fatal(err)
	}
	proofs := a.Prove(ps, 2_000_000)
	for i, want := range []bool{false, false, true, false} {
		p := proofs[i]
		if p.Holds != want || !p.Settled || p.Combinations == "" {
			t.Errorf("%s: %+v", ps[i], p)
		}
		if r := p.Counterexample; r != nil && (a.Decide(*r).Outcome != Permit || !ps[i].meets(a, r)) {
			t.Errorf("%s: not a counterexample: %+v", ps[i].ID, r)
		}
	}
	if proofs[0].Counterexample == nil || proofs[1].Counterexample == nil || proofs[2].Witness == nil {
		t.Error("no request is shown")
	}
	for name, text := range map[string]string{
		"nothing":       "properties: []\n",
		"no claim":      "properties:\n  - {id: x, says: {es: x, en: x}}\n",
		"no outcome":    "properties:\n  - {id: x, says: {es: x, en: x}, never: [maybe]}\n",
		"unknown words": "properties:\n  - {id: x, says: {es: x, en: x}, when: {purpose: [tea]}, never: [permit]}\n",
		"one language":  "properties:\n  - {id: x, says: {es: x}, never: [permit]}\n",
	} {
		if _, err := a.ParseProperties("p.yaml", []byte(text)); err == nil || !strings.Contains(err.Error(), "p.yaml") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Made-up requests are the same each time, a log is counted, quotas run out, and an
// amendment's effect is shown request by request.
func TestSimulate(t *testing.T) {
	a := demo(t)
	b := amended(t, demoDir, "articles/17-quotas.yaml", "limit: 400 searches per day", "limit: 2 searches per day")
	x := NewAgainst(a, b)
	changed := 0
	for i := range 5 {
		if _, ok := x.Next(i+1, borderSearch()); ok {
			changed++
		}
	}
	if changed != 3 || x.Before.Outcome[Permit] != 5 || x.After.Outcome[Permit] != 2 || x.Kinds["permit to deny"] != 3 {
		t.Errorf("changed %d, before %v, after %v, kinds %v", changed, x.Before.Outcome, x.After.Outcome, x.Kinds)
	}
	run := func(seed uint64) string {
		s := NewSimulation(a)
		MadeUp(a, nil, seed, 150, a.From, func(r Request) bool { s.Next(r); return true })
		if s.Requests != 150 || s.Outcome[Permit] == 0 || s.Outcome[Deny] == 0 {
			t.Errorf("one-sided: %v", s.Outcome)
		}
		return s.String()
	}
	older := amended(t, demoDir, "articles/09-safeguards.yaml", "younger-than: 14 years", "younger-than: 16 years")
	fifteen := 0
	MadeUp(a, older, 1, 20_000, a.From, func(r Request) bool {
		if r.Person.AgeYears == 15 {
			fifteen++
		}
		return true
	})
	if fifteen == 0 {
		t.Error("no request has the age that only the amendment tells apart")
	}
	if first, again := run(1), run(1); first != again {
		t.Error("the same seed gave other requests")
	}
	if run(1) == run(2) {
		t.Error("another seed gave the same requests")
	}
}

// An explanation names the provision, the duties, what is missing and the way out,
// in each language.
func TestExplain(t *testing.T) {
	law := lawOf(t, "irpr")
	tests := []struct {
		name, text, lang string
		want             []string
	}{
		{"refused", `{"act":"query","asking":"ca","answering":"au","purpose":"refugee-protection","person":{"nationalities":["PK"]},"facts":{"query-contains":["fingerprints"],"necessary-relevant-proportionate":true,"refugee-claim-in":["ca"],"alleges-persecution-in":["PK"]}}`, "en",
			[]string{"It is refused", "Article 315.38", "It would be permitted if", "a) what the query submits: + a unique transaction number"}},
		{"refused, in French", `{"act":"query","asking":"ca","answering":"au","purpose":"citizenship","person":{"nationalities":["PK"]},"facts":{"query-contains":["fingerprints","new-transaction-number"],"necessary-relevant-proportionate":true}}`, "fr",
			[]string{"Elle est refusée", "Article 315.4(1)", "Elle serait autorisée si"}},
		{"referred", `{"act":"respond","asking":"nz","answering":"ca","purpose":"citizenship","field":"photograph","person":{"nationalities":["PK"]}}`, "en",
			[]string{"a person has to decide", "Article 315.39", "The request does not say the following", "(necessary-relevant-proportionate)", "The following duties follow", "315.43(2)"}},
		{"permitted", `{` + m5Query + `}`, "en", []string{"It is permitted", "Article 315.4(1)"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			q, err := law.ParseRequest([]byte(tt.text), at)
			if err != nil {
				t.Fatal(err)
			}
			got := strings.Join(strings.Fields(law.Explain(q, tt.lang)), " ")
			for _, want := range tt.want {
				if !strings.Contains(got, want) {
					t.Errorf("%q is not in:\n%s", want, law.Explain(q, tt.lang))
				}
			}
		})
	}
	for lang, words := range explainWords {
		for key := range explainWords["en"] {
			if words[key] == "" {
				t.Errorf("%s has no sentence %q", lang, key)
			}
		}
	}
}

// The page that people sign holds every article in every language, the digest and
// the notice, and nothing of the text can become markup.
func TestHTML(t *testing.T) {
	for _, dir := range examples(t) {
		a, _ := example(t, dir)
		b, err := a.HTML()
		if err != nil {
			t.Fatal(err)
		}
		page := string(b)
		if strings.Count(page, a.Digest().String()) < 3 {
			t.Errorf("%s: the digest is not on the page", a.ID)
		}
		if n := strings.Count(page, "<article "); n != len(a.Articles) {
			t.Errorf("%s: %d articles on the page, %d in the text", a.ID, n, len(a.Articles))
		}
		if n := strings.Count(page, `class="signer"`); n != len(a.Parties) {
			t.Errorf("%s: room for %d signatures, %d parties", a.ID, n, len(a.Parties))
		}
		for _, lang := range a.Languages {
			if n := strings.Count(page, `class="notice" lang="`+lang+`"`); n != 2 {
				t.Errorf("%s: the notice in %s stands %d times, not at both ends", a.ID, lang, n)
			}
		}
		for _, r := range a.rules {
			if !r.fromTerm && strings.Count(page, ">"+r.id+"<")+strings.Count(page, ">"+r.id+" [") != len(a.Languages) {
				t.Errorf("%s: rule %s is not beside the words of each language", a.ID, r.id)
			}
		}
	}
	files := readFolder(t, "testdata/minimal")
	files[minEnd] = []byte(strings.Replace(string(files[minEnd]), "Lo no permitido", "<script>x</script> Lo no permitido", 1))
	a, err := Parse(files)
	if err != nil {
		t.Fatal(err)
	}
	if b, _ := a.HTML(); strings.Contains(string(b), "<script>") {
		t.Error("the text became markup")
	}
}

// The vocabulary lists every act, field and fact with its meaning in every language.
func TestVocabulary(t *testing.T) {
	for _, dir := range examples(t) {
		a, _ := example(t, dir)
		for _, w := range a.Vocabulary() {
			for _, lang := range a.Languages {
				if w.Meaning[lang] == "" {
					t.Errorf("%s: %s has no meaning in %s", a.ID, w.Attribute, lang)
				}
			}
		}
		for _, x := range a.Facts {
			if !strings.Contains(a.RenderVocabulary("en"), "facts."+x.ID) {
				t.Errorf("%s: fact %s is not listed", a.ID, x.ID)
			}
		}
	}
}

func TestLabelsInEveryLanguage(t *testing.T) {
	for lang, words := range labels {
		for key := range labels["en"] {
			if words[key] == "" {
				t.Errorf("%s has no label for %q", lang, key)
			}
		}
	}
}

func BenchmarkDecideShipped(b *testing.B) {
	for _, dir := range examples(b) {
		a, cases := example(b, dir)
		b.Run(a.ID, func(b *testing.B) {
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				r := cases[i%len(cases)].Asked.Request
				a.Decide(r)
				i++
			}
		})
	}
}
