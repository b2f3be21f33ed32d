package synth

import (
	"flag"
	"fmt"
	"math"
	"slices"
	"testing"

	"convenio/finger"
)

var studyFingers = flag.Int("study", 0, "measure the engine on this many synthetic fingers")

// sample is one capture as the engine sees it.
type sample struct {
	owner    int
	again    bool // not the owner's first capture
	template *finger.Template
	prepared *finger.Prepared
}

func extract(owner int, img finger.Image) (sample, bool) {
	t, err := finger.Extract(img, nil)
	if err != nil {
		return sample{owner: owner}, false
	}
	return sample{owner: owner, template: t, prepared: finger.Prepare(t)}, true
}

// scores compares every pair of samples; of more than 300, fingers with others
// by their first captures only.
func scores(all []sample) (mated, nonMated []float64) {
	c := finger.NewComparer()
	for i, a := range all {
		for _, b := range all[:i] {
			if a.owner != b.owner && (a.again || b.again) && len(all) > 300 {
				continue
			}
			s := float64(c.Compare(a.prepared, b.prepared).Score)
			if a.owner == b.owner {
				mated = append(mated, s)
			} else {
				nonMated = append(nonMated, s)
			}
		}
	}
	return mated, nonMated
}

// quantiles prints a distribution in one line.
func quantiles(v []float64) string {
	if len(v) == 0 {
		return "none"
	}
	v = slices.Clone(v)
	slices.Sort(v)
	out := fmt.Sprintf("n=%d", len(v))
	for _, q := range []float64{0, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 1} {
		out += fmt.Sprintf("  %g%%:%.1f", q*100, v[int(q*float64(len(v)-1))])
	}
	return out
}

func report(t *testing.T, name string, all []sample, failed int) {
	var counts, quality []float64
	for _, s := range all {
		counts = append(counts, float64(len(s.template.Minutiae)))
		quality = append(quality, float64(s.template.Quality.Score))
	}
	mated, non := scores(all)
	t.Logf("%s: %d captures, %d refused", name, len(all)+failed, failed)
	t.Log("  minutiae  ", quantiles(counts))
	t.Log("  quality   ", quantiles(quality))
	t.Log("  mated     ", quantiles(mated))
	t.Log("  non-mated ", quantiles(non))
	threshold := float64(finger.Threshold(1e-5))
	t.Logf("  at score %.0f: %.2f %% of mated below, %d of %d non-mated at or above, highest %.1f", threshold,
		100*share(mated, func(s float64) bool { return s < threshold }),
		int(share(non, func(s float64) bool { return s >= threshold })*float64(len(non))+0.5), len(non), slices.Max(non))
}

func share(v []float64, is func(float64) bool) float64 {
	n := 0
	for _, x := range v {
		if is(x) {
			n++
		}
	}
	return float64(n) / float64(len(v))
}

func TestStudy(t *testing.T) {
	if *studyFingers == 0 {
		t.Skip("give -study N to measure")
	}
	var all []sample
	failed, hits, found, true_ := 0, 0, 0, 0
	for i := range *studyFingers {
		f := NewFinger(uint64(i) + 1000)
		for k := range 2 {
			img, truth := f.Impression(DefaultConditions(uint64(i*2+k) + 5000))
			s, ok := extract(i, img)
			if !ok {
				failed++
				continue
			}
			s.again = k > 0
			all = append(all, s)
			hits += agree(s.template.Minutiae, truth)
			found += len(s.template.Minutiae)
			true_ += len(truth)
		}
	}
	report(t, "synthetic", all, failed)
	t.Logf("  true minutiae found %.1f %%, found ones true %.1f %%", 100*float64(hits)/float64(true_), 100*float64(hits)/float64(found))
	poor, refused := 0, 0
	for i := range min(60, *studyFingers) {
		img, _ := NewFinger(uint64(i) + 1000).Impression(PoorConditions(uint64(i)))
		s, ok := extract(i, img)
		if !ok || !s.template.Quality.Usable() {
			refused++
		} else {
			t.Log("  poor, not refused: quality", s.template.Quality.Score, s.template.Quality.Reasons, len(s.template.Minutiae))
			poor++
		}
	}
	t.Logf("  poor captures: %d refused, %d not", refused, poor)
}

// agree counts the pairs of found and true minutiae within 8 pixels and 25
// degrees, each used once.
func agree(found []finger.Minutia, truth []Minutia) int {
	used := make([]bool, len(truth))
	n := 0
	for _, m := range found {
		x, y := m.Px()
		best, at := 64.0, -1
		for k, o := range truth {
			d := square(x-o.X, y-o.Y)
			turn := math.Abs(math.Remainder(m.Degrees()-o.Angle*180/math.Pi, 360))
			if !used[k] && d < best && turn < 25 {
				best, at = d, k
			}
		}
		if at >= 0 {
			used[at] = true
			n++
		}
	}
	return n
}
