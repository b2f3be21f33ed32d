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

// pageData is what the page of an agreement shows.
type pageData struct {
	ID, Version, Digest string
	Langs               []string
	Columns             []pageColumn
	Articles            []pageArticle
	Lists               []pageList
}

// pageColumn is one language of the head of the page.
type pageColumn struct {
	Lang, Title, Notice, DigestLabel, VersionLabel, MachineLabel, ContentsLabel string
}

type pageArticle struct {
	Number  string
	Anchor  string
	Columns []pageText2
}

// pageText2 is an article in one language: its words, and its machine terms.
type pageText2 struct {
	Lang, Article, Heading string
	Paragraphs             []string
	Machine                []pageMachine
	MachineLabel           string
}

// pageMachine is one machine term: a rule with its parts, or a typed term.
type pageMachine struct {
	Kind  string // permit, forbid, suppress, refer, term, duty, provision
	Verb  string
	ID    string
	Cites string
	What  string
	Parts []string
	Why   string
}

// pageList is a closed list of the agreement.
type pageList struct {
	Titles []string
	Rows   []pageRow
}

type pageRow struct {
	ID    string
	Names []string
	Note  string
}

// HTML gives the agreement as one page, complete in itself: each article with its
// words in every language side by side and its machine terms below the words that
// they carry out. It is what people sign: it shows the digest of the signed text
// on every printed page, and prints as it stands.
func (a *Agreement) HTML() ([]byte, error) {
	d := pageData{ID: a.ID, Version: a.Version, Digest: a.digest.String(), Langs: a.Languages}
	describers := map[string]*describer{}
	for _, lang := range a.Languages {
		x := newDescriber(a, lang)
		describers[lang] = x
		d.Columns = append(d.Columns, pageColumn{lang, a.Title.In(lang), a.Notice[lang], x.l("digest"), x.l("version"), x.l("machine"), x.l("contents")})
	}
	for i := range a.Articles {
		art := &a.Articles[i]
		p := pageArticle{Number: art.Number, Anchor: "a" + strings.ReplaceAll(art.Number, ".", "-")}
		for _, lang := range a.Languages {
			p.Columns = append(p.Columns, a.pageArticle(describers[lang], art))
		}
		d.Articles = append(d.Articles, p)
	}
	d.Lists = a.pageLists(describers)
	var b strings.Builder
	if err := page.Execute(&b, d); err != nil {
		return nil, fmt.Errorf("render agreement %s as HTML: %w", a.ID, err)
	}
	return []byte(b.String()), nil
}

// pageArticle sets one article in one language.
func (a *Agreement) pageArticle(d *describer, art *Article) pageText2 {
	t := pageText2{Lang: d.lang, Article: d.l("article") + " " + art.Number, Heading: art.Heading.In(d.lang), MachineLabel: d.l("machine")}
	if art.Number == "0" {
		t.Article = ""
	}
	for p := range strings.SplitSeq(art.Text.In(d.lang), "\n\n") {
		t.Paragraphs = append(t.Paragraphs, strings.Join(strings.Fields(p), " "))
	}
	for _, r := range a.rules {
		if r.article != art.Number || r.fromTerm {
			continue
		}
		lines := d.rule(r)
		_, what, _ := strings.Cut(lines[0], d.colon())
		m := pageMachine{Kind: string(r.effect()), Verb: d.verb(r), ID: r.id, Cites: r.cites, What: what, Why: r.because.In(d.lang)}
		for _, l := range lines[1 : len(lines)-1] {
			m.Parts = append(m.Parts, strings.TrimSpace(l))
		}
		t.Machine = append(t.Machine, m)
	}
	return a.pageTerms(d, art.Number, t)
}

// pageTerms adds the typed terms of an article.
func (a *Agreement) pageTerms(d *describer, number string, t pageText2) pageText2 {
	add := func(kind, id, cites, what string, parts ...string) {
		t.Machine = append(t.Machine, pageMachine{Kind: kind, Verb: d.l(kind), ID: id, Cites: cites, What: what, Parts: parts})
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
func (a *Agreement) pageLists(ds map[string]*describer) []pageList {
	var out []pageList
	add := func(key string, rows []pageRow) {
		if len(rows) == 0 {
			return
		}
		l := pageList{Rows: rows}
		for _, lang := range a.Languages {
			l.Titles = append(l.Titles, ds[lang].l(key))
		}
		out = append(out, l)
	}
	row := func(id string, name Text, note string) pageRow {
		r := pageRow{ID: id, Note: note}
		for _, lang := range a.Languages {
			r.Names = append(r.Names, name.In(lang))
		}
		return r
	}
	rows := func(list []Named) []pageRow {
		var rs []pageRow
		for _, n := range list {
			rs = append(rs, row(n.ID, n.Name, ""))
		}
		return rs
	}
	var parties, authorities, overseers, fields, facts []pageRow
	for _, x := range a.Overseers {
		overseers = append(overseers, row(x.ID, x.Name, x.Party))
	}
	for _, p := range a.Parties {
		parties = append(parties, row(p.ID, p.Name, strings.Join(p.Nationalities, ", ")))
	}
	for _, x := range a.Authorities {
		authorities = append(authorities, row(x.ID, x.Name, x.Party))
	}
	for _, f := range a.Fields {
		fields = append(fields, row(f.ID, f.Name, f.Tier))
	}
	for _, f := range a.Facts {
		note := string(f.Type)
		if f.Unit != "" {
			note += " (" + f.Unit + ")"
		}
		if f.Unstated != wordUnknown {
			note += ", = " + f.Unstated
		}
		facts = append(facts, row(f.ID, f.Name, note))
		for _, v := range f.Values {
			r := row(v.ID, v.Name, "")
			r.ID = "· " + r.ID
			facts = append(facts, r)
		}
	}
	add("parties", parties)
	add("authorities", authorities)
	if len(overseers) > 0 {
		add("overseers", overseers)
	}
	add("purposes", rows(a.Purposes))
	add("role", rows(a.Roles))
	add("ground", rows(a.Grounds))
	add("safeguard", rows(a.Safeguards))
	add("category", rows(a.Categories))
	add("fields", fields)
	add("facts", facts)
	return slices.Clip(out)
}
