package synth

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"convenio/finger"

	"pgregory.net/rapid"
)

// TestPopulationGolden holds the templates of some people still, on every
// platform, as TestGolden does images.
func TestPopulationGolden(t *testing.T) {
	var got bytes.Buffer
	p := NewPopulation(7)
	for person := range uint64(2) {
		for pos := finger.Unknown; pos <= finger.LeftLittle; pos++ {
			for _, tpl := range []*finger.Template{p.Reference(person, pos), p.Probe(person, pos, 0), p.Probe(person, pos, 1)} {
				b, err := tpl.MarshalBinary()
				if err != nil {
					t.Fatal(err)
				}
				fmt.Fprintf(&got, "person %d %v %v: %d minutiae, quality %d, %x\n", person, pos, p.Class(person, pos), len(tpl.Minutiae), tpl.Quality.Score, sha256.Sum256(b))
			}
		}
	}
	file := filepath.Join("testdata", "population.txt")
	if *update {
		if err := os.WriteFile(file, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Bytes(), want) {
		t.Errorf("the templates of given seeds changed; if that is meant, run with -update\ngot\n%s\nwant\n%s", &got, want)
	}
}

// TestPopulationTemplates: any person's templates are templates like others,
// the same every time.
func TestPopulationTemplates(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := NewPopulation(rapid.Uint64().Draw(t, "seed"))
		person, pos := rapid.Uint64().Draw(t, "person"), finger.Position(rapid.IntRange(0, 10).Draw(t, "finger"))
		n := rapid.IntRange(0, 1000).Draw(t, "impression")
		a, err := p.Probe(person, pos, n).MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		b, err := p.Probe(person, pos, n).MarshalBinary()
		if err != nil || !bytes.Equal(a, b) {
			t.Fatalf("a second time it is another template, %v", err)
		}
		tpl, err := finger.ParseTemplate(a)
		if err != nil {
			t.Fatal(err)
		}
		if !tpl.Quality.Usable() && len(tpl.Quality.Reasons) == 0 {
			t.Fatal("unusable without a reason")
		}
		reference, err := p.Reference(person, pos).MarshalBinary()
		if err != nil || bytes.Equal(a, reference) {
			t.Fatalf("the probe is the reference, %v", err)
		}
	})
}

// TestPopulationClasses: classes as frequent as in nature, more alike within a
// person than between people, loops open towards the little finger.
func TestPopulationClasses(t *testing.T) {
	p := NewPopulation(1)
	var count [numClasses]int
	ulnar, loops, pairs, same := 0, 0, 0, 0
	const people = 4000
	for person := range uint64(people) {
		for pos := finger.RightThumb; pos <= finger.LeftLittle; pos++ {
			c := p.Class(person, pos)
			count[c]++
			if c == LeftLoop || c == RightLoop {
				loops++
				if (c == RightLoop) == (pos <= finger.RightLittle) {
					ulnar++
				}
			}
		}
		a, b := p.Class(person, finger.RightThumb) == Whorl, p.Class(person, finger.LeftRing) == Whorl
		if a {
			pairs++
			if b {
				same++
			}
		}
	}
	for c, want := range [numClasses]float64{Arch: 0.037, TentedArch: 0.029, LeftLoop: 0.3275, RightLoop: 0.3275, Whorl: 0.279} {
		if got := float64(count[c]) / (10 * people); math.Abs(got-want) > 0.02 {
			t.Errorf("%v: %.3f of fingers, want %.3f", Class(c), got, want)
		}
	}
	if share := float64(ulnar) / float64(loops); share < 0.85 || share > 0.96 {
		t.Errorf("%.2f of loops open towards the little finger", share)
	}
	if share := float64(same) / float64(pairs); share < 0.45 || share > 0.75 {
		t.Errorf("%.2f of people with a whorl on the thumb have one on the other hand's ring finger", share)
	}
}

// TestPopulationTellsFingersApart: impressions of one finger match, of
// different fingers don't, of the same person's neither.
func TestPopulationTellsFingersApart(t *testing.T) {
	p := NewPopulation(3)
	var all []sample
	for i := range 60 {
		person, pos := uint64(i/3), finger.Position(1+i%3)
		for k, tpl := range []*finger.Template{p.Reference(person, pos), p.Probe(person, pos, 0)} {
			all = append(all, sample{owner: i, again: k > 0, template: tpl, prepared: finger.Prepare(tpl)})
		}
	}
	mated, non := scores(all)
	threshold := float64(finger.Threshold(1e-5))
	missed := share(mated, func(s float64) bool { return s < threshold })
	t.Logf("mated %s; non-mated %s", quantiles(mated), quantiles(non))
	if missed > 0.25 || slices.Max(non) >= threshold {
		t.Errorf("%.0f %% of mated below score %.0f, highest non-mated %.1f", 100*missed, threshold, slices.Max(non))
	}
}

func BenchmarkReference(b *testing.B) {
	p := NewPopulation(1)
	b.ReportAllocs()
	for i := range b.N {
		p.Reference(uint64(i), finger.RightIndex)
	}
}
