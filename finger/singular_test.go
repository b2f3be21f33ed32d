package finger_test

import (
	"fmt"
	"math"
	"testing"

	"convenio/finger"
)

// zeroPole is a template whose ridge flow has cores and deltas at the places given, in pixels (Sherlock and Monro, Pattern
// Recognition 26(7), 1993); ridges are 9 pixels apart.
func zeroPole(t *testing.T, cores, deltas [][2]float64) *finger.Template {
	t.Helper()
	const w, h = 320, 384
	across, down := finger.FieldNodes(w, h)
	f := finger.Field{Orientation: make([]uint8, across*down), Period: make([]uint8, across*down), Reliable: make([]uint8, across*down)}
	for i := range f.Orientation {
		x, y := float64(i%across)*16+8, float64(i/across)*16+8
		a := 0.0
		for _, c := range cores {
			a += math.Atan2(-(y-c[1]), x-c[0]) / 2
		}
		for _, d := range deltas {
			a -= math.Atan2(-(y-d[1]), x-d[0]) / 2
		}
		noise := math.Sin(float64(i)*12.9898) * 0.15 // radians, the same each time
		f.Orientation[i] = uint8(int(math.Round((a+noise)*256/math.Pi)) & 255)
		f.Period[i], f.Reliable[i] = 9*8, 200
	}
	tpl, err := finger.Build(w, h, nil, f, finger.Quality{})
	if err != nil {
		t.Fatal(err)
	}
	return tpl
}

func TestSingularities(t *testing.T) {
	for name, c := range map[string]struct{ cores, deltas [][2]float64 }{
		"arch":              {},
		"loop":              {[][2]float64{{160, 150}}, [][2]float64{{80, 290}}},
		"loop, other way":   {[][2]float64{{150, 140}}, [][2]float64{{250, 300}}},
		"whorl":             {[][2]float64{{160, 130}, {165, 215}}, [][2]float64{{60, 310}, {270, 305}}},
		"core alone":        {[][2]float64{{160, 200}}, nil},
		"delta at the edge": {[][2]float64{{160, 200}}, [][2]float64{{160, 382}}}, // too near to the edge to be seen
	} {
		t.Run(name, func(t *testing.T) {
			got := zeroPole(t, c.cores, c.deltas).Singularities()
			deltas := c.deltas
			if name == "delta at the edge" {
				deltas = nil
			}
			if len(got) != len(c.cores)+len(deltas) {
				t.Fatalf("found %v, want %d cores and %d deltas", got, len(c.cores), len(deltas))
			}
			for _, s := range got {
				list := c.cores
				if s.Delta {
					list = deltas
				}
				best := math.Inf(1)
				for _, p := range list {
					best = min(best, math.Hypot(float64(s.X)/8-p[0], float64(s.Y)/8-p[1]))
				}
				if best > 16 {
					t.Errorf("delta %v at %d, %d: %.0f px from the nearest true one", s.Delta, s.X/8, s.Y/8, best)
				}
			}
		})
	}
	if got := new(finger.Template).Singularities(); len(got) != 0 {
		t.Errorf("an empty template has %v", got)
	}
}

func TestRidgesBetween(t *testing.T) {
	level := zeroPole(t, nil, nil) // ridges run along x
	at := func(x, y int) finger.Minutia { return finger.Minutia{X: uint16(x * 8), Y: uint16(y * 8)} }
	for _, c := range []struct {
		a, b finger.Minutia
		want int
	}{
		{at(100, 100), at(100, 190), 9},
		{at(100, 190), at(100, 100), 9},
		{at(60, 200), at(240, 200), 0},   // along the ridges
		{at(100, 100), at(190, 190), 9},  // slanting
		{at(100, 100), at(100, 109), 0},  // neighbours
		{at(100, 100), at(100, 100), 0},  // the same place
		{at(200, 40), at(60, 340), 32},   // far
		{at(100, 100), at(100, 145), 4},  // five periods apart
		{at(100, 100), at(100, 1000), 0}, // outside: not ok
	} {
		t.Run(fmt.Sprint(c.a.X/8, ",", c.a.Y/8, " to ", c.b.X/8, ",", c.b.Y/8), func(t *testing.T) {
			got, ok := level.RidgesBetween(c.a, c.b)
			if outside := c.b.Y > 384*8; ok == outside {
				t.Fatalf("ok is %v", ok)
			}
			if slack := 1 + c.want/10; got < c.want-slack || got > c.want+slack {
				t.Errorf("%d ridges, want %d", got, c.want)
			}
		})
	}
}

// The estimate on a drawn print, whose ridges are 9 pixels apart and run around a far centre.
func TestRidgesBetweenOnAPrint(t *testing.T) {
	img, _ := phantom(3, 0, 0, 0)
	tpl, err := finger.Extract(img, nil)
	if err != nil {
		t.Fatal(err)
	}
	down := finger.Minutia{X: 150 * 8, Y: 80 * 8}
	up := finger.Minutia{X: 150 * 8, Y: 260 * 8}
	if n, ok := tpl.RidgesBetween(down, up); !ok || n < 15 || n > 22 {
		t.Errorf("%d ridges over 180 px with 28 windings in the print, ok %v; want about 19", n, ok)
	}
}
