package agreement

import "strconv"

// Names of the typed terms, as written in an article and as keys of Articles.
const (
	termMinFingers    = "min-fingers"
	termMinQuality    = "min-quality"
	termFPIR          = "fpir"
	termMaxCandidates = "max-candidates"
	termExaminers     = "examiners"
	termApprover      = "approver"
	termAnswer        = "answer-within"
	termEraseProbe    = "erase-probe-within"
	termKeep          = "keep"
)

// term reads one typed value; ok is false when it is absent or wrong.
func term[T any](b *builder, w word, name, example string, parse func(string) (T, error)) (v T, ok bool) {
	if w.line == 0 {
		return v, false
	}
	v, err := parse(w.s)
	if err != nil {
		b.fault(w.line, "write it with its unit, for instance "+example, "%s: %v", name, err)
		return v, false
	}
	return v, true
}

// terms reads the typed terms of an article; those that bound a decision become
// forbids beside being terms.
func (b *builder) terms(f *termsForm) {
	for i := range f.Search {
		b.searchTerms(&f.Search[i])
	}
	for i := range f.Disclosure {
		b.disclosureTerms(&f.Disclosure[i])
	}
	for _, r := range f.Retention {
		b.retentionTerms(r)
	}
	for _, q := range f.Quotas {
		b.quota(q)
	}
	for i := range f.Duties {
		b.duty(&f.Duties[i])
	}
	for i := range f.Provisions {
		b.provision(&f.Provisions[i])
	}
	for _, d := range f.Deadlines {
		p, ok := term(b, d.Within, "within", "24 h", parsePeriod)
		id := b.id(d.ID, "deadline")
		if !ok {
			b.fault(d.ID.line, "write within: and the time", "deadline %s has no time", id)
		}
		b.a.deadlines = append(b.a.deadlines, Deadline{ID: id, Name: b.text(d.Name, d.ID.line, "the name of deadline "+id), Within: p, Article: b.article})
	}
}

// show keeps a term as it is written, for rendering.
func (b *builder) show(of, name, value string, purposes, tiers []string) {
	b.a.shown = append(b.a.shown, shownTerm{b.article, of, name, value, purposes, tiers})
}

// value gives a term as it is written.
func (f *searchForm) value(name string) string {
	return map[string]string{
		termMinFingers: f.MinFingers.s, termMinQuality: f.MinQuality.s, termFPIR: f.FPIR.s,
		termMaxCandidates: f.MaxCandidates.s, termExaminers: f.Examiners.s,
		termAnswer: f.AnswerWithin.s, termEraseProbe: f.EraseProbeWithin.s, termPriority: f.Priority.s,
	}[name]
}

// value gives a term as it is written.
func (f *disclosureForm) value(name string) string {
	return map[string]string{
		termExaminers: f.Examiners.s, termApprover: strconv.FormatBool(f.Approver.v), termAnswer: f.AnswerWithin.s,
	}[name]
}

// purposesOf reads an optional list of purposes; none written means all.
func (b *builder) purposesOf(ws []word) []string {
	if ws != nil {
		return b.listed(ws, b.a.words.purpose, "purpose", addTo("purposes:"))
	}
	return ids(b.a.Purposes)
}

func ids(list []Named) []string {
	out := make([]string, len(list))
	for i, n := range list {
		out[i] = n.ID
	}
	return out
}

// searchTerms reads one block under terms: search:.
func (b *builder) searchTerms(f *searchForm) {
	purposes := b.purposesOf(f.Purposes)
	each := func(name string, line int, set func(*SearchTerms)) {
		for _, p := range purposes {
			t := b.a.search[p]
			if t.Articles == nil {
				t.Purpose, t.Articles = p, map[string]string{}
			}
			b.once(name+" for purpose "+p, line)
			set(&t)
			t.Articles[name] = b.article
			b.a.search[p] = t
		}
		b.show(ActSearch, name, f.value(name), purposes, nil)
	}
	forbid := func(name string, c cond, because Text) {
		c.purpose = purposes
		b.generated(b.article, name, []string{ActSearch}, c, because)
	}
	if n, ok := term(b, f.MinFingers, termMinFingers, "2 fingers", parseCount("finger", 10)); ok {
		each(termMinFingers, f.MinFingers.line, func(t *SearchTerms) { t.MinFingers = n })
		forbid(termMinFingers, cond{fingersBelow: n}, b.say(reasonFingers, n))
	}
	if n, ok := term(b, f.MinQuality, termMinQuality, "40 of 100", parseQuality); ok {
		each(termMinQuality, f.MinQuality.line, func(t *SearchTerms) { t.MinQuality = n })
		forbid(termMinQuality, cond{qualityBelow: n}, b.say(reasonQuality, n))
	}
	if v, ok := term(b, f.FPIR, termFPIR, "0.1 %", parseRate); ok {
		each(termFPIR, f.FPIR.line, func(t *SearchTerms) { t.FPIR = v })
	}
	if n, ok := term(b, f.MaxCandidates, termMaxCandidates, "1 candidate", parseCount("candidate", 100)); ok {
		each(termMaxCandidates, f.MaxCandidates.line, func(t *SearchTerms) { t.MaxCandidates = n })
	}
	if n, ok := term(b, f.Examiners, termExaminers, "1 examiner", parseCount("examiner", 5)); ok {
		each(termExaminers, f.Examiners.line, func(t *SearchTerms) { t.Examiners = n })
	}
	if d, ok := term(b, f.AnswerWithin, termAnswer, "10 s", parseDeadline); ok {
		each(termAnswer, f.AnswerWithin.line, func(t *SearchTerms) { t.AnswerWithin = d })
	}
	if d, ok := term(b, f.EraseProbeWithin, termEraseProbe, "60 s", parseDeadline); ok {
		each(termEraseProbe, f.EraseProbeWithin.line, func(t *SearchTerms) { t.EraseProbeWithin = d })
	}
	b.searchPriority(f, each)
}
