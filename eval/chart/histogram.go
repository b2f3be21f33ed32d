package chart

import (
	"fmt"
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"

	"convenio/eval"
)

// Histogram draws how the scores of mated and of non-mated comparisons are spread, each as shares of its own kind, on a
// root scale, so that a few overlapping scores are still seen beside thousands. Comparisons that could not be made are told
// in the legend. threshold, where it is not nil, is drawn as a line with its name.
func Histogram(title string, h eval.Histogram, threshold *float64, name string) (Picture, error) {
	if len(h.Mated) == 0 || len(h.Mated) != len(h.NonMated) {
		return Picture{}, fmt.Errorf("%w: a histogram without bins", ErrEmpty)
	}
	p := blank(title, "comparison score", "share of the comparisons of its kind (root scale)")
	top := 0.0
	for i := range h.Mated {
		top = max(top, h.Mated[i], h.NonMated[i])
	}
	p.X.Tick.Marker = numbers{}
	p.Y.Scale, p.Y.Tick.Marker = rootScale{}, rootTicks(top)
	for i, k := range []struct {
		name   string
		values []float64
		failed float64
	}{{"non-mated", h.NonMated, h.FailedNonMated}, {"mated", h.Mated, h.FailedMated}} {
		label := k.name
		if k.failed > 0 {
			label += fmt.Sprintf(" (%.2f %% could not be compared)", 100*k.failed)
		}
		c := [2]color.RGBA{orange, blue}[i]
		if err := outline(p, label, h, k.values, c, dashes[1-i]); err != nil {
			return Picture{}, err
		}
	}
	if threshold != nil && !math.IsInf(*threshold, 0) {
		if err := line(p, name, plotter.XYs{{X: *threshold, Y: 0}, {X: *threshold, Y: top}}, ink, dashes[2], 1); err != nil {
			return Picture{}, err
		}
	}
	left := h.From
	if left > 0 && left < 2*h.Width {
		left = 0
	}
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = left, h.From+h.Width*float64(len(h.Mated)), 0, top*1.06
	return Picture{p}, nil
}

// outline draws one kind as the outline of its bars, faintly filled.
func outline(p *plot.Plot, name string, h eval.Histogram, values []float64, c color.RGBA, dash []vg.Length) error {
	pts := plotter.XYs{{X: h.From, Y: 0}}
	for i, v := range values {
		x := h.From + h.Width*float64(i)
		pts = append(pts, plotter.XY{X: x, Y: v}, plotter.XY{X: x + h.Width, Y: v})
	}
	pts = append(pts, plotter.XY{X: h.From + h.Width*float64(len(values)), Y: 0})
	fill, err := plotter.NewPolygon(pts)
	if err != nil {
		return fmt.Errorf("draw %s: %w", name, err)
	}
	fill.Color = color.NRGBA{c.R, c.G, c.B, 0x38}
	fill.LineStyle.Width = 0
	p.Add(fill)
	return line(p, name, pts, c, dash, 1.4)
}

// rootScale draws a share at the height of its square root.
type rootScale struct{}

func (rootScale) Normalize(low, high, x float64) float64 {
	return (math.Sqrt(max(x, 0)) - math.Sqrt(low)) / (math.Sqrt(high) - math.Sqrt(low))
}

func rootTicks(top float64) plot.ConstantTicks {
	t := plot.ConstantTicks{{Value: 0, Label: "0"}}
	for _, v := range []float64{0.001, 0.01, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1} {
		if v <= top*1.06 {
			t = append(t, plot.Tick{Value: v, Label: fmt.Sprintf("%g %%", 100*v)})
		}
	}
	return t
}
