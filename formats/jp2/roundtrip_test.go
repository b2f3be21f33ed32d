package jp2

import (
	"fmt"
	"testing"
)

func pattern(x, y, c int) int { return x*x*3 + y*7*(c+1) + (x*y)>>2 ^ (x * 5 & y) }

// ownStreams are what our small encoder can write.
func ownStreams() map[string]testImage {
	base := testImage{w: 37, h: 29, comps: 1, depth: 8, levels: 2, xcb: 4, sample: pattern}
	out := map[string]testImage{}
	add := func(name string, change func(*testImage)) {
		t := base
		change(&t)
		out[name] = t
	}
	add("plain", func(*testImage) {})
	add("no wavelet", func(t *testImage) { t.levels = 0 })
	add("5 levels", func(t *testImage) { t.levels = 5 })
	add("one block", func(t *testImage) { t.xcb = 6 })
	add("smallest blocks", func(t *testImage) { t.xcb = 2 })
	add("tiles", func(t *testImage) { t.tile = 11 })
	add("tiles of 1", func(t *testImage) { t.tile, t.w, t.h = 1, 5, 4 })
	add("colour", func(t *testImage) { t.comps, t.mix = 3, true })
	add("four components", func(t *testImage) { t.comps = 4; t.progression = orderCPRL })
	add("by place", func(t *testImage) { t.progression = orderPCRL; t.comps = 2 })
	add("by resolution", func(t *testImage) { t.progression = orderRPCL; t.comps = 2 })
	add("RLCP", func(t *testImage) { t.progression = orderRLCP; t.comps = 2 })
	add("precincts", func(t *testImage) { t.precinct = 3; t.xcb = 2 })
	add("precincts by resolution", func(t *testImage) { t.precinct = 3; t.progression = orderRPCL })
	add("16 bits", func(t *testImage) { t.depth = 16 })
	add("1 bit", func(t *testImage) { t.depth = 1 })
	add("markers", func(t *testImage) { t.sop, t.eph = true, true })
	add("packed headers", func(t *testImage) { t.ppt, t.sop, t.eph = true, true, true })
	add("packed in the main header", func(t *testImage) { t.ppm, t.tile = true, 13 })
	add("region of interest", func(t *testImage) { t.roi = 13 })
	add("changes of order", func(t *testImage) { t.poc = true; t.comps = 2; t.progression = orderRLCP })
	add("flat", func(t *testImage) { t.sample = func(int, int, int) int { return 128 } })
	for style := byte(0); style < 64; style++ {
		if style&styleBypass == 0 {
			add(fmt.Sprintf("style %02x", style), func(t *testImage) { t.style = style })
		}
	}
	return out
}

// TestRoundTrip: what our encoder writes comes back sample for sample.
func TestRoundTrip(t *testing.T) {
	for name, want := range ownStreams() {
		t.Run(name, func(t *testing.T) {
			img, err := Decode(want.encode(), DefaultLimits)
			if err != nil {
				t.Fatal(err)
			}
			if img.Width != want.w || img.Height != want.h || img.Components != want.comps || img.BitDepth != want.depth || len(img.Notes) > 0 {
				t.Fatalf("%d x %d x %d of %d bits, notes %q", img.Width, img.Height, img.Components, img.BitDepth, img.Notes)
			}
			for i := range want.w * want.h * want.comps {
				var got int
				if img.Pix != nil {
					got = int(img.Pix[i])
				} else {
					got = int(img.Pix16[i])
				}
				p := i / want.comps
				if w := want.at(p%want.w, p/want.w, i%want.comps); got != w {
					t.Fatalf("sample %d is %d, want %d", i, got, w)
				}
			}
		})
	}
}

// TestPlanes: components are the same apart as together.
func TestPlanes(t *testing.T) {
	im := ownStreams()["colour"]
	img, err := Decode(im.encode(), DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	planes, err := DecodePlanes(im.encode(), DefaultLimits, 0)
	if err != nil || len(planes) != 3 {
		t.Fatalf("%d planes, %v", len(planes), err)
	}
	for c, p := range planes {
		if p.Width != im.w || p.Height != im.h || p.DX != 1 || p.DY != 1 || p.BitDepth != 8 || p.Signed {
			t.Errorf("plane %d: %d x %d, %+v", c, p.Width, p.Height, p)
		}
		for i, v := range p.Pix {
			if v != img.Pix[3*i+c] {
				t.Fatalf("plane %d, sample %d: %d, want %d", c, i, v, img.Pix[3*i+c])
			}
		}
	}
}
