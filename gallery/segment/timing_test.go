package segment

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"convenio/finger"
	"convenio/gallery"
)

var timing = flag.Int("timing", 0, "searches of each kind that TestTimeTellsNothing compares; 0 skips it")

// TestTimeTellsNothing searches for somebody who is among the protected people of one gallery and not of another, which is
// alike otherwise, in turns drawn at random, and asks whether the times differ: by the Mann-Whitney test (Mann and Whitney
// 1947), which no outlier of a busy machine misleads. In memory, on disk, and on disk sealed. It takes minutes: make timing.
func TestTimeTellsNothing(t *testing.T) {
	if *timing == 0 {
		t.Skip("a statistical test of times, run by: make timing")
	}
	for _, where := range []string{"memory", "disk", "sealed"} {
		t.Run(where, func(t *testing.T) { timeTellsNothing(t, where) })
	}
}

func timeTellsNothing(t *testing.T, where string) {
	const people, protected, mate = 1500, 400, 1600
	build := func(withMate bool) *gallery.Gallery {
		var list []Person
		for i := range people + protected {
			class, who := "open", i
			if i >= people {
				class = "protected"
			}
			if who == mate && !withMate {
				who = people + protected
			}
			list = append(list, Person{fmt.Sprint("s", i), class, []Finger{{right, template(t, who, right)}}})
		}
		return galleryOf(t, where, list)
	}
	galleries := [2]*gallery.Gallery{build(false), build(true)}
	// The mate is there to be found, were the class not out of reach.
	probe := []gallery.Finger{{Position: right, Template: finger.Prepare(pop.Reference(mate, right))}}
	r, err := galleries[1].Search(context.Background(), probe, func(string) bool { return true }, gallery.Options{Threshold: 50})
	must(t, err)
	if len(r.Candidates) != 1 || r.Candidates[0].Subject != fmt.Sprint("s", mate) {
		t.Fatalf("the mate is not there: %v", r.Candidates)
	}
	open := func(class string) bool { return class == "open" }
	for _, c := range []struct {
		name string
		opt  gallery.Options
	}{
		{"in stages", gallery.Options{Threshold: 50, Votes: 800, Compare: 100}},
		{"exhaustive, fewer", gallery.Options{Threshold: 50, Exhaustive: true}},
	} {
		n := *timing
		if c.opt.Exhaustive {
			n = max(20, n/10)
		}
		var times [2][]float64
		rng := rand.New(rand.NewPCG(1, 1))
		for range 2 * n {
			k := rng.IntN(2)
			start := time.Now()
			_, err := galleries[k].Search(context.Background(), probe, open, c.opt)
			took := time.Since(start)
			must(t, err)
			times[k] = append(times[k], float64(took.Microseconds()))
		}
		z := mannWhitney(times[0], times[1])
		t.Logf("%s: %d searches without and %d with the protected mate, medians %.0f and %.0f us, z %.2f",
			c.name, len(times[0]), len(times[1]), median(times[0]), median(times[1]), z)
		if math.Abs(z) > 3.29 { // one run in a thousand errs
			t.Errorf("%s: the times differ", c.name)
		}
	}
}

// galleryOf makes a gallery of people, wherever it is to be.
func galleryOf(t testing.TB, where string, people []Person) *gallery.Gallery {
	t.Helper()
	if where == "memory" {
		g := gallery.New()
		for _, p := range people {
			refs, err := references(p)
			must(t, err)
			must(t, g.Add(refs...))
		}
		return g
	}
	r := newRig(t, where == "disk")
	for _, p := range people {
		r.truth.people[p.Subject] = p
	}
	must(t, r.Add(people...))
	must(t, r.Fold())
	return r.Gallery()
}

func median(v []float64) float64 { return slices.Sorted(slices.Values(v))[len(v)/2] }

// mannWhitney is the standardised rank sum of a against b: normal with mean 0 and deviation 1 where both are drawn alike.
func mannWhitney(a, b []float64) float64 {
	type value struct {
		v     float64
		first bool
	}
	var all []value
	for _, v := range a {
		all = append(all, value{v, true})
	}
	for _, v := range b {
		all = append(all, value{v, false})
	}
	slices.SortFunc(all, func(x, y value) int { return cmp.Compare(x.v, y.v) })
	var sum float64
	for i := 0; i < len(all); {
		j := i
		for j < len(all) && all[j].v == all[i].v {
			j++
		}
		for _, x := range all[i:j] {
			if x.first {
				sum += float64(i+j+1) / 2 // ties share their ranks
			}
		}
		i = j
	}
	n, m := float64(len(a)), float64(len(b))
	return (sum - n*(n+m+1)/2) / math.Sqrt(n*m*(n+m+1)/12)
}

// The test of times sees a difference where there is one, and none where there is none.
func TestMannWhitney(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 3))
	var a, b, c []float64
	for range 400 {
		a = append(a, math.Floor(100*rng.ExpFloat64()))
		b = append(b, math.Floor(100*rng.ExpFloat64()))
		c = append(c, math.Floor(100*rng.ExpFloat64())+25)
	}
	if z := mannWhitney(a, b); math.Abs(z) > 3 {
		t.Errorf("alike, and z is %.2f", z)
	}
	if z := mannWhitney(a, c); z > -3.29 {
		t.Errorf("apart, and z is %.2f", z)
	}
}
