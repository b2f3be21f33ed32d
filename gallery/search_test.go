package gallery

import (
	"context"
	"errors"
	"fmt"
	"math"
	"testing"

	"convenio/finger"
)

func TestPersonThreshold(t *testing.T) {
	for _, c := range []struct {
		fpir float64
		n    int
		want float64
	}{
		{0.001, 1, 30}, {0.001, 1000, 60}, {0.01, 1_000_000, 80}, {1, 1, 0}, {5, 1, 0}, {0.001, 0, 30}, {0.001, -7, 30},
		{0, 10, math.Inf(1)}, {-1, 10, math.Inf(1)}, {math.NaN(), 10, math.Inf(1)},
	} {
		if got := float64(PersonThreshold(c.fpir, c.n)); got != c.want && !(math.Abs(got-c.want) < 1e-9) {
			t.Errorf("PersonThreshold(%v, %d) = %v, want %v", c.fpir, c.n, got, c.want)
		}
	}
}

// Which fingers meet: equal positions, and unknown with all; a finger is used once on either side.
func TestFingersCompared(t *testing.T) {
	const thumb, index, unknown = finger.RightThumb, finger.RightIndex, finger.Unknown
	for _, c := range []struct {
		name      string
		probe     []finger.Position
		record    []finger.Position
		scores    map[[2]int]finger.Score // probe, record
		compared  int
		fused     string
		wantScore finger.Score
	}{
		{"same positions", []finger.Position{thumb, index}, []finger.Position{index, thumb}, map[[2]int]finger.Score{{0, 1}: 30, {1, 0}: 40}, 2,
			"[{1 right-index right-index 40 1} {0 right-thumb right-thumb 30 1}]", finger.Fuse([]finger.Score{30, 40})},
		{"no common finger", []finger.Position{thumb}, []finger.Position{index}, nil, 0, "", 0},
		{"unknown probe takes the best of all", []finger.Position{unknown}, []finger.Position{thumb, index, index, 7}, map[[2]int]finger.Score{{0, 1}: 50}, 4,
			"[{0 unknown right-index 50 4}]", finger.Score(50 - 10*math.Log10(4))},
		{"unknown reference", []finger.Position{thumb, index}, []finger.Position{unknown}, map[[2]int]finger.Score{{0, 0}: 20, {1, 0}: 33}, 2,
			"[{1 right-index unknown 33 1}]", 33},
		{"two samples of one finger count once", []finger.Position{thumb, thumb}, []finger.Position{thumb}, map[[2]int]finger.Score{{0, 0}: 40, {1, 0}: 41}, 2,
			"[{1 right-thumb right-thumb 41 2}]", finger.Score(41 - 10*math.Log10(2))},
		{"one reference serves one unknown probe", []finger.Position{unknown, unknown}, []finger.Position{thumb, index},
			map[[2]int]finger.Score{{0, 0}: 40, {1, 0}: 39, {1, 1}: 10, {0, 1}: 1}, 4,
			"[{0 unknown right-thumb 40 2} {1 unknown right-index 10 2}]", finger.Fuse([]finger.Score{finger.Score(40 - 10*math.Log10(2)), finger.Score(10 - 10*math.Log10(2))})},
		{"a score below zero counts as none", []finger.Position{thumb}, []finger.Position{thumb}, map[[2]int]finger.Score{{0, 0}: -5}, 1,
			"[{0 right-thumb right-thumb 0 1}]", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld()
			g := w.gallery()
			var probe []Finger
			for i, p := range c.probe {
				probe = append(probe, Finger{p, w.template(fmt.Sprint("p", i))})
			}
			for i, p := range c.record {
				must(t, g.Add(Reference{"someone", p, "open", w.template(fmt.Sprint("r", i))}))
			}
			for k, s := range c.scores {
				w.set(fmt.Sprint("p", k[0]), fmt.Sprint("r", k[1]), s)
			}
			r, err := g.Search(context.Background(), probe, everyone, Options{})
			must(t, err)
			compared := 0
			for _, n := range w.read {
				compared += n
			}
			if compared != c.compared || r.Searched != 1 {
				t.Errorf("%d comparisons, %d people", compared, r.Searched)
			}
			if c.fused == "" {
				if len(r.Candidates) != 0 {
					t.Errorf("candidates %v", r.Candidates)
				}
				return
			}
			if got := fmt.Sprint(r.Candidates[0].Fingers); got != c.fused {
				t.Errorf("fused %s, want %s", got, c.fused)
			}
			if got := r.Candidates[0].Score; math.Abs(float64(got-c.wantScore)) > 0.01 {
				t.Errorf("score %v, want %v", got, c.wantScore)
			}
		})
	}
}

// The list is by score, ties by subject, cut to Max, the same for any number of workers.
func TestRankOrder(t *testing.T) {
	w := newWorld()
	g := w.gallery()
	for i := range 3000 {
		subject := fmt.Sprintf("s%04d", (i*1237)%3000)
		must(t, g.Add(w.reference(subject, 2, fmt.Sprint("class", i%7))))
		w.set("probe", subject+"/right-index", finger.Score(40+i%5))
	}
	probe := []Finger{{2, w.template("probe")}}
	var first string
	for _, workers := range []int{0, 1, 2, 5, 100} {
		r, err := g.Search(context.Background(), probe, everyone, Options{Threshold: 41, Max: 50, Workers: workers})
		must(t, err)
		if len(r.Candidates) != 50 {
			t.Fatalf("%d candidates", len(r.Candidates))
		}
		for i, c := range r.Candidates[1:] {
			if before(r.Candidates[i], c) >= 0 || math.Abs(float64(c.Score)-44) > 0.01 {
				t.Fatalf("rank %d out of order: %v, %v", i+2, r.Candidates[i], c)
			}
		}
		if got := fmt.Sprint(r.Candidates); first == "" {
			first = got
		} else if got != first {
			t.Errorf("another list with %d workers", workers)
		}
	}
	r, err := g.Search(context.Background(), probe, everyone, Options{Threshold: 45})
	must(t, err)
	if len(r.Candidates) != 0 || r.Searched != 3000 {
		t.Errorf("above every score: %v", r)
	}
}

func TestSearchRefuses(t *testing.T) {
	w := newWorld()
	g := w.gallery()
	must(t, g.Add(w.reference("a", 1, "open")))
	for name, probe := range map[string][]Finger{"no fingers": nil, "no template": {{Position: 1}}, "too many": make([]Finger, MaxProbe+1)} {
		if _, err := g.Search(context.Background(), probe, everyone, Options{}); !errors.Is(err, ErrProbe) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, r := range map[string]Reference{"no subject": {Class: "c", Template: w.template("x")}, "no template": {Subject: "s", Class: "c"}} {
		if err := g.Add(w.reference("ok", 1, "c"), r); !errors.Is(err, ErrReference) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := g.Add(w.reference("two", 1, "c"), w.reference("two", 2, "d")); !errors.Is(err, ErrClass) {
		t.Errorf("two classes in one call: %v", err)
	}
	if g.Len() != 1 {
		t.Errorf("%d people after refused additions", g.Len())
	}
	w.set("nan", "a/right-thumb", finger.Score(math.NaN()))
	r, err := g.Search(context.Background(), []Finger{{1, w.template("nan")}}, everyone, Options{Threshold: 0.1})
	if err != nil || len(r.Candidates) != 0 {
		t.Errorf("a score that is no number: %v, %v", r, err)
	}
}

func TestSearchIsCancelled(t *testing.T) {
	w := newWorld()
	g := w.gallery()
	for i := range 3000 {
		must(t, g.Add(w.reference(fmt.Sprint(i), 2, "open")))
	}
	ctx, cancel := context.WithCancel(context.Background())
	n := 0
	w.hook = func() {
		if n++; n == 10 {
			cancel()
		}
	}
	_, err := g.Search(ctx, []Finger{{2, w.template("probe")}}, everyone, Options{Workers: 2})
	if !errors.Is(err, context.Canceled) || n > 20 {
		t.Errorf("after %d comparisons: %v", n, err)
	}
}
