package agreement

import (
	_ "embed"
	"fmt"
	"html/template"
	"slices"
	"strings"
	"time"
)

//go:embed page.html.tmpl
var pageText string

var page = template.Must(template.New("page").Funcs(template.FuncMap{"upper": strings.ToUpper}).Parse(pageText))

// Page is an agreement laid out for people, as its HTML page and its paper show it:
// every language side by side, the machine terms beside the words that they carry out.
type Page struct {
	ID, Version, Digest string
	Langs               []string
	Columns             []PageHead
	Articles            []PageArticle
	Lists               []PageList
	Signers             []PageRow // the parties, who sign
}

// PageHead is what stands once in each language: title, notice, and the words around
// the agreement's own.
type PageHead struct {
	Lang, Title, Notice, DigestLabel, VersionLabel, ListsLabel string
	Signing, NameLabel, PlaceLabel, SignatureLabel             string
}

// PageArticle is an article in every language, in the agreement's order of languages.
type PageArticle struct {
	Number  string
	Anchor  string
	Columns []PageColumn
}

// PageColumn is an article in one language: its words, and its machine terms.
type PageColumn struct {
	Lang, Article, Heading string
	Paragraphs             []string
	Machine                []PageTerm
	MachineLabel           string
}

// PageTerm is one machine term: a rule with its parts, or a typed term.
type PageTerm struct {
	Kind  string // permit, deny, silent-suppress, refer, term, duty, provision
	Verb  string
	ID    string
	Cites string
	What  string
	Parts []string
	Why   string
}

// PageList is a closed list of the agreement, its title in each language.
type PageList struct {
	Titles []string
	Rows   []PageRow
}

// PageRow is one entry of a list: the word that the machine reads, the names that
// people read, and what else is fixed of it.
type PageRow struct {
	ID    string
	Names []string
	Note  string
}

// HTML gives the agreement as one page, complete in itself: each article with its
// words in every language side by side and its machine terms below the words that
// they carry out. It shows the digest of the signed text on every printed page, has
// room for the signatures, and prints as it stands.
func (a *Agreement) HTML() ([]byte, error) {
	var b strings.Builder
	if err := page.Execute(&b, a.Page()); err != nil {
		return nil, fmt.Errorf("render agreement %s as HTML: %w", a.ID, err)
	}
	return []byte(b.String()), nil
}

// Page lays the agreement out for people.
func (a *Agreement) Page() Page {
	d := Page{ID: a.ID, Version: a.Version, Digest: a.digest.String(), Langs: a.Languages}
	describers := map[string]*describer{}
	for _, lang := range a.Languages {
		x := newDescriber(a, lang)
		describers[lang] = x
		d.Columns = append(d.Columns, PageHead{
			Lang: lang, Title: a.Title.In(lang), Notice: a.Notice[lang],
			DigestLabel: x.l("digest"), VersionLabel: x.l("version"), ListsLabel: x.l("lists"),
			Signing: x.l("signing"), NameLabel: x.l("sign-name"), PlaceLabel: x.l("sign-place"), SignatureLabel: x.l("sign-hand"),
		})
	}
	for i := range a.Articles {
		art := &a.Articles[i]
		p := PageArticle{Number: art.Number, Anchor: "a" + strings.ReplaceAll(art.Number, ".", "-")}
		for _, lang := range a.Languages {
			p.Columns = append(p.Columns, a.pageArticle(describers[lang], art))
		}
		d.Articles = append(d.Articles, p)
	}
	d.Lists = a.pageLists(describers)
	for _, p := range a.Parties {
		d.Signers = append(d.Signers, a.pageRow(p.ID, p.Name, ""))
	}
	return d
}

// pageArticle sets one article in one language.
func (a *Agreement) pageArticle(d *describer, art *Article) PageColumn {
	t := PageColumn{Lang: d.lang, Article: d.l("article") + " " + art.Number, Heading: art.Heading.In(d.lang), MachineLabel: d.l("machine")}
	if art.Number == "0" {
		t.Article = ""
	}
	for p := range strings.SplitSeq(art.Text.In(d.lang), "\n\n") {
		t.Paragraphs = append(t.Paragraphs, strings.Join(strings.FieldsFunc(p, func(r rune) bool { return r == ' ' || r == '\n' }), " "))
	}
	for _, r := range a.rules {
		if r.article != art.Number || r.fromTerm {
			continue
		}
		lines := d.rule(r)
		_, what, _ := strings.Cut(lines[0], d.colon())
		m := PageTerm{Kind: string(r.effect()), Verb: d.verb(r), ID: r.id, Cites: r.cites, What: what, Why: r.because.In(d.lang)}
		for _, l := range lines[1 : len(lines)-1] {
			m.Parts = append(m.Parts, strings.TrimSpace(l))
		}
		t.Machine = append(t.Machine, m)
	}
	return a.pageTerms(d, art.Number, t)
}

// pageTerms adds the typed terms of an article.
func (a *Agreement) pageTerms(d *describer, number string, t PageColumn) PageColumn {
	add := func(kind, id, cites, what string, parts ...string) {
		t.Machine = append(t.Machine, PageTerm{Kind: kind, Verb: d.l(kind), ID: id, Cites: cites, What: what, Parts: parts})
	}
	trim := func(s string) string { return strings.TrimPrefix(s, d.l("term")+" ") }
	for _, x := range a.shown {
		if x.article == number {
			add("term", "", "", trim(d.term(x)))
		}
	}
	for _, q := range a.quotas {
		if q.Article == number {
			add("term", q.ID, "", trim(d.quota(q)))
		}
	}
	for _, x := range a.duties {
		if x.Article == number {
			lines := d.duty(x)
			parts := make([]string, len(lines)-1)
			for i, l := range lines[1:] {
				parts[i] = strings.TrimSpace(l)
			}
			add("duty", x.ID, x.Cites, x.Text.In(d.lang)+d.when(x.When), parts...)
		}
	}
	for _, p := range a.provisions {
		if p.Article == number {
			_, what, _ := strings.Cut(d.provision(p), ": ")
			add("provision", p.ID, p.Cites, what)
		}
	}
	for _, x := range a.deadlines {
		if x.Article == number {
			add("term", x.ID, "", trim(d.deadline(x)))
		}
	}
	if a.EntryIntoForce == number {
		s := d.l("in-force") + ": " + a.From.Format(time.DateOnly)
		if !a.Until.IsZero() {
			s += ", " + d.l("until") + " " + a.Until.Format(time.DateOnly)
		}
		add("term", "in-force", "", s)
	}
	if a.SuspensionRule == number {
		add("term", "suspended", "", d.l("suspension")+d.suspendedActs()+": "+a.suspensionReason.In(d.lang))
	}
	if a.DefaultDeny == number {
		add("term", "default-deny", "", d.l("default-deny")+".")
	}
	return t
}

// pageLists sets the closed lists, with the word that the machine reads beside the
// name that people read.
func (a *Agreement) pageLists(ds map[string]*describer) []PageList {
	var out []PageList
	add := func(key string, rows []PageRow) {
		if len(rows) == 0 {
			return
		}
		l := PageList{Rows: rows}
		for _, lang := range a.Languages {
			l.Titles = append(l.Titles, ds[lang].l(key))
		}
		out = append(out, l)
	}
	rows := func(list []Named) []PageRow {
		var rs []PageRow
		for _, n := range list {
			rs = append(rs, a.pageRow(n.ID, n.Name, ""))
		}
		return rs
	}
	var acts, parties, authorities, overseers, tiers, fields []PageRow
	for _, x := range a.Acts {
		acts = append(acts, a.pageRow(x.ID, x.Name, strings.Join(x.Needs, ", ")))
	}
	for _, x := range a.Overseers {
		overseers = append(overseers, a.pageRow(x.ID, x.Name, x.Party))
	}
	for _, p := range a.Parties {
		parties = append(parties, a.pageRow(p.ID, p.Name, strings.Join(p.Nationalities, ", ")))
	}
	for _, x := range a.Authorities {
		authorities = append(authorities, a.pageRow(x.ID, x.Name, x.Party+": "+strings.Join(x.Purposes, ", ")))
	}
	for _, x := range a.Tiers {
		tiers = append(tiers, a.pageRow(x.ID, x.Name, ""))
	}
	for _, f := range a.Fields {
		fields = append(fields, a.pageRow(f.ID, f.Name, f.Tier))
	}
	add("parties", parties)
	add("authorities", authorities)
	if len(overseers) > 0 {
		add("overseers", overseers)
	}
	add("acts", acts)
	add("purposes", rows(a.Purposes))
	add("roles", rows(a.Roles))
	add("grounds", rows(a.Grounds))
	add("safeguards", rows(a.Safeguards))
	add("categories", rows(a.Categories))
	add("tiers", tiers)
	add("fields", fields)
	add("facts", a.pageFacts())
	return slices.Clip(out)
}

// pageFacts lists the facts, each followed by the words that it takes.
func (a *Agreement) pageFacts() []PageRow {
	var facts []PageRow
	for _, f := range a.Facts {
		note := string(f.Type)
		if f.Unit != "" {
			note += " (" + f.Unit + ")"
		}
		if f.Unstated != wordUnknown {
			note += ", = " + f.Unstated
		}
		facts = append(facts, a.pageRow(f.ID, f.Name, note))
		for _, v := range f.Values {
			facts = append(facts, a.pageRow("·\u00a0"+v.ID, v.Name, ""))
		}
	}
	return facts
}

// pageRow sets one entry of a list in every language.
func (a *Agreement) pageRow(id string, name Text, note string) PageRow {
	r := PageRow{ID: id, Note: note}
	for _, lang := range a.Languages {
		r.Names = append(r.Names, name.In(lang))
	}
	return r
}
