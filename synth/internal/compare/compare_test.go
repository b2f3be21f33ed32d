package main

import (
	"bytes"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"convenio/finger"
)

func TestAlignFindsTheMotion(t *testing.T) {
	var a, b finger.Template
	var pairs []finger.Pair
	sin, cos := math.Sincos(30 * math.Pi / 180)
	for i := range 12 {
		x, y := float64(i*37%200), float64(i*53%170)
		a.Minutiae = append(a.Minutiae, finger.Minutia{X: uint16(8 * (300 + x)), Y: uint16(8 * (300 + y)), Direction: uint8(20 * i)})
		// Counter-clockwise as seen: y points down.
		u, v := x*cos+y*sin, y*cos-x*sin
		b.Minutiae = append(b.Minutiae, finger.Minutia{X: uint16(8 * (400 + u)), Y: uint16(8 * (350 + v)), Direction: uint8(20*i) + 21})
		pairs = append(pairs, finger.Pair{Probe: i, Reference: i})
	}
	f := align(&a, &b, pairs)
	if math.Abs(f.turn-30) > 0.3 || f.misfit > 0.2 || f.local > 0.3 || f.directions > 1 {
		t.Errorf("a turn of 30 degrees was measured as %+v", f)
	}
	b.Minutiae[3].X += 8 * 12
	if g := align(&a, &b, pairs); g.misfit < 2 {
		t.Errorf("a minutia 12 px off left a misfit of %.2f", g.misfit)
	}
}

func TestQuantile(t *testing.T) {
	v := []float64{1, 2, 3, 4, 5}
	for q, want := range map[float64]float64{0: 1, 0.5: 3, 1: 5} {
		if got := quantile(v, q); got != want {
			t.Errorf("quantile %v: %v, want %v", q, got, want)
		}
	}
	if !math.IsNaN(quantile(nil, 0.5)) {
		t.Error("a quantile of nothing")
	}
}

// TestTableAndPicture runs the whole on a few templates.
func TestTableAndPicture(t *testing.T) {
	prints, failed, err := direct(6, 2)
	if err != nil || failed != 0 {
		t.Fatal(failed, err)
	}
	one := summarise("direct", false, prints, failed)
	a, b := one, one
	a.name, a.real, b.name, b.real = "set A", true, "set B", true
	all := []summary{one, a, b}
	pooled, ok := pool(all)
	if !ok || pooled.prints != 24 {
		t.Fatalf("pooled: %v, %d prints", ok, pooled.prints)
	}
	var table bytes.Buffer
	printTable(&table, append(all, pooled))
	for _, want := range []string{"mated score", "non-mated score, highest", "period, px", "real, pooled"} {
		if !strings.Contains(table.String(), want) {
			t.Errorf("the table lacks %q", want)
		}
	}
	name := filepath.Join(t.TempDir(), "picture.png")
	if err := draw(name, append(all, pooled)); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if img, err := png.Decode(bytes.NewReader(data)); err != nil || img.Bounds().Dx() < 900 {
		t.Errorf("the picture: %v", err)
	}
}

func TestRunRefusesUnknownSource(t *testing.T) {
	if err := run([]string{"-only", "nothing"}); err == nil {
		t.Error("a source that does not exist was found")
	}
}
