package synth

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"

	"convenio/finger"

	"pgregory.net/rapid"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// digest is a short hash of a capture and its true minutiae.
func digest(img finger.Image, truth []Minutia) string {
	h := sha256.New()
	h.Write(img.Pix)
	for _, m := range truth {
		if err := binary.Write(h, binary.LittleEndian, []float64{m.X, m.Y, m.Angle}); err != nil {
			panic(err)
		}
		h.Write([]byte{byte(m.Type)})
	}
	return fmt.Sprintf("%x", h.Sum(nil)[:12])
}

// TestGolden holds the images of some seeds still. They must be the same on
// every platform: run it with GOAMD64=v3 (which fuses arithmetic) and
// GOARCH=386 too.
func TestGolden(t *testing.T) {
	var got bytes.Buffer
	for seed := range uint64(6) {
		f := NewFinger(seed)
		fmt.Fprintf(&got, "finger %d %v %s\n", seed, f.Class(), digest(f.Master(), f.Minutiae()))
		for _, c := range []Conditions{DefaultConditions(seed + 100), CooperativeConditions(seed + 100), PoorConditions(seed + 200)} {
			img, truth := f.Impression(c)
			fmt.Fprintf(&got, "  capture %dx%d %s\n", img.Width, img.Height, digest(img, truth))
		}
	}
	file := filepath.Join("testdata", "golden.txt")
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
		t.Errorf("the images of given seeds changed; if that is meant, run with -update\ngot\n%s\nwant\n%s", &got, want)
	}
}

func TestClassShares(t *testing.T) {
	const n = 20_000
	var count [numClasses]int
	for seed := range uint64(n) {
		count[drawClass(newSource(seed, streamClass))]++
	}
	for c, k := range count {
		if got := float64(k) / n; math.Abs(got-classShare[c]) > 0.012 {
			t.Errorf("%v: %.3f of fingers, want %.3f", Class(c), got, classShare[c])
		}
	}
}

func TestLoopsFollowTheHand(t *testing.T) {
	ulnar, radial := 0, 0
	for person := range uint64(200) {
		for pos := finger.RightThumb; pos <= finger.LeftLittle; pos++ {
			_, c := drawAt(person, pos)
			if c != LeftLoop && c != RightLoop {
				continue
			}
			if (c == RightLoop) == (pos <= finger.RightLittle) {
				ulnar++
			} else {
				radial++
			}
		}
	}
	if share := float64(ulnar) / float64(ulnar+radial); share < 0.85 || share > 0.94 {
		t.Errorf("%d loops open towards the little finger, %d away from it", ulnar, radial)
	}
}

func TestPersonsFingersDiffer(t *testing.T) {
	seen := map[string]string{}
	for person := range uint64(2) {
		for pos := finger.Unknown; pos <= finger.LeftLittle; pos += 3 {
			f := NewFingerAt(person, pos)
			d, name := digest(f.Master(), f.Minutiae()), fmt.Sprint(person, pos)
			if seen[d] != "" {
				t.Errorf("%s is the same as %s", name, seen[d])
			}
			seen[d] = name
		}
	}
}

// TestMasters checks of many fingers what every finger must have.
func TestMasters(t *testing.T) {
	inside := shape()
	sum := 0
	for seed := range uint64(20) {
		f := NewFinger(seed + 300)
		n := len(f.minutiae)
		sum += n
		if n < 35 || n > 160 {
			t.Errorf("seed %d: %d minutiae", seed+300, n)
		}
		ridges, blank, area := 0, 0, 0
		for i, in := range inside {
			if !in {
				continue
			}
			v := f.ridge[i/halfW*2*canvasW+i%halfW*2]
			area++
			if v > 0 {
				ridges++
			}
			if v > -8 && v < 8 && f.ridge[i/halfW*2*canvasW+i%halfW*2+4] == v {
				blank++
			}
		}
		if share := float64(ridges) / float64(area); share < 0.45 || share > 0.55 {
			t.Errorf("seed %d: ridges are %.2f of the skin", seed+300, share)
		}
		if float64(blank) > 0.01*float64(area) {
			t.Errorf("seed %d: no ridges grew on %d of %d pixels", seed+300, blank, area)
		}
	}
	if mean := float64(sum) / 20; mean < 60 || mean > 110 {
		t.Errorf("%.1f minutiae to a finger", mean)
	}
}

func TestPlacementInverse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := DefaultConditions(rapid.Uint64().Draw(t, "seed"))
		p := newPlacement(c)
		x := rapid.Float64Range(20, float64(c.Width-20)).Draw(t, "x")
		y := rapid.Float64Range(20, float64(c.Height-20)).Draw(t, "y")
		u, v, far := p.finger(x, y)
		if far > 1 {
			t.Skip("outside the contact")
		}
		gx, gy := p.image(u, v)
		if math.Hypot(gx-x, gy-y) > 0.2 {
			t.Fatalf("(%.2f, %.2f) came back as (%.2f, %.2f)", x, y, gx, gy)
		}
	})
}

// TestImpressionAnyConditions: whatever the conditions, an image of a bounded
// size, with minutiae inside it.
func TestImpressionAnyConditions(t *testing.T) {
	f := NewFinger(5)
	number := rapid.OneOf(rapid.Float64Range(-3, 3), rapid.Float64(), rapid.Just(math.NaN()), rapid.Just(math.Inf(1)))
	rapid.Check(t, func(t *rapid.T) {
		c := Conditions{Seed: rapid.Uint64().Draw(t, "seed"), Width: rapid.IntRange(-5, 200).Draw(t, "w"), Height: rapid.IntRange(-5, 200).Draw(t, "h")}
		for _, v := range []*float64{&c.OffsetX, &c.OffsetY, &c.Rotation, &c.ContactX, &c.ContactY, &c.ContactA, &c.ContactB, &c.ShiftX, &c.ShiftY,
			&c.Torsion, &c.Firm, &c.Plasticity, &c.Pressure, &c.Moisture, &c.Unevenness, &c.Dirt, &c.Ink, &c.Background, &c.Noise, &c.SmearAngle} {
			*v = number.Draw(t, "v")
		}
		c.Smear = rapid.Float64Range(0, 5).Draw(t, "smear")
		c.Scratches = rapid.IntRange(-1, 4).Draw(t, "scratches")
		img, truth := f.Impression(c)
		if img.Width < 64 || img.Height < 64 || len(img.Pix) != img.Width*img.Height || img.PPI != 500 {
			t.Fatalf("%d x %d, %d pixels, %v ppi", img.Width, img.Height, len(img.Pix), img.PPI)
		}
		for _, m := range truth {
			if !(m.X >= 0 && m.X < float64(img.Width) && m.Y >= 0 && m.Y < float64(img.Height) && m.Angle >= 0 && m.Angle < 2*math.Pi) {
				t.Fatalf("minutia %+v", m)
			}
		}
	})
}

func TestExactFunctions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x, y := rapid.Float64Range(-50, 50).Draw(t, "x"), rapid.Float64Range(-50, 50).Draw(t, "y")
		sin, cos := sinCos(x)
		for name, d := range map[string]float64{
			"sin":   (sin - math.Sin(x)) * 1e8,
			"cos":   (cos - math.Cos(x)) * 1e8,
			"exp":   (exp(x)/math.Exp(x) - 1) * 1e8,
			"tanh":  (tanh(x) - math.Tanh(x)) * 1e8,
			"atan2": math.Remainder(atan2(y, x)-math.Atan2(y, x), 2*math.Pi) * 5e4,
		} {
			if math.Abs(d) > 1 {
				t.Errorf("%s(%v, %v) is off by %v units", name, x, y, d)
			}
		}
	})
}
