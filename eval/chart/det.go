package chart

import (
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"

	"convenio/eval"
)

// ErrEmpty says that there is nothing to draw.
var ErrEmpty = errors.New("nothing to draw")

// Series is a named curve. Trials is the number of non-mated comparisons (or searches) and of mated ones it rests on.
type Series struct {
	Name            string
	Points          []eval.Point
	Mated, NonMated int
}

// DET draws detection error trade-off curves, both axes logarithmic: lower and further left is better. An axis ends at half
// of what one error in all the trials would be, and a rate of zero is drawn there. Where FMR and FNMR are equal is drawn as
// a line: it meets the curve at the equal error rate. Up to four series.
func DET(title string, series ...Series) (Picture, error) {
	return tradeOff(title, "false match rate (FMR)", "false non-match rate (FNMR)", series)
}

// OpenSet draws FNIR over FPIR in the same way.
func OpenSet(title string, series ...Series) (Picture, error) {
	return tradeOff(title, "false positive identification rate (FPIR)", "false negative identification rate (FNIR)", series)
}

func tradeOff(title, x, y string, series []Series) (Picture, error) {
	if len(series) == 0 || len(series) > len(palette) {
		return Picture{}, fmt.Errorf("%w: %d series, 1 to %d can be drawn", ErrEmpty, len(series), len(palette))
	}
	left, bottom := 0.1, 0.1
	for _, s := range series {
		if len(s.Points) == 0 || s.Mated < 1 || s.NonMated < 1 {
			return Picture{}, fmt.Errorf("%w: series %q has no points", ErrEmpty, s.Name)
		}
		left, bottom = min(left, 0.5/float64(s.NonMated)), min(bottom, 0.5/float64(s.Mated))
	}
	left, bottom = max(left, 1e-6), max(bottom, 1e-6)
	p := blank(title, x, y)
	p.X.Scale, p.Y.Scale = plot.LogScale{}, plot.LogScale{}
	p.X.Tick.Marker, p.Y.Tick.Marker = percent(left), percent(bottom)
	if err := line(p, "", plotter.XYs{{X: max(left, bottom), Y: max(left, bottom)}, {X: 1, Y: 1}}, gray, dashes[2], 0.8); err != nil {
		return Picture{}, err
	}
	for i, s := range series {
		if err := line(p, s.Name, steps(s.Points, left, bottom), palette[i], dashes[i], 1.8); err != nil {
			return Picture{}, err
		}
	}
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = left, 1, bottom, 1
	return Picture{p}, nil
}

// steps turns points into a staircase from left to right: between two thresholds that occur nothing changes.
func steps(points []eval.Point, left, bottom float64) plotter.XYs {
	var out plotter.XYs
	for i := len(points) - 1; i >= 0; i-- {
		x, y := max(points[i].FMR, left), max(points[i].FNMR, bottom)
		if n := len(out); n > 0 {
			if out[n-1].X == x && out[n-1].Y == y {
				continue
			}
			if out[n-1].X != x && out[n-1].Y != y {
				out = append(out, plotter.XY{X: x, Y: out[n-1].Y})
			}
		}
		out = append(out, plotter.XY{X: x, Y: y})
	}
	return thin(out)
}

// thin drops points that could not be told apart on paper: a curve of ten thousand points is a large file.
func thin(in plotter.XYs) plotter.XYs {
	const same = 0.002 // of a decade
	out := in[:0:0]
	for i, p := range in {
		if n := len(out); n > 0 && i < len(in)-1 {
			q := out[n-1]
			if math.Abs(math.Log10(p.X/q.X)) < same && math.Abs(math.Log10(p.Y/q.Y)) < same {
				continue
			}
		}
		out = append(out, p)
	}
	return out
}
