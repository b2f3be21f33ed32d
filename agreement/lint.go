package agreement

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Remark is something about an agreement that reads well and may still not be
// what was meant.
type Remark struct {
	Problem
	Fault bool `json:"fault"` // to be corrected before anybody signs; otherwise said for people to know
}

// Lint looks an agreement over beyond what [Parse] refuses: numbers that differ
// between the languages of a text (a fault); rules that decide nothing, purposes
// that nobody may use, fields that nobody may see, facts that no rule asks for and
// articles without machine terms (remarks). checks bounds the evaluations spent on
// rules that decide nothing.
func (a *Agreement) Lint(checks int) []Remark {
	var out []Remark
	say := func(fault bool, file string, line int, article, do, what string, args ...any) {
		out = append(out, Remark{Problem{file, line, article, fmt.Sprintf(what, args...), do}, fault})
	}
	for _, x := range a.Articles {
		if langs := differingNumbers(x.Text); langs != "" {
			say(true, x.File, 0, x.Number, "let the texts say the same", "the numbers in the texts differ between %s", langs)
		}
		if len(a.machine(newDescriber(a, a.Languages[0]), x.Number)) == 0 {
			say(false, x.File, 0, x.Number, "nothing, if it is for people alone", "the article has no machine terms")
		}
	}
	a.lintWords(say)
	a.lintRules(checks, say)
	return out
}

type sayer func(fault bool, file string, line int, article, do, what string, args ...any)

// lintWords looks for purposes, fields and facts that lead nowhere.
func (a *Agreement) lintWords(say sayer) {
	for _, p := range a.Purposes {
		if !slices.ContainsFunc(a.rules, func(r *rule) bool {
			return !r.forbid && (r.cond.purpose == nil || slices.Contains(r.cond.purpose, p.ID))
		}) {
			say(false, HeaderFile, 0, "", "permit something for it, or remove it", "nobody may do anything for purpose %s", p.ID)
		}
	}
	for _, f := range a.Fields {
		if !slices.ContainsFunc(a.rules, func(r *rule) bool { return !r.forbid && r.opens(f) }) {
			say(false, HeaderFile, 0, "", "nothing, if it is listed to be refused", "nobody may see field %s", f.ID)
		}
	}
	for _, f := range a.Facts {
		if len(f.Acts) == 0 {
			say(false, HeaderFile, 0, "", "use it in a rule, or remove it", "no rule asks for fact %s", f.ID)
		}
	}
	for _, p := range a.Parties {
		if !slices.ContainsFunc(a.Authorities, func(x Authority) bool { return x.Party == p.ID }) {
			say(false, HeaderFile, 0, "", "list one, if the party is to ask", "party %s has no authority", p.ID)
		}
	}
}

// opens reports whether a permit may tell a field.
func (r *rule) opens(f Field) bool {
	var in func(c *cond) bool
	in = func(c *cond) bool {
		if c.field != nil && !slices.Contains(c.field, f.ID) || c.tier != nil && !slices.Contains(c.tier, f.Tier) {
			return false
		}
		return len(c.any) == 0 || slices.ContainsFunc(c.any, func(g cond) bool { return in(&g) })
	}
	return in(&r.cond)
}

// lintRules looks for rules that refuse or refer what nothing permits: they give a
// reason, and decide nothing.
func (a *Agreement) lintRules(checks int, say sayer) {
	s := newSolver(newDomain(a), checks)
	families := map[string]*family{}
	for _, act := range a.actIDs() {
		f := s.family(a, act)
		families[act] = &f
	}
	for _, r := range a.rules {
		if !r.forbid || r.fromTerm {
			continue
		}
		decides := false
		for _, act := range r.acts {
			for _, p := range families[act].permits {
				if decides {
					break
				}
				if r.apart(p.r) {
					continue
				}
				_, decides = s.find(act, []*test{p, s.test(a, r)}, nil)
			}
		}
		switch {
		case !s.settled():
			say(false, r.file, r.line, r.article, "look again with a higher bound", "whether rule %s decides anything was not settled", r.id)
			return
		case !decides:
			say(false, r.file, r.line, r.article, "nothing, if it is there to give the reason", "rule %s decides nothing alone: no rule permits what it refuses", r.id)
		}
	}
}

// apart reports whether the lists of two rules leave no request that both speak of:
// cheap to see, and so for most pairs of a large agreement.
func (r *rule) apart(x *rule) bool {
	c, d := &r.cond, &x.cond
	for _, pair := range [][2][]string{{c.role, d.role}, {c.purpose, d.purpose}, {c.authority, d.authority}, {c.ground, d.ground},
		{c.field, d.field}, {c.from, d.from}, {c.to, d.to}, {c.side, d.side}} {
		if pair[0] != nil && pair[1] != nil && !slices.ContainsFunc(pair[0], func(w string) bool { return slices.Contains(pair[1], w) }) {
			return true
		}
	}
	return false
}

var numeral = regexp.MustCompile(`[0-9]+(?:[.,][0-9]+)*`)

// differingNumbers compares the numerals of a text in each language, decimal comma
// and point alike; it names the languages that differ, or "". Paragraph numbers
// count as well: they are to be the same.
func differingNumbers(t Text) string {
	var first []string
	var firstLang string
	for _, lang := range slices.Sorted(maps.Keys(t)) {
		var ns []string
		for _, n := range numeral.FindAllString(t[lang], -1) {
			ns = append(ns, strings.ReplaceAll(n, ",", "."))
		}
		slices.Sort(ns)
		if firstLang == "" {
			first, firstLang = ns, lang
		} else if !slices.Equal(first, ns) {
			return firstLang + " and " + lang
		}
	}
	return ""
}
