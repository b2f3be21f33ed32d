package fir

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"convenio/formats/internal/formattest"
	"convenio/formats/sc37"
)

// sample is a record of two fingers, the first with two images.
func sample(f Format) *Record {
	pix := make([]byte, 20*30)
	for i := range pix {
		pix[i] = byte(i * 7)
	}
	img := Image{Position: 2, Views: 2, Number: 1, Impression: 0, Scale: PerInch, ScanX: 500, ScanY: 500, ResX: 500, ResY: 500,
		Depth: 8, Width: 20, Height: 30, Data: pix, Edition: f, Capture: sc37.Capture{Time: sc37.NoDateTime, Qualities: []sc37.Quality{{Score: 77}}}}
	r := &Record{Format: f, Version: standardVersion(f), Fingers: 2}
	if f != ISO2011 {
		r.Device, r.Level = 0x1234, 31
	}
	for i, pos := range []uint8{2, 2, 7} {
		m := img
		m.Position = pos
		if f == ISO2011 {
			m.Views, m.Number = 0, uint8(i)
			m.Capture = sc37.Capture{Time: sc37.DateTime{Year: 2026, Month: 2, Day: 3, Hour: 4, Minute: 5, Second: 6}, Vendor: 1, Device: 2,
				Qualities: []sc37.Quality{{Score: 60, Vendor: 1, Algorithm: 2}, {Score: 61}}}
		} else if i == 1 {
			m.Number = 2
		} else if i == 2 {
			m.Views = 1
		}
		r.Images = append(r.Images, m)
	}
	if f == ISO2011 {
		r.Images[1].Extended = []Area{{1, []byte{1, 2, 3, 4}}, {0x0301, []byte("vendor")}}
		r.Images[2].Compression, r.Images[2].Data = 6, []byte("\x89PNG\r\n\x1a\n and so on")
	}
	return r
}

func mustMarshal(t testing.TB, r *Record) []byte {
	t.Helper()
	b, err := r.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// ansi inserts ANSI's product identifier into a record of 2005.
func ansi(b []byte) []byte {
	out := append(bytes.Clone(b[:14]), 0, 0x1b, 0x02, 0x01)
	out = append(out, b[14:]...)
	binary.BigEndian.PutUint32(out[10:], uint32(len(out)))
	return out
}

func setOffsets(r *Record, got *Record) {
	for i := range r.Images {
		r.Images[i].Offset = got.Images[i].Offset
	}
}

func TestRoundTrip(t *testing.T) {
	for _, f := range []Format{ISO2005, ISO2011} {
		r := sample(f)
		b := mustMarshal(t, r)
		got, err := Parse(b)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range got.Images {
			if !bytes.Equal(b[m.Offset:m.Offset+len(m.Data)], m.Data) {
				t.Errorf("%v: offset %d", f, m.Offset)
			}
		}
		setOffsets(r, got)
		if !reflect.DeepEqual(got, r) {
			t.Errorf("%v:\n%+v\nwant\n%+v", f, got, r)
		}
		if !bytes.Equal(mustMarshal(t, got), b) {
			t.Errorf("%v: written again it differs", f)
		}
	}
}

func TestANSI2004(t *testing.T) {
	r, err := Parse(ansi(mustMarshal(t, sample(ISO2005))))
	if err != nil {
		t.Fatal(err)
	}
	if r.Format != ANSI2004 || r.Product != (Product{0x1b, 0x201}) || len(r.Images) != 3 || len(r.Oddities) != 0 || r.Device != 0x1234 {
		t.Errorf("%+v", r)
	}
	if r.Format = ISO2005; !bytes.Equal(mustMarshal(t, r), mustMarshal(t, sample(ISO2005))) {
		t.Error("written as ISO it differs")
	}
}

func TestANSI2009IsNamed(t *testing.T) {
	if _, err := Parse([]byte("FIR\x00025\x00 and more")); !errors.Is(err, sc37.ErrFormat) || !strings.Contains(err.Error(), "ANSI INCITS 381-2009") {
		t.Error(err)
	}
}

func TestTruncatedAtEveryByte(t *testing.T) {
	formattest.RunTruncated(t, parsed, map[string][]byte{"2005": mustMarshal(t, sample(ISO2005)), "2011": mustMarshal(t, sample(ISO2011)), "ansi": ansi(mustMarshal(t, sample(ISO2005)))})
}

// parsed reads a record for its oddities.
func parsed(b []byte) ([]sc37.Oddity, error) {
	r, err := Parse(b)
	if err != nil {
		return nil, err
	}
	return r.Oddities, nil
}

func TestOdd(t *testing.T) {
	at := func(b []byte, i int, v ...byte) []byte { c := bytes.Clone(b); copy(c[i:], v); return c }
	b, n := mustMarshal(t, sample(ISO2005)), mustMarshal(t, sample(ISO2011))
	ff := []byte{0xff, 0xff, 0xff, 0xff}
	const rep = 16 + 4 + 9 + 5 + 1 + 10 // position in the first representation of n
	formattest.RunOdd(t, parsed, []formattest.Odd{
		{"other version", at(b, 5, '7'), "error version"},
		{"4 GiB claimed", at(b, 10, ff...), "states 4294967295 bytes"},
		{"4 GiB image", at(b, 32, ff...), "error image 1, image data (byte 46): 4294967281 bytes wanted"},
		{"block shorter than its header", at(b, 32, 0, 0, 0, 5), "error less than the image header"},
		{"header not counted", at(b, 32, 0, 0, 2, 0x58), "does not count the image header"},
		{"more fingers", at(b, 18, 9), "error image 4, length of image block"},
		{"fewer fingers", at(b, 18, 1), "more images than the header announces"},
		{"bytes behind", append(bytes.Clone(b), 9), "1 bytes after the last image"},
		{"centimetres", at(b, 19, 2), "looks like pixels per inch"},
		{"inches", at(b, 24, 0, 197), "looks like pixels per cm"},
		{"scale", at(b, 19, 7), "neither 1 (inch) nor 2"},
		{"size unlike data", at(b, 41, 0, 21), "21 x 30 pixels of 8 bits need 630"},
		{"position", at(b, 36, 99), "99 is not in the table"},
		{"impression", at(b, 40, 99), "99 is not in the table"},
		{"quality", at(b, 39, 101), "101 is over 100"},
		{"code", at(b, 29, 99), "code 99 is not in the table"},
		{"wsq stated as raw", at(b, 46, 0xff, 0xa0), ""},
		{"2011 image length", at(n, rep+16, ff...), "error image data"},
		{"2011 representation length", at(n, 16, 0, 0, 0, 7), "states 7 bytes"},
		{"2011 positions", at(n, 15, 4), "states 4, the images have 2"},
		{"2011 another codec", at(n, len(n)-18, 0xff, 0xa0), "states PNG, the image is WSQ"},
	})
}

func TestGray(t *testing.T) {
	tests := []struct {
		name        string
		w, h        uint16
		depth, code uint8
		data, want  []byte
		fails       string
	}{
		{"8 bits", 2, 2, 8, 0, []byte{0, 1, 254, 255}, []byte{0, 1, 254, 255}, ""},
		{"4 bits a byte", 2, 1, 4, 0, []byte{0, 15}, []byte{0, 255}, ""},
		{"12 bits", 2, 1, 12, 0, []byte{0x0f, 0xff, 0x08, 0x00}, []byte{255, 128}, ""},
		{"1 bit packed, rows padded", 3, 2, 1, 1, []byte{0b101_00000, 0b010_00000}, []byte{255, 0, 255, 0, 255, 0}, ""},
		{"1 bit packed, tight", 3, 2, 1, 1, []byte{0b101_010_00}, []byte{255, 0, 255, 0, 255, 0}, ""},
		{"4 bits packed", 2, 2, 4, 1, []byte{0x0f, 0x78}, []byte{0, 255, 119, 136}, ""},
		{"short", 20, 20, 8, 0, make([]byte, 399), nil, "need 400"},
		{"packed short", 20, 20, 1, 1, make([]byte, 49), nil, "need 50"},
		{"huge", 65535, 65535, 16, 0, make([]byte, 9), nil, "need 8589672450"},
		{"depth", 1, 1, 17, 0, make([]byte, 9), nil, "pixel depth 17"},
		{"wsq", 1, 1, 8, 2, []byte{0xff, 0xa0}, nil, "compressed: WSQ"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := Image{Width: tt.w, Height: tt.h, Depth: tt.depth, Compression: tt.code, Data: tt.data}
			got, err := m.Gray()
			if tt.fails != "" {
				if err == nil || !strings.Contains(err.Error(), tt.fails) {
					t.Errorf("got %v, want %q", err, tt.fails)
				}
				return
			}
			if err != nil || !bytes.Equal(got, tt.want) {
				t.Errorf("%v %v, want %v", got, err, tt.want)
			}
		})
	}
}

func TestCodes(t *testing.T) {
	for _, f := range []Format{ISO2005, ISO2011} {
		for c := Raw; c <= PNG; c++ {
			code, ok := f.CodeOf(c)
			m := Image{Compression: code, Edition: f}
			if got := m.Stated(); !ok || got != c && !(c == JPEG2000LL && got == JPEG2000) {
				t.Errorf("%v: %v is code %d, which is %v", f, c, code, got)
			}
		}
	}
	for _, tt := range []struct {
		scale uint8
		res   uint16
		want  float64
	}{{PerInch, 500, 500}, {PerCm, 197, 500}, {PerCm, 196, 497.84}, {PerCm, 394, 1000}, {PerCm, 0, 0}} {
		m := Image{Scale: tt.scale, ResX: tt.res, ResY: tt.res}
		if x, y := m.PPI(); x != tt.want || y != tt.want {
			t.Errorf("%d in unit %d is %v, want %v", tt.res, tt.scale, x, tt.want)
		}
	}
}

func TestMarshalRefuses(t *testing.T) {
	tests := []struct {
		name   string
		format Format
		change func(*Record)
		says   string
	}{
		{"ansi", ANSI2004, func(*Record) {}, "read only"},
		{"no images", ISO2005, func(r *Record) { r.Images = nil }, "no images"},
		{"two depths", ISO2005, func(r *Record) { r.Images[2].Depth = 7 }, "image 3, resolution, depth or compression"},
		{"scattered", ISO2005, func(r *Record) { r.Images[1].Position, r.Images[2].Position = 7, 2 }, "lie together"},
		{"raw too short", ISO2011, func(r *Record) { r.Images[0].Data = nil }, "image 1, image data"},
		{"codec", ISO2011, func(r *Record) { r.Images[2].Compression = 2 }, "states WSQ, the image is PNG"},
		{"code", ISO2011, func(r *Record) { r.Images[2].Compression = 9; r.Images[2].Data = nil }, "code 9"},
		{"position", ISO2011, func(r *Record) { r.Images[0].Position = 17 }, "image 1, position"},
		{"resolution", ISO2011, func(r *Record) { r.Images[0].ResX = 0 }, "image resolution"},
		{"certification", ISO2011, func(r *Record) { r.Images[0].Capture.Certifications = make([]sc37.Certification, 1) }, "flag"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := sample(tt.format)
			tt.change(r)
			if _, err := r.Marshal(); !errors.Is(err, sc37.ErrWrite) || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("got %v, want %q", err, tt.says)
			}
		})
	}
}

func TestRoundTripProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := rapid.SampledFrom([]Format{ISO2005, ISO2011}).Draw(t, "format")
		r := sample(f)
		r.Images = r.Images[:1]
		m := &r.Images[0]
		m.Width, m.Height, m.Depth = rapid.Uint16Range(1, 40).Draw(t, "w"), rapid.Uint16Range(1, 40).Draw(t, "h"), rapid.Uint8Range(1, 16).Draw(t, "depth")
		n := m.rawBytes()
		m.Data = rapid.SliceOfN(rapid.Byte(), n, n).Draw(t, "pixels")
		m.Views, m.Number, r.Fingers = 1, 1, 1
		if f == ISO2011 {
			m.Views = 0
		}
		b, err := r.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		got, err := Parse(b)
		if err != nil {
			t.Fatal(err)
		}
		setOffsets(r, got)
		if !reflect.DeepEqual(got, r) {
			t.Fatalf("%+v\nwant\n%+v", got, r)
		}
		if g, err := got.Images[0].Gray(); err != nil || len(g) != int(m.Width)*int(m.Height) {
			t.Fatal(err, len(g))
		}
	})
}

// TestPublished compares with the readings of the published sample by another program.
func TestPublished(t *testing.T) {
	dir := formattest.Standards(t)
	f, err := os.Open(filepath.Join(dir, "expected", "iso_summary.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	type rep struct {
		Date                    [7]uint16
		Vendor, Type            uint16
		Quality                 [][3]uint16
		Finger, Repno, Scale    uint8
		HPS, VPS, HIR, VIR      uint16
		Depth, Comp, Imp, Extra uint8
		W, H                    uint16
		Image                   struct {
			Offset, Len int
			SHA256      string
		}
	}
	images := 0
	for s := bufio.NewScanner(f); s.Scan(); {
		var want struct {
			File, Kind string
			NRep, NPos int
			Reps       []rep
		}
		if err := json.Unmarshal(s.Bytes(), &want); err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(want.Kind, "FIR") {
			continue
		}
		data, err := os.ReadFile(filepath.Join(dir, "samples", "iso19794", want.File))
		if err != nil {
			t.Fatal(err)
		}
		r, err := Parse(data)
		if err != nil {
			t.Fatal(err)
		}
		if r.Format != ISO2011 || len(r.Images) != want.NRep || int(r.Fingers) != want.NPos || len(r.Oddities) != 0 {
			t.Fatalf("%v, %d images, %d positions, %v", r.Format, len(r.Images), r.Fingers, r.Oddities)
		}
		for i, w := range want.Reps {
			m, c := r.Images[i], r.Images[i].Capture
			images++
			got := rep{[7]uint16{c.Time.Year, uint16(c.Time.Month), uint16(c.Time.Day), uint16(c.Time.Hour), uint16(c.Time.Minute), uint16(c.Time.Second), c.Time.Millisecond},
				c.Vendor, c.Device, nil, m.Position, m.Number, m.Scale, m.ScanX, m.ScanY, m.ResX, m.ResY, m.Depth, m.Compression, m.Impression, 0, m.Width, m.Height, w.Image}
			for _, q := range c.Qualities {
				got.Quality = append(got.Quality, [3]uint16{uint16(q.Score), q.Vendor, q.Algorithm})
			}
			got.Image.Offset, got.Image.Len, got.Image.SHA256 = m.Offset, len(m.Data), fmt.Sprintf("%x", sha256.Sum256(m.Data))
			if !reflect.DeepEqual(got, w) {
				t.Errorf("image %d: %+v, want %+v", i+1, got, w)
			}
		}
		if out, err := r.Marshal(); err != nil || !bytes.Equal(out, data) {
			t.Errorf("written again: %v, equal %v", err, bytes.Equal(out, data))
		}
	}
	if images != 2 {
		t.Errorf("%d images", images)
	}
}

func FuzzParse(f *testing.F) {
	for _, format := range []Format{ISO2005, ISO2011} {
		f.Add(mustMarshal(f, sample(format)))
	}
	f.Add(ansi(mustMarshal(f, sample(ISO2005))))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := Parse(data)
		if err != nil {
			if r != nil {
				t.Error("a record beside an error")
			}
			return
		}
		size := 0
		for i := range r.Images {
			m := &r.Images[i]
			size += len(m.Data)
			if pix, err := m.Gray(); err == nil && len(pix) != int(m.Width)*int(m.Height) {
				t.Errorf("%d pixels of %d x %d", len(pix), m.Width, m.Height)
			}
		}
		if size > len(data) {
			t.Errorf("%d bytes of images in %d", size, len(data))
		}
		if r.Format == ANSI2004 {
			r.Format = ISO2005
		}
		b, err := r.Marshal()
		if err != nil {
			return
		}
		again, err := Parse(b)
		if err != nil {
			t.Fatalf("what was written cannot be read: %v", err)
		}
		if out, err := again.Marshal(); err != nil || !bytes.Equal(out, b) {
			t.Errorf("written twice it differs: %v", err)
		}
	})
}
