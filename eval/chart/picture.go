package chart

import (
	"bytes"
	"fmt"
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"
)

// The size of every picture, and how many pixels a PNG has for each inch of it.
const (
	width  = 17 * vg.Centimeter
	height = 12 * vg.Centimeter
	dpi    = 160
)

// Colours that people with any kind of colour vision tell apart (Okabe and Ito, 2008); lines differ by their dashes too.
var (
	blue    = color.RGBA{0x00, 0x72, 0xb2, 0xff}
	orange  = color.RGBA{0xd5, 0x5e, 0x00, 0xff}
	green   = color.RGBA{0x00, 0x9e, 0x73, 0xff}
	purple  = color.RGBA{0xcc, 0x79, 0xa7, 0xff}
	ink     = color.RGBA{0x22, 0x26, 0x2b, 0xff}
	faint   = color.RGBA{0xdd, 0xe1, 0xe6, 0xff}
	gray    = color.RGBA{0x7a, 0x82, 0x8c, 0xff}
	palette = []color.RGBA{blue, orange, green, purple}
	dashes  = [][]vg.Length{nil, {vg.Points(6), vg.Points(3)}, {vg.Points(2), vg.Points(2)}, {vg.Points(8), vg.Points(2), vg.Points(2), vg.Points(2)}}
)

// Picture is a chart, ready to be written.
type Picture struct{ plot *plot.Plot }

// SVG writes the chart as a scalable picture.
func (p Picture) SVG() ([]byte, error) {
	c := vgsvg.New(width, height)
	p.plot.Draw(room(draw.New(c)))
	var b bytes.Buffer
	if _, err := c.WriteTo(&b); err != nil {
		return nil, fmt.Errorf("write chart: %w", err)
	}
	return b.Bytes(), nil
}

// PNG writes the chart as pixels.
func (p Picture) PNG() ([]byte, error) {
	c := vgimg.NewWith(vgimg.UseWH(width, height), vgimg.UseDPI(dpi), vgimg.UseBackgroundColor(color.White))
	p.plot.Draw(room(draw.New(c)))
	var b bytes.Buffer
	if _, err := (vgimg.PngCanvas{Canvas: c}).WriteTo(&b); err != nil {
		return nil, fmt.Errorf("write chart: %w", err)
	}
	return b.Bytes(), nil
}

// room leaves a margin, so that no label touches the edge.
func room(c draw.Canvas) draw.Canvas {
	c.FillPolygon(color.White, []vg.Point{c.Min, {X: c.Max.X, Y: c.Min.Y}, c.Max, {X: c.Min.X, Y: c.Max.Y}})
	return draw.Crop(c, vg.Points(8), -vg.Points(16), vg.Points(8), -vg.Points(10))
}

// blank is a chart with title, axes and grid.
func blank(title, x, y string) *plot.Plot {
	p := plot.New()
	p.Title.Text, p.X.Label.Text, p.Y.Label.Text = title, x, y
	sans := func(s *draw.TextStyle, size vg.Length) {
		s.Font.Variant, s.Font.Size, s.Color = "Sans", size, ink
	}
	sans(&p.Title.TextStyle, vg.Points(12))
	p.Title.Padding = vg.Points(8)
	for _, a := range []*plot.Axis{&p.X, &p.Y} {
		sans(&a.Label.TextStyle, vg.Points(10))
		sans(&a.Tick.Label, vg.Points(9))
		a.Label.Padding = vg.Points(4)
		a.Color, a.Tick.Color = gray, gray
		a.Padding = 0
	}
	p.X.Tick.Label.YAlign, p.Y.Tick.Label.XAlign = draw.YTop, draw.XRight
	sans(&p.Legend.TextStyle, vg.Points(9))
	p.Legend.Top = true
	p.Legend.Padding = vg.Points(3)
	p.Legend.ThumbnailWidth = vg.Points(26)
	p.Legend.XOffs, p.Legend.YOffs = -vg.Points(6), -vg.Points(6)
	g := plotter.NewGrid()
	g.Vertical.Color, g.Horizontal.Color = faint, faint
	p.Add(g)
	return p
}

// line adds a line, and its name to the legend where it has one.
func line(p *plot.Plot, name string, points plotter.XYs, c color.RGBA, dash []vg.Length, thick float64) error {
	l, err := plotter.NewLine(points)
	if err != nil {
		return fmt.Errorf("draw %s: %w", name, err)
	}
	l.Color, l.Dashes, l.Width = c, dash, vg.Points(thick)
	p.Add(l)
	if name != "" {
		p.Legend.Add(name, l)
	}
	return nil
}

// percent are the ticks of a logarithmic axis of shares. Its lower end stands for zero.
func percent(from float64) plot.ConstantTicks {
	t := plot.ConstantTicks{{Value: from, Label: "0"}}
	for _, d := range []struct {
		value float64
		text  string
	}{{1e-6, "0.0001 %"}, {1e-5, "0.001 %"}, {1e-4, "0.01 %"}, {1e-3, "0.1 %"}, {1e-2, "1 %"}, {1e-1, "10 %"}, {1, "100 %"}} {
		for k := 1.0; k < 10 && d.value*k <= 1; k++ {
			switch v := d.value * k; {
			case v <= from:
			case k == 1 && v > 1.5*from:
				t = append(t, plot.Tick{Value: v, Label: d.text})
			default:
				t = append(t, plot.Tick{Value: v})
			}
		}
	}
	return t
}

// numbers are the ticks of a linear axis of scores: about five, at round values.
type numbers struct{}

func (numbers) Ticks(low, high float64) []plot.Tick {
	if !(high > low) {
		return nil
	}
	step := math.Pow(10, math.Floor(math.Log10((high-low)/4)))
	for _, k := range []float64{5, 2} {
		if (high-low)/(step*k) >= 4 {
			step *= k
			break
		}
	}
	var out []plot.Tick
	for k := math.Ceil(low/step - 1e-9); k*step <= high*(1+1e-9); k++ {
		v := k*step + 0
		out = append(out, plot.Tick{Value: v, Label: fmt.Sprintf("%.6g", v)})
	}
	return out
}

// shares are the ticks of a linear axis from 0 to at most 1: four to eight of them, at round values.
type shares struct{}

func (shares) Ticks(low, high float64) []plot.Tick {
	step := 0.5
	for _, s := range []float64{0.25, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001, 0.0005, 0.0002} {
		if (high-low)/step >= 4 {
			break
		}
		step = s
	}
	var out []plot.Tick
	for k := math.Ceil(low/step - 1e-9); k*step <= min(high, 1)+1e-9; k++ {
		v := k*step + 0 // not minus zero
		out = append(out, plot.Tick{Value: v, Label: fmt.Sprintf("%.4g %%", 100*v)})
	}
	return out
}
