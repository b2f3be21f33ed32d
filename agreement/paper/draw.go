package paper

import (
	"strconv"
	"strings"
)

// draw draws every page: what runs along its head and foot, then its rows.
func (s *setter) draw(pages [][]placed) {
	for i, rows := range pages {
		s.pdf.AddPage()
		if i > 0 {
			s.runningHead()
		}
		s.foot(i+1, len(pages))
		for _, r := range rows {
			s.backing(r)
		}
		for _, r := range rows {
			s.row(r)
		}
	}
}

// text draws a span, its baseline at y.
func (s *setter) text(x, y float64, p span) {
	s.pdf.SetFont(p.font.family, p.font.style, p.size)
	s.pdf.SetTextColor(p.colour[0], p.colour[1], p.colour[2])
	s.pdf.Text(x, y, p.text)
}

// line draws a rule from x1 to x2.
func (s *setter) line(x1, x2, y, width float64, c colour) {
	s.pdf.SetDrawColor(c[0], c[1], c[2])
	s.pdf.SetLineWidth(width)
	s.pdf.Line(x1, y, x2, y)
}

// heads sets the running head: the first sentence of each notice, so that a sheet that
// is found alone says what it is, or else the titles.
func (s *setter) heads() {
	like := span{sansBold, 7.5, red, ""}
	for _, c := range s.page.Columns {
		if like.text = c.Title; c.Notice == "" {
			like.font, like.colour = sans, quiet
		} else {
			like.text, _, _ = strings.Cut(c.Notice, ". ")
			like.text = strings.TrimSuffix(like.text, ".") + "."
		}
		s.running = append(s.running, s.lines(0, 0, s.columnW, like))
	}
}

// runningHead draws the first line of each running head.
func (s *setter) runningHead() {
	y := topMargin - 26
	for i, lines := range s.running {
		for _, p := range lines[0] {
			s.text(sideMargin+s.left(i)+p.x, y, p.span)
		}
	}
	s.line(sideMargin, sideMargin+s.full, y+6, 0.4, rule)
}

// foot is the running foot: which text this is, its digest, the number of the page.
func (s *setter) foot(n, of int) {
	y := s.height - bottomMargin + 26
	s.line(sideMargin, sideMargin+s.full, y-11, 0.4, rule)
	p := s.page
	name := span{sans, 7, quiet, p.ID + " " + p.Version}
	s.text(sideMargin, y, name)
	number := span{sans, 7.5, ink, strconv.Itoa(n) + " / " + strconv.Itoa(of)}
	s.text(sideMargin+s.full-s.width(number), y, number)
	digest := span{mono, 6.4, quiet, "SHA-256 " + p.Digest}
	middle := (s.full - s.width(digest)) / 2
	if s.width(name) > middle-6 {
		y += 9
	}
	s.text(sideMargin+middle, y, digest)
}

// backing draws what lies under a row: tint and bar, frame, rules.
func (s *setter) backing(r placed) {
	h := r.height()
	switch {
	case r.tint:
		for i := range s.columns {
			x := sideMargin + s.left(i)
			s.pdf.SetFillColor(tint[0], tint[1], tint[2])
			s.pdf.Rect(x, r.y, s.columnW, h+0.2, "F")
			s.pdf.SetFillColor(rule[0], rule[1], rule[2])
			s.pdf.Rect(x, r.y, 2, h+0.2, "F")
		}
	case r.box:
		s.pdf.SetDrawColor(red[0], red[1], red[2])
		s.pdf.SetLineWidth(1.2)
		s.pdf.Rect(sideMargin, r.y, s.full, h-9, "D")
	}
	c := rule
	if r.ink {
		c = ink
	}
	switch {
	case r.over && r.ink:
		for _, x := range r.cells {
			s.line(sideMargin+x.x, sideMargin+x.x+x.width, r.y, 0.5, c)
		}
	case r.over && r.before > 0:
		s.line(sideMargin, sideMargin+s.full, r.y, 0.5, c)
	}
	if r.under {
		s.line(sideMargin, sideMargin+s.full, r.y+h, 0.4, c)
	}
}

// row draws the lines of a row.
func (s *setter) row(r placed) {
	if r.mark != "" {
		s.pdf.SetFont(serif.family, serif.style, 10)
		s.pdf.Bookmark(r.mark, 0, r.y)
	}
	for _, c := range r.cells {
		y := r.y + r.before + r.lead*0.78
		for _, l := range c.lines {
			for _, p := range l {
				s.text(sideMargin+c.x+p.x, y, p.span)
			}
			y += r.lead
		}
	}
}
