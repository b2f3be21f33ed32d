package chart

import (
	"fmt"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"convenio/eval"
)

// DiscardSeries is one error versus discard characteristic, with the FNMR at its start in its name.
type DiscardSeries struct {
	Name   string
	Points []eval.DiscardPoint
}

// discardUpTo is the largest share of comparisons a chart discards; nobody would discard more.
const discardUpTo = 0.5

// Discard draws how FNMR falls as comparisons of poor quality are left out. Beside each characteristic stands, dotted, what
// a quality score without fault would reach. Up to four series.
func Discard(title string, series ...DiscardSeries) (Picture, error) {
	if len(series) == 0 || len(series) > len(palette) {
		return Picture{}, fmt.Errorf("%w: %d series, 1 to %d can be drawn", ErrEmpty, len(series), len(palette))
	}
	p := blank(title, "share of mated comparisons discarded, poorest quality first", "false non-match rate (FNMR) of the rest")
	top := 0.0
	for i, s := range series {
		if len(s.Points) == 0 {
			return Picture{}, fmt.Errorf("%w: series %q has no points", ErrEmpty, s.Name)
		}
		var pts, ideal plotter.XYs
		for _, d := range s.Points {
			if d.Discarded > discardUpTo {
				break
			}
			if n := len(pts); n > 0 {
				pts = append(pts, plotter.XY{X: d.Discarded, Y: pts[n-1].Y})
			}
			pts = append(pts, plotter.XY{X: d.Discarded, Y: d.FNMR})
			top = max(top, d.FNMR)
		}
		pts = append(pts, plotter.XY{X: discardUpTo, Y: pts[len(pts)-1].Y})
		start := s.Points[0].FNMR
		for k := range 41 {
			x := min(start, discardUpTo) * float64(k) / 40
			ideal = append(ideal, plotter.XY{X: x, Y: eval.Ideal(start, x)})
		}
		if err := line(p, "", ideal, palette[i], dashes[2], 0.9); err != nil {
			return Picture{}, err
		}
		if err := line(p, s.Name, pts, palette[i], dashes[i%2], 1.8); err != nil {
			return Picture{}, err
		}
	}
	p.X.Tick.Marker, p.Y.Tick.Marker = shares{}, shares{}
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = 0, discardUpTo, 0, max(top*1.2, 0.001)
	return Picture{p}, nil
}

// CMC draws a cumulative match characteristic: the share of mated searches with the mate at a rank or better, up to rank
// 20. Its second axis begins a little below the least value, so that differences near 100 % are seen; read its labels.
func CMC(title string, cmc []float64) (Picture, error) {
	if len(cmc) == 0 {
		return Picture{}, fmt.Errorf("%w: no ranks", ErrEmpty)
	}
	cmc = cmc[:min(len(cmc), 20)]
	p := blank(title, "rank", "share of mated searches with the mate at that rank or better")
	var pts plotter.XYs
	var ticks plot.ConstantTicks
	for i, v := range cmc {
		pts = append(pts, plotter.XY{X: float64(i + 1), Y: v})
		ticks = append(ticks, plot.Tick{Value: float64(i + 1), Label: strconv.Itoa(i + 1)})
	}
	l, dots, err := plotter.NewLinePoints(pts)
	if err != nil {
		return Picture{}, fmt.Errorf("draw ranks: %w", err)
	}
	l.Color, l.Width, dots.Color = blue, vg.Points(1.8), blue
	dots.Shape, dots.Radius = draw.CircleGlyph{}, vg.Points(3)
	p.Add(l, dots)
	p.X.Tick.Marker, p.Y.Tick.Marker = ticks, shares{}
	low := max(0, cmc[0]-max(0.02, (1-cmc[0])*0.3))
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = 0.5, float64(max(len(cmc), 2))+0.5, low, 1+(1-low)*0.05
	return Picture{p}, nil
}
