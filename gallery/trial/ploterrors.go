package trial

import (
	"cmp"
	"fmt"
	"image/color"
	"os"
	"path/filepath"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// leastShown is the percentage that the plot of errors begins at: nothing less is shown, none missed is drawn there.
const leastShown = 0.01

var green = color.RGBA{0x2a, 0x7f, 0x3f, 0xff}

// PlotErrors draws FNIR against the gallery's size as errors.svg in a folder: a point with its 95 % interval for each
// campaign, and for each number of fingers a line of what a full comparison with the mate misses at the threshold for
// that size, by the campaign of most mates.
func PlotErrors(dir string, reports []CampaignReport) error {
	p := newPlot("Mates missed at the threshold for the gallery's size, with 95 % intervals", "FNIR, %")
	p.Y.Scale, p.Y.Tick.Marker = plot.LogScale{}, ticks(map[string]float64{"none seen": leastShown, "0.1": 0.1, "1": 1, "10": 10, "100": 100})
	p.X.Tick.Marker = ticks(map[string]float64{"1,000": 1e3, "10,000": 1e4, "100,000": 1e5, "1,000,000": 1e6})
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = 800, 1.3e6, leastShown, 8000 // the legend stands above 100 %
	for i, fingers := range []int{1, 2, 4, 10} {
		c := []color.Color{orange, blue, color.Gray{0x60}, green}[i]
		mark := []draw.GlyphDrawer{draw.CircleGlyph{}, draw.SquareGlyph{}, draw.TriangleGlyph{}, draw.PyramidGlyph{}}[i]
		var of []CampaignReport
		for _, r := range reports {
			if r.Fingers == fingers && r.Mated > 0 {
				of = append(of, r)
			}
		}
		if len(of) == 0 {
			continue
		}
		if err := errorsOf(p, of, c, mark); err != nil {
			return fmt.Errorf("plot: %w", err)
		}
	}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return fmt.Errorf("plot: %w", err)
	}
	if err := p.Save(16*vg.Centimeter, 11*vg.Centimeter, filepath.Join(dir, "errors.svg")); err != nil {
		return fmt.Errorf("plot: %w", err)
	}
	return nil
}

// ticks are an axis's labels and where they stand.
func ticks(at map[string]float64) (out plot.ConstantTicks) {
	for label, v := range at {
		out = append(out, plot.Tick{Label: label, Value: v})
	}
	slices.SortFunc(out, func(a, b plot.Tick) int { return cmp.Compare(a.Value, b.Value) })
	return out
}

// errorsOf draws the campaigns of one number of fingers.
func errorsOf(p *plot.Plot, of []CampaignReport, c color.Color, mark draw.GlyphDrawer) error {
	most := of[0]
	var at struct {
		plotter.XYs
		plotter.YErrors
	}
	for _, r := range of {
		if r.Mated > most.Mated {
			most = r
		}
		y, lo, hi := max(100*r.FNIR, leastShown), max(100*r.FNIRCI[0], leastShown), max(100*r.FNIRCI[1], leastShown)
		at.XYs = append(at.XYs, plotter.XY{X: float64(r.People), Y: y})
		at.YErrors = append(at.YErrors, struct{ Low, High float64 }{lo - y, hi - y})
	}
	bars, err := plotter.NewYErrorBars(at)
	if err != nil {
		return err
	}
	points, err := plotter.NewScatter(at.XYs)
	if err != nil {
		return err
	}
	bars.Color, bars.Width, points.Color, points.Shape, points.Radius = c, vg.Points(1.2), c, mark, vg.Points(3.5)
	var curve plotter.XYs
	for _, x := range most.bySize {
		if x[1] > 0 {
			curve = append(curve, plotter.XY{X: x[0], Y: max(100*x[1], leastShown)})
		}
	}
	name := fmt.Sprintf("%d fingers, searched", most.Fingers)
	if most.Fingers == 1 {
		name = "1 finger, searched"
	}
	p.Add(bars, points)
	p.Legend.Add(name, points)
	if len(curve) < 2 {
		return nil
	}
	l, err := plotter.NewLine(curve)
	if err != nil {
		return err
	}
	l.Color, l.Width, l.Dashes = c, vg.Points(1), []vg.Length{vg.Points(4), vg.Points(3)}
	p.Add(l)
	p.Legend.Add(fmt.Sprintf("   compared in full, %d mates", most.Mated), l)
	return nil
}
