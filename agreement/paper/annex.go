package paper

import (
	"slices"
	"strings"

	"convenio/agreement"
)

// lists sets the closed lists: the word that the machine reads, the names, the note.
func (s *setter) lists() {
	s.where = "the lists of agreement.yaml"
	p := s.page
	s.add(row{cells: s.beside(span{serifBold, 11.5, ink, ""}, func(i int) string { return p.Columns[i].ListsLabel }),
		lead: 14, before: 12, after: 8, over: true, whole: true, keep: true, mark: p.Columns[0].ListsLabel})
	for _, l := range p.Lists {
		s.add(row{cells: s.entry("", l.Titles, "", sansBold), lead: 11.5, before: 8, after: 3, under: true, whole: true, keep: true})
		for k, r := range l.Rows {
			s.add(row{cells: s.entry(r.ID, r.Names, r.Note, sans), lead: 10.8, before: 3, after: 3, under: true, whole: true, keep: k == 0 || k == len(l.Rows)-2})
		}
		s.add(row{after: 10})
	}
}

// entry sets one line of a list in its columns.
func (s *setter) entry(id string, names []string, note string, f *font) []cell {
	const gap = 8
	idW, noteW := s.full*0.23, s.full*0.20
	nameW := (s.full - idW - noteW) / float64(len(names))
	cells := []cell{{0, idW - gap, s.lines(0, 0, idW-gap, span{mono, 7.8, ink, id})}}
	for i, n := range names {
		cells = append(cells, cell{idW + float64(i)*nameW, nameW - gap, s.lines(0, 0, nameW-gap, span{f, 8.6, ink, n})})
	}
	return append(cells, cell{s.full - noteW, noteW, s.lines(0, 0, noteW, span{sans, 8, quiet, note})})
}

// signatures sets what is signed and, for each party, room for its hand: all on one
// sheet, if one can hold them.
func (s *setter) signatures() {
	s.where = "the signatures"
	p := s.page
	join := func(of func(c *agreement.PageHead) string) string {
		all := make([]string, len(p.Columns))
		for i := range p.Columns {
			all[i] = of(&p.Columns[i])
		}
		return once(all)
	}
	s.add(row{cells: s.beside(span{serif, 10.5, ink, ""}, func(i int) string { return p.Columns[i].Signing }),
		lead: 13.2, before: 14, after: 3, whole: true, keep: true, mark: p.Columns[0].SignatureLabel})
	s.add(row{cells: s.across(span{mono, 9, ink, p.Digest}), lead: 13, after: 4, keep: true})
	const gap = 18
	third := (s.full - 2*gap) / 3
	label := func(k int, text string) cell {
		return cell{float64(k) * (third + gap), third, s.lines(0, 0, third, span{sans, 7.6, quiet, text})}
	}
	for _, x := range p.Signers {
		s.add(row{cells: s.across(span{serifBold, 10.5, ink, once(x.Names)}), lead: 13, before: 16, after: 34, whole: true, keep: true})
		s.add(row{cells: []cell{
			label(0, join(func(c *agreement.PageHead) string { return c.NameLabel })),
			label(1, join(func(c *agreement.PageHead) string { return c.PlaceLabel })),
			label(2, join(func(c *agreement.PageHead) string { return c.SignatureLabel })),
		}, lead: 10, before: 3, after: 8, over: true, ink: true, whole: true, keep: true})
	}
	s.add(row{after: 14, keep: true})
	s.notices()
}

// once joins what is said in several languages, each wording once.
func once(said []string) string {
	var out []string
	for _, s := range said {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return strings.Join(out, " / ")
}
