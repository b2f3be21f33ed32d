package iir

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image/png"
	"reflect"
	"strings"
	"testing"

	"convenio/formats/internal/formattest"
	"convenio/formats/sc37"
)

// sample is a record of both eyes, one raw and one PNG.
func sample() *Record {
	c := sc37.Capture{Time: sc37.DateTime{Year: 2026, Month: 1, Day: 2, Hour: 3}, Technology: 1, Vendor: 2, Device: 3,
		Qualities: []sc37.Quality{{Score: 70, Vendor: 1, Algorithm: 2}}}
	base := Image{Type: 1, Edition: ISO2011, Properties: 0x45, Width: 4, Height: 3, Depth: 8, Capture: c, Roll: 0xffff, RollBand: 0xffff,
		CentreX: [2]uint16{1, 2}, CentreY: [2]uint16{3, 4}, Diameters: [2]uint16{5, 6}}
	a, b := base, base
	a.Eye, a.Number, a.Code, a.Data = 1, 1, 2, []byte("twelve bytes")
	b.Eye, b.Number, b.Code, b.Data = 2, 2, 14, []byte("\x89PNG\r\n\x1a\n and so on")
	return &Record{Format: ISO2011, Version: [4]byte{'0', '2', '0', 0}, Eyes: 2, Images: []Image{a, b}}
}

func mustMarshal(t testing.TB, r *Record) []byte {
	t.Helper()
	b, err := r.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// old writes the layouts that the package only reads.
func old(f Format, kind uint8) []byte {
	be := binary.BigEndian
	b := append([]byte(magic), '0', '1', '0', 0)
	at, header := 8, uint16(45)
	if f == IREX2008 {
		b[6], at, header = '5', 9, 46
		b = append(b, kind)
	}
	b = append(b, 0, 0, 0, 0, 0, 9, 2)
	b = be.AppendUint16(b, header)
	for _, n := range []uint16{0x0005, 120, 2, 4, 3} {
		b = be.AppendUint16(b, n)
	}
	b = append(append(b, 8, 0), "D123456789012345"...)
	for eye := byte(1); eye <= 2; eye++ {
		b = append(b, eye, 0, 1)
		if f == IREX2008 {
			b = append(b, 0, 0, 0, 12, 0, 1, 88, 0, 7, 0, 8, 0, 1, 0, 2, 0xaa, 0xbb, 0xcc)
			for _, n := range []uint16{3, 4, 10, 11, 12, 13} {
				b = be.AppendUint16(b, n)
			}
			b = append(b, make([]byte, 24)...)
			b = append(b, 0, 2, 'f', 'c', 0, 0)
		} else {
			b = append(b, 0, 1, 88, 0, 1, 0, 2, 0, 0, 0, 12)
		}
		b = append(b, "twelve bytes"...)
	}
	be.PutUint32(b[at:], uint32(len(b)))
	return b
}

func TestRoundTrip(t *testing.T) {
	r := sample()
	b := mustMarshal(t, r)
	got, err := Parse(b)
	if err != nil {
		t.Fatal(err)
	}
	for i := range r.Images {
		r.Images[i].Offset = got.Images[i].Offset
	}
	if !reflect.DeepEqual(got, r) {
		t.Errorf("%+v\nwant\n%+v", got, r)
	}
}

func TestOldLayouts(t *testing.T) {
	for _, f := range []Format{ISO2005, IREX2008} {
		r, err := Parse(old(f, 1))
		if err != nil {
			t.Fatal(err)
		}
		if r.Format != f || len(r.Oddities) != 0 || len(r.Images) != 2 || r.Diameter != 120 || r.Device != 9 {
			t.Fatalf("%v: %+v", f, r)
		}
		m := r.Images[1]
		if q, _ := m.Quality(); m.Eye != 2 || m.EyeName() != "left eye" || q != 88 || m.Width != 4 || m.Codec() != Raw || string(m.Data) != "twelve bytes" {
			t.Errorf("%v: %+v", f, m)
		}
		if f == IREX2008 && (m.Masks != [3]uint8{0xaa, 0xbb, 0xcc} || string(m.Boundary[0]) != "fc" || m.Polar[5] != 13) {
			t.Errorf("%+v", m)
		}
		n, notes, err := r.Convert()
		if err != nil || len(notes) != 1 {
			t.Fatal(err, notes)
		}
		again, err := Parse(mustMarshal(t, n))
		if err != nil || len(again.Oddities) != 0 || string(again.Images[0].Data) != "twelve bytes" || again.Images[0].Capture.Device != 9 {
			t.Errorf("%v %+v", err, again)
		}
	}
}

func TestPolar(t *testing.T) {
	r, err := Parse(old(IREX2008, KindPolar))
	if err != nil {
		t.Fatal(err)
	}
	if m := r.Images[0]; m.Width != 4 || m.Height != 3 || len(r.Oddities) != 0 {
		t.Errorf("%d x %d, %v", m.Width, m.Height, r.Oddities)
	}
	if _, _, err := r.Convert(); !errors.Is(err, sc37.ErrWrite) {
		t.Error(err)
	}
}

func TestTruncatedAtEveryByte(t *testing.T) {
	formattest.RunTruncated(t, parsed, map[string][]byte{"2005": old(ISO2005, 0), "irex": old(IREX2008, 1), "2011": mustMarshal(t, sample())})
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
	o, n := old(ISO2005, 0), mustMarshal(t, sample())
	const head = 16 + 4 + 9 + 5 + 1 + 5 // representation number in n
	formattest.RunOdd(t, parsed, []formattest.Odd{
		{"other version", at(n, 5, '9'), "error version"},
		{"4 GiB claimed", at(n, 8, 0xff, 0xff, 0xff, 0xff), "states 4294967295 bytes"},
		{"10,000 images", at(n, 12, 0x27, 0x10), "error image 3 of 10000"},
		{"4 GiB image", at(n, head+2+4+5+18, 0xff, 0xff, 0xff, 0xff), "error image data"},
		{"eye", at(n, head+2, 9), "9 is not in the table"},
		{"type", at(n, head+3, 9), "9 is not in the table"},
		{"code", at(n, head+4, 99), "code 99 is not in the table"},
		{"png as raw", at(n, len(n)-18-27-4, 2), ""},
		{"size", at(n, head+6, 0, 0), "0 x 3 pixels"},
		{"size unlike data", at(n, head+6, 0, 5), "5 x 3 pixels need 15"},
		{"representation length", at(n, 16, 0, 0, 0, 1), "states 1 bytes"},
		{"bytes behind", append(bytes.Clone(n), 0), "1 bytes after the last image"},
		{"header length", at(o, 15, 0, 46), "states 46 bytes, the layout has 45"},
		{"2005 quality", at(o, 45+3+2, 101), "101 is over 100"},
	})
}

func TestMarshalRefuses(t *testing.T) {
	tests := []struct {
		name   string
		change func(*Record)
		says   string
	}{
		{"2005", func(r *Record) { r.Format = ISO2005 }, "read only"},
		{"none", func(r *Record) { r.Images = nil }, "0 images"},
		{"eye", func(r *Record) { r.Images[1].Eye = 3 }, "image 2, eye label"},
		{"type", func(r *Record) { r.Images[0].Type = 0 }, "image type"},
		{"code", func(r *Record) { r.Images[1].Code = 10 }, "states JPEG 2000, the image is PNG"},
		{"raw", func(r *Record) { r.Images[0].Data = nil }, "the size needs 12"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := sample()
			tt.change(r)
			if _, err := r.Marshal(); !errors.Is(err, sc37.ErrWrite) || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("got %v, want %q", err, tt.says)
			}
		})
	}
}

func TestGray(t *testing.T) {
	m := Image{Code: 4, Width: 2, Height: 1, Data: []byte{255, 0, 0, 0, 0, 255}}
	if pix, err := m.Gray(); err != nil || !bytes.Equal(pix, []byte{76, 29}) {
		t.Error(pix, err)
	}
	if m.Code = 2; true {
		m.Width = 7
	}
	if _, err := m.Gray(); err == nil {
		t.Error("a short image was unpacked")
	}
	m.Data = []byte("\x89PNG\r\n\x1a\n")
	if _, err := m.Gray(); !errors.Is(err, ErrCompressed) {
		t.Error(err)
	}
}

// TestPublished reads the published record, whose image another package can decode, and writes it back.
func TestPublished(t *testing.T) {
	data := formattest.Read(t, formattest.Standards(t), "samples/iso19794/libbiomeval/iris01.iso2011")
	r, err := Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	m := r.Images[0]
	if len(r.Images) != 1 || len(r.Oddities) != 1 || !strings.Contains(r.Oddities[0].Text, "states 7466 bytes, its fields have 7471") || m.Eye != 2 || m.Number != 1 || m.TypeName() != "uncropped" || m.Codec() != PNG ||
		m.Width != 76 || m.Height != 47 || m.Depth != 24 || m.Roll != 0xffff || m.Capture.Time.String() != "2005-12-15T17:35:20Z" {
		t.Errorf("%v, %d images, %s, %v", r.Oddities, len(r.Images), m.TypeName(), m.Codec())
	}
	want := []sc37.Quality{{Score: 7, Vendor: 0x4e49, Algorithm: 0x5354}, {Score: 76, Vendor: 0x5047, Algorithm: 0x4d4c}}
	if !reflect.DeepEqual(m.Capture.Qualities, want) {
		t.Errorf("qualities %+v", m.Capture.Qualities)
	}
	img, err := png.DecodeConfig(bytes.NewReader(m.Data))
	if err != nil || img.Width != 76 || img.Height != 47 {
		t.Error(err, img)
	}
	fixed := bytes.Clone(data) // the sample leaves a quality record out of its representation's length
	binary.BigEndian.PutUint32(fixed[16:], 7471)
	if out, err := r.Marshal(); err != nil || !bytes.Equal(out, fixed) {
		t.Errorf("written again: %v, equal %v", err, bytes.Equal(out, fixed))
	}
}

func FuzzParse(f *testing.F) {
	f.Add(mustMarshal(f, sample()))
	f.Add(old(ISO2005, 0))
	f.Add(old(IREX2008, 1))
	f.Add(old(IREX2008, KindPolar))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := Parse(data)
		if err != nil {
			return
		}
		size := 0
		for i := range r.Images {
			size += len(r.Images[i].Data)
			_, _ = r.Images[i].Gray()
		}
		if size > len(data) {
			t.Errorf("%d bytes of images in %d", size, len(data))
		}
		n, _, err := r.Convert()
		if err != nil {
			return
		}
		b, err := n.Marshal()
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
