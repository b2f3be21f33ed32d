package synth

import (
	"slices"
	"testing"

	"convenio/finger"
)

// TestEngineFindsTruth: the engine finds most true minutiae of everyday
// captures, and most it finds are true. The bounds are generous; TestStudy
// prints the figures.
func TestEngineFindsTruth(t *testing.T) {
	hits, found, all := 0, 0, 0
	for seed := range uint64(16) {
		img, truth := NewFinger(seed + 400).Impression(DefaultConditions(seed + 400))
		tpl, err := finger.Extract(img, nil)
		if err != nil {
			t.Fatalf("seed %d: %v", seed+400, err)
		}
		hits += agree(tpl.Minutiae, truth)
		found += len(tpl.Minutiae)
		all += len(truth)
	}
	recall, precision := float64(hits)/float64(all), float64(hits)/float64(found)
	t.Logf("%.1f %% of %d true minutiae found, %.1f %% of %d found are true", 100*recall, all, 100*precision, found)
	if recall < 0.70 || precision < 0.70 {
		t.Errorf("recall %.2f, precision %.2f", recall, precision)
	}
}

// TestTruthDirection: true directions mean the same as the engine's. If either
// were turned by half a circle, nothing would agree.
func TestTruthDirection(t *testing.T) {
	img, truth := NewFinger(9).Impression(DefaultConditions(9))
	tpl, err := finger.Extract(img, nil)
	if err != nil {
		t.Fatal(err)
	}
	turned := slices.Clone(truth)
	for i := range turned {
		turned[i].Angle = turnOf(turned[i].Angle + 3.14159)
	}
	if as, against := agree(tpl.Minutiae, truth), agree(tpl.Minutiae, turned); as < 4*against || as < 10 {
		t.Errorf("%d minutiae agree, %d agree when turned round", as, against)
	}
}

// TestEngineTellsFingersApart: at a false match rate of 1e-5, captures of one
// finger match and captures of different fingers do not.
func TestEngineTellsFingersApart(t *testing.T) {
	var all []sample
	for i := range 20 {
		f := NewFinger(uint64(i) + 500)
		for k := range uint64(2) {
			img, _ := f.Impression(DefaultConditions(uint64(i)*2 + k + 600))
			s, ok := extract(i, img)
			if !ok {
				t.Fatalf("finger %d, capture %d was refused", i, k)
			}
			all = append(all, s)
		}
	}
	mated, non := scores(all)
	threshold := float64(finger.Threshold(1e-5))
	missed := share(mated, func(s float64) bool { return s < threshold })
	t.Logf("mated %s; highest non-mated %.1f of %d", quantiles(mated), slices.Max(non), len(non))
	if missed > 0.15 || slices.Max(non) >= threshold {
		t.Errorf("%.0f %% of mated below score %.0f, highest non-mated %.1f", 100*missed, threshold, slices.Max(non))
	}
}

// TestPoorIsRefused: the engine's quality check refuses poor captures and
// passes nearly all everyday ones.
func TestPoorIsRefused(t *testing.T) {
	usable := func(img finger.Image) bool {
		tpl, err := finger.Extract(img, nil)
		return err == nil && tpl.Quality.Usable()
	}
	refused := 0
	for seed := range uint64(15) {
		f := NewFinger(seed + 700)
		if img, _ := f.Impression(PoorConditions(seed)); usable(img) {
			t.Errorf("seed %d: a poor capture passed", seed)
		}
		if img, _ := f.Impression(DefaultConditions(seed)); !usable(img) {
			refused++
		}
	}
	if refused > 1 {
		t.Errorf("%d of 15 everyday captures were refused", refused)
	}
}
