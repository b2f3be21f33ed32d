package fmr

import (
	"bytes"
	"encoding/binary"
	"errors"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"convenio/formats/internal/formattest"
	"convenio/formats/sc37"
)

// sample is a record of two views with everything that extended data can hold.
func sample(f Format) *Record {
	capture := sc37.Capture{Time: sc37.NoDateTime, Qualities: []sc37.Quality{{Score: 71}}}
	if f == ISO2011 {
		capture.Time = sc37.DateTime{Year: 2026, Month: 3, Day: 2, Hour: 9, Minute: 30, Second: 1, Millisecond: 250}
		capture.Vendor, capture.Device = 7, 9
	}
	base := View{Width: 300, Height: 400, XPerCm: 197, YPerCm: 197, Capture: capture}
	a, b := base, base
	a.Position, a.Minutiae = 2, []Minutia{{10, 20, KindEnding, 64, 90}, {299, 399, KindBifurcation, 255, 0}, {5, 6, KindOther, 0, 100}}
	b.Position, b.Number, b.Impression = 7, 1, 1
	b.Minutiae = []Minutia{{1, 2, KindEnding, 3, 4}}
	counts := &RidgeCounts{Method: 1, Counts: []RidgeCount{{1, 2, 5}, {1, 3, 7}}}
	points := &CoresDeltas{Cores: []Core{{X: 150, Y: 160, HasAngle: true, Angle: 90}, {X: 151, Y: 190}},
		Deltas: []Delta{{X: 100, Y: 300, HasAngles: true, Angles: [3]uint8{1, 2, 3}}, {X: 101, Y: 301}}}
	a.Extended = []Area{{Type: 1, RidgeCounts: counts}, {Type: 2, CoresDeltas: points}, {Type: 0x0121, Data: []byte("vendor")}}
	for i := range a.Extended {
		a.Extended[i].Data = a.Extended[i].bytes(f)
	}
	return &Record{Format: f, Version: standardVersion(f), Views: []View{a, b}}
}

func mustMarshal(t testing.TB, r *Record) []byte {
	t.Helper()
	b, err := r.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// ansi writes the layouts that the package only reads.
func ansi(r *Record, f Format, long bool) []byte {
	be := binary.BigEndian
	v := standardVersion(f)
	b := append([]byte(magic), v[:]...)
	at := len(b)
	switch {
	case f == ANSI2004 && !long:
		b = append(b, 0, 0)
	case f == ANSI2004:
		b = append(b, 0, 0, 0, 0, 0, 0)
		at += 2
	default:
		b = append(b, 0, 0, 0, 0)
	}
	b = be.AppendUint16(be.AppendUint16(b, r.Product.Owner), r.Product.Type)
	if f == ANSI2004 {
		b = be.AppendUint16(b, r.Equipment.Device)
		for _, n := range []uint16{r.Views[0].Width, r.Views[0].Height, r.Views[0].XPerCm, r.Views[0].YPerCm} {
			b = be.AppendUint16(b, n)
		}
	} else {
		b = be.AppendUint16(append(b, r.Equipment.Certification), r.Equipment.Device)
	}
	b = append(b, uint8(len(r.Views)), 0)
	for i := range r.Views {
		v := &r.Views[i]
		q, _ := v.Quality()
		if f == ANSI2004 {
			b = append(b, v.Position, v.Number<<4|v.Impression, q, uint8(len(v.Minutiae)))
		} else {
			b = append(b, v.Position, v.Number, v.Impression, q, 0, 9, 0, 1)
			for _, n := range []uint16{v.Width, v.Height, v.XPerCm, v.YPerCm} {
				b = be.AppendUint16(b, n)
			}
			b = append(b, uint8(len(v.Minutiae)))
		}
		for _, m := range v.Minutiae {
			b = be.AppendUint16(be.AppendUint16(b, uint16(m.Kind)<<14|m.X), m.Y)
			b = append(b, m.Angle%180, m.Quality)
		}
		var ext []byte
		for _, a := range v.Extended {
			if a.CoresDeltas != nil { // ANSI's angles are of all cores or of none
				a.CoresDeltas = &CoresDeltas{Cores: a.CoresDeltas.Cores[:1], Deltas: a.CoresDeltas.Deltas[1:]}
			}
			ext, _ = sc37.AppendArea(ext, a.Type, a.bytes(f), v.LengthRule)
		}
		b = append(be.AppendUint16(b, uint16(len(ext))), ext...)
	}
	if f == ANSI2004 && !long {
		be.PutUint16(b[at:], uint16(len(b)))
	} else {
		be.PutUint32(b[at:], uint32(len(b)))
	}
	return b
}

func TestRoundTrip(t *testing.T) {
	for _, f := range []Format{ISO2005, ISO2011} {
		for _, rule := range []sc37.LengthRule{sc37.LengthWithHeader, sc37.LengthDataAlone} {
			r := sample(f)
			r.Views[0].LengthRule = rule
			b := mustMarshal(t, r)
			got, err := Parse(b)
			if err != nil {
				t.Fatal(err)
			}
			if odd := len(got.Oddities); odd != int(rule) {
				t.Errorf("%v, %v: oddities %v", f, rule, got.Oddities)
			}
			got.Oddities = nil
			if !reflect.DeepEqual(got, r) {
				t.Errorf("%v, %v:\n%+v\nwant\n%+v", f, rule, got, r)
			}
			if again := mustMarshal(t, got); !bytes.Equal(again, b) {
				t.Errorf("%v, %v: written again it differs", f, rule)
			}
		}
	}
}

func TestANSI(t *testing.T) {
	tests := []struct {
		name   string
		format Format
		long   bool
	}{{"2004", ANSI2004, false}, {"2009", ANSI2009, false}, {"2009/AM1", ANSI2009Am1, false}}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := sample(ISO2005)
			r.Product, r.Equipment = Product{0x42, 0x11}, Equipment{Device: 0xb5}
			got, err := Parse(ansi(r, tt.format, tt.long))
			if err != nil {
				t.Fatal(err)
			}
			if got.Format != tt.format || len(got.Oddities) != 0 || got.Product != r.Product || len(got.Views) != 2 {
				t.Fatalf("%v %+v", got.Format, got)
			}
			v := got.Views[0]
			if v.Minutiae[1] != (Minutia{299, 399, KindBifurcation, 75, 0}) || v.Width != 300 || v.YPerCm != 197 {
				t.Errorf("%+v", v)
			}
			if cd := v.CoresDeltas(); cd == nil || cd.Cores[0].Angle != 90 || cd.Deltas[0].HasAngles || v.RidgeCounts() == nil {
				t.Errorf("cores and deltas %+v", cd)
			}
			iso, notes, err := got.Convert(ISO2011)
			if err != nil || len(notes) != 1 {
				t.Fatal(err, notes)
			}
			if m := iso.Views[0].Minutiae[0]; m.Angle != 91 { // 64 steps of 2 degrees are 91.02 steps of 360/256
				t.Errorf("angle %d", m.Angle)
			}
			if cd := iso.Views[0].CoresDeltas(); cd.Cores[0].Angle != 128 {
				t.Errorf("core angle %d", cd.Cores[0].Angle)
			}
			mustMarshal(t, iso)
		})
	}
}

// TestANSIDraft has a record whose capture equipment takes 2 bytes: published readers of ANSI 378-2009 disagree.
func TestANSIDraft(t *testing.T) {
	r := sample(ISO2005)
	r.Product, r.Equipment = Product{0x42, 0x11}, Equipment{Device: 0xb5}
	for _, f := range []Format{ANSI2009, ANSI2009Am1} {
		b := ansi(r, f, false)
		b = append(b[:16:16], b[17:]...)
		binary.BigEndian.PutUint32(b[8:], uint32(len(b)))
		got, err := Parse(b)
		if err != nil {
			t.Fatal(err)
		}
		if got.Format != f || len(got.Views) != 2 || got.Equipment != r.Equipment || len(got.Oddities) != 1 || !strings.Contains(got.Oddities[0].Text, "draft of 2007") {
			t.Errorf("%v %+v", got.Format, got.Oddities)
		}
	}
}

// TestANSILong has a record of over 65,535 bytes, whose length field then is 6 bytes long.
func TestANSILong(t *testing.T) {
	r := sample(ISO2005)
	v := r.Views[0]
	for i := range 255 {
		m := v.Minutiae[i%3]
		r.Views[1].Minutiae = append(r.Views[1].Minutiae[:i:i], m)
	}
	for len(r.Views) < 60 {
		r.Views = append(r.Views, r.Views[1])
	}
	got, err := Parse(ansi(r, ANSI2004, true))
	if err != nil || got.Format != ANSI2004 || len(got.Views) != 60 {
		t.Fatal(err, got)
	}
	if iso, err := Parse(mustMarshal(t, r)); err != nil || iso.Format != ISO2005 || len(iso.Views) != 60 {
		t.Error(err)
	}
}

func TestTruncatedAtEveryByte(t *testing.T) {
	formattest.RunTruncated(t, parsed, map[string][]byte{"2005": mustMarshal(t, sample(ISO2005)), "2011": mustMarshal(t, sample(ISO2011)),
		"ansi 2004": ansi(sample(ISO2005), ANSI2004, false), "ansi 2009": ansi(sample(ISO2005), ANSI2009, false)})
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
	formattest.RunOdd(t, parsed, []formattest.Odd{
		{"no magic", []byte("FIR\x00 20\x00"), "error no \"FMR\" at byte 0"},
		{"other version", at(b, 4, '0', '9', '9'), "error version"},
		{"4 GiB claimed", at(b, 8, 0xff, 0xff, 0xff, 0xff), "states 4294967295 bytes"},
		{"more views than there are", at(b, 22, 255), "error view 3 of 255"},
		{"fewer views", at(b, 22, 1), "after the last view"},
		{"bytes behind", append(bytes.Clone(b), 1, 2, 3), "3 bytes after the last view"},
		{"outside the image", at(b, 28, 0x7f, 0xff), "1 outside the image"},
		{"position", at(b, 24, 99), "99 is not a single finger"},
		{"quality", at(b, 26, 101), "101 is over 100"},
		{"pixels per inch for cm", at(b, 18, 1, 0xf4, 1, 0xf4), "looks like pixels per inch"},
		{"resolution", at(b, 18, 0, 0, 0, 0), "0 x 0 pixels per cm"},
		{"minutia length", at(n, 15+4+9+1+4+1+5+2+4+1+4, 0x70), "error 7 bytes, 5 or 6 are defined"},
		{"representation length", at(n, 15, 0, 0, 0, 9), "states 9 bytes"},
		{"date", at(n, 19, 7, 0xd5, 13), "13-2 is no date"},
		{"extended data", at(b, len(b)-2, 0xff, 0xff), "states 65535 bytes"},
	})
}

func TestMissingLastLength(t *testing.T) {
	b := mustMarshal(t, sample(ISO2005))
	r, err := Parse(b[:len(b)-2])
	if err != nil || len(r.Views) != 2 || len(r.Oddities) != 2 {
		t.Errorf("%v %v", err, r)
	}
}

func TestMarshalRefuses(t *testing.T) {
	tests := []struct {
		name   string
		change func(*Record)
		says   string
	}{
		{"ansi", func(r *Record) { r.Format = ANSI2004 }, "read only"},
		{"no views", func(r *Record) { r.Views = nil }, "0 views"},
		{"two sizes", func(r *Record) { r.Views[1].Width++ }, "view 2, image size"},
		{"outside", func(r *Record) { r.Views[0].Minutiae[2].X = 300 }, "view 1, minutia 2: at 300, 6"},
		{"type", func(r *Record) { r.Views[0].Minutiae[0].Kind = 3 }, "type 3"},
		{"quality", func(r *Record) { r.Views[0].Minutiae[0].Quality = 101 }, "quality 101"},
		{"position", func(r *Record) { r.Views[1].Position = 11 }, "view 2, finger position"},
		{"resolution", func(r *Record) { r.Views[0].XPerCm, r.Views[1].XPerCm = 50, 50 }, "250 ppi"},
		{"minutiae", func(r *Record) { r.Views[0].Minutiae = make([]Minutia, 256) }, "256, at most 255"},
		{"view number", func(r *Record) { r.Views[0].Number = 16 }, "4 bits each"},
		{"reserved area", func(r *Record) { r.Views[0].Extended[0].Type = 0 }, "type 0 is reserved"},
		{"long area", func(r *Record) { r.Views[0].Extended[2].Data = make([]byte, 70000) }, "at most 65535"},
		{"equipment", func(r *Record) { r.Equipment.Device = 0x1000 }, "capture equipment"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := sample(ISO2005)
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
		v := &r.Views[1]
		v.NoMinutiaQuality = f == ISO2011 && rapid.Bool().Draw(t, "short")
		v.Minutiae = nil
		for range rapid.IntRange(0, 255).Draw(t, "minutiae") {
			m := Minutia{X: rapid.Uint16Range(0, 299).Draw(t, "x"), Y: rapid.Uint16Range(0, 399).Draw(t, "y"),
				Kind: rapid.Uint8Range(0, 2).Draw(t, "kind"), Angle: rapid.Uint8().Draw(t, "angle"), Quality: rapid.Uint8Range(0, 100).Draw(t, "q")}
			if v.NoMinutiaQuality {
				m.Quality = 254
			}
			v.Minutiae = append(v.Minutiae, m)
		}
		v.Extended = []Area{{Type: rapid.Uint16Range(0x100, 0xffff).Draw(t, "type"), Data: rapid.SliceOfN(rapid.Byte(), 0, 300).Draw(t, "data")}}
		b, err := r.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		got, err := Parse(b)
		if err != nil {
			t.Fatal(err)
		}
		if len(got.Oddities) != 0 || !reflect.DeepEqual(got.Views[1].Minutiae, v.Minutiae) || !bytes.Equal(got.Views[1].Extended[0].Data, v.Extended[0].Data) {
			t.Fatalf("%+v\nwant\n%+v", got.Views[1], *v)
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, format := range []Format{ISO2005, ISO2011} {
		r := sample(format)
		f.Add(mustMarshal(f, r))
		r.Views[0].LengthRule = sc37.LengthDataAlone
		f.Add(mustMarshal(f, r))
	}
	for _, format := range []Format{ANSI2004, ANSI2009, ANSI2009Am1} {
		f.Add(ansi(sample(ISO2005), format, false))
	}
	f.Add(ansi(sample(ISO2005), ANSI2004, true))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := Parse(data)
		if err != nil {
			if r != nil {
				t.Error("a record beside an error")
			}
			return
		}
		size := len(r.Trailing)
		for _, v := range r.Views {
			size += len(v.Minutiae)*5 + 2
		}
		if size > len(data) && len(r.Views) > 1 {
			t.Errorf("%d bytes hold %d", len(data), size)
		}
		// what is written is read back the same, and then there is nothing odd about it but the rule of lengths
		for _, to := range []Format{ISO2005, ISO2011} {
			iso, _, err := r.Convert(to)
			if err != nil {
				t.Fatal(err)
			}
			b, err := iso.Marshal()
			if err != nil {
				continue
			}
			again, err := Parse(b)
			if err != nil {
				t.Fatalf("what was written cannot be read: %v", err)
			}
			if again.Format != to {
				t.Fatalf("written as %v, read as %v", to, again.Format)
			}
			if out, err := again.Marshal(); err != nil || !bytes.Equal(out, b) {
				t.Errorf("written twice it differs: %v", err)
			}
		}
	})
}
