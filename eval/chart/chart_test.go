package chart_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"testing"

	"convenio/eval"
	"convenio/eval/chart"
)

var show = flag.String("show", "", "folder to write the test's charts into, to be looked at")

// charts are one of each kind, of a committed file of made-up scores.
func charts(t *testing.T) map[string]chart.Picture {
	t.Helper()
	f, err := os.Open("../testdata/agree/continuous.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	scores, err := eval.Read(f)
	if err != nil {
		t.Fatal(err)
	}
	full, err := eval.Curve(scores, eval.Full)
	if err != nil {
		t.Fatal(err)
	}
	fvc, err := eval.Curve(scores, eval.FVC)
	if err != nil {
		t.Fatal(err)
	}
	quality := map[eval.Sample]float64{}
	for i, s := range scores {
		quality[s.A] = float64(i * 37 % 100)
	}
	edc, err := eval.Discard(scores, quality, 30)
	if err != nil {
		t.Fatal(err)
	}
	h, err := eval.Spread(scores, eval.Full, 60)
	if err != nil {
		t.Fatal(err)
	}
	threshold := 24.0
	out := map[string]chart.Picture{}
	must := func(name string, p chart.Picture, err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		out[name] = p
	}
	p, err := chart.DET("made-up scores", chart.Series{Name: "full", Points: full, Mated: 120, NonMated: 1008}, chart.Series{Name: "FVC", Points: fvc, Mated: 120, NonMated: 28})
	must("det", p, err)
	p, err = chart.OpenSet("made-up scores", chart.Series{Name: "one", Points: full, Mated: 120, NonMated: 1008})
	must("open-set", p, err)
	p, err = chart.Histogram("made-up scores", h, &threshold, "FMR 1/1000")
	must("histogram", p, err)
	p, err = chart.Discard("made-up scores", chart.DiscardSeries{Name: "from 10 %", Points: edc})
	must("discard", p, err)
	p, err = chart.CMC("made-up ranks", []float64{0.91, 0.95, 0.95, 0.98, 1})
	must("cmc", p, err)
	p, err = chart.CMC("a single rank", []float64{0})
	must("cmc of one", p, err)
	return out
}

// TestPictures wants every chart as a well-formed SVG and as a PNG that is not blank, and the same bytes twice.
func TestPictures(t *testing.T) {
	first, second := charts(t), charts(t)
	for name, p := range first {
		t.Run(name, func(t *testing.T) {
			svg, err := p.SVG()
			if err != nil {
				t.Fatal(err)
			}
			d := xml.NewDecoder(bytes.NewReader(svg))
			for err == nil {
				_, err = d.Token()
			}
			if !errors.Is(err, io.EOF) {
				t.Errorf("not well-formed: %v", err)
			}
			again, err := second[name].SVG()
			if err != nil || !bytes.Equal(svg, again) {
				t.Errorf("the same figures gave another picture (%v)", err)
			}
			b, err := p.PNG()
			if err != nil {
				t.Fatal(err)
			}
			if *show != "" {
				if err := os.WriteFile(filepath.Join(*show, name+".png"), b, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			img, err := png.Decode(bytes.NewReader(b))
			if err != nil {
				t.Fatal(err)
			}
			dark, all := 0, 0
			for y := img.Bounds().Min.Y; y < img.Bounds().Max.Y; y++ {
				for x := img.Bounds().Min.X; x < img.Bounds().Max.X; x++ {
					all++
					if r, _, _, _ := img.At(x, y).RGBA(); r < 0x8000 {
						dark++
					}
				}
			}
			if dark < all/500 || dark > all/2 {
				t.Errorf("%d of %d pixels are dark: not a chart", dark, all)
			}
		})
	}
}

func TestNothingToDraw(t *testing.T) {
	for name, f := range map[string]func() (chart.Picture, error){
		"no series": func() (chart.Picture, error) { return chart.DET("x") },
		"no points": func() (chart.Picture, error) {
			return chart.OpenSet("x", chart.Series{Name: "a", Mated: 1, NonMated: 1})
		},
		"no trials":        func() (chart.Picture, error) { return chart.DET("x", chart.Series{Points: make([]eval.Point, 1)}) },
		"no bins":          func() (chart.Picture, error) { return chart.Histogram("x", eval.Histogram{}, nil, "") },
		"no quality":       func() (chart.Picture, error) { return chart.Discard("x", chart.DiscardSeries{}) },
		"no discard curve": func() (chart.Picture, error) { return chart.Discard("x") },
		"no ranks":         func() (chart.Picture, error) { return chart.CMC("x", nil) },
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := f(); !errors.Is(err, chart.ErrEmpty) {
				t.Errorf("got %v, want ErrEmpty", err)
			}
		})
	}
}
