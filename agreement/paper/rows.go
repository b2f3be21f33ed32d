package paper

// Sizes in points; A4 is 210 mm by 297 mm.
const (
	short, long  = 595.276, 841.890
	sideMargin   = 42.0
	topMargin    = 58.0
	bottomMargin = 58.0
	gutter       = 22.0 // between two languages
	inset        = 8.0  // of the machine terms in their tint
)

// cell is the content of one row in one column.
type cell struct {
	x, width float64 // points from the left margin
	lines    []line
}

// row is what stands at one height: a paragraph in each language, a machine term in
// each language, an entry of a list.
type row struct {
	cells         []cell
	lead          float64 // from line to line, points
	before, after float64 // white above and below, points; none at the top of a page
	tint          bool    // the machine's: on a tint, behind a bar
	over, under   bool    // a thin rule above, below
	ink           bool    // rules in the colour of the text
	box           bool    // framed: a notice
	whole         bool    // not broken between two pages if one can hold it
	keep          bool    // not parted from the row that follows
	mark          string  // its name in the outline of the document
}

// lines is how many lines the longest cell has.
func (r *row) lines() int {
	n := 0
	for _, c := range r.cells {
		n = max(n, len(c.lines))
	}
	return n
}

func (r *row) height() float64 { return r.before + float64(r.lines())*r.lead + r.after }

// least is the height that has to be free for the row to begin: all of it, or its
// first lines.
func (r *row) least() float64 {
	if n := r.lines(); r.whole || n < 2*r.few() {
		return r.height()
	}
	return r.before + float64(r.few())*r.lead
}

// few is how many lines of a row that is broken stay together on either page.
func (r *row) few() int {
	if r.tint {
		return 4
	}
	return 2
}

// split parts a row after n lines.
func (r *row) split(n int) (head, tail *row) {
	h, t := *r, *r
	h.cells, t.cells = nil, nil
	for _, c := range r.cells {
		k := min(n, len(c.lines))
		h.cells = append(h.cells, cell{c.x, c.width, c.lines[:k]})
		t.cells = append(t.cells, cell{c.x, c.width, c.lines[k:]})
	}
	h.after, h.keep, h.under, t.before, t.over, t.mark = 0, false, false, 0, false, ""
	return &h, &t
}

// placed is a row at its height on a page.
type placed struct {
	*row
	y float64 // points from the top of the page
}

// pages puts the rows on pages: a row that is kept with the next goes with it; a
// paragraph that is broken has at least two lines on either page, a long term four.
func (s *setter) pages() [][]placed {
	var pages [][]placed
	var page []placed
	y, end := topMargin, s.height-bottomMargin
	next := func() { pages, page, y = append(pages, page), nil, topMargin }
	put := func(r *row) {
		if len(page) == 0 && !r.tint && !r.box && !r.ink {
			r.before = 0
		}
		page, y = append(page, placed{r, y}), y+r.height()
	}
	for i, r := range s.rows {
		if y > topMargin && y+s.needed(i) > end {
			next()
		}
		for y+r.height()-r.after > end {
			n := int((end - y - r.before) / r.lead)
			if rest := r.lines() - n; rest < r.few() && r.lines() >= 2*r.few() {
				n = r.lines() - r.few()
			}
			if n < 1 || n >= r.lines() {
				if y == topMargin {
					break // one line is taller than a page: it cannot be
				}
				next()
				continue
			}
			head, tail := r.split(n)
			put(head)
			next()
			r = tail
		}
		put(r)
	}
	return append(pages, page)
}

// needed is the height that has to be free for row i to begin, with what it is kept
// with; no more than a page.
func (s *setter) needed(i int) float64 {
	h := 0.0
	for ; i < len(s.rows); i++ {
		if !s.rows[i].keep {
			return min(h+s.rows[i].least(), s.room())
		}
		h += s.rows[i].height()
	}
	return min(h, s.room())
}

// room is the height of a page between its margins.
func (s *setter) room() float64 { return s.height - topMargin - bottomMargin }
