package trial

import (
	"fmt"
	"image/color"
	"os"
	"path/filepath"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
)

// Plot draws time and errors against the gallery's size, as latency.svg and fnir.svg in a folder. It needs reports of at
// least two sizes.
func Plot(dir string, reports []Report) error {
	if len(reports) < 2 {
		return fmt.Errorf("plot: %d size of gallery, at least two are needed: give several to --people", len(reports))
	}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return fmt.Errorf("plot: %w", err)
	}
	if err := latency(filepath.Join(dir, "latency.svg"), reports); err != nil {
		return fmt.Errorf("plot: %w", err)
	}
	if err := misses(filepath.Join(dir, "fnir.svg"), reports); err != nil {
		return fmt.Errorf("plot: %w", err)
	}
	return nil
}

func newPlot(title, y string) *plot.Plot {
	p := plot.New()
	p.Title.Text, p.X.Label.Text, p.Y.Label.Text = title, "people in the gallery", y
	p.X.Scale, p.X.Tick.Marker = plot.LogScale{}, plot.LogTicks{Prec: -1}
	p.Add(plotter.NewGrid())
	p.Legend.Top, p.Legend.Left = true, true
	return p
}

func line(p *plot.Plot, name string, c color.Color, dashed bool, at plotter.XYs) error {
	l, s, err := plotter.NewLinePoints(at)
	if err != nil {
		return err
	}
	l.Color, s.Color = c, c
	if dashed {
		l.Dashes = []vg.Length{vg.Points(4), vg.Points(3)}
	}
	p.Add(l, s)
	p.Legend.Add(name, l)
	return nil
}

func points(reports []Report, y func(Report) float64) plotter.XYs {
	out := make(plotter.XYs, len(reports))
	for i, r := range reports {
		out[i] = plotter.XY{X: float64(r.People), Y: y(r)}
	}
	return out
}

var (
	blue   = color.RGBA{0x1f, 0x5a, 0x96, 0xff}
	orange = color.RGBA{0xc4, 0x5a, 0x1e, 0xff}
)

func latency(path string, reports []Report) error {
	p := newPlot(fmt.Sprintf("Time of a search, %d fingers", reports[0].Fingers), "milliseconds")
	p.Y.Scale, p.Y.Tick.Marker = plot.LogScale{}, plot.LogTicks{Prec: -1}
	if err := line(p, "95 %", orange, false, points(reports, func(r Report) float64 { return max(r.P95, 0.1) })); err != nil {
		return err
	}
	if err := line(p, "median", blue, false, points(reports, func(r Report) float64 { return max(r.P50, 0.1) })); err != nil {
		return err
	}
	if err := line(p, "processor time", color.Gray{0x60}, true, points(reports, func(r Report) float64 { return max(r.CPU, 0.1) })); err != nil {
		return err
	}
	return p.Save(16*vg.Centimeter, 10*vg.Centimeter, path)
}

func misses(path string, reports []Report) error {
	p := newPlot(fmt.Sprintf("Mates missed at FPIR's threshold, %d fingers", reports[0].Fingers), "FNIR, %")
	p.Y.Min = 0
	if err := line(p, "in stages", orange, false, points(reports, func(r Report) float64 { return 100 * r.FNIR })); err != nil {
		return err
	}
	if err := line(p, "exhaustive", blue, true, points(reports, func(r Report) float64 { return 100 * r.Compared })); err != nil {
		return err
	}
	if err := line(p, "upper end of the 95 % interval", color.Gray{0x90}, true, points(reports, func(r Report) float64 { return 100 * r.FNIRCI[1] })); err != nil {
		return err
	}
	return p.Save(16*vg.Centimeter, 10*vg.Centimeter, path)
}
