package eval_test

import (
	"encoding/csv"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"

	"convenio/eval"
)

// TestFiguresAgree holds every figure to those of an independent implementation of the FVC protocol on the same score
// files: continuous and tied scores, failures, repeated and missing pairs, unequal numbers of impressions, no error at all.
func TestFiguresAgree(t *testing.T) {
	f, err := os.Open("testdata/agree/expected.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.Comment = '#'
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 6 {
		t.Fatalf("%d lines of expected figures, want a head and five", len(rows))
	}
	for _, row := range rows[1:] {
		want := map[string]float64{}
		for i, v := range row[1:] {
			if want[rows[0][i+1]], err = strconv.ParseFloat(v, 64); err != nil {
				t.Fatal(err)
			}
		}
		t.Run(row[0], func(t *testing.T) { agree(t, row[0], want) })
	}
}

func agree(t *testing.T, name string, want map[string]float64) {
	file, all := strings.CutSuffix(name, "+all")
	scores := readFile(t, "testdata/agree/"+file+".txt")
	if all { // with the samples that the file's pairs were drawn from, and one that has no score at all
		samples := []eval.Sample{{Finger: "121", Impression: 1}}
		seen := map[eval.Sample]bool{}
		for _, s := range scores {
			for _, x := range [2]eval.Sample{s.A, s.B} {
				if !seen[x] {
					seen[x], samples = true, append(samples, x)
				}
			}
		}
		before := len(scores)
		scores = eval.Complete(scores, samples)
		if got := len(scores) - before; got != int(want["miss"]) {
			t.Errorf("%d pairs were missing, want %v", got, want["miss"])
		}
		want["miss"] = 0
	}
	s, err := eval.Summarise(scores, 50, 1)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]float64{
		"imgs": float64(s.Samples), "fingers": float64(s.Fingers), "miss": float64(s.Missing),
		"gen": float64(s.Full.Mated), "imp": float64(s.Full.NonMated), "imp45": float64(s.FVC.NonMated),
		"EER": s.Full.EER.Value, "EER_lo": s.Full.EERLow, "EER_hi": s.Full.EERHigh,
		"EER_fvc": s.FVC.EER.Value, "EER_fvc_lo": s.FVC.EERLow, "EER_fvc_hi": s.FVC.EERHigh,
		"FMR100": s.Full.FMR100.Value, "FMR1000": s.Full.FMR1000.Value, "ZeroFMR": s.Full.ZeroFMR.Value,
		"ZeroFMR_fvc": s.FVC.ZeroFMR.Value, "thr1000": *s.Full.Threshold1000, "thr0": *s.Full.Threshold0,
	}
	if len(got) != len(want)-1 { // all but the number of repeated lines
		t.Fatalf("%d figures against %d", len(got), len(want))
	}
	for k, v := range got {
		if math.Abs(v-want[k]) > 5e-6*max(1, math.Abs(v)) { // six digits are given
			t.Errorf("%s: got %.7g, want %.7g", k, v, want[k])
		}
	}
}
