package explain

import (
	"image"
	"image/color"
	"math"

	"convenio/finger"
)

// zoom is how much larger than 500 ppi a picture with lines or marks in it is drawn.
const zoom = 2

// The palette of a picture with lines or marks: 128 light grays, and the inks.
const (
	drawnBlue   = 128
	drawnOrange = 129
)

var drawn = func() color.Palette {
	var p color.Palette
	for v := range 128 {
		p = append(p, color.Gray{uint8(v + 127)})
	}
	return append(p, color.RGBA{0x00, 0x72, 0xb2, 0xff}, color.RGBA{0xd5, 0x5e, 0x00, 0xff})
}()

// within blanks a grid's cells outside the mask, where the two fit each other.
func within(g, mask finger.Grid) finger.Grid {
	if len(g.Values) != len(mask.Values) {
		return g
	}
	values := make([]uint8, len(g.Values))
	for i, v := range g.Values {
		if mask.Values[i] != 0 {
			values[i] = v
		}
	}
	g.Values = values
	return g
}

// drawGrid is one square of gray for each cell, stretched to the whole range.
func drawGrid(g finger.Grid) ([]byte, error) {
	if g.Columns < 1 || g.Rows < 1 || g.CellPx < 1 {
		return nil, ErrPicture
	}
	low, top := uint8(255), uint8(0)
	for _, v := range g.Values {
		if v != 0 {
			low, top = min(low, v), max(top, v)
		}
	}
	if low >= top {
		low = 0
	}
	m := image.NewGray(image.Rect(0, 0, g.Columns*g.CellPx, g.Rows*g.CellPx))
	for i := range m.Pix {
		if v := int(g.Values[i/m.Stride/g.CellPx*g.Columns+i%m.Stride/g.CellPx]); v != 0 {
			m.Pix[i] = uint8(40 + 215*(v-int(low))/max(int(top-low), 1))
		}
	}
	return encode(m)
}

// pale is a print enlarged and lightened, to draw on.
func pale(base finger.Gray) *image.Paletted {
	m := image.NewPaletted(image.Rect(0, 0, base.Width*zoom, base.Height*zoom), drawn)
	for y := range base.Height * zoom {
		for x := range base.Width * zoom {
			m.Pix[y*m.Stride+x] = base.Pix[y/zoom*base.Width+x/zoom] / 2
		}
	}
	return m
}

// drawFlow draws a short line along the ridges in every second cell of the mask.
func drawFlow(base finger.Gray, g, mask finger.Grid) ([]byte, error) {
	if base.Pix == nil || g.CellPx < 1 {
		return nil, ErrPicture
	}
	m := pale(base)
	for row := 0; row < g.Rows; row += 2 {
		for col := 0; col < g.Columns; col += 2 {
			if i := row*g.Columns + col; i < len(mask.Values) && mask.Values[i] == 0 {
				continue
			}
			s, c := math.Sincos(float64(g.Values[row*g.Columns+col]) * math.Pi / 256)
			x, y := (float64(col)+0.5)*float64(g.CellPx), (float64(row)+0.5)*float64(g.CellPx)
			half := 0.75 * float64(g.CellPx)
			drawLine(m, x-half*c, y+half*s, x+half*c, y-half*s, drawnBlue)
		}
	}
	return encode(m)
}

// drawMinutiae marks endings with a circle and bifurcations with a diamond, and their directions with a tail.
func drawMinutiae(base finger.Gray, list []finger.Minutia) ([]byte, error) {
	if base.Pix == nil {
		return nil, ErrPicture
	}
	m := pale(base)
	for _, k := range list {
		x, y := k.Px()
		s, c := math.Sincos(k.Degrees() * math.Pi / 180)
		ink, corners := uint8(drawnOrange), 20
		if k.Kind == finger.KindBifurcation {
			ink, corners = drawnBlue, 4
		}
		drawLine(m, x+4*c, y-4*s, x+13*c, y-13*s, ink)
		for i := range corners {
			s0, c0 := math.Sincos(2 * math.Pi * float64(i) / float64(corners))
			s1, c1 := math.Sincos(2 * math.Pi * float64(i+1) / float64(corners))
			drawLine(m, x+4*c0, y+4*s0, x+4*c1, y+4*s1, ink)
		}
	}
	return encode(m)
}

// drawLine draws from one place at 500 ppi to another, two pixels wide.
func drawLine(m *image.Paletted, x0, y0, x1, y1 float64, ink uint8) {
	x0, y0, x1, y1 = x0*zoom, y0*zoom, x1*zoom, y1*zoom
	n := int(max(math.Abs(x1-x0), math.Abs(y1-y0))) + 1
	for i := range n + 1 {
		f := float64(i) / float64(n)
		x, y := int(math.Round(x0+f*(x1-x0))), int(math.Round(y0+f*(y1-y0)))
		for _, d := range [4]image.Point{{0, 0}, {1, 0}, {0, 1}, {1, 1}} {
			if p := (image.Point{x, y}).Add(d); p.In(m.Rect) {
				m.SetColorIndex(p.X, p.Y, ink)
			}
		}
	}
}
