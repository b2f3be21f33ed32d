package explain

import (
	"image"
	"image/color"
	"math"

	"convenio/finger"
)

// zoom is how much larger than 500 ppi a picture with lines or marks in it is drawn.
const zoom = 2

var (
	drawnBlue   = color.RGBA{0x00, 0x72, 0xb2, 0xff}
	drawnOrange = color.RGBA{0xd5, 0x5e, 0x00, 0xff}
)

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
func pale(base finger.Gray) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, base.Width*zoom, base.Height*zoom))
	for y := range base.Height * zoom {
		for x := range base.Width * zoom {
			v := base.Pix[y/zoom*base.Width+x/zoom]
			m.SetRGBA(x, y, color.RGBA{v/2 + 127, v/2 + 127, v/2 + 127, 255})
		}
	}
	return m
}

// drawFlow draws a short line along the ridges in every second cell.
func drawFlow(base finger.Gray, g finger.Grid) ([]byte, error) {
	if base.Pix == nil || g.CellPx < 1 {
		return nil, ErrPicture
	}
	m := pale(base)
	for row := 0; row < g.Rows; row += 2 {
		for col := 0; col < g.Columns; col += 2 {
			s, c := math.Sincos(float64(g.Values[row*g.Columns+col]) * math.Pi / 256)
			x, y := (float64(col)+0.5)*float64(g.CellPx), (float64(row)+0.5)*float64(g.CellPx)
			half := 0.85 * float64(g.CellPx)
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
		ink, corners := drawnOrange, 20
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
func drawLine(m *image.RGBA, x0, y0, x1, y1 float64, ink color.RGBA) {
	x0, y0, x1, y1 = x0*zoom, y0*zoom, x1*zoom, y1*zoom
	n := int(max(math.Abs(x1-x0), math.Abs(y1-y0))) + 1
	for i := range n + 1 {
		f := float64(i) / float64(n)
		x, y := int(math.Round(x0+f*(x1-x0))), int(math.Round(y0+f*(y1-y0)))
		for _, d := range [4]image.Point{{0, 0}, {1, 0}, {0, 1}, {1, 1}} {
			if p := (image.Point{x, y}).Add(d); p.In(m.Rect) {
				m.SetRGBA(p.X, p.Y, ink)
			}
		}
	}
}
