package synth_test

import (
	"testing"

	"convenio/finger"
	"convenio/synth"
)

// The engine sees the cores and deltas that the classes are grown with, as far as the print shows them: an arch has none, a
// loop a core, a whorl two (Henry's classes). Prints are cut by their edge, so deltas are often missing, and cores now and
// then.
func TestClassesShowTheirCores(t *testing.T) {
	pop := synth.NewPopulation(5)
	seen, cores, extra, deltas := map[synth.Class]int{}, map[synth.Class]int{}, map[synth.Class]int{}, map[synth.Class]int{}
	want := map[synth.Class]int{synth.Arch: 0, synth.LeftLoop: 1, synth.RightLoop: 1, synth.Whorl: 2}
	for person := range uint64(300) {
		for _, pos := range []finger.Position{finger.RightIndex, finger.LeftRing, finger.RightThumb} {
			class := pop.Class(person, pos)
			most, listed := want[class]
			if !listed || seen[class] == 60 {
				continue
			}
			n := 0
			for _, s := range pop.Reference(person, pos).Singularities() {
				if s.Delta {
					deltas[class]++
				} else {
					n++
				}
			}
			seen[class]++
			cores[class] += min(n, most)
			extra[class] += max(n-most, 0)
		}
	}
	for class, most := range want {
		n := seen[class]
		t.Logf("%v: %d prints, %d of %d cores found, %d too many, %d deltas", class, n, cores[class], n*most, extra[class], deltas[class])
		if n < 5 {
			t.Errorf("%v: only %d prints", class, n)
		}
		if cores[class]*100 < n*most*70 {
			t.Errorf("%v: %d of %d cores found", class, cores[class], n*most)
		}
		if extra[class]*100 > n*15 {
			t.Errorf("%v: %d cores too many in %d prints", class, extra[class], n)
		}
	}
	if deltas[synth.Arch]*100 > seen[synth.Arch]*15 {
		t.Errorf("%d deltas in %d arches", deltas[synth.Arch], seen[synth.Arch])
	}
}
