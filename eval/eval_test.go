package eval_test

import (
	"bytes"
	"errors"
	"math"
	"os"
	"reflect"
	"strings"
	"testing"

	"convenio/eval"

	"pgregory.net/rapid"
)

func readFile(t testing.TB, path string) []eval.Score {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	s, err := eval.Read(f)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// The expected figures were computed from the same file by an independent implementation of the protocol.
func TestRatesAgainstOtherImplementation(t *testing.T) {
	scores := readFile(t, "testdata/small.txt")
	near := func(name string, got, want float64) {
		t.Helper()
		if math.Abs(got-want) > 5e-7 {
			t.Errorf("%s: got %.7f, want %.7f", name, got, want)
		}
	}
	full, err := eval.Rates(scores, eval.Full)
	if err != nil {
		t.Fatal(err)
	}
	fvc, err := eval.Rates(scores, eval.FVC)
	if err != nil {
		t.Fatal(err)
	}
	if full.Mated != 15 || full.NonMated != 90 || fvc.NonMated != 10 {
		t.Errorf("got %d mated, %d and %d non-mated pairs, want 15, 90, 10", full.Mated, full.NonMated, fvc.NonMated)
	}
	near("EER", full.EER, 0.133333)
	near("EER low", full.EERLow, 0.133333)
	near("EER high", full.EERHigh, 0.133333)
	near("FMR100", full.FMR100, 0.2)
	near("FMR1000", full.FMR1000, 0.2)
	near("ZeroFMR", full.ZeroFMR, 0.2)
	near("threshold", full.Threshold1000, 22.06)
	near("EER FVC", fvc.EER, 0.116667)
	near("ZeroFMR FVC", fvc.ZeroFMR, 0.133333)

}

func TestRatesByHand(t *testing.T) {
	s := func(a, b string, v float64) eval.Score {
		x, errX := eval.ParseSample(a)
		y, errY := eval.ParseSample(b)
		if errX != nil || errY != nil {
			t.Fatal(errX, errY)
		}
		return eval.Score{A: x, B: y, Value: v}
	}
	cases := map[string]struct {
		scores []eval.Score
		eer    float64
		zero   float64
	}{
		"separated":   {[]eval.Score{s("a_1", "a_2", 9), s("b_1", "b_2", 8), s("a_1", "b_1", 1), s("a_2", "b_1", 2)}, 0, 0},
		"swapped":     {[]eval.Score{s("a_1", "a_2", 1), s("a_1", "b_1", 2)}, 1, 1},
		"one in two":  {[]eval.Score{s("a_1", "a_2", 5), s("b_1", "b_2", 1), s("a_1", "b_1", 3), s("a_2", "b_1", 0)}, 0.5, 0.5},
		"failed mate": {[]eval.Score{s("a_1", "a_2", eval.Failed), s("b_1", "b_2", 7), s("a_1", "b_1", 3), s("a_2", "b_1", 0)}, 0.5, 0.5},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			f, err := eval.Rates(c.scores, eval.Full)
			if err != nil {
				t.Fatal(err)
			}
			if f.EER != c.eer || f.ZeroFMR != c.zero {
				t.Errorf("EER %v, ZeroFMR %v; want %v, %v", f.EER, f.ZeroFMR, c.eer, c.zero)
			}
		})
	}
}

func TestRatesNeedBothKinds(t *testing.T) {
	a, b := eval.Sample{Finger: "a", Impression: 1}, eval.Sample{Finger: "a", Impression: 2}
	if _, err := eval.Rates([]eval.Score{{A: a, B: b, Value: 1}}, eval.Full); !errors.Is(err, eval.ErrNoPairs) {
		t.Errorf("got %v, want ErrNoPairs", err)
	}
	if _, err := eval.Bootstrap(nil, eval.Full, 10, 1); !errors.Is(err, eval.ErrNoPairs) {
		t.Errorf("got %v, want ErrNoPairs", err)
	}
}

// Rates depend on the order of scores alone: a rising transformation changes nothing but the threshold.
func TestRatesInvariantUnderRisingTransform(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(4, 12).Draw(t, "samples")
		var a, b []eval.Score
		for i := range n {
			for j := i + 1; j < n; j++ {
				v := float64(rapid.IntRange(0, 50).Draw(t, "score"))
				x, y := eval.Sample{Finger: string(rune('a' + i/2)), Impression: i % 2}, eval.Sample{Finger: string(rune('a' + j/2)), Impression: j % 2}
				a = append(a, eval.Score{A: x, B: y, Value: v})
				b = append(b, eval.Score{A: y, B: x, Value: math.Exp(v / 10)})
			}
		}
		f, errF := eval.Rates(a, eval.Full)
		g, errG := eval.Rates(b, eval.Full)
		if errF != nil || errG != nil {
			t.Fatal(errF, errG)
		}
		f.Threshold1000, g.Threshold1000, f.Threshold0, g.Threshold0 = 0, 0, 0, 0
		if f != g {
			t.Fatalf("%+v and %+v", f, g)
		}
	})
}

func TestReadWriteRoundTrip(t *testing.T) {
	scores := readFile(t, "testdata/small.txt")
	var buf bytes.Buffer
	if err := eval.Write(&buf, scores); err != nil {
		t.Fatal(err)
	}
	again, err := eval.Read(&buf)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(scores, again) {
		t.Error("scores changed in a round trip")
	}
}

func TestReadRefuses(t *testing.T) {
	for name, text := range map[string]string{"one name": "1_1\n", "no impression": "x 1_2 3\n", "no number": "1_1 1_2 high\n", "long": strings.Repeat("x", 5000)} {
		t.Run(name, func(t *testing.T) {
			if _, err := eval.Read(strings.NewReader(text)); err == nil {
				t.Error("read it without an error")
			}
		})
	}
}

func TestCheckFindsASampleGivenTwice(t *testing.T) {
	items := []eval.Item{
		{Sample: eval.Sample{Finger: "1", Impression: 1}}, {Sample: eval.Sample{Finger: "1", Impression: 2}},
		{Sample: eval.Sample{Finger: "2", Impression: 1}},
	}
	if err := eval.Check(items); err != nil {
		t.Errorf("three samples: %v", err)
	}
	if err := eval.Check(append(items, items[1])); err == nil || !strings.Contains(err.Error(), "1_2") {
		t.Errorf("1_2 given twice: %v", err)
	}
}

func TestReadCountsAPairOnce(t *testing.T) {
	s, err := eval.Read(strings.NewReader("d/1_1.png d/2_1.png 5 more\n2_1 1_1 9\n# note\n\n1_1 1_1 7\n"))
	if err != nil {
		t.Fatal(err)
	}
	if len(s) != 1 || s[0].Value != 5 {
		t.Errorf("got %v", s)
	}
}

func TestBootstrapIsSeededAndHoldsTheFigure(t *testing.T) {
	scores := readFile(t, "testdata/small.txt")
	a, err := eval.Bootstrap(scores, eval.Full, 200, 1)
	if err != nil {
		t.Fatal(err)
	}
	b, _ := eval.Bootstrap(scores, eval.Full, 200, 1)
	if a != b {
		t.Error("the same seed gave another interval")
	}
	f, _ := eval.Rates(scores, eval.Full)
	if f.EER < a.EER.Low || f.EER > a.EER.High || a.EER.Low == a.EER.High {
		t.Errorf("EER %v outside its interval %v, or the interval is empty", f.EER, a.EER)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("1_1 1_2 3\n2_1 1_1 -\n"))
	f.Add([]byte("# c\na/b_1.png c_2 nan"))
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := eval.Read(bytes.NewReader(b))
		if err != nil {
			return
		}
		for _, x := range s {
			if math.IsNaN(x.Value) || x.A == x.B {
				t.Fatalf("bad score %v", x)
			}
		}
		if r, err := eval.Rates(s, eval.Full); err == nil && !(r.EER >= 0 && r.EER <= 1) {
			t.Fatalf("EER %v", r.EER)
		}
	})
}
