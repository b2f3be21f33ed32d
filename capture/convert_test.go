package capture

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"convenio/finger"
	"convenio/formats/cbeff"
	"convenio/formats/content"
	"convenio/formats/fir"
	"convenio/formats/fmr"
	"convenio/formats/picture"
	"convenio/formats/wsq"
	"convenio/synth"
)

func printPNG(t testing.TB, id uint64, ppi float64) []byte {
	t.Helper()
	img, _ := synth.NewFingerAt(id, finger.RightIndex).Impression(synth.DefaultConditions(id))
	if img.PPI = ppi; ppi == 0 {
		p := Print{Image: img}
		b, err := picture.EncodePNG(p.gray(), 0)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	b, err := Print{Image: img}.PNG()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func convert(t *testing.T, data []byte, c Conversion) []byte {
	t.Helper()
	out, err := Convert(data, c)
	if err != nil {
		t.Fatal(err)
	}
	if len(out) != 1 || out[0].Name != "" {
		t.Fatalf("%d outputs", len(out))
	}
	return out[0].Data
}

// twoFingers is a finger image record of two fingers, made of pictures.
func twoFingers(t *testing.T) []byte {
	t.Helper()
	var r *fir.Record
	for i, pos := range []finger.Position{finger.RightIndex, finger.LeftIndex} {
		one, err := fir.Parse(convert(t, printPNG(t, uint64(3+i), 500), Conversion{To: "fir", Position: pos}))
		if err != nil {
			t.Fatal(err)
		}
		if r == nil {
			r = one
		} else {
			r.Images = append(r.Images, one.Images...)
		}
	}
	b, err := r.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestConvertThere(t *testing.T) {
	png := printPNG(t, 3, 500)
	t.Run("picture to record and back", func(t *testing.T) {
		for _, edition := range []int{2005, 2011} {
			back := convert(t, convert(t, png, Conversion{To: "fir", Edition: edition, Position: finger.RightIndex}), Conversion{To: "png"})
			a, err1 := Read(png, 0)
			b, err2 := Read(back, 0)
			if err1 != nil || err2 != nil || !slices.Equal(a.Image.Pix, b.Image.Pix) || b.Image.PPI != 500 {
				t.Errorf("%d: %v %v, %v ppi", edition, err1, err2, b.Image.PPI)
			}
		}
	})
	t.Run("picture to minutiae", func(t *testing.T) {
		for _, edition := range []int{2005, 2011} {
			r, err := fmr.Parse(convert(t, png, Conversion{To: "fmr", Edition: edition, Position: finger.LeftRing}))
			if err != nil || len(r.Views) != 1 || r.Views[0].Position != 9 || len(r.Views[0].Minutiae) < 10 || len(r.Oddities) != 0 {
				t.Errorf("%d: %v %+v", edition, err, r)
			}
		}
	})
	t.Run("minutiae to the other edition", func(t *testing.T) {
		old := convert(t, png, Conversion{To: "fmr", Edition: 2005})
		r, err := fmr.Parse(convert(t, old, Conversion{To: "fmr"}))
		if err != nil || r.Format != fmr.ISO2011 {
			t.Errorf("%v %v", err, r)
		}
	})
	t.Run("record to XML and minutiae", func(t *testing.T) {
		xml := convert(t, twoFingers(t), Conversion{To: "cbeff"})
		doc, err := cbeff.Parse(xml)
		if err != nil || len(doc.Leaves()) != 2 || len(doc.Oddities) != 0 {
			t.Fatal(err)
		}
		r, err := fmr.Parse(convert(t, xml, Conversion{To: "fmr"}))
		if err != nil || len(r.Views) != 2 || r.Views[0].Position != 2 || r.Views[1].Position != 7 {
			t.Errorf("%v %v", err, r)
		}
	})
	t.Run("wsq and lossless jpeg", func(t *testing.T) {
		a, err := Read(png, 0)
		if err != nil {
			t.Fatal(err)
		}
		lossless, err := Read(convert(t, png, Conversion{To: "jpl"}), 0)
		if err != nil || !slices.Equal(lossless.Image.Pix, a.Image.Pix) || lossless.Image.PPI != 500 {
			t.Error("lossless JPEG lost something", err)
		}
		small := convert(t, png, Conversion{To: "wsq"})
		lossy, err := Read(small, 0)
		if err != nil || lossy.Image.PPI != 500 || len(small) > len(a.Image.Pix)/8 {
			t.Errorf("%v, %d bytes", err, len(small))
		}
		// a WSQ image goes into a record as it is
		r, err := fir.Parse(convert(t, small, Conversion{To: "fir", Position: finger.RightRing}))
		if err != nil || r.Images[0].Codec() != fir.WSQ {
			t.Fatal(err)
		}
		inside, err := wsq.Decode(r.Images[0].Data, wsq.DefaultLimits)
		if err != nil || !slices.Equal(inside.Pix, lossy.Image.Pix) || len(inside.Comments) != 0 {
			t.Errorf("the WSQ image was changed, or its comments were kept: %v, %d comments", err, len(inside.Comments))
		}
	})
	t.Run("search and back", func(t *testing.T) {
		an2 := convert(t, twoFingers(t), Conversion{To: "an2", Origin: "AA", Destination: "BB", Control: "AA-1", At: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)})
		f, err := content.Open(an2)
		if err != nil || len(f.Images) != 2 || len(f.Templates) != 2 || len(f.Oddities) != 0 {
			t.Fatalf("%v %+v", err, f)
		}
		all, err := ReadAll(an2, 0)
		if err != nil || all[0].Position != finger.RightIndex || all[1].Position != finger.LeftIndex {
			t.Fatal(err)
		}
		own, err := finger.Extract(all[0].Image, nil)
		if err != nil {
			t.Fatal(err)
		}
		sent, err := FromView(&f.Templates[0].View, fmr.ISO2011)
		if err != nil || len(sent.Minutiae) != len(own.Minutiae) {
			t.Fatal(err)
		}
		for i, m := range sent.Minutiae {
			w := own.Minutiae[i]
			if d := int8(m.Direction - w.Direction); max(d, -d) > 1 || m.Kind != w.Kind || m.X>>3 != w.X>>3 || m.Y>>3 != w.Y>>3 {
				t.Errorf("minutia %d is %+v, was %+v", i, m, w)
			}
		}
	})
	t.Run("one of several", func(t *testing.T) {
		out, err := Convert(twoFingers(t), Conversion{To: "png"})
		if err != nil || len(out) != 2 || out[0].Name != "1-right-index" || out[1].Name != "2-left-index" || out[0].Ext != "png" {
			t.Fatalf("%v %d", err, len(out))
		}
		one := convert(t, twoFingers(t), Conversion{To: "png", Position: finger.LeftIndex})
		if !slices.Equal(one, out[1].Data) {
			t.Error("another finger was taken")
		}
	})
}

func TestConvertRefuses(t *testing.T) {
	png := printPNG(t, 3, 500)
	minutiae := convert(t, png, Conversion{To: "fmr"})
	blank, err := picture.EncodePNG(Print{Image: finger.Image{Width: 200, Height: 200, Pix: make([]uint8, 40000)}}.gray(), 500)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name string
		data []byte
		c    Conversion
		says string
	}{
		{"unknown target", png, Conversion{To: "gif"}, `to "gif"; an2, cbeff, `},
		{"edition", png, Conversion{To: "fmr", Edition: 2009}, "edition 2009"},
		{"minutiae to picture", minutiae, Conversion{To: "png"}, "no image in this finger minutiae record"},
		{"minutiae to image record", minutiae, Conversion{To: "fir"}, "no image of a finger"},
		{"unknown file", []byte("hello"), Conversion{To: "png"}, "not a format known here"},
		{"search without its agencies", png, Conversion{To: "an2", At: time.Unix(1e9, 0)}, "not valid to write"},
		{"no print", blank, Conversion{To: "fmr"}, "not a usable fingerprint"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := Convert(tt.data, tt.c); err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("got %v, want %q", err, tt.says)
			}
		})
	}
}

func TestReadChooses(t *testing.T) {
	two := twoFingers(t)
	if _, err := Read(two, 0); !errors.Is(err, ErrSeveral) || !strings.Contains(err.Error(), "right-index, left-index") {
		t.Error(err)
	}
	if _, err := Read(two, 0, finger.RightThumb); !errors.Is(err, ErrSeveral) {
		t.Error(err)
	}
	p, err := Read(two, 0, finger.LeftIndex)
	if err != nil || p.Position != finger.LeftIndex {
		t.Error(err, p.Position)
	}
	all, err := ReadAll(two, 0)
	if err != nil || len(all) != 2 || all[0].Position != finger.RightIndex || !slices.Equal(all[1].Image.Pix, p.Image.Pix) {
		t.Error(err, len(all))
	}
	minutiae := convert(t, two, Conversion{To: "fmr"})
	if _, err := ReadAll(minutiae, 0); !errors.Is(err, ErrNoPrint) {
		t.Error(err)
	}
	if _, _, err := Template(minutiae, 0); !errors.Is(err, ErrSeveral) {
		t.Error(err)
	}
	if tmpl, notes, err := Template(minutiae, 0, finger.LeftIndex); err != nil || len(notes) != 1 || len(tmpl.Minutiae) == 0 {
		t.Error(err, notes)
	}
	if _, err := Read([]byte("hello"), 0); !errors.Is(err, content.ErrUnknown) || !errors.Is(err, picture.ErrUnknownFormat) {
		t.Error(err)
	}
}

func TestReadResolution(t *testing.T) {
	silent := printPNG(t, 3, 0)
	for given, want := range map[float64]float64{0: 500, 569: 569} {
		p, err := Read(silent, given)
		if err != nil || p.Image.PPI != want || (len(p.Notes) == 0) != (given > 0) {
			t.Errorf("given %v: %v ppi, %v, %v", given, p.Image.PPI, p.Notes, err)
		}
	}
	if p, err := Read(printPNG(t, 3, 569), 500); err != nil || p.Image.PPI != 569 {
		t.Error("the file's own resolution is to be believed", err, p.Image.PPI)
	}
}

func TestTargetOf(t *testing.T) {
	for ext, want := range map[string]string{".png": "png", ".FMR": "fmr", ".xml": "cbeff", ".fir": "fir", ".doc": "", "": ""} {
		if got := TargetOf(ext); got != want {
			t.Errorf("%q is %q", ext, got)
		}
	}
}
