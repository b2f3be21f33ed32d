package paper

import (
	"slices"
	"strings"

	"codeberg.org/go-pdf/fpdf"

	"convenio/agreement"
)

// Colours, those of the HTML page.
var (
	ink   = colour{0x1b, 0x1f, 0x24}
	quiet = colour{0x5b, 0x64, 0x70}
	rule  = colour{0xc4, 0xca, 0xd2}
	tint  = colour{0xf5, 0xf7, 0xf9}
	red   = colour{0xa3, 0x26, 0x2a}
	verbs = map[string]colour{
		"permit": {0x1a, 0x6b, 0x3c}, "deny": red, "silent-suppress": {0x6b, 0x3f, 0xa0}, "refer": {0x9a, 0x62, 0x00},
		"term": {0x23, 0x52, 0x7c}, "duty": {0x23, 0x52, 0x7c}, "provision": {0x23, 0x52, 0x7c},
	}
)

// setter turns a page of an agreement into rows, and rows into pages.
type setter struct {
	page          *agreement.Page
	pdf           *fpdf.Fpdf
	glyphs        *glyphs
	paperW        float64 // of the paper, points
	height        float64
	rows          []*row
	running       [][]line // the running head of each column
	where         string   // what is being set, for errors
	err           error
	columns       int
	columnW, full float64 // width of a language's column; of the page between its margins
}

func newSetter(p *agreement.Page) *setter {
	s := &setter{page: p, paperW: short, height: long, columns: len(p.Langs)}
	if s.columns > 2 {
		s.paperW, s.height = long, short
	}
	s.full = s.paperW - 2*sideMargin
	s.columnW = (s.full - gutter*float64(s.columns-1)) / float64(s.columns)
	s.pdf = newPDF(p, s.paperW, s.height)
	s.glyphs, s.err = newGlyphs()
	return s
}

func (s *setter) fail(err error) {
	if s.err == nil {
		s.err = err
	}
}

// left is where a language's column begins.
func (s *setter) left(i int) float64 { return float64(i) * (s.columnW + gutter) }

// beside sets one text in each column.
func (s *setter) beside(like span, text func(i int) string) []cell {
	cells := make([]cell, s.columns)
	for i := range cells {
		like.text = text(i)
		cells[i] = cell{s.left(i), s.columnW, s.lines(0, 0, s.columnW, like)}
	}
	return cells
}

// lines is wrap, unless something has failed already.
func (s *setter) lines(x, hang, width float64, spans ...span) []line {
	if s.err != nil {
		return nil
	}
	return s.wrap(x, hang, width, spans...)
}

func (s *setter) add(r row) { s.rows = append(s.rows, &r) }

// across sets text over the whole width.
func (s *setter) across(p span) []cell {
	return []cell{{0, s.full, s.lines(0, 0, s.full, p)}}
}

// notices sets the notice of each language in a frame.
func (s *setter) notices() {
	for _, c := range s.page.Columns {
		if c.Notice == "" {
			continue
		}
		in := s.full - 20
		s.add(row{cells: []cell{{10, in, s.lines(0, 0, in, span{sansBold, 9, red, c.Notice})}},
			lead: 12, before: 7, after: 16, box: true, whole: true, keep: true})
	}
}

// opening sets what stands before the articles.
func (s *setter) opening() {
	s.where = "the head of agreement.yaml"
	s.heads()
	s.notices()
	p := s.page
	s.add(row{cells: s.beside(span{serifBold, 15, ink, ""}, func(i int) string { return p.Columns[i].Title }),
		lead: 18.5, before: 10, after: 10, whole: true, keep: true})
	var versions, digests []string
	for _, c := range p.Columns {
		versions, digests = append(versions, c.VersionLabel), append(digests, c.DigestLabel)
	}
	s.add(row{cells: s.across(span{sans, 8.5, quiet, p.ID + ", " + strings.Join(versions, " / ") + " " + p.Version}), lead: 12, keep: true})
	s.add(row{cells: s.across(span{sans, 8.5, quiet, strings.Join(digests, " / ") + " (SHA-256)"}), lead: 12, keep: true})
	s.add(row{cells: s.across(span{mono, 8.5, ink, p.Digest}), lead: 12, after: 12})
}

// article sets one article: heading, words paragraph by paragraph, machine terms.
func (s *setter) article(a *agreement.PageArticle) {
	s.where = "article " + a.Number
	name := a.Columns[0].Heading
	if no := a.Columns[0].Article; no != "" {
		name = no + ". " + name
		s.add(row{cells: s.beside(span{sansBold, 8, quiet, ""}, func(i int) string { return strings.ToUpper(a.Columns[i].Article) }),
			lead: 11, before: 12, over: true, keep: true, mark: name})
		name = ""
	}
	s.add(row{cells: s.beside(span{serifBold, 11.5, ink, ""}, func(i int) string { return a.Columns[i].Heading }),
		lead: 14, before: pick(name == "", 0, 12), after: 4, over: name != "", whole: true, keep: true, mark: name})
	s.paragraphs(a)
	s.terms(a)
}

// paragraphs sets the words, each paragraph at the height of its equals in the other
// languages; where the languages divide the text otherwise, the text as a whole.
func (s *setter) paragraphs(a *agreement.PageArticle) {
	n := len(a.Columns[0].Paragraphs)
	equal := true
	for _, c := range a.Columns {
		equal = equal && slices.EqualFunc(c.Paragraphs, a.Columns[0].Paragraphs, func(p, q string) bool { return mark(p) == mark(q) })
	}
	words := span{serif, 10.5, ink, ""}
	if equal {
		for k := range n {
			// The last goes with the first of the terms that carry it out.
			keep := (k == n-1 && len(a.Columns[0].Machine) > 0) || (k < n-1 && leads(a.Columns[0].Paragraphs[k]))
			s.add(row{cells: s.beside(words, func(i int) string { return a.Columns[i].Paragraphs[k] }), lead: 13.2, after: 6, keep: keep})
		}
		return
	}
	cells := make([]cell, s.columns)
	for i, c := range a.Columns {
		cells[i] = cell{x: s.left(i), width: s.columnW}
		for k, p := range c.Paragraphs {
			words.text = p
			if k > 0 {
				cells[i].lines = append(cells[i].lines, nil)
			}
			cells[i].lines = append(cells[i].lines, s.lines(0, 0, s.columnW, words)...)
		}
	}
	s.add(row{cells: cells, lead: 13.2, after: 6})
}

// mark is what a paragraph is counted by, "a" of "(a)" or "a)", "2" of "2."; else "".
func mark(p string) string {
	w, _, _ := strings.Cut(p, " ")
	m := strings.Trim(w, "().")
	if len(w) > 6 || m == w || (strings.HasSuffix(w, ".") && strings.Trim(m, "0123456789") != "") {
		return ""
	}
	return m
}

// leads tells a paragraph that leads to the next one, as the marginal notes of a law do:
// short, and no sentence.
func leads(p string) bool {
	return len(p) < 90 && !strings.ContainsAny(p[len(p)-1:], ".;,?!")
}

// terms sets the machine terms of an article, each at the height of its equals.
func (s *setter) terms(a *agreement.PageArticle) {
	n := len(a.Columns[0].Machine)
	if n == 0 {
		s.add(row{after: 8})
		return
	}
	s.add(row{after: 3, keep: true})
	in := s.columnW - 2*inset
	s.add(row{cells: s.inset(func(i int) []line {
		return s.lines(0, 0, in, span{sansBold, 7, quiet, strings.ToUpper(a.Columns[i].MachineLabel)})
	}), lead: 9.5, before: 6, after: 2, tint: true, keep: true})
	for k := range n {
		r := row{cells: s.inset(func(i int) []line { return s.term(&a.Columns[i].Machine[k], in) }), lead: 10.6, before: 1, after: 6, tint: true}
		r.whole = r.lines() < 11
		s.add(r)
	}
	s.add(row{after: 14})
}

// inset makes a cell for each column within the tint.
func (s *setter) inset(lines func(i int) []line) []cell {
	cells := make([]cell, s.columns)
	for i := range cells {
		cells[i] = cell{s.left(i) + inset, s.columnW - 2*inset, lines(i)}
	}
	return cells
}

// term sets one machine term: what it does, its parts, its reason, its name.
func (s *setter) term(t *agreement.PageTerm, width float64) []line {
	const size = 8.4
	out := s.lines(0, 0, width, span{sansBold, size, verbs[t.Kind], t.Verb}, span{sans, size, ink, t.What})
	for _, p := range t.Parts {
		out = append(out, s.lines(3, 11, width, span{sans, size, quiet, "•"}, span{sans, size, ink, p})...)
	}
	if t.Why != "" {
		out = append(out, s.lines(0, 0, width, span{sansItalic, size, quiet, t.Why})...)
	}
	id := t.ID
	if t.Cites != "" {
		id = strings.TrimSpace(id + " [" + t.Cites + "]")
	}
	if id != "" {
		out = append(out, s.lines(0, 0, width, span{mono, 7.4, quiet, id})...)
	}
	return out
}

func pick(yes bool, a, b float64) float64 {
	if yes {
		return a
	}
	return b
}
