package page

import (
	"encoding/base64"
	"fmt"
	"html/template"
	"math"
	"strings"

	"convenio/explain"
)

// gapPx lies between the two prints of the picture; labels have their own line above them.
const (
	gapPx    = 30
	marginPx = 14 // around the part of a print that has ridges: the picture shows no more
	labelPx  = 22
	edgePx   = 8
)

// comparison is what the templates of one comparison see. Lengths are the picture's units: pixels at 500 ppi.
type comparison struct {
	explain.Report
	Alone         bool // the picture is a file of its own
	CSS           template.CSS
	Width, Height float64
	Sides         [2]sideView
	Joins         []join
	Bars          []bar
	Scale         scale
	Laid          *laid
}

// sideView is one print with what is drawn on it.
type sideView struct {
	explain.Side
	Key      string  // "probe", "reference"
	X, Y     float64 // where the picture puts the left top corner of its frame
	OX, OY   float64 // where that puts the left top corner of the print
	Frame    frameOf // the part of the print that is shown
	Image    template.URL
	Ridges   template.URL
	Cells    []cells // of the quality map, by class
	OverPath string  // the overlap
	Outside  string  // the print's area outside the overlap
	Marks    []mark
}

// frameOf is a part of a print.
type frameOf struct{ MinX, MinY, Width, Height float64 }

// cells are the cells of a print of one class of clarity.
type cells struct {
	Class string
	Path  string
}

// mark is a minutia as drawn.
type mark struct {
	explain.Minutia
	Class    string
	Tip      [2]float64
	LabelX   float64
	LabelY   float64
	Diamond  string // the corners of a bifurcation's mark
	IsFork   bool
	LowClass string
}

// join is a line between the two minutiae of a pair.
type join struct {
	explain.Pair
	X1, Y1, X2, Y2 float64
	A, B           explain.Minutia
}

// bar is one term's evidence as drawn in its table: from the middle, to the right for one finger.
type bar struct {
	explain.Term
	Weighed  bool
	X, Width float64
	For      bool
}

// scale is the score on a line from 0 to Top.
type scale struct {
	Width, At float64
	Marks     []scaleMark
}

type scaleMark struct {
	X      float64
	Value  int
	ES, EN string
}

// laid is the probe laid on the reference.
type laid struct {
	MinX, MinY, Width, Height float64
	Transform                 string
}

func comparisonView(r explain.Report) comparison {
	v := comparison{Report: r}
	a, b := sideOf(r.Probe, "probe"), sideOf(r.Reference, "reference")
	a.place(edgePx, edgePx+labelPx)
	b.place(a.X+a.Frame.Width+gapPx, a.Y)
	v.Width = b.X + b.Frame.Width + edgePx
	v.Height = a.Y + max(a.Frame.Height, b.Frame.Height) + edgePx
	for _, p := range r.Pairs {
		m, q := r.Probe.Minutiae[p.Probe], r.Reference.Minutiae[p.Reference]
		v.Joins = append(v.Joins, join{p, a.OX + m.X, a.OY + m.Y, b.OX + q.X, b.OY + q.Y, m, q})
	}
	v.Sides = [2]sideView{a, b}
	v.Bars = bars(r.Terms)
	v.Scale = scaleOf(r.Score.Value)
	if r.Alignment != nil {
		v.Laid = lay(r)
	}
	return v
}

func (v *sideView) place(x, y float64) {
	v.X, v.Y = x, y
	v.OX, v.OY = x-v.Frame.MinX, y-v.Frame.MinY
}

// ridged is the frame of the part of a print that has ridges or minutiae; all of it where there are none.
func ridged(s explain.Side) frameOf {
	x0, y0, x1, y1 := float64(s.WidthPx), float64(s.HeightPx), 0.0, 0.0
	see := func(x, y float64) { x0, y0, x1, y1 = min(x0, x), min(y0, y), max(x1, x), max(y1, y) }
	q := s.QualityMap
	for i, v := range q.Values {
		if v != 0 {
			x, y := float64(i%q.Columns*q.CellPx), float64(i/q.Columns*q.CellPx)
			see(x, y)
			see(x+float64(q.CellPx), y+float64(q.CellPx))
		}
	}
	for _, m := range s.Minutiae {
		see(m.X, m.Y)
	}
	if x1 <= x0 || y1 <= y0 {
		return frameOf{0, 0, float64(s.WidthPx), float64(s.HeightPx)}
	}
	x0, y0 = max(0, x0-marginPx), max(0, y0-marginPx)
	return frameOf{x0, y0, min(float64(s.WidthPx), x1+marginPx) - x0, min(float64(s.HeightPx), y1+marginPx) - y0}
}

func dataURI(png []byte) template.URL {
	return template.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(png)) //nolint:gosec // bytes we encoded
}

func sideOf(s explain.Side, key string) sideView {
	v := sideView{Side: s, Key: key, Image: dataURI(s.PNG), Ridges: dataURI(s.RidgesPNG), Frame: ridged(s)}
	q := s.QualityMap
	for _, c := range []struct {
		class    string
		from, to int
	}{{"q1", 1, 95}, {"q2", 96, 130}, {"q3", 131, 165}, {"q4", 166, 255}} {
		v.Cells = append(v.Cells, cells{c.class, cellPath(q, func(i int) bool { return int(q.Values[i]) >= c.from && int(q.Values[i]) <= c.to })})
	}
	v.OverPath = cellPath(q, func(i int) bool { return s.Overlap.Values[i] != 0 })
	v.Outside = cellPath(q, func(i int) bool { return q.Values[i] != 0 && s.Overlap.Values[i] == 0 })
	for _, m := range s.Minutiae {
		v.Marks = append(v.Marks, markOf(m))
	}
	return v
}

// cellPath draws the cells that are wanted, each run of a row as one rectangle.
func cellPath(g explain.Grid, want func(i int) bool) string {
	var b strings.Builder
	for y := range g.Rows {
		for x := 0; x < g.Columns; x++ {
			if !want(y*g.Columns + x) {
				continue
			}
			from := x
			for x+1 < g.Columns && want(y*g.Columns+x+1) {
				x++
			}
			w := (x - from + 1) * g.CellPx
			fmt.Fprintf(&b, "M%d %dh%dv%dh-%dz", from*g.CellPx, y*g.CellPx, w, g.CellPx, w)
		}
	}
	return b.String()
}

const (
	tailPx = 13.0
	markPx = 3.6
)

func markOf(m explain.Minutia) mark {
	s, c := math.Sincos(m.DirectionDeg * math.Pi / 180)
	k := mark{Minutia: m, IsFork: m.Kind == "bifurcation", Class: "lone", Tip: [2]float64{m.X + tailPx*c, m.Y - tailPx*s}}
	if m.Pair > 0 {
		k.Class = "paired"
	} else if !m.InOverlap {
		k.Class = "beyond"
	}
	if m.Quality < 40 {
		k.LowClass = " faint"
	}
	d := markPx * 1.25
	k.Diamond = fmt.Sprintf("%.1f,%.1f %.1f,%.1f %.1f,%.1f %.1f,%.1f", m.X-d, m.Y, m.X, m.Y-d, m.X+d, m.Y, m.X, m.Y+d)
	k.LabelX, k.LabelY = m.X-7*c, m.Y+7*s+3 // opposite to the tail
	return k
}

// The bars of a term's evidence: from the middle, so many units wide each way.
const barHalf = 100.0

func bars(terms []explain.Term) []bar {
	top := 1.0
	for _, t := range terms {
		if t.Evidence != nil {
			top = max(top, math.Abs(*t.Evidence))
		}
	}
	var out []bar
	for _, t := range terms {
		b := bar{Term: t}
		if t.Evidence != nil {
			b.Weighed, b.For = true, *t.Evidence > 0
			b.Width = max(math.Abs(*t.Evidence)/top*barHalf, 1.5)
			b.X = barHalf
			if !b.For {
				b.X -= b.Width
			}
		}
		out = append(out, b)
	}
	return out
}

func scaleOf(score float64) scale {
	const width = 560.0
	top := max(100, math.Ceil(score/20)*20)
	s := scale{Width: width, At: score / top * width}
	for _, m := range []scaleMark{{Value: 0}, {Value: 20, ES: "1 de 100", EN: "1 in 100"}, {Value: 40, ES: "1 de 10 000", EN: "1 in 10,000"},
		{Value: 60, ES: "1 de 10⁶", EN: "1 in 10⁶"}, {Value: 80, ES: "1 de 10⁸", EN: "1 in 10⁸"}, {Value: 100, ES: "1 de 10¹⁰", EN: "1 in 10¹⁰"}} {
		m.X = float64(m.Value) / top * s.Width
		s.Marks = append(s.Marks, m)
	}
	return s
}

// lay works out the frame that holds the reference and the probe laid on it.
func lay(r explain.Report) *laid {
	a := *r.Alignment
	l := &laid{Width: float64(r.Reference.WidthPx), Height: float64(r.Reference.HeightPx)}
	maxX, maxY := l.Width, l.Height
	w, h := float64(r.Probe.WidthPx), float64(r.Probe.HeightPx)
	for _, c := range [4][2]float64{{0, 0}, {w, 0}, {0, h}, {w, h}} {
		x, y := a.Apply(c[0], c[1])
		l.MinX, l.MinY, maxX, maxY = min(l.MinX, x), min(l.MinY, y), max(maxX, x), max(maxY, y)
	}
	l.Width, l.Height = maxX-l.MinX, maxY-l.MinY
	s, c := math.Sincos(a.RotationDeg * math.Pi / 180)
	l.Transform = fmt.Sprintf("matrix(%.5f %.5f %.5f %.5f %.2f %.2f)", c, -s, s, c, a.DX, a.DY)
	return l
}
