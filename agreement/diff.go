package agreement

import (
	"fmt"
	"slices"
	"strings"
)

// Difference is how one agreement differs from another, in text, terms and meaning.
type Difference struct {
	Text    []string  `json:"text"`    // articles added, removed, or with other words
	Terms   []string  `json:"terms"`   // lists, rules and typed terms added, removed or changed
	Meaning []Meaning `json:"meaning"` // one request for each kind that the two decide differently
	// Settled says that the search for requests ended by itself: kinds that are not
	// in Meaning do not exist.
	Settled     bool `json:"settled"`
	Evaluations int  `json:"evaluations"`
}

// Meaning is a request that two agreements decide differently.
type Meaning struct {
	Kind    string   `json:"kind"` // "permit to deny"
	Cause   string   `json:"cause"`
	Before  Decision `json:"before"`
	After   Decision `json:"after"`
	Request Request  `json:"request"`
}

// Same reports whether nothing differs.
func (d *Difference) Same() bool {
	return len(d.Text) == 0 && len(d.Terms) == 0 && len(d.Meaning) == 0
}

// Diff compares two agreements. The requests are found by an exact search over the
// values that the rules of either can tell apart, within checks evaluations.
func Diff(a, b *Agreement, checks int) (Difference, error) {
	d := Difference{Text: diffText(a, b), Terms: diffTerms(a, b)}
	m, err := merge(a, b)
	if err != nil {
		return d, err
	}
	s := newSolver(newDomain(m), checks)
	x := differ{s: s, out: &d, seen: map[string]bool{}}
	for _, act := range union(a.actIDs(), b.actIDs()) {
		x.act(act, a, b, false)
		x.act(act, b, a, true)
	}
	d.Settled, d.Evaluations = s.settled(), checks-s.checks
	return d, nil
}

// diffText compares headings and texts.
func diffText(a, b *Agreement) []string {
	var out []string
	for _, x := range a.Articles {
		y, ok := b.Article(x.Number)
		if !ok {
			out = append(out, fmt.Sprintf("article %s is removed", x.Number))
			continue
		}
		for _, lang := range union(a.Languages, b.Languages) {
			if x.Heading[lang] != y.Heading[lang] {
				out = append(out, fmt.Sprintf("article %s, %s, heading: %q becomes %q", x.Number, lang, x.Heading[lang], y.Heading[lang]))
			}
			out = append(out, diffParagraphs(x.Number, lang, x.Text[lang], y.Text[lang])...)
		}
	}
	for _, y := range b.Articles {
		if _, ok := a.Article(y.Number); !ok {
			out = append(out, fmt.Sprintf("article %s is added: %s", y.Number, y.Heading.In(b.Languages[0])))
		}
	}
	return out
}

// diffParagraphs names the paragraphs that only one of two texts has.
func diffParagraphs(number, lang, x, y string) []string {
	var out []string
	xs, ys := paragraphs(x), paragraphs(y)
	for _, p := range xs {
		if !slices.Contains(ys, p) {
			out = append(out, fmt.Sprintf("article %s, %s: - %s", number, lang, p))
		}
	}
	for _, p := range ys {
		if !slices.Contains(xs, p) {
			out = append(out, fmt.Sprintf("article %s, %s: + %s", number, lang, p))
		}
	}
	return out
}

// paragraphs splits a text at its empty lines, each on one line.
func paragraphs(s string) []string {
	var out []string
	for p := range strings.SplitSeq(s, "\n\n") {
		if p = strings.Join(strings.Fields(p), " "); p != "" {
			out = append(out, p)
		}
	}
	return out
}

// diffTerms compares all that the machine reads, as it is shown.
func diffTerms(a, b *Agreement) []string {
	lang := "en"
	if !slices.Contains(a.Languages, "en") {
		lang = a.Languages[0]
	}
	x, y := termLines(a, lang), termLines(b, lang)
	var out []string
	for _, l := range x {
		if !slices.Contains(y, l) {
			out = append(out, "- "+l)
		}
	}
	for _, l := range y {
		if !slices.Contains(x, l) {
			out = append(out, "+ "+l)
		}
	}
	return out
}

// termLines lists everything that the machine reads of an agreement.
func termLines(a *Agreement, lang string) []string {
	d := newDescriber(a, lang)
	var out []string
	for _, r := range a.rules {
		if !r.fromTerm {
			lines := d.rule(r)
			out = append(out, strings.Join(lines[:len(lines)-1], " "))
		}
	}
	for i := range a.Articles {
		for _, l := range a.machine(d, a.Articles[i].Number) {
			for _, kind := range []string{"term", "duty", "provision"} {
				if strings.HasPrefix(l, d.l(kind)+" ") {
					out = append(out, "article "+a.Articles[i].Number+": "+l)
				}
			}
		}
	}
	for _, w := range a.Vocabulary() {
		for _, v := range w.Values {
			out = append(out, strings.TrimSpace(fmt.Sprintf("%s: %s %s", w.Attribute, v.ID, v.Of)))
		}
		if len(w.Values) == 0 {
			out = append(out, fmt.Sprintf("%s (%s)", w.Attribute, w.Type))
		}
	}
	for _, x := range a.Authorities {
		out = append(out, "authority "+x.ID+" for "+strings.Join(x.Purposes, ", "))
	}
	return out
}

// differ gathers requests that two agreements decide differently.
type differ struct {
	s    *solver
	out  *Difference
	seen map[string]bool
}

// act looks for requests that a permits and b does not, or refers and b does not:
// those that a rule of b stops that a lacks, and those that no permit of b knows.
func (x *differ) act(act string, a, b *Agreement, swapped bool) {
	fa, fb := x.s.family(a, act), x.s.family(b, act)
	stops := slices.Concat(fa.forbids, fa.suppresses)
	for _, p := range fa.permits {
		free := slices.Concat(stops, fa.refers)
		for _, f := range slices.Concat(fb.forbids, fb.suppresses, fb.refers) {
			if !same(fa.all(), f) {
				x.found(act, a, b, swapped, f.r.id, []*test{p, f}, free)
			}
		}
		if !same(fb.permits, p) || len(fb.permits) == 0 {
			x.found(act, a, b, swapped, p.r.id, []*test{p}, slices.Concat(free, fb.permits))
		}
		for _, r := range fa.refers { // referred there, stopped here
			for _, f := range slices.Concat(fb.forbids, fb.suppresses) {
				if !same(fa.all(), f) {
					x.found(act, a, b, swapped, f.r.id, []*test{p, r, f}, stops)
				}
			}
		}
	}
}

// same reports whether a test's policy is among others, written alike.
func same(list []*test, t *test) bool {
	text := string(t.r.policy.MarshalCedar())
	return slices.ContainsFunc(list, func(o *test) bool { return string(o.r.policy.MarshalCedar()) == text })
}

// found searches once, and keeps the request when it is the first of its kind.
func (x *differ) found(act string, a, b *Agreement, swapped bool, cause string, hold, not []*test) {
	if len(x.out.Meaning) >= 200 || !x.s.settled() {
		return
	}
	r, ok := x.s.find(act, hold, not)
	if !ok {
		return
	}
	before, after := a.Decide(*r), b.Decide(*r)
	if swapped {
		before, after = after, before
	}
	if before.Outcome == after.Outcome {
		return
	}
	kind := fmt.Sprintf("%s to %s", before.Outcome, after.Outcome)
	key := kind + " " + act + " " + cause
	if x.seen[key] {
		return
	}
	x.seen[key] = true
	x.out.Meaning = append(x.out.Meaning, Meaning{Kind: kind, Cause: cause, Before: before, After: after, Request: *r})
}

func union(x, y []string) []string {
	out := slices.Clone(x)
	for _, s := range y {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// merge puts the lists and rules of two agreements into one, from which the values
// that either can tell apart are drawn.
func merge(a, b *Agreement) (*Agreement, error) {
	m := *a
	m.rules = slices.Concat(a.rules, b.rules)
	m.quotas, m.spans = slices.Clone(a.quotas), slices.Concat(a.spans, b.spans)
	for _, q := range b.quotas {
		if !slices.ContainsFunc(m.quotas, func(o Quota) bool { return o.ID == q.ID && o.Limit == q.Limit }) {
			m.quotas = append(m.quotas, q)
		}
	}
	m.AuthorityOptional = a.AuthorityOptional || b.AuthorityOptional
	m.Parties = mergeBy(a.Parties, b.Parties, func(p Party) string { return p.ID })
	m.Authorities = mergeBy(a.Authorities, b.Authorities, func(x Authority) string { return x.ID })
	m.Fields = mergeBy(a.Fields, b.Fields, func(f Field) string { return f.ID })
	name := func(n Named) string { return n.ID }
	m.Purposes, m.Roles, m.Grounds = mergeBy(a.Purposes, b.Purposes, name), mergeBy(a.Roles, b.Roles, name), mergeBy(a.Grounds, b.Grounds, name)
	m.Categories, m.Safeguards = mergeBy(a.Categories, b.Categories, name), mergeBy(a.Safeguards, b.Safeguards, name)
	m.Acts = mergeBy(a.Acts, b.Acts, func(x Act) string { return x.ID })
	m.Facts = mergeBy(a.Facts, b.Facts, func(f Fact) string { return f.ID })
	for i := range m.Facts {
		f := &m.Facts[i]
		if g := b.words.fact[f.ID]; g != nil {
			if g.Type != f.Type || g.Unit != f.Unit {
				return nil, fmt.Errorf("diff: fact %s is %s of one agreement and %s of the other; requests cannot be compared", f.ID, f.Type, g.Type)
			}
			f.Values = mergeBy(f.Values, g.Values, name)
		}
	}
	return &m, nil
}

func mergeBy[T any](x, y []T, key func(T) string) []T {
	out := slices.Clone(x)
	for _, e := range y {
		if !slices.ContainsFunc(out, func(o T) bool { return key(o) == key(e) }) {
			out = append(out, e)
		}
	}
	return out
}
