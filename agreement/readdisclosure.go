package agreement

import (
	"cmp"
	"slices"
)

// disclosureTerms reads one block under terms: disclosure:.
func (b *builder) disclosureTerms(f *disclosureForm) {
	purposes := b.purposesOf(f.Purposes)
	tiers := b.tiersOf(f.Tiers)
	each := func(name string, line int, set func(*DisclosureTerms)) {
		for _, p := range purposes {
			for _, tier := range tiers {
				k := tierKey{p, tier}
				t := b.a.disclosure[k]
				if t.Articles == nil {
					t.Purpose, t.Tier, t.Articles = p, tier, map[string]string{}
				}
				b.once(name+" for purpose "+p+" and tier "+tier, line)
				set(&t)
				t.Articles[name] = b.article
				b.a.disclosure[k] = t
			}
		}
		b.show(ActDisclose, name, f.value(name), purposes, tiers)
	}
	forbid := func(name string, c cond, because Text) {
		c.purpose, c.tier = purposes, tiers
		b.generated(b.article, name, []string{ActDisclose}, c, because)
	}
	if n, ok := term(b, f.Examiners, termExaminers, "1 examiner", parseCount("examiner", 5)); ok {
		if n == 0 {
			b.fault(f.Examiners.line, "ask for at least 1 examiner", "a disclosure would rest on a score alone")
		}
		each(termExaminers, f.Examiners.line, func(t *DisclosureTerms) { t.Examiners = n })
		forbid(termExaminers, cond{examinersBelow: n}, b.say(reasonExaminers, n))
	}
	if f.Approver.set {
		each(termApprover, f.Approver.line, func(t *DisclosureTerms) { t.Approver = f.Approver.v })
		if f.Approver.v {
			forbid(termApprover, cond{notApproved: true}, b.say(reasonApprover))
		}
	}
	if d, ok := term(b, f.AnswerWithin, termAnswer, "48 h", parseDeadline); ok {
		each(termAnswer, f.AnswerWithin.line, func(t *DisclosureTerms) { t.AnswerWithin = d })
	}
}

// tiersOf reads an optional list of tiers; none written means all.
func (b *builder) tiersOf(ws []word) []string {
	if ws != nil {
		return b.listed(ws, b.a.words.tier, "tier", addTo("tiers:"))
	}
	out := make([]string, len(b.a.Tiers))
	for i, t := range b.a.Tiers {
		out[i] = t.ID
	}
	return out
}

// retentionTerms reads one block under terms: retention:.
func (b *builder) retentionTerms(f retentionForm) {
	keep, ok := term(b, f.Keep, termKeep, "3 years", parsePeriod)
	if !ok {
		b.fault(f.Keep.line, "write keep: and the time", "a retention has no time")
		return
	}
	tiers := b.tiersOf(f.Tiers)
	b.show(termKeep, termKeep, f.Keep.s, nil, tiers)
	for _, t := range tiers {
		b.once("retention of tier "+t, f.Keep.line)
		b.a.retention[t] = RetentionTerms{Tier: t, Keep: keep, Article: b.article}
	}
}

// quota reads one block under terms: quotas:, and forbids what is beyond it.
func (b *builder) quota(f quotaForm) {
	q := Quota{ID: b.id(f.ID, "quota"), Name: b.text(f.Name, f.ID.line, "the name of quota "+f.ID.s), Article: b.article}
	q.Purposes = b.purposesOf(f.Purposes)
	q.From = b.listed(f.From, b.a.words.party, "party", addTo("parties:"))
	if q.From == nil {
		for _, p := range b.a.Parties {
			q.From = append(q.From, p.ID)
		}
	}
	var err error
	if q.Act, q.Limit, q.Per, err = parseQuota(f.Limit.s); err != nil {
		b.fault(cmp.Or(f.Limit.line, f.ID.line), "write it with its unit and window, for instance 3 searches per day", "limit: %v", err)
		return
	}
	acts := []string{q.Act}
	if (q.Act == "") != (f.Acts != nil) {
		b.fault(cmp.Or(f.Limit.line, f.ID.line), "write searches or disclosures, or name the acts and count queries or supplies", "quota %s counts acts that it does not name", q.ID)
		return
	}
	if q.Act == "" {
		acts = b.listed(f.Acts, b.a.words.act, "act", addTo("acts:"))
		q.Act = acts[0]
	}
	q.Acts, q.cond, q.anyPurpose = acts, b.cond(&f.If, 0), f.Purposes == nil && f.Acts != nil
	q.cond.from_, q.cond.until_ = b.from, b.until
	q.policy = whenPolicy("quota", q.ID, &q.cond)
	if len(b.a.quotas) >= MaxListed {
		b.fault(f.ID.line, "merge quotas", "more than %d quotas", MaxListed)
		return
	}
	b.a.quotas = append(b.a.quotas, q)
	c := q.cond
	c.purpose, c.from, c.quotaUsedUp = q.Purposes, slices.Clone(q.From), &q
	if q.anyPurpose {
		c.purpose = nil
	}
	b.generated(b.article, "quota-"+q.ID, acts, c, b.say(reasonQuota(q.Per), q.Limit))
	b.a.rules[len(b.a.rules)-1].cites = b.cites(f.Cites)
}
