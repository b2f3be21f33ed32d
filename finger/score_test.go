package finger_test

import (
	"math"
	"testing"

	"convenio/finger"

	"pgregory.net/rapid"
)

func TestThreshold(t *testing.T) {
	for fmr, want := range map[float64]finger.Score{1: 0, 0.1: 10, 1e-3: 30, 1e-4: 40, 2: 0, 0: 300, -1: 300} {
		if got := finger.Threshold(fmr); math.Abs(float64(got-want)) > 1e-3 {
			t.Errorf("Threshold(%v) = %v, want %v", fmr, got, want)
		}
	}
	if got := finger.Score(30).FMR(); math.Abs(got-1e-3) > 1e-12 {
		t.Errorf("FMR of 30 is %v", got)
	}
}

func TestFuseKnownValues(t *testing.T) {
	cases := []struct {
		name   string
		scores []finger.Score
		want   float64
	}{
		{"none", nil, 0},
		{"one", []finger.Score{25}, 25},
		{"two of 1e-2", []finger.Score{20, 20}, -10 * math.Log10(1e-4*(1+math.Log(1e4)))},
		{"one says nothing", []finger.Score{40, 0}, -10 * math.Log10(1e-4*(1+math.Log(1e4)))},
		{"negative and no number", []finger.Score{-5, finger.Score(math.NaN())}, 0},
		{"ten of 0.05", []finger.Score{13.0103, 13.0103, 13.0103, 13.0103, 13.0103, 13.0103, 13.0103, 13.0103, 13.0103, 13.0103}, 51.342},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := float64(finger.Fuse(c.scores)); math.Abs(got-c.want) > 0.01 {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestFuseRisesWithEachScore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 10).Draw(t, "fingers")
		scores := make([]finger.Score, n)
		for i := range scores {
			scores[i] = finger.Score(rapid.Float64Range(0, 300).Draw(t, "score"))
		}
		before := finger.Fuse(scores)
		i := rapid.IntRange(0, n-1).Draw(t, "which")
		scores[i] += 5
		if after := finger.Fuse(scores); after < before || before < 0 || math.IsInf(float64(after), 0) {
			t.Fatalf("%v before, %v after one score rose", before, after)
		}
	})
}

func TestPositions(t *testing.T) {
	seen := map[string]bool{}
	for p := finger.Unknown; p <= finger.LeftLittle; p++ {
		q, err := finger.ParsePosition(p.String())
		if err != nil || q != p || seen[p.Text("es")] || seen[p.Text("en")] {
			t.Errorf("position %d: %v, %v", p, q, err)
		}
		seen[p.Text("es")], seen[p.Text("en")] = true, true
	}
	if finger.RightIndex.String() != "right-index" || finger.LeftThumb.Text("es") != "pulgar izquierdo" || finger.LeftThumb.Text("en") != "left thumb" {
		t.Error("names changed")
	}
	if _, err := finger.ParsePosition("toe"); err == nil || finger.Position(11).Valid() {
		t.Error("accepted what is no finger")
	}
}

func TestReasonsSpeakBothLanguages(t *testing.T) {
	seen := map[string]bool{}
	for r := finger.ReasonDamaged; r <= finger.ReasonRescaled; r++ {
		for _, s := range []string{r.String(), r.Text("es"), r.Text("en")} {
			if s == "" || s == "unknown" || seen[s] {
				t.Errorf("reason %d: %q is empty or used twice", r, s)
			}
			seen[s] = true
		}
	}
}
