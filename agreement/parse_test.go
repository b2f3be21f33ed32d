package agreement

import (
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"
)

const (
	minHeader = "agreement.yaml"
	minSearch = "articles/01-search.yaml"
	minGuard  = "articles/02-protected.yaml"
	minEnd    = "articles/03-end.yaml"
)

func TestParseNamesEachProblem(t *testing.T) {
	good := readFolder(t, "testdata/minimal")
	tests := []struct {
		name           string
		file, old, new string // old "" appends new; new "\x00" removes the file
		want           []string
	}{
		{"unknown field of the header", minHeader, "version: \"1\"", "version: \"1\"\nsecret: yes", []string{"agreement.yaml:3: ", "secret", "remove the field"}},
		{"unknown field of a rule", minGuard, "    if: {person:", "    iff: {}\n    if: {person:", []string{"articles/02-protected.yaml:7: ", "iff"}},
		{"unknown field of a condition", minGuard, "against: answering", "againts: answering", []string{"articles/02-protected.yaml:7: ", "againts"}},
		{"unknown field of a term", minSearch, "fpir: 0.1 %", "fprr: 0.1 %", []string{"articles/01-search.yaml:21: ", "fprr"}},
		{"field twice", minHeader, "id: minimal", "id: minimal\nid: other", []string{"agreement.yaml:2: ", "id"}},
		{"YAML that does not read", minGuard, "rules:", "rules: [", []string{"articles/02-protected.yaml"}},
		{"a list where a word belongs", minHeader, "id: minimal", "id: [minimal]", []string{"agreement.yaml:1: a word is expected here, not a list"}},
		{"a word where true or false belongs", minHeader, "fictional: true", "fictional: maybe", []string{"agreement.yaml:4: true or false"}},
		{"one language only", minEnd, "heading: {es: Final, en: Final}", "heading: Final", []string{"articles/03-end.yaml:2: a text in each language"}},
		{"missing translation", minSearch, "text: {es: Se puede buscar., en: A search may be made.}", "text: {es: Se puede buscar.}", []string{"articles/01-search.yaml:3: article 1: the article's text has no text in \"en\"; write it"}},
		{"missing translation of a reason", minGuard, "because: {es: Pidió asilo., en: Claimed asylum.}\n  - id", "because: {en: Claimed asylum.}\n  - id", []string{"articles/02-protected.yaml:8: article 2: ", "\"es\""}},
		{"a language that is none of the agreement's", minEnd, "en: Final}", "en: Final, fr: Fin}", []string{"articles/03-end.yaml:2: ", "\"fr\""}},
		{"article without text", minEnd, "text: {es: Lo no permitido se niega., en: What is not permitted is refused.}\n", "", []string{"articles/03-end.yaml:1: article 3: the article's text is missing"}},
		{"article without number", minEnd, "article: 3\n", "", []string{"articles/03-end.yaml", "number is missing"}},
		{"file named for another article", minEnd, "article: 3\n", "article: 4\n", []string{"articles/03-end.yaml:1: article 4: the file is named for article 3"}},
		{"purpose not listed", minSearch, "if: {purpose: [border], role", "if: {purpose: [bordr], role", []string{"articles/01-search.yaml:7: article 1: purpose \"bordr\" is not listed; add it to purposes:"}},
		{"role not listed", minSearch, "role: [officer]", "role: [oficer]", []string{"role \"oficer\" is not listed"}},
		{"ground not listed", minSearch, "role: [officer]", "ground: [none]", []string{"ground \"none\" is not listed"}},
		{"authority not listed", minSearch, "role: [officer]", "authority: [cc]", []string{"authority \"cc\" is not listed"}},
		{"safeguard not listed", minGuard, "safeguard: [asylum], against: answering", "safeguard: [witness], against: answering", []string{"articles/02-protected.yaml:7: article 2: safeguard \"witness\" is not listed"}},
		{"category not listed", minSearch, "category: [visa]", "category: [tax]", []string{"category \"tax\" is not listed"}},
		{"tier not listed", minSearch, "tier: [identity]", "tier: [all]", []string{"tier \"all\" is not listed"}},
		{"field not listed", minSearch, "tier: [identity]", "field: [religion]", []string{"field \"religion\" is not listed"}},
		{"party not listed", minGuard, "against: asking", "against: cc", []string{"party \"cc\" is not listed"}},
		{"authority of no party", minHeader, "id: bb-border, party: bb", "id: bb-border, party: cc", []string{"agreement.yaml:12: party \"cc\" is not listed"}},
		{"unknown act", minSearch, "permit: [search]", "permit: [export]", []string{"act \"export\" is not listed", "search, reach, disclose"}},
		{"empty list", minSearch, "role: [officer]", "role: []", []string{"articles/01-search.yaml:5: article 1: the list for role is empty"}},
		{"word named twice", minSearch, "role: [officer]", "role: [officer, officer]", []string{"named twice"}},
		{"threshold without unit", minSearch, "fpir: 0.1 %", "fpir: 0.001", []string{"articles/01-search.yaml:21: article 1: fpir: \"0.001\" has no unit; write it with its unit, for instance 0.1 %"}},
		{"threshold above everything", minSearch, "fpir: 0.1 %", "fpir: 101 %", []string{"not above 0 %"}},
		{"deadline without unit", minSearch, "erase-probe-within: 60 s", "erase-probe-within: 60", []string{"\"60\" has no unit", "60 s"}},
		{"deadline in another unit", minSearch, "erase-probe-within: 60 s", "erase-probe-within: 60 moons", []string{"\"moons\" is not a unit of time"}},
		{"deadline in months", minSearch, "answer-within: 10 s", "answer-within: 2 months", []string{"not a unit of a deadline"}},
		{"deadline of no time", minSearch, "answer-within: 10 s", "answer-within: 0 s", []string{"no time at all"}},
		{"count in another unit", minSearch, "min-fingers: 2 fingers", "min-fingers: 2 toes", []string{"\"toes\" is not fingers"}},
		{"negative count", minSearch, "min-fingers: 2 fingers", "min-fingers: -2 fingers", []string{"not a whole number"}},
		{"quality without scale", minSearch, "min-quality: 40 of 100", "min-quality: 40", []string{"has no unit", "40 of 100"}},
		{"quota without window", minSearch, "limit: 3 searches per day", "limit: 3 searches", []string{"3 searches per day"}},
		{"quota of unknown purpose", minSearch, "limit: 3 searches per day", "limit: 3 searches per day, purposes: [bordr]", []string{"purpose \"bordr\" is not listed"}},
		{"retention without unit", minSearch, "keep: 3 years", "keep: 3", []string{"\"3\" has no unit"}},
		{"a score alone", minSearch, "{examiners: 1 examiner, approver", "{examiners: 0 examiners, approver", []string{"a score alone"}},
		{"no threshold at all", minSearch, "      fpir: 0.1 %\n", "", []string{"searches for purpose border have no fpir; set it under terms: search:"}},
		{"no retention at all", minSearch, "  retention:\n    - keep: 3 years\n", "", []string{"data of tier identity have no retention"}},
		{"threshold twice", minSearch, "  disclosure:\n", "    - fpir: 1 %\n  disclosure:\n", []string{"fpir for purpose border is defined twice, first in articles/01-search.yaml:21"}},
		{"rule twice", minGuard, "id: asylum-record", "id: asylum", []string{"articles/02-protected.yaml:9: article 2: rule of article 2 asylum is defined twice"}},
		{"rule with the name of a term's", minSearch, "id: reach", "id: min-fingers", []string{"rule of article 1 min-fingers is defined twice"}},
		{"purpose twice", minHeader, "purposes:\n  - {id: border,", "purposes:\n  - {id: border, name: {es: x, en: x}}\n  - {id: border,", []string{"purpose border is defined twice"}},
		{"nationality of two parties", minHeader, "nationalities: [BB]", "nationalities: [AA]", []string{"nationality AA is defined twice"}},
		{"party named as a side", minHeader, "{id: aa, name", "{id: asking, name", []string{"means a side"}},
		{"id that is none", minHeader, "id: minimal", "id: Minimal Agreement", []string{"cannot be the id"}},
		{"permit and forbid at once", minSearch, "permit: [search]", "permit: [search]\n    forbid: [search]", []string{"neither permits nor forbids, or does both"}},
		{"neither permit nor forbid", minSearch, "    permit: [search]\n", "", []string{"neither permits nor forbids, or does both"}},
		{"permit without purpose", minSearch, "if: {purpose: [border], role: [officer]}", "if: {role: [officer]}", []string{"rule 1/ask permits without naming its purpose"}},
		{"permit to anybody", minSearch, "if: {purpose: [border], role: [officer]}", "if: {purpose: [border]}", []string{"without naming its authority or role"}},
		{"reach of any record", minSearch, ", record: {category: [visa]}", "", []string{"without naming its record category"}},
		{"disclosure of any field", minSearch, "if: {purpose: [border], tier: [identity]}", "if: {purpose: [border]}", []string{"without naming its field or tier"}},
		{"one permit for two acts", minSearch, "permit: [search]", "permit: [search, reach]", []string{"permits more than one act"}},
		{"age of a record", minGuard, "if: {record: {safeguard: [asylum]", "if: {record: {younger-than: 14 years, safeguard: [asylum]", []string{"the wrong one of person and record"}},
		{"age without unit", minGuard, "if: {person: {safeguard", "if: {person: {younger-than: 14, safeguard", []string{"not an age"}},
		{"against nobody's safeguard", minGuard, "safeguard: [asylum], against: answering", "against: answering", []string{"against: stands without safeguard:"}},
		{"empty unless", minGuard, "    because: {es: Pidió asilo., en: Claimed asylum.}\n  - id", "    unless: {}\n    because: {es: Pidió asilo., en: Claimed asylum.}\n  - id", []string{"empty unless:"}},
		{"default deny of no article", minHeader, "default-deny:\n  article: 3", "default-deny:\n  article: 9", []string{"default-deny: names no article"}},
		{"no default deny", minHeader, "default-deny:\n  article: 3\n  because: {es: Nada lo permite., en: Nothing permits it.}\n", "", []string{"default-deny: names no article"}},
		{"ends before it begins", minHeader, "until: 2035-01-01", "until: 2015-01-01", []string{"ends before it begins"}},
		{"not a day", minHeader, "from: 2025-01-01", "from: soon", []string{"agreement.yaml:28: in-force from: \"soon\" is not a day"}},
		{"fictional without notice", minHeader, "notice: {es: FICTICIO, en: FICTIONAL}\n", "", []string{"the notice is missing"}},
		{"anchor", minHeader, "languages: [es, en]", "languages: &l [es, en]", []string{"agreement.yaml:6: ", "does not use"}},
		{"tag", minHeader, "id: minimal", "id: !!str minimal", []string{"agreement.yaml:1: ", "does not use"}},
		{"two documents", minHeader, "", "---\nid: other\n", []string{"does not use"}},
		{"reversed writing", minEnd, "Lo no permitido", "Lo \u202eno permitido", []string{"articles/03-end.yaml:3: the line holds the invisible character U+202E"}},
		{"zero width", minEnd, "Lo no permitido", "Lo\u200b no permitido", []string{"U+200B"}},
		{"carriage return", minEnd, "article: 3\n", "article: 3\r\n", []string{"articles/03-end.yaml:1: ", "U+000D"}},
		{"not UTF-8", minEnd, "Final", "Fin\xff", []string{"not UTF-8"}},
		{"no last line feed", minEnd, "", "# end", []string{"the last line does not end"}},
		{"a line that would split the bundle", minEnd, "", "#\n-- other --\n", []string{"articles/03-end.yaml"}},
		{"header missing", minHeader, "", "\x00", []string{"agreement.yaml is missing"}},
		{"file that does not belong", "articles/README.md", "", "hello\n", []string{"does not belong to an agreement"}},
		{"path that climbs", "articles/../x.yaml", "", "hello\n", []string{"does not belong to an agreement"}},
		{"condition left empty", minSearch, "role: [officer]}", "role: [officer], ground: }", []string{"articles/01-search.yaml:7: a field is left empty"}},
		{"condition left empty, on a line", minHeader, "languages: [es, en]", "languages:", []string{"agreement.yaml:6: a field is left empty"}},
		{"nothing written as a tilde", minSearch, "role: [officer]", "role: ~", []string{"articles/01-search.yaml:7: a field is left empty"}},
		{"a word where a list belongs", minSearch, "purpose: [border], role: [officer]", "purpose: border, role: [officer]", []string{"articles/01-search.yaml:7: a list is expected here"}},
		{"language twice in a text", minEnd, "heading: {es: Final, en: Final}", "heading: {es: Final, en: Final, es: Otro}", []string{"articles/03-end.yaml:2: ", "es"}},
		{"field twice, once in quotes", minSearch, "    permit: [search]", "    \"id\": other\n    permit: [search]", []string{"articles/01-search.yaml:6: "}},
		{"condition twice", minSearch, "role: [officer]}", "role: [officer], role: [officer]}", []string{"articles/01-search.yaml:7: "}},
		{"dead: forbidden outright", minGuard, "rules:\n", "rules:\n  - id: none\n    forbid: [search]\n    because: {es: No., en: No.}\n", []string{"articles/01-search.yaml:5: article 1: rule 1/ask can never take effect: what it allows is forbidden by 2/none"}},
		{"dead: forbidden piece by piece", minGuard, "rules:\n", "rules:\n  - {id: a, forbid: [search], if: {side: [asking]}, because: {es: No., en: No.}}\n  - {id: b, forbid: [search], if: {side: [answering], case: true}, because: {es: No., en: No.}}\n  - {id: c, forbid: [search], if: {case: false}, because: {es: No., en: No.}}\n", []string{"rule 1/ask can never take effect", "2/a"}},
		{"dead: quota of none", minSearch, "limit: 3 searches per day", "limit: 0 searches per day", []string{"rule 1/ask can never take effect: what it allows is forbidden by 1/quota-day"}},
		{"dead: no authority is competent", minSearch, "role: [officer]", "authority: [aa-border], from: [bb]", []string{"rule 1/ask can never take effect: its own conditions never meet"}},
		{"dead: nationality known and not", minSearch, "role: [officer]}", "role: [officer], person: {national-of: [aa], nationality-known: false}}", []string{"its own conditions never meet"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			files := maps.Clone(good)
			text := string(files[tt.file])
			switch {
			case tt.new == "\x00":
				delete(files, tt.file)
			case tt.old == "":
				files[tt.file] = []byte(text + tt.new)
			case strings.Count(text, tt.old) == 0:
				t.Fatalf("the case is out of date: %q is not in %s", tt.old, tt.file)
			default:
				files[tt.file] = []byte(strings.Replace(text, tt.old, tt.new, 1))
			}
			_, err := Parse(files)
			var p *Problems
			if !errors.As(err, &p) {
				t.Fatalf("got %v, want problems", err)
			}
			for _, want := range tt.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q is not in:\n%v", want, err)
				}
			}
			for _, x := range p.List {
				if x.Do == "" || x.What == "" {
					t.Errorf("a problem does not say what to do: %+v", x)
				}
			}
		})
	}
}

func TestNoPermitAtAll(t *testing.T) {
	files := readFolder(t, "testdata/minimal")
	delete(files, minSearch)
	if _, err := Parse(files); err == nil || !strings.Contains(err.Error(), "permits nothing at all") {
		t.Errorf("got %v", err)
	}
}

// What a forbid leaves open by one combination is still alive.
func TestAPermitWithOneWayThroughLives(t *testing.T) {
	files := readFolder(t, "testdata/minimal")
	files[minGuard] = []byte(strings.Replace(string(files[minGuard]), "rules:\n", `rules:
  - {id: a, forbid: [search], if: {side: [asking]}, because: {es: No., en: No.}}
  - {id: b, forbid: [search], if: {case: true}, because: {es: No., en: No.}}
  - {id: c, forbid: [search], if: {from: [aa]}, because: {es: No., en: No.}}
  - {id: d, forbid: [search], if: {person: {nationality-known: true}}, because: {es: No., en: No.}}
  - {id: e, forbid: [search], if: {person: {age-known: true}}, unless: {person: {younger-than: 20 years}}, because: {es: No., en: No.}}
  - {id: f, forbid: [search], if: {person: {age-known: false}}, because: {es: No., en: No.}}
`, 1))
	if _, err := Parse(files); err != nil {
		t.Error(err)
	}
}

// manyRules writes articles with permits and forbids, all for one purpose, each
// with a role of its own.
func manyRules(t testing.TB, permits, forbids int) map[string][]byte {
	files := readFolder(t, "testdata/minimal")
	var roles strings.Builder
	for i := range 900 {
		fmt.Fprintf(&roles, "  - {id: r%d, name: {es: x, en: x}}\n", i)
	}
	files[minHeader] = []byte(strings.Replace(string(files[minHeader]), "roles:\n", "roles:\n"+roles.String(), 1))
	write := func(number int, effect, cond string, n int) {
		for ; n > 1000; number++ {
			n -= 1000
			files[fmt.Sprintf("articles/%02d-many.yaml", number)] = manyArticle(number, effect, cond, 1000)
		}
		files[fmt.Sprintf("articles/%02d-many.yaml", number)] = manyArticle(number, effect, cond, n)
	}
	write(10, "permit", "case: true", permits)
	write(30, "forbid", "side: [answering]", forbids)
	return files
}

func manyArticle(number int, effect, cond string, n int) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "article: %d\nheading: {es: x, en: x}\ntext: {es: x, en: x}\nrules:\n", number)
	for i := range n {
		fmt.Fprintf(&b, "  - {id: x%d, %s: [search], if: {purpose: [border], role: [r%d], %s}, because: {es: x, en: x}}\n", i, effect, i%900, cond)
	}
	return []byte(b.String())
}

func TestTooManyRules(t *testing.T) {
	if _, err := parse(manyRules(t, 50, 50), bounds{100, MaxChecks}); err == nil || !strings.Contains(err.Error(), "more than 100 rules") {
		t.Errorf("over the limit: %.300v", err)
	}
}

func TestUnsettledIsRefused(t *testing.T) {
	_, err := parse(manyRules(t, 50, 50), bounds{MaxRules, 20})
	if err == nil || !strings.Contains(err.Error(), "was not settled within 20 evaluations") {
		t.Errorf("got %.300v", err)
	}
}

// BenchmarkTenThousandRules is what the largest agreement costs: to read, with its
// compilation and the search for dead permits; to look over; to decide under, once
// where all rules are of one act and purpose.
func BenchmarkTenThousandRules(b *testing.B) {
	files := manyRules(b, 4990, 4990)
	var a *Agreement
	b.Run("parse", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			peak := peakHeap(func() {
				var err error
				if a, err = Parse(files); err != nil {
					b.Fatalf("%.300s", err)
				}
			})
			b.ReportMetric(float64(peak>>20), "MiB-live")
		}
		b.ReportMetric(float64(len(a.rules)), "rules")
	})
	b.Run("check", func(b *testing.B) {
		for b.Loop() {
			peak := peakHeap(func() { a.Lint(2_000_000) })
			b.ReportMetric(float64(peak>>20), "MiB-live")
		}
	})
	b.Run("decide", func(b *testing.B) {
		r := minimalSearch()
		b.ReportAllocs()
		for b.Loop() {
			a.Decide(r)
		}
	})
	b.Run("bundle", func(b *testing.B) {
		bundle := a.Bundle()
		b.ReportMetric(float64(len(bundle))/1e6, "MB")
		for b.Loop() {
			if _, err := ParseBundle(bundle); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// The largest agreement that the limits let in is read, looked over and decided under
// within bounded memory; the time is logged.
func TestTenThousandRules(t *testing.T) {
	files := manyRules(t, 4990, 4990)
	var a *Agreement
	step := func(what string, f func()) {
		start := time.Now()
		peak := peakHeap(f)
		t.Logf("%s: %v, %d MiB live", what, time.Since(start).Round(time.Millisecond), peak>>20)
		if peak > 192<<20 {
			t.Errorf("%s: %d MiB live", what, peak>>20)
		}
	}
	step("parse", func() {
		var err error
		if a, err = Parse(files); err != nil {
			t.Fatalf("%.300s", err)
		}
	})
	step("check", func() {
		if remarks := a.Lint(2_000_000); len(remarks) > 0 {
			t.Errorf("%d remarks, %s", len(remarks), remarks[0].Problem)
		}
	})
	step("decide", func() {
		r := minimalSearch()
		r.Role, r.CasePresent, r.Side = "r7", true, SideAsking
		if d := a.Decide(r); !d.Permitted() {
			t.Errorf("asking: %.300v", d)
		}
		r.Side = SideAnswering
		if d := a.Decide(r); d.Outcome != Deny || len(d.Rules) != 10 {
			t.Errorf("answering: %s by %d rules", d.Outcome, len(d.Rules))
		}
	})
}
