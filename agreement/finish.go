package agreement

import (
	"fmt"
	"slices"

	cedar "github.com/cedar-policy/cedar-go"
)

// finish compiles the rules, asks for completeness, validates against the Cedar
// schema, and looks for permits that cannot take effect.
func (b *builder) finish() {
	a := b.a
	b.file, b.article = "", ""
	slices.SortStableFunc(a.rules, func(x, y *rule) int { return compareArticles(x.article, y.article) })
	a.byID = make(map[cedar.PolicyID]*rule, len(a.rules))
	permits := 0
	for _, r := range a.rules {
		r.policy = compile(a, r)
		a.byID[cedar.PolicyID(r.id)] = r
		if !r.forbid {
			permits++
		}
	}
	if permits == 0 {
		b.fault(0, "write at least one permit: rule", "the agreement permits nothing at all")
		return
	}
	a.entities = entityMap(a)
	a.slices = slice(a)
	a.refers = sliceRefers(a)
	b.compileDuties()
	a.noteActs()
	b.complete()
	if len(b.p.List) > 0 {
		return
	}
	a.validatePolicies(b.p)
	if len(b.p.List) > 0 {
		return
	}
	b.findDeadPermits()
}

// slice files the rules under each act and purpose they can meet; the key
// without a purpose holds those that meet an unlisted one.
func slice(a *Agreement) map[sliceKey]policies { return sliceOf(a, false) }

// sliceRefers files the rules that refer, which are asked once all others permit.
func sliceRefers(a *Agreement) map[sliceKey]policies { return sliceOf(a, true) }

func sliceOf(a *Agreement, refer bool) map[sliceKey]policies {
	out := map[sliceKey]policies{}
	for _, r := range a.rules {
		if r.refer != refer {
			continue
		}
		for _, act := range r.acts {
			purposes := r.cond.purpose
			if purposes == nil {
				purposes = append(ids(a.Purposes), "")
			}
			for _, p := range purposes {
				k := sliceKey{act, p}
				out[k] = append(out[k], r)
			}
		}
	}
	return out
}

// complete asks that whatever a rule permits has the terms it needs, so that no
// node has to invent a number.
func (b *builder) complete() {
	for _, r := range b.a.rules {
		if r.forbid {
			continue
		}
		b.file, b.article = r.file, r.article
		for _, p := range r.cond.purpose {
			switch r.acts[0] {
			case ActSearch:
				b.completeSearch(r, p)
			case ActDisclose:
				b.completeDisclosure(r, p)
			}
		}
	}
	b.file, b.article = "", ""
	b.completePriority()
}

func (b *builder) completeSearch(r *rule, purpose string) {
	have := b.a.search[purpose].Articles
	for _, name := range []string{termMinFingers, termMinQuality, termFPIR, termMaxCandidates, termExaminers, termAnswer, termEraseProbe} {
		if have[name] == "" {
			b.lack(r, fmt.Sprintf("searches for purpose %s have no %s", purpose, name), "set it under terms: search: of an article")
		}
	}
}

func (b *builder) completeDisclosure(r *rule, purpose string) {
	tiers := map[string]bool{}
	for _, f := range r.cond.field {
		tiers[b.a.words.tierOf[f]] = true
	}
	for _, t := range r.cond.tier {
		tiers[t] = true
	}
	for _, t := range b.a.Tiers {
		if !tiers[t.ID] {
			continue
		}
		have := b.a.disclosure[tierKey{purpose, t.ID}].Articles
		for _, name := range []string{termExaminers, termApprover, termAnswer} {
			if have[name] == "" {
				b.lack(r, fmt.Sprintf("disclosures of tier %s for purpose %s have no %s", t.ID, purpose, name), "set it under terms: disclosure: of an article")
			}
		}
		if _, ok := b.a.retention[t.ID]; !ok {
			b.lack(r, fmt.Sprintf("data of tier %s have no retention", t.ID), "set it under terms: retention: of an article")
		}
	}
}

// lack faults a missing term once.
func (b *builder) lack(r *rule, what, do string) {
	if _, said := b.seen["lack "+what]; said {
		return
	}
	b.seen["lack "+what] = r.id
	b.fault(r.line, do, "%s", what)
}
