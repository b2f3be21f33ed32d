package sc37

import (
	"bytes"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestCursorNamesThePlace(t *testing.T) {
	c := NewCursor([]byte{1, 2, 3, 4, 5}, 100, "header")
	if c.U8("a") != 1 || c.U16("b") != 0x0203 || c.At() != 103 || c.Left() != 2 {
		t.Fatal("numbers")
	}
	c.In("view 2")
	if c.U32("length") != 0 || c.U8("next") != 0 {
		t.Error("numbers after the end")
	}
	if err := c.Err(); !errors.Is(err, ErrTruncated) || !strings.Contains(err.Error(), "view 2, length (byte 103): 4 bytes wanted, 2 left") {
		t.Error(err)
	}
	c.Fail("x", 1, "later")
	if errors.Is(c.Err(), ErrMalformed) {
		t.Error("a later error replaced the first")
	}
	if d := NewCursor(nil, 0, ""); d.Bytes("n", -1) != nil || d.Err() == nil {
		t.Error("a negative length")
	}
}

func TestCaptureRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		certified := rapid.Bool().Draw(t, "certified")
		p := Capture{Time: DateTimeOf(time.Unix(rapid.Int64Range(0, 4e9).Draw(t, "time"), 0)), Technology: rapid.Uint8().Draw(t, "tech"),
			Vendor: rapid.Uint16().Draw(t, "vendor"), Device: rapid.Uint16().Draw(t, "device")}
		for range rapid.IntRange(0, 255).Draw(t, "qualities") {
			p.Qualities = append(p.Qualities, Quality{rapid.Uint8().Draw(t, "score"), 1, 2})
		}
		if certified {
			for range rapid.IntRange(0, 255).Draw(t, "certifications") {
				p.Certifications = append(p.Certifications, Certification{3, rapid.Uint8().Draw(t, "scheme")})
			}
		}
		b, err := p.Append(nil, certified)
		if err != nil {
			t.Fatal(err)
		}
		c := NewCursor(b, 0, "")
		if got := ReadCapture(c, certified); c.Err() != nil || c.Left() != 0 || !reflect.DeepEqual(got, p) {
			t.Fatalf("%v, %d left: %+v, want %+v", c.Err(), c.Left(), got, p)
		}
	})
}

func TestCaptureRefuses(t *testing.T) {
	for name, p := range map[string]Capture{
		"qualities":      {Qualities: make([]Quality, 256)},
		"certifications": {Certifications: make([]Certification, 256)},
		"no flag":        {Certifications: make([]Certification, 1)},
	} {
		if _, err := p.Append(nil, name == "certifications"); !errors.Is(err, ErrWrite) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestDateTime(t *testing.T) {
	tests := map[string]DateTime{
		"unknown":                  NoDateTime,
		"2005-12-15":               {2005, 12, 15, 0xff, 0xff, 0xff, 0xffff},
		"2005-12-15T17:35:20Z":     {2005, 12, 15, 17, 35, 20, 0},
		"2005-12-15T17:35:20.007Z": {2005, 12, 15, 17, 35, 20, 7},
	}
	for want, d := range tests {
		if d.String() != want {
			t.Errorf("%v, want %s", d, want)
		}
	}
	if odd := (Capture{Time: DateTime{2005, 13, 1, 0, 0, 0, 0}, Qualities: []Quality{{Score: 101}, {Score: 255}}}).Check("view 1", 19); len(odd) != 2 {
		t.Error(odd)
	}
}

func TestSplitAreas(t *testing.T) {
	one := []byte{0, 1, 0, 7, 9, 9, 9}
	tests := []struct {
		name   string
		block  []byte
		stated int
		rule   LengthRule
		ok     bool
		want   []string
	}{
		{"with header", one, 7, LengthWithHeader, true, []string{"\t\t\t"}},
		{"data alone", []byte{0, 1, 0, 3, 9, 9, 9}, 7, LengthDataAlone, true, []string{"\t\t\t"}},
		{"two", append(bytes.Clone(one), 2, 2, 0, 4), 11, LengthWithHeader, true, []string{"\t\t\t", ""}},
		{"cut", one[:6], 7, LengthWithHeader, true, []string{"\t\t"}},
		{"nothing", nil, 0, LengthWithHeader, true, nil},
		{"neither", []byte{0, 1, 0, 9, 9, 9, 9}, 7, LengthWithHeader, false, nil},
		{"header cut", one[:3], 7, LengthWithHeader, false, nil},
		{"length 0", make([]byte, 1024), 1024, LengthDataAlone, true, make([]string, 256)},
		{"too many", make([]byte, 1028), 1028, LengthWithHeader, false, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			areas, rule, ok := SplitAreas(tt.block, tt.stated, 50)
			if ok != tt.ok || ok && rule != tt.rule || len(areas) != len(tt.want) {
				t.Fatalf("%v %v %v", areas, rule, ok)
			}
			for i, a := range areas {
				if string(a.Data) != tt.want[i] {
					t.Errorf("area %d: %v", i, a)
				}
			}
		})
	}
}

func TestNames(t *testing.T) {
	if PositionName(2) != "right index" || PositionName(99) != "position 99 (not in the table)" || ImpressionName(8) != "live-scan swipe" {
		t.Error(PositionName(2), PositionName(99), ImpressionName(8))
	}
	if !PositionKnown(36) || PositionKnown(40) || !ImpressionKnown(29) || ImpressionKnown(19) {
		t.Error("known")
	}
	if s := (Oddity{"view 2", "length", 9, "is odd"}).String(); s != "view 2, length (byte 9): is odd" {
		t.Error(s)
	}
}
