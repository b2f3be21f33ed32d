package agreement

import (
	"fmt"
	"regexp"
	"strings"
	"time"
)

var (
	languageForm    = regexp.MustCompile(`^[a-z]{2,3}$`)
	nationalityForm = regexp.MustCompile(`^[A-Z]{2,3}$`)
	versionForm     = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9.+-]{0,39}$`)
	articleNumber   = regexp.MustCompile(`^(0|[1-9][0-9]{0,3}(\.[0-9]{1,3})?)[a-z]{0,3}$`)
)

// header reads agreement.yaml, all but what refers to articles.
func (b *builder) header(h *headerForm) {
	b.file, b.article = HeaderFile, ""
	a := b.a
	for _, w := range h.Languages {
		if !languageForm.MatchString(w.s) {
			b.fault(w.line, "use a code such as es or en", "%.20q is not a language code", w.s)
		}
		b.once("language "+w.s, w.line)
		a.Languages = append(a.Languages, w.s)
	}
	if len(a.Languages) == 0 || len(a.Languages) > 8 {
		b.fault(0, "list the languages that are equally authentic, at most 8", "languages: is missing or too long")
		return
	}
	a.ID, a.Version = b.id(h.ID, "the agreement"), h.Version.s
	if !versionForm.MatchString(a.Version) {
		b.fault(h.Version.line, "write it as one plain word, for instance 1.0", "version: is missing or not plain")
	}
	a.Title = b.text(h.Title, 0, "the title")
	a.Fictional = h.Fictional.v
	if a.Fictional || h.Notice.m != nil {
		a.Notice = b.text(h.Notice, h.Fictional.line, "the notice")
	}
	b.partiesAndAuthorities(h)
	b.overseers(h.Overseers)
	b.tiersAndFields(h)
	a.AuthorityOptional = h.NoAuthority.v
	b.facts(h.Facts)
	b.acts(h)
	if h.Acts == nil {
		for kind, n := range map[string]int{"role": len(a.Roles), "ground": len(a.Grounds), "safeguard": len(a.Safeguards), "category": len(a.Categories), "field": len(a.Fields)} {
			b.atLeastOne(n, kind)
		}
	}
}

// named reads one closed list and returns the set of its ids.
func (b *builder) named(list []namedForm, kind string, out *[]Named) map[string]bool {
	known := map[string]bool{}
	if len(list) > MaxListed {
		b.atMost(len(list), kind)
	}
	for _, f := range list {
		id := b.id(f.ID, kind)
		known[id] = true
		*out = append(*out, Named{ID: id, Name: b.text(f.Name, f.ID.line, "the name of "+kind+" "+id)})
	}
	return known
}

// atLeastOne asks for an entry of a list that the acts of a search need.
func (b *builder) atLeastOne(n int, kind string) {
	if n == 0 {
		b.fault(0, fmt.Sprintf("list at least one and at most %d", MaxListed), "the list of %s entries has 0", kind)
	}
}

// atMost bounds a list and asks for at least one entry.
func (b *builder) atMost(n int, kind string) {
	if n == 0 || n > MaxListed {
		b.fault(0, fmt.Sprintf("list at least one and at most %d", MaxListed), "the list of %s entries has %d", kind, n)
	}
}

func (b *builder) partiesAndAuthorities(h *headerForm) {
	a, w := b.a, &b.a.words
	w.nationOf, w.party = map[string]string{}, map[string]bool{}
	for _, f := range h.Parties {
		p := Party{ID: b.id(f.ID, "party"), Name: b.text(f.Name, f.ID.line, "the name of party "+f.ID.s)}
		if p.ID == refAsking || p.ID == refAnswering {
			b.fault(f.ID.line, "choose another id", "%q means a side and cannot be a party", p.ID)
		}
		if len(f.Nationalities) == 0 {
			b.fault(f.ID.line, "list the codes under which its nationals are recorded, for instance [CO, COL]", "party %s has no nationalities", p.ID)
		}
		for _, n := range f.Nationalities {
			if !nationalityForm.MatchString(n.s) {
				b.fault(n.line, "use two or three capital letters", "%.20q is not a nationality code", n.s)
			}
			b.once("nationality "+n.s, n.line)
			w.nationOf[n.s] = p.ID
			p.Nationalities = append(p.Nationalities, n.s)
		}
		w.party[p.ID] = true
		a.Parties = append(a.Parties, p)
	}
	if len(a.Parties) < 2 || len(a.Parties) > 16 {
		b.fault(0, "list from two to sixteen", "the agreement has %d parties", len(a.Parties))
	}
	w.purpose = b.named(h.Purposes, "purpose", &a.Purposes)
	b.atLeastOne(len(h.Purposes), "purpose")
	w.role = b.named(h.Roles, "role", &a.Roles)
	w.ground = b.named(h.Grounds, "ground", &a.Grounds)
	w.safeguard = b.named(h.Safeguards, "safeguard", &a.Safeguards)
	w.category = b.named(h.Categories, "category", &a.Categories)
	w.authority = map[string]bool{}
	b.atMost(len(h.Authorities), "authority")
	for _, f := range h.Authorities {
		x := Authority{ID: b.id(f.ID, "authority"), Party: f.Party.s, Name: b.text(f.Name, f.ID.line, "the name of authority "+f.ID.s)}
		b.listed([]word{f.Party}, w.party, "party", addTo("parties:"))
		x.Purposes = b.listed(f.Purposes, w.purpose, "purpose", addTo("purposes:"))
		if len(x.Purposes) == 0 {
			b.fault(f.ID.line, "list the purposes it is competent for", "authority %s has no purposes", x.ID)
		}
		w.authority[x.ID] = true
		a.Authorities = append(a.Authorities, x)
	}
}

func (b *builder) tiersAndFields(h *headerForm) {
	a, w := b.a, &b.a.words
	w.tier, w.field, w.tierOf = map[string]bool{}, map[string]bool{}, map[string]string{}
	for _, f := range h.Tiers {
		t := Tier{ID: b.id(f.Tier, "tier"), Name: b.text(f.Name, f.Tier.line, "the name of tier "+f.Tier.s)}
		w.tier[t.ID] = true
		a.Tiers = append(a.Tiers, t)
	}
	if len(h.Fields) > MaxListed {
		b.atMost(len(h.Fields), "field")
	}
	for _, f := range h.Fields {
		x := Field{ID: b.id(f.ID, "field"), Name: b.text(f.Name, f.ID.line, "the name of field "+f.ID.s), Tier: f.Tier.s}
		b.listed([]word{f.Tier}, w.tier, "tier", addTo("tiers:"))
		w.field[x.ID], w.tierOf[x.ID] = true, x.Tier
		a.Fields = append(a.Fields, x)
	}
}

// marks reads what agreement.yaml says of articles: entry into force,
// suspension and default deny. The first two become forbids of their articles.
func (b *builder) marks(h *headerForm) {
	b.file, b.article = HeaderFile, ""
	a := b.a
	a.From, a.Until = b.date(h.InForce.From, "from"), b.optionalDate(h.InForce.Until, "until")
	if !a.Until.IsZero() && !a.From.Before(a.Until) {
		b.fault(h.InForce.From.line, "let from come before until", "the agreement ends before it begins")
	}
	a.forceLine = h.InForce.From.line
	a.EntryIntoForce, a.forceReason = b.mark(markForm{h.InForce.Article, h.InForce.Because}, "in-force")
	a.DefaultDeny, a.defaultReason = b.mark(h.DefaultDeny, "default-deny")
	b.generated(a.EntryIntoForce, "in-force", a.actIDs(), cond{notInForce: &force{a.From, a.Until}}, a.forceReason)
	b.suspension(h.Suspension)
}

// mark reads which article stands for a mechanism, and its reason.
func (b *builder) mark(m markForm, what string) (string, Text) {
	if _, ok := b.a.Article(m.Article.s); !ok {
		b.fault(m.Article.line, "name the article that says so", "%s: names no article of the agreement", what)
	}
	return m.Article.s, b.text(m.Because, m.Article.line, "the reason (because) of "+what)
}

// optionalDate reads a day that may be left out.
func (b *builder) optionalDate(w word, what string) time.Time {
	if w.line == 0 {
		return time.Time{}
	}
	return b.date(w, what)
}

// date reads a day, which begins at 00:00 UTC.
func (b *builder) date(w word, what string) time.Time {
	t, err := time.Parse(time.DateOnly, w.s)
	if err != nil {
		b.fault(w.line, "write the day as 2025-01-31", "in-force %s: %.40q is not a day", what, strings.TrimSpace(w.s))
	}
	return t
}
