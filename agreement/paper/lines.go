package paper

import (
	"fmt"
	"strings"
)

// colour is red, green, blue.
type colour [3]int

// span is text in one face, size (points) and colour.
type span struct {
	font   *font
	size   float64
	colour colour
	text   string
}

// piece is a span at its place in a line.
type piece struct {
	x float64 // points from the left edge of the column
	span
}

// line is one line of a column.
type line []piece

// width of a text, in points.
func (s *setter) width(p span) float64 {
	s.pdf.SetFont(p.font.family, p.font.style, p.size)
	return s.pdf.GetStringWidth(p.text)
}

// wrap breaks spans into lines that fit into width points, from x on; the lines after
// the first begin at hang. It breaks at spaces alone, never within a word that fits
// into a line of its own.
func (s *setter) wrap(x, hang, width float64, spans ...span) []line {
	var out []line
	var now line
	at := x
	next := func() { out, now, at = append(out, now), nil, hang }
	for _, p := range spans {
		if r, bad := s.glyphs.missing(p.font, p.text); bad {
			s.fail(fmt.Errorf("%s: no letter for %q (U+%04X) in the font", s.where, r, r))
			return nil
		}
		space := s.width(span{p.font, p.size, p.colour, " "})
		for _, word := range words(p.text) {
			w := p
			w.text = word
			wide := s.width(w)
			gap := 0.0
			if len(now) > 0 {
				gap = space
			}
			if len(now) > 0 && at+gap+wide > width {
				next()
				gap = 0
			}
			for at+wide > width && len([]rune(w.text)) > 1 {
				head := s.head(w, width-at)
				now = append(now, piece{at, head})
				w.text = w.text[len(head.text):]
				wide = s.width(w)
				next()
			}
			if gap > 0 && now[len(now)-1].font == p.font && now[len(now)-1].colour == p.colour {
				now[len(now)-1].text += " " + w.text
			} else {
				now = append(now, piece{at + gap, w})
			}
			at += gap + wide
		}
	}
	if len(now) > 0 {
		next()
	}
	return out
}

// head is as much of a word that is wider than a line as fits into width, at least
// one letter; it ends after a hyphen or a slash where one is near.
func (s *setter) head(w span, width float64) span {
	runes := []rune(w.text)
	n := 1
	for n < len(runes)-1 {
		w.text = string(runes[:n+1])
		if s.width(w) > width {
			break
		}
		n++
	}
	w.text = string(runes[:n])
	if i := strings.LastIndexAny(w.text, "-/"); i > 0 {
		w.text = w.text[:i+1]
	}
	return w
}

// words splits a text at its spaces. A sign that closes stays with what it closes and
// one that opens with what it opens, as French sets them, after a space; a number stays
// with what it counts.
func words(text string) []string {
	var out []string
	open := false
	for _, w := range strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == '\n' }) {
		closes := w == "»" || w == ":" || w == ";" || w == "?" || w == "!" || strings.HasPrefix(w, "»")
		if n := len(out); n > 0 && (open || closes) {
			out[n-1] += "\u00a0" + w
		} else {
			out = append(out, w)
		}
		open = w == "«" || number(w)
	}
	return out
}

// number tells a short number, which stays with its unit, and that of a paragraph.
func number(w string) bool {
	digits := strings.Trim(w, "(")
	return digits != "" && len(digits) < 5 && strings.Trim(digits, "0123456789.") == ""
}
