package picture

import (
	"bytes"
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"testing"

	"convenio/formats/jpegl"
	"convenio/formats/wsq"
)

// lossless is a small lossless JPEG of some depth and number of components.
func lossless(t testing.TB, comps, depth int, samples ...uint16) []byte {
	t.Helper()
	img := &jpegl.Image{Width: len(samples) / comps, Height: 1, Components: comps, BitDepth: depth, PPI: 1000, Pix16: samples}
	if depth <= 8 {
		img.Pix16 = nil
		for _, v := range samples {
			img.Pix = append(img.Pix, uint8(v))
		}
	}
	data, err := jpegl.Encode(img, jpegl.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// blankJP2 is a JPEG 2000 code stream of gray 128, put together by hand: one
// tile, no wavelet, one packet with nothing in it.
func blankJP2(w, h uint32) []byte {
	u := binary.BigEndian.AppendUint32
	d := []byte{0xff, 0x4f, 0xff, 0x51, 0, 41, 0, 0}
	for _, v := range []uint32{w, h, 0, 0, w, h, 0, 0} {
		d = u(d, v)
	}
	d = append(d, 0, 1, 7, 1, 1)
	d = append(d, 0xff, 0x52, 0, 12, 0, 0, 0, 1, 0, 0, 4, 4, 0, 1)
	d = append(d, 0xff, 0x5c, 0, 4, 0x40, 0x40)
	d = append(d, 0xff, 0x90, 0, 10, 0, 0, 0, 0, 0, 15, 0, 1, 0xff, 0x93, 0)
	return append(d, 0xff, 0xd9)
}

func wsqOf(t testing.TB, w, h int) []byte {
	t.Helper()
	g := gradient(w, h)
	data, err := wsq.Encode(&wsq.Image{Width: w, Height: h, PPI: 500, Pix: g.Pix}, wsq.Options{BitRate: 5})
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestFingerprintFormats(t *testing.T) {
	for _, c := range []struct {
		name   string
		data   []byte
		format string
		ppi    float64
		pix    []uint8
		notes  string
	}{
		{"gray", lossless(t, 1, 8, 0, 7, 255), "jpegl", 1000, []uint8{0, 7, 255}, ""},
		{"4 bits", lossless(t, 1, 4, 0, 5, 15), "jpegl", 1000, []uint8{0, 85, 255}, ""},
		{"12 bits", lossless(t, 1, 12, 0, 2048, 4095), "jpegl", 1000, []uint8{0, 128, 255}, note16},
		{"colour", lossless(t, 3, 8, 255, 0, 0, 0, 0, 0, 255, 255, 255), "jpegl", 1000, []uint8{76, 0, 255}, noteColour},
		{"two components", lossless(t, 2, 8, 9, 255, 10, 0), "jpegl", 1000, []uint8{9, 10}, "a further component was left out"},
		{"JPEG 2000", blankJP2(3, 1), "jp2", 0, []uint8{128, 128, 128}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := Decode(c.data, DefaultLimits)
			if err != nil {
				t.Fatal(err)
			}
			if p.Format != c.format || p.PPI != c.ppi || !slices.Equal(p.Gray.Pix, c.pix) || strings.Join(p.Notes, "; ") != c.notes {
				t.Errorf("%s, %v ppi, %v, %q", p.Format, p.PPI, p.Gray.Pix, p.Notes)
			}
		})
	}
	p, err := Decode(wsqOf(t, 120, 100), DefaultLimits)
	if err != nil || p.Format != "wsq" || p.PPI != 500 || p.Gray.Rect.Dx() != 120 || p.Gray.Rect.Dy() != 100 {
		t.Errorf("%+v, %v", p, err)
	}
}

// TestFingerprintFormatsRefused: the limits are the caller's, and faults have
// the kinds of this package.
func TestFingerprintFormatsRefused(t *testing.T) {
	small := Limits{MaxSide: 2}
	for name, c := range map[string]struct {
		data []byte
		lim  Limits
		want error
	}{
		"wsq too large":    {wsqOf(t, 96, 96), small, ErrTooLarge},
		"wsq cut":          {wsqOf(t, 96, 96)[:700], Limits{}, ErrTruncated},
		"wsq broken":       {bytes.Replace(wsqOf(t, 96, 96), []byte{0xff, 0xa3}, []byte{0xff, 0xb3}, 1), Limits{}, ErrMalformed},
		"jp2 too large":    {blankJP2(3, 1), small, ErrTooLarge},
		"jp2 of 2^31":      {blankJP2(1<<31, 1), Limits{}, ErrTooLarge},
		"jp2 cut":          {blankJP2(3, 1)[:70], Limits{}, ErrTruncated},
		"jpegl too large":  {lossless(t, 1, 8, 1, 2, 3), small, ErrTooLarge},
		"jpegl cut":        {lossless(t, 1, 8, 1, 2, 3)[:60], Limits{}, ErrTruncated},
		"jpegl impossible": {bytes.Replace(lossless(t, 1, 8, 1, 2, 3), []byte{8, 0, 1, 0, 3}, []byte{8, 11, 184, 11, 184}, 1), Limits{}, ErrTruncated},
	} {
		if _, err := Decode(c.data, c.lim); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}
