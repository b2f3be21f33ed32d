package finger_test

import (
	"slices"
	"sync"
	"testing"

	"convenio/finger"

	"pgregory.net/rapid"
)

func preparedPhantom(t testing.TB, seed uint64, turn, dx, dy float64) *finger.Prepared {
	t.Helper()
	img, _ := phantom(seed, turn, dx, dy)
	return finger.Prepare(mustExtract(t, img))
}

func TestCompareTellsFingersApart(t *testing.T) {
	c := finger.NewComparer()
	for seed := range uint64(4) {
		reference := preparedPhantom(t, seed, 0, 0, 0)
		for _, move := range []struct{ turn, dx, dy float64 }{{0, 0, 0}, {15, 10, -20}, {-40, -15, 12}} {
			probe := preparedPhantom(t, seed, move.turn, move.dx, move.dy)
			if r := c.Compare(probe, reference); r.Score < 60 || len(r.Pairs) < 12 {
				t.Errorf("finger %d moved by %v: score %v with %d pairs", seed, move, r.Score, len(r.Pairs))
			}
		}
		if r := c.Compare(preparedPhantom(t, seed+100, 0, 0, 0), reference); r.Score > 30 {
			t.Errorf("fingers %d and %d: score %v", seed, seed+100, r.Score)
		}
	}
}

// Pairs must name minutiae by their place in the templates.
func TestPairsLieOnEachOther(t *testing.T) {
	imgA, _ := phantom(5, 0, 0, 0)
	imgB, _ := phantom(5, 0, 16, 8)
	a, b := mustExtract(t, imgA), mustExtract(t, imgB)
	r := finger.NewComparer().Compare(finger.Prepare(a), finger.Prepare(b))
	far := 0
	for _, p := range r.Pairs {
		m, n := a.Minutiae[p.Probe], b.Minutiae[p.Reference]
		mx, my := m.Px()
		nx, ny := n.Px()
		if dx, dy := nx-mx-16, ny-my-8; dx*dx+dy*dy > 8*8 {
			far++
		}
	}
	if len(r.Pairs) < 15 || far > len(r.Pairs)/8 {
		t.Errorf("%d of %d pairs do not lie on each other", far, len(r.Pairs))
	}
}

var phantomTemplates = sync.OnceValue(func() (list []*finger.Template) {
	for seed := range uint64(4) {
		img, _ := phantom(seed, 0, 0, 0)
		x, err := finger.Extract(img, nil)
		if err != nil {
			panic(err)
		}
		list = append(list, x)
	}
	return list
})

func randomTemplate(t *rapid.T, label string) *finger.Template {
	x := new(finger.Template)
	*x = *phantomTemplates()[rapid.IntRange(0, 3).Draw(t, label)]
	x.Minutiae = slices.Clone(x.Minutiae)
	n := rapid.IntRange(0, len(x.Minutiae)).Draw(t, label+" kept")
	x.Minutiae = x.Minutiae[:n]
	for i := range x.Minutiae {
		if rapid.IntRange(0, 3).Draw(t, "turn") == 0 {
			x.Minutiae[i].Direction += rapid.Uint8().Draw(t, "by")
		}
	}
	return x
}

func TestCompareIsSymmetricAndNotNegative(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := finger.Prepare(randomTemplate(t, "a")), finger.Prepare(randomTemplate(t, "b"))
		c := finger.NewComparer()
		ab, ba := c.Compare(a, b).Score, finger.NewComparer().Compare(b, a).Score
		if ab != ba || ab < 0 {
			t.Fatalf("score %v one way, %v the other", ab, ba)
		}
		if again := c.Compare(a, b).Score; again != ab {
			t.Fatalf("score %v, then %v", ab, again)
		}
	})
}

// One Prepared may serve many goroutines, each with its own Comparer.
func TestCompareConcurrently(t *testing.T) {
	a, b := preparedPhantom(t, 1, 0, 0, 0), preparedPhantom(t, 1, 10, 5, 5)
	want := finger.NewComparer().Compare(a, b).Score
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			c := finger.NewComparer()
			for range 20 {
				if got := c.Compare(a, b).Score; got != want {
					t.Errorf("score %v, alone %v", got, want)
					return
				}
			}
		})
	}
	wg.Wait()
}

func TestCompareDoesNotAllocateOnceWarm(t *testing.T) {
	a, b := preparedPhantom(t, 1, 0, 0, 0), preparedPhantom(t, 2, 10, 5, 5)
	c := finger.NewComparer()
	c.Compare(a, b)
	if n := testing.AllocsPerRun(20, func() { c.Compare(a, b) }); n > 0 {
		t.Errorf("%v allocations a comparison", n)
	}
}
