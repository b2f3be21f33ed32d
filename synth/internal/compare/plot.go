package main

import (
	"fmt"
	"image/color"
	"os"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	vgdraw "gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
)

// panels are the measures the picture shows, in rows of three, and the range
// of each.
var panels = []struct {
	measure string
	lo, hi  float64
}{
	{"mated score", 0, 240}, {"non-mated score", 0, 40}, {"mated neighbourhood similarity", 0.15, 0.65},
	{"minutiae", 0, 90}, {"minutiae/mm2", 0, 0.45}, {"area, mm2", 0, 340},
	{"quality score", 0, 101}, {"period, px", 6, 13}, {"reliability", 0.3, 0.9},
	{"mated common, mm2", 0, 300}, {"aligned: near misfit, px", 0, 9}, {"nearest minutia, px", 0, 70},
}

const columns = 3

// tints of the sources made here; real sets are gray, together black.
var tints = []color.Color{
	color.RGBA{0xd5, 0x5e, 0x00, 0xff}, color.RGBA{0x00, 0x72, 0xb2, 0xff}, color.RGBA{0x00, 0x9e, 0x73, 0xff},
}

// draw writes a picture: for each measure the share of prints or comparisons
// at or below a value, a line a source.
func draw(name string, all []summary) error {
	rows := (len(panels) + columns - 1) / columns
	canvas := vgimg.New(vg.Points(330*columns), vg.Points(230*float64(rows)))
	tiles := vgdraw.Tiles{Rows: rows, Cols: columns, PadX: 12, PadY: 12, PadTop: 8, PadBottom: 8, PadLeft: 8, PadRight: 12}
	dc := vgdraw.New(canvas)
	for i := range panels {
		p, err := panel(i, all)
		if err != nil {
			return err
		}
		p.Draw(tiles.At(dc, i%columns, i/columns))
	}
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	if _, err := (vgimg.PngCanvas{Canvas: canvas}).WriteTo(f); err != nil {
		_ = f.Close() // the first error says more
		return fmt.Errorf("write %s: %w", name, err)
	}
	return f.Close()
}

func panel(i int, all []summary) (*plot.Plot, error) {
	what := panels[i]
	p := plot.New()
	p.X.Label.Text = what.measure
	if i%columns == 0 {
		p.Y.Label.Text = "share at or below"
	}
	p.Y.Min, p.Y.Max, p.X.Min, p.X.Max = 0, 1, what.lo, what.hi
	p.Add(plotter.NewGrid())
	made := 0
	for _, s := range all {
		values := s.get(what.measure)
		if len(values) == 0 {
			continue
		}
		line, err := plotter.NewLine(steps(values, what.lo, what.hi))
		if err != nil {
			return nil, fmt.Errorf("%s of %s: %w", what.measure, s.name, err)
		}
		pooled := s.real && s.name == pooledName
		switch {
		case pooled:
			line.Width = vg.Points(2)
		case s.real:
			line.Color, line.Width = color.Gray{0xb0}, vg.Points(0.8)
		default:
			line.Color, line.Width = tints[made%len(tints)], vg.Points(1.8)
			made++
		}
		p.Add(line)
		if i == 0 && (pooled || !s.real) {
			p.Legend.Add(s.name, line)
		}
	}
	p.Legend.XOffs, p.Legend.YOffs = -6, 8
	return p, nil
}

// steps is the distribution function of ascending values, in 200 steps.
func steps(values []float64, lo, hi float64) plotter.XYs {
	const n = 200
	out := make(plotter.XYs, 0, n+1)
	k := 0
	for i := range n + 1 {
		x := lo + (hi-lo)*float64(i)/n
		for k < len(values) && values[k] <= x {
			k++
		}
		out = append(out, plotter.XY{X: x, Y: float64(k) / float64(len(values))})
	}
	return out
}
