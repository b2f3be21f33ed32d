package jpegl_test

import (
	"bytes"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"convenio/formats/jpegl"
)

// ramp is an image in which each sample differs, with jumps in it.
func ramp(w, h, comps, depth int) *jpegl.Image {
	img := &jpegl.Image{Width: w, Height: h, Components: comps, BitDepth: depth, PPI: 500}
	n := w * h * comps
	if depth <= 8 {
		img.Pix = make([]uint8, n)
	} else {
		img.Pix16 = make([]uint16, n)
	}
	for i := range n {
		v := i*7 + i*i>>5
		if i%11 == 0 {
			v = ^v
		}
		v &= 1<<depth - 1
		if depth <= 8 {
			img.Pix[i] = uint8(v)
		} else {
			img.Pix16[i] = uint16(v)
		}
	}
	return img
}

func mustEncode(t testing.TB, img *jpegl.Image, o jpegl.Options) []byte {
	t.Helper()
	data, err := jpegl.Encode(img, o)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestRoundTrip: every predictor, depth and number of components, with and
// without restarts, comes back sample for sample.
func TestRoundTrip(t *testing.T) {
	for predictor := 1; predictor <= 7; predictor++ {
		for depth := 2; depth <= 16; depth++ {
			for comps := 1; comps <= 4; comps++ {
				for _, restart := range []int{0, 1, 3} {
					img := ramp(23, 17, comps, depth)
					got, err := jpegl.Decode(mustEncode(t, img, jpegl.Options{Predictor: predictor, Restart: restart}), jpegl.DefaultLimits)
					if err != nil {
						t.Fatalf("predictor %d, %d bits, %d components, restart %d: %v", predictor, depth, comps, restart, err)
					}
					if d := cmp.Diff(img, got); d != "" {
						t.Fatalf("predictor %d, %d bits, %d components, restart %d: %s", predictor, depth, comps, restart, d)
					}
				}
			}
		}
	}
}

// TestPointTransform: dropped bits come back as zeros.
func TestPointTransform(t *testing.T) {
	for _, depth := range []int{8, 12} {
		for shift := range depth {
			img := ramp(15, 9, 1, depth)
			got, err := jpegl.Decode(mustEncode(t, img, jpegl.Options{Shift: shift}), jpegl.DefaultLimits)
			if err != nil {
				t.Fatal(err)
			}
			for i := range img.Pix {
				img.Pix[i] = img.Pix[i] >> shift << shift
			}
			for i := range img.Pix16 {
				img.Pix16[i] = img.Pix16[i] >> shift << shift
			}
			if !slices.Equal(img.Pix, got.Pix) || !slices.Equal(img.Pix16, got.Pix16) {
				t.Errorf("%d of %d bits dropped: other samples", shift, depth)
			}
		}
	}
}

func TestAnyImage(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, h := rapid.IntRange(1, 40).Draw(t, "w"), rapid.IntRange(1, 40).Draw(t, "h")
		img := &jpegl.Image{Width: w, Height: h, Components: 1, BitDepth: 16}
		img.Pix16 = rapid.SliceOfN(rapid.Uint16(), w*h, w*h).Draw(t, "pix")
		data, err := jpegl.Encode(img, jpegl.Options{Predictor: rapid.IntRange(1, 7).Draw(t, "predictor")})
		if err != nil {
			t.Fatal(err)
		}
		got, err := jpegl.Decode(data, jpegl.DefaultLimits)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(img.Pix16, got.Pix16) {
			t.Fatal("other samples")
		}
	})
}

// byHand is the example of differences worked out on paper from T.81, H.1.2:
// 2 x 2 samples of 8 bits, predictor 1, with a table of five codes of 3 bits
// for 0 to 4: 128+2, 130-3, 130+0 (from above), 130+7.
var byHand = []byte{
	0xff, 0xd8,
	0xff, 0xc3, 0, 11, 8, 0, 2, 0, 2, 1, 9, 0x11, 0,
	0xff, 0xc4, 0, 24, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4,
	0xff, 0xda, 0, 8, 1, 9, 0, 1, 0, 0,
	// 010 10 | 010 00 | 000 | 011 111, then ones: 01010010 00000011 11111111
	0x52, 0x03, 0xff, 0x00,
	0xff, 0xd9,
}

func TestByHand(t *testing.T) {
	img, err := jpegl.Decode(byHand, jpegl.DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	if want := []uint8{130, 127, 130, 137}; !slices.Equal(img.Pix, want) {
		t.Errorf("%v, want %v", img.Pix, want)
	}
	// Bits left over at the end of the scan are filling, or a fault.
	if got, err := jpegl.Decode(byHand[:len(byHand)-2], jpegl.DefaultLimits); err != nil || len(got.Notes) != 1 {
		t.Errorf("without an end marker: %v", err)
	}
}

// TestScanForEachComponent: components may come one after the other.
func TestScanForEachComponent(t *testing.T) {
	data := bytes.Clone(byHand[:2])
	data = append(data, 0xff, 0xc3, 0, 14, 8, 0, 2, 0, 2, 2, 9, 0x11, 0, 7, 0x11, 0)
	data = append(data, byHand[15:len(byHand)-2]...)
	second := bytes.Clone(byHand[41 : len(byHand)-2])
	second[5] = 7
	data = append(append(data, second...), 0xff, 0xd9)
	img, err := jpegl.Decode(data, jpegl.DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	if want := []uint8{130, 130, 127, 127, 130, 130, 137, 137}; !slices.Equal(img.Pix, want) {
		t.Errorf("%v, want %v", img.Pix, want)
	}
}

func TestHeader(t *testing.T) {
	data := mustEncode(t, ramp(31, 20, 3, 12), jpegl.Options{})
	h, err := jpegl.DecodeHeader(data)
	if want := (jpegl.Header{Width: 31, Height: 20, Components: 3, BitDepth: 12, PPI: 500}); err != nil || h != want {
		t.Errorf("%+v, %v", h, err)
	}
	comment := "NIST_COM 2\nPPI 1000"
	data = slices.Insert(bytes.Clone(byHand), 2, append([]byte{0xff, 0xfe, 0, byte(len(comment) + 2)}, comment...)...)
	img, err := jpegl.Decode(data, jpegl.DefaultLimits)
	if err != nil || img.PPI != 1000 || len(img.Comments) != 1 {
		t.Errorf("%+v, %v", img, err)
	}
	if !jpegl.Is(data) || jpegl.Is([]byte{0xff, 0xd8, 0xff, 0xc0, 0, 2}) || jpegl.Is(nil) {
		t.Error("Is")
	}
}

func TestTruncatedAnywhere(t *testing.T) {
	data := mustEncode(t, ramp(20, 20, 3, 10), jpegl.Options{Restart: 5})
	for n := range data {
		_, err := jpegl.Decode(data[:n], jpegl.DefaultLimits)
		switch {
		case err == nil && n >= len(data)-2:
		case err == nil:
			t.Errorf("%d of %d bytes: accepted", n, len(data))
		case n >= 2 && !errors.Is(err, jpegl.ErrTruncated):
			t.Errorf("%d of %d bytes: %v", n, len(data), err)
		}
	}
}

type lie struct {
	data []byte
	want error
}

func lies() map[string]lie {
	with := func(at int, b ...byte) []byte {
		d := bytes.Clone(byHand)
		copy(d[at:], b)
		return d
	}
	return map[string]lie{
		"empty":                  {nil, jpegl.ErrNotLossless},
		"PNG":                    {[]byte("\x89PNG\r\n\x1a\n"), jpegl.ErrNotLossless},
		"baseline":               {with(3, 0xc0), jpegl.ErrNotLossless},
		"65535 x 65535 pixels":   {with(7, 0xff, 0xff, 0xff, 0xff), jpegl.ErrTooLarge},
		"4000 x 4000 pixels":     {with(7, 0x0f, 0xa0, 0x0f, 0xa0), jpegl.ErrTruncated},
		"20 x 20 pixels":         {with(7, 0, 20, 0, 20), jpegl.ErrMalformed},
		"no width":               {with(9, 0, 0), jpegl.ErrEmpty},
		"no height":              {with(7, 0, 0), jpegl.ErrUnsupported},
		"1 bit":                  {with(6, 1), jpegl.ErrMalformed},
		"17 bits":                {with(6, 17), jpegl.ErrMalformed},
		"no component":           {with(11, 0), jpegl.ErrUnsupported},
		"200 components":         {with(11, 200), jpegl.ErrUnsupported},
		"2 components":           {with(11, 2), jpegl.ErrMalformed},
		"a length of 0":          {with(4, 0, 0), jpegl.ErrMalformed},
		"a length past the end":  {with(4, 0xff, 0xff), jpegl.ErrTruncated},
		"table 4":                {with(19, 4), jpegl.ErrMalformed},
		"255 codes":              {with(22, 255), jpegl.ErrMalformed},
		"a difference of 17":     {with(40, 17), jpegl.ErrMalformed},
		"5 components in a scan": {with(45, 5), jpegl.ErrMalformed},
		"unknown component":      {with(46, 1), jpegl.ErrMalformed},
		"undefined table":        {with(47, 0x10), jpegl.ErrMalformed},
		"predictor 0":            {with(48, 0), jpegl.ErrMalformed},
		"predictor 8":            {with(48, 8), jpegl.ErrMalformed},
		"8 bits dropped":         {with(50, 8), jpegl.ErrMalformed},
		"undefined code":         {with(51, 0xfe), jpegl.ErrMalformed},
		"two frames":             {slices.Insert(bytes.Clone(byHand), 15, byHand[2:15]...), jpegl.ErrMalformed},
		"restart within a line":  {slices.Insert(bytes.Clone(byHand), 15, 0xff, 0xdd, 0, 4, 0, 1), jpegl.ErrUnsupported},
		"restart missing":        {slices.Insert(bytes.Clone(byHand), 15, 0xff, 0xdd, 0, 4, 0, 2), jpegl.ErrMalformed},
		"number of lines":        {slices.Insert(bytes.Clone(byHand), 15, 0xff, 0xdc, 0, 4, 0, 2), jpegl.ErrUnsupported},
		"no scan":                {append(bytes.Clone(byHand[:41]), 0xff, 0xd9), jpegl.ErrMalformed},
		"scan twice":             {slices.Insert(bytes.Clone(byHand), 55, byHand[41:55]...), jpegl.ErrMalformed},
	}
}

func TestLiesAreRefusedForLittle(t *testing.T) {
	for name, c := range lies() {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			img, err := jpegl.Decode(c.data, jpegl.DefaultLimits)
			runtime.ReadMemStats(&after)
			if img != nil || !errors.Is(err, c.want) {
				t.Errorf("%v, want %v", err, c.want)
			}
			if took := after.TotalAlloc - before.TotalAlloc; took > 1<<20 {
				t.Errorf("took %d bytes", took)
			}
		})
	}
}

func TestEncodeRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*jpegl.Image)
		o      jpegl.Options
	}{
		"no width":    {func(i *jpegl.Image) { i.Width = 0 }, jpegl.Options{}},
		"samples":     {func(i *jpegl.Image) { i.Pix = i.Pix[1:] }, jpegl.Options{}},
		"depth":       {func(i *jpegl.Image) { i.BitDepth = 17 }, jpegl.Options{}},
		"16 for 8":    {func(i *jpegl.Image) { i.BitDepth = 16 }, jpegl.Options{}},
		"components":  {func(i *jpegl.Image) { i.Components = 5 }, jpegl.Options{}},
		"predictor":   {func(*jpegl.Image) {}, jpegl.Options{Predictor: 8}},
		"shift":       {func(*jpegl.Image) {}, jpegl.Options{Shift: 8}},
		"restart":     {func(*jpegl.Image) {}, jpegl.Options{Restart: 10_000}},
		"minus 1 ppi": {func(i *jpegl.Image) { i.PPI = -1 }, jpegl.Options{}},
	} {
		img := ramp(8, 8, 1, 8)
		c.change(img)
		if _, err := jpegl.Encode(img, c.o); !errors.Is(err, jpegl.ErrImage) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, c := range lies() {
		f.Add(c.data)
	}
	f.Add(byHand)
	f.Add(mustEncode(f, ramp(12, 9, 3, 8), jpegl.Options{Predictor: 4, Restart: 2}))
	f.Add(mustEncode(f, ramp(9, 12, 1, 16), jpegl.Options{Predictor: 6, Shift: 3}))
	lim := jpegl.Limits{MaxSide: 256, MaxPixels: 1 << 14}
	f.Fuzz(func(t *testing.T, data []byte) {
		img, err := jpegl.Decode(data, lim)
		if err != nil {
			if img != nil {
				t.Error("an image beside an error")
			}
			return
		}
		n := img.Width * img.Height * img.Components
		if n == 0 || img.Width*img.Height > lim.MaxPixels || len(img.Pix)+len(img.Pix16) != n {
			t.Fatalf("%d x %d x %d with %d and %d samples", img.Width, img.Height, img.Components, len(img.Pix), len(img.Pix16))
		}
		if !jpegl.Is(data) {
			t.Error("decoded, but not taken for lossless JPEG")
		}
		img.PPI = 0
		again, err := jpegl.Decode(mustEncode(t, img, jpegl.Options{}), lim)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(img.Pix, again.Pix) || !slices.Equal(img.Pix16, again.Pix16) {
			t.Error("other samples after encoding again")
		}
	})
}

// A gray image is written without loss and read back.
func Example() {
	img := &jpegl.Image{Width: 3, Height: 2, Components: 1, BitDepth: 8, PPI: 1000, Pix: []uint8{0, 50, 100, 150, 200, 255}}
	data, err := jpegl.Encode(img, jpegl.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	again, err := jpegl.Decode(data, jpegl.DefaultLimits)
	fmt.Println(again.Width, again.Height, again.PPI, again.Pix, err)
	// Output: 3 2 1000 [0 50 100 150 200 255] <nil>
}

func BenchmarkDecode500(b *testing.B) {
	data := mustEncode(b, ramp(500, 500, 1, 8), jpegl.Options{})
	for b.Loop() {
		if _, err := jpegl.Decode(data, jpegl.DefaultLimits); err != nil {
			b.Fatal(err)
		}
	}
}
