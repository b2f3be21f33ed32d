package eval_test

import (
	"context"
	"errors"
	"math"
	"slices"
	"testing"

	"convenio/eval"
	"convenio/finger"
	"convenio/synth"

	"pgregory.net/rapid"
)

func sample(t testing.TB, name string) eval.Sample {
	t.Helper()
	s, err := eval.ParseSample(name)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Three fingers enrolled; what each probe finds is counted by hand.
func TestIdentifyByHand(t *testing.T) {
	score := func(a, b string, v float64) eval.Score { return eval.Score{A: sample(t, a), B: sample(t, b), Value: v} }
	scores := []eval.Score{
		score("a_2", "a_1", 50), score("a_2", "b_1", 3), score("a_2", "c_1", 1), // found, alone on top
		score("b_2", "a_1", 8), score("b_2", "b_1", 5), score("b_2", "c_1", 2), // at rank 2
		score("c_2", "a_1", 4), score("c_2", "b_1", 1), score("c_2", "c_1", 4), // ties with another: counts as rank 2
		score("c_3", "a_1", eval.Failed), score("c_3", "b_1", eval.Failed), score("c_3", "c_1", eval.Failed),
	}
	searches := eval.Searches(scores)
	want := []eval.Search{
		{sample(t, "a_2"), 50, 1, 3}, {sample(t, "b_2"), 5, 2, 8}, {sample(t, "c_2"), 4, 2, 4},
		{sample(t, "c_3"), eval.Failed, 0, eval.Failed},
	}
	if !slices.Equal(searches, want) {
		t.Fatalf("got %v, want %v", searches, want)
	}
	f, err := eval.Identify(searches, 3)
	if err != nil {
		t.Fatal(err)
	}
	if f.Rank1 != 0.25 || !slices.Equal(f.CMC, []float64{0.25, 0.75, 0.75}) {
		t.Errorf("rank 1 %v, CMC %v; want 0.25 and 0.25 0.75 0.75", f.Rank1, f.CMC)
	}
	// No threshold below 50 keeps the best others (8, 4, 3, none) out: of four searches not one may come up.
	if f.FNIR100 != 0.75 || f.Threshold01 != 50 || f.FNIR10 != 0.75 {
		t.Errorf("FNIR %v and %v at threshold %v, want 0.75, 0.75 and 50", f.FNIR10, f.FNIR100, f.Threshold01)
	}
}

func TestIdentifyRefuses(t *testing.T) {
	if _, err := eval.Identify(nil, 5); !errors.Is(err, eval.ErrNoSearches) {
		t.Errorf("no searches: %v", err)
	}
	if _, err := eval.Identify([]eval.Search{{}}, 1); !errors.Is(err, eval.ErrNoSearches) {
		t.Errorf("a gallery of one: %v", err)
	}
	if _, err := eval.BootstrapSearches(nil, 5, 10, 1); !errors.Is(err, eval.ErrNoSearches) {
		t.Errorf("no searches to draw from: %v", err)
	}
}

// Whatever the scores: the cumulative curve rises to at most 1, FNIR falls as FPIR may rise, and at the threshold found
// FPIR is within its limit.
func TestIdentifyProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 6).Draw(t, "fingers")
		var scores []eval.Score
		for i := range n {
			for j := range n {
				v := float64(rapid.IntRange(-1, 9).Draw(t, "score"))
				if v < 0 {
					v = eval.Failed
				}
				scores = append(scores, eval.Score{A: eval.Sample{Finger: string(rune('a' + i)), Impression: 2}, B: eval.Sample{Finger: string(rune('a' + j)), Impression: 1}, Value: v})
			}
		}
		searches := eval.Searches(scores)
		f, err := eval.Identify(searches, n)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.IsSorted(f.CMC) || f.CMC[n-1] > 1+1e-12 || f.FNIR10 > f.FNIR100 {
			t.Fatalf("%+v", f)
		}
		found := 0
		for _, s := range searches {
			if s.Other >= f.Threshold10 {
				found++
			}
		}
		if 10*found > len(searches) {
			t.Fatalf("%d of %d non-mated searches at or above the threshold for one in ten", found, len(searches))
		}
	})
}

func TestGalleryTakesTheFirstThatHasATemplate(t *testing.T) {
	ready := new(finger.Prepared)
	items := []eval.Item{
		{Sample: sample(t, "a_2"), Prepared: ready}, {Sample: sample(t, "a_1")}, {Sample: sample(t, "a_3"), Prepared: ready},
		{Sample: sample(t, "b_7")}, {Sample: sample(t, "b_4")},
	}
	refs, probes := eval.Gallery(items)
	names := func(list []eval.Item) (out []string) {
		for _, it := range list {
			out = append(out, it.Sample.String())
		}
		return out
	}
	if got := names(refs); !slices.Equal(got, []string{"a_2", "b_4"}) {
		t.Errorf("references %v", got)
	}
	if got := names(probes); !slices.Equal(got, []string{"a_1", "a_3", "b_7"}) {
		t.Errorf("probes %v", got)
	}
}

// The engine over a few synthetic fingers: every probe finds its own, whatever the number of workers, and work that is
// stopped says so.
func TestRunSearches(t *testing.T) {
	var items []eval.Item
	for f := range uint64(3) {
		made := synth.NewFinger(40 + f)
		for i := range uint64(2) {
			img, _ := made.Impression(synth.DefaultConditions(f*10 + i))
			tpl, err := finger.Extract(img, nil)
			if err != nil {
				t.Fatal(err)
			}
			items = append(items, eval.Item{Sample: eval.Sample{Finger: string(rune('a' + f)), Impression: int(i)}, Prepared: finger.Prepare(tpl)})
		}
	}
	refs, probes := eval.Gallery(items)
	done := make(chan int, 10)
	scores, err := eval.RunSearches(context.Background(), refs, probes, 2, func(n int) { done <- n })
	if err != nil {
		t.Fatal(err)
	}
	if len(scores) != 9 || <-done+<-done+<-done != 9 {
		t.Errorf("%d scores", len(scores))
	}
	again, _ := eval.RunSearches(context.Background(), refs, probes, 1, nil)
	if !slices.Equal(scores, again) {
		t.Error("the number of workers changed the scores")
	}
	s, err := eval.SummariseSearches(eval.Searches(scores), len(refs), 20, 1)
	if err != nil {
		t.Fatal(err)
	}
	if s.Rank1.Value != 1 || s.FNIR10.Value != 0 || s.Gallery != 3 || s.Searches != 3 {
		t.Errorf("%+v", s)
	}
	stopped, stop := context.WithCancel(context.Background())
	stop()
	if _, err := eval.RunSearches(stopped, refs, probes, 2, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("searches that were stopped: %v", err)
	}
	if _, err := eval.RunContext(stopped, items, 2, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("comparisons that were stopped: %v", err)
	}
}

func TestDiscard(t *testing.T) {
	score := func(a, b string, v float64) eval.Score { return eval.Score{A: sample(t, a), B: sample(t, b), Value: v} }
	scores := []eval.Score{score("a_1", "a_2", 9), score("b_1", "b_2", 1), score("c_1", "c_2", 8), score("d_1", "d_2", 2), score("a_1", "b_1", 5)}
	quality := map[eval.Sample]float64{}
	for name, q := range map[string]float64{"a_1": 90, "a_2": 80, "b_1": 10, "b_2": 99, "c_1": 50, "c_2": 50, "d_1": 30, "d_2": 40} {
		quality[sample(t, name)] = q
	}
	threshold, err := eval.ThresholdAtFNMR(scores, 0.5)
	if err != nil || threshold != 8 {
		t.Fatalf("threshold %v, %v; want 8, at which two of four are missed", threshold, err)
	}
	got, err := eval.Discard(scores, quality, threshold)
	if err != nil {
		t.Fatal(err)
	}
	want := []eval.DiscardPoint{{Quality: math.Inf(-1), Discarded: 0, FNMR: 0.5}, {10, 0.25, 1.0 / 3}, {30, 0.5, 0}, {50, 0.75, 0}}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	for _, p := range got { // quality that ranks without fault is ideal
		if d := eval.Ideal(0.5, p.Discarded) - p.FNMR; math.Abs(d) > 1e-12 {
			t.Errorf("at %v: %v from the ideal", p.Discarded, d)
		}
	}
	flat := []eval.DiscardPoint{{FNMR: 0.1}, {Discarded: 0.1, FNMR: 0.1}}
	if a := eval.DiscardArea(flat, 0.2); math.Abs(a-1) > 1e-12 {
		t.Errorf("area of a flat curve: %v, want 1", a)
	}
	steps, sum := 20000, 0.0
	for i := range steps {
		sum += eval.Ideal(0.1, 0.2*(float64(i)+0.5)/float64(steps))
	}
	if a := eval.IdealArea(0.1, 0.2); math.Abs(a-sum/float64(steps)/0.1) > 1e-6 {
		t.Errorf("ideal area %v, by summing %v", a, sum/float64(steps)/0.1)
	}
	if _, err := eval.Discard(scores[4:], quality, 1); !errors.Is(err, eval.ErrNoPairs) {
		t.Errorf("without mated comparisons: %v", err)
	}
}

func TestSpread(t *testing.T) {
	scores := readFile(t, "testdata/small.txt")
	h, err := eval.Spread(scores, eval.Full, 20)
	if err != nil {
		t.Fatal(err)
	}
	total := func(v []float64) (s float64) {
		for _, x := range v {
			s += x
		}
		return s
	}
	if m, o := total(h.Mated)+h.FailedMated, total(h.NonMated)+h.FailedNonMated; math.Abs(m-1) > 1e-9 || math.Abs(o-1) > 1e-9 {
		t.Errorf("shares add up to %v and %v", m, o)
	}
	if h.FailedMated == 0 || h.FailedNonMated == 0 {
		t.Error("the failures of the file are not counted")
	}
}
