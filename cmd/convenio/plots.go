package main

import (
	"fmt"
	"os"
	"path/filepath"

	"convenio/eval"
	"convenio/eval/chart"
)

// plotVerification writes the curves of one set of scores: det, scores and, where quality is known, discard.
func plotVerification(dir, set string, scores []eval.Score, quality map[eval.Sample]float64) error {
	var series []chart.Series
	for _, p := range []struct {
		name     string
		protocol eval.Protocol
	}{{"full", eval.Full}, {"FVC", eval.FVC}} {
		points, err := eval.Curve(scores, p.protocol)
		if err != nil {
			continue // no pair of first impressions: there is one curve
		}
		f, err := eval.Rates(scores, p.protocol)
		if err != nil {
			return err
		}
		name := fmt.Sprintf("%s: %d mated, %d non-mated, EER %.2f %%", p.name, f.Mated, f.NonMated, 100*f.EER)
		series = append(series, chart.Series{Name: name, Points: points, Mated: f.Mated, NonMated: f.NonMated})
	}
	det, err := chart.DET(set+": detection error trade-off", series...)
	if err := writePlot(dir, "det", det, err); err != nil {
		return err
	}
	h, err := eval.Spread(scores, eval.Full, 80)
	if err != nil {
		return err
	}
	f, err := eval.Rates(scores, eval.Full)
	if err != nil {
		return err
	}
	spread, err := chart.Histogram(set+": comparison scores", h, &f.Threshold1000, fmt.Sprintf("FMR 1/1000 at %.4g", f.Threshold1000))
	if err := writePlot(dir, "scores", spread, err); err != nil {
		return err
	}
	if quality == nil {
		return nil
	}
	return plotDiscard(dir, set, scores, quality)
}

// discardTo bounds the area that is told of an error versus discard characteristic: nobody would ask more than every fifth
// person for another capture.
const discardTo = 0.2

func plotDiscard(dir, set string, scores []eval.Score, quality map[eval.Sample]float64) error {
	var series []chart.DiscardSeries
	for _, start := range []float64{0.10, 0.05} {
		threshold, err := eval.ThresholdAtFNMR(scores, start)
		if err != nil {
			return err
		}
		points, err := eval.Discard(scores, quality, threshold)
		if err != nil {
			return err
		}
		first := points[0].FNMR
		name := fmt.Sprintf("from FNMR %.1f %%: area to %.0f %% is %.2f (none 1, ideal %.2f)",
			100*first, 100*discardTo, eval.DiscardArea(points, discardTo), eval.IdealArea(first, discardTo))
		series = append(series, chart.DiscardSeries{Name: name, Points: points})
	}
	p, err := chart.Discard(set+": error versus discard", series...)
	return writePlot(dir, "discard", p, err)
}

func plotIdentification(dir, set string, searches []eval.Search, cmc []float64) error {
	points, err := eval.IdentifyCurve(searches)
	if err != nil {
		return err
	}
	name := fmt.Sprintf("gallery of %d, %d mated and as many non-mated searches", len(cmc), len(searches))
	open, err := chart.OpenSet(set+": open-set identification", chart.Series{Name: name, Points: points, Mated: len(searches), NonMated: len(searches)})
	if err := writePlot(dir, "open-set", open, err); err != nil {
		return err
	}
	ranks, err := chart.CMC(set+": cumulative match characteristic", cmc)
	return writePlot(dir, "cmc", ranks, err)
}

// writePlot writes a picture as NAME.svg and NAME.png.
func writePlot(dir, name string, p chart.Picture, err error) error {
	if err != nil {
		return err
	}
	for kind, encode := range map[string]func() ([]byte, error){"svg": p.SVG, "png": p.PNG} {
		b, err := encode()
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, name+"."+kind), b, 0o600); err != nil {
			return err
		}
	}
	return nil
}
