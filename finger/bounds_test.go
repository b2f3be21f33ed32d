package finger_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"runtime"
	"testing"

	"convenio/finger"
)

// bounded lists the images that cost most: the largest that are looked at, and ridges all over.
var bounded = []struct {
	name          string
	width, height int
	ppi           float64
}{
	{"100x100 at 500 ppi", 100, 100, 500},
	{"500x500 at 500 ppi", 500, 500, 500},
	{"1448x1448 at 500 ppi", 1448, 1448, 500},
	{"4000x4000 at 1400 ppi", 4000, 4000, 1400},
	{"1448x1448, not stated", 1448, 1448, 0},
}

func ridgesAllOver(w, h int, ppi float64) finger.Image {
	if ppi == 0 {
		ppi = 1000
	}
	k := 500 / ppi
	img := paint(w, h, func(x, y float64, r *rand.Rand) float64 {
		x, y = x*k, y*k
		return 128 + 80*math.Cos(2*math.Pi*(math.Hypot(x-400, y-900)/9+0.8*math.Sin(x/60)*math.Sin(y/47))) + 20*r.NormFloat64()
	})
	img.PPI = ppi
	return img
}

// All that one extraction allocates stays within 72 bytes a pixel at 500 ppi, 4 a pixel as given, and 2 MiB.
func TestMemoryIsBounded(t *testing.T) {
	_, _ = finger.Extract(ridgesAllOver(300, 300, 500), nil) // tables are made once
	for _, k := range []struct {
		side       int
		drawn, ppi float64
	}{{100, 500, 500}, {600, 500, 500}, {1000, 1400, 1400}, {600, 1000, 0}, {400, 200, 200}} {
		img := ridgesAllOver(k.side, k.side, k.drawn)
		img.PPI = k.ppi
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		x, err := finger.Extract(img, nil)
		runtime.ReadMemStats(&after)
		var reject *finger.RejectError
		if err != nil && !errors.As(err, &reject) {
			t.Fatal(err)
		}
		scale := 1.0
		if k.ppi != 0 {
			scale = 500 / k.ppi
		}
		given := float64(k.side * k.side)
		got := float64(after.TotalAlloc - before.TotalAlloc)
		t.Logf("%d px a side, %v ppi: %.1f MiB allocated in all, %.0f bytes a pixel at 500 ppi; %v", k.side, k.ppi, got/(1<<20), got/(given*scale*scale), err)
		if limit := 72*given*scale*scale + 4*given + 2<<20; got > limit {
			t.Errorf("%d px a side, %v ppi: %.0f bytes, at most %.0f", k.side, k.ppi, got, limit)
		}
		if x != nil && len(x.Minutiae) > 100 {
			t.Errorf("%d px a side, %v ppi: %d minutiae", k.side, k.ppi, len(x.Minutiae))
		}
	}
}

func BenchmarkExtractBounds(b *testing.B) {
	for _, k := range bounded {
		img := ridgesAllOver(k.width, k.height, k.ppi)
		img.PPI = k.ppi
		b.Run(k.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, _ = finger.Extract(img, nil)
			}
		})
	}
}
