package fmr

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"convenio/formats/internal/formattest"
	"convenio/formats/sc37"
)

// reading is one line of expected/iso_summary.jsonl.
type reading struct {
	File    string `json:"file"`
	Kind    string `json:"kind"`
	Variant string `json:"variant"`
	Len     int    `json:"len"`
	CapEqpt int    `json:"cap_eqpt"`
	W, H    uint16
	XRes    uint16 `json:"xres"`
	YRes    uint16 `json:"yres"`
	Owner   uint16 `json:"cbeff_owner"`
	Type    uint16 `json:"cbeff_type"`
	Views   []struct {
		Finger, View, Imp, Quality uint8
		Minutiae                   [][5]int
		ExtLen                     int `json:"ext_len"`
	}
}

func TestReadingsOfOthers(t *testing.T) {
	dir := formattest.Standards(t)
	f, err := os.Open(filepath.Join(dir, "expected", "iso_summary.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	variants := map[string]Format{"ANSI378-2004": ANSI2004, "ISO19794-2:2005": ISO2005, "": ISO2011}
	files, minutiae := 0, 0
	for s := bufio.NewScanner(f); s.Scan(); {
		var want reading
		if err := json.Unmarshal(s.Bytes(), &want); err != nil {
			t.Fatal(err)
		}
		if want.Kind != "FMR" {
			continue
		}
		files++
		data, err := os.ReadFile(filepath.Join(dir, "samples", "iso19794", want.File))
		if err != nil {
			t.Fatal(err)
		}
		t.Run(filepath.Base(want.File), func(t *testing.T) {
			r, err := Parse(data)
			if err != nil {
				t.Fatal(err)
			}
			if r.Format != variants[want.Variant] {
				t.Fatalf("%v, want %q", r.Format, want.Variant)
			}
			if r.Format == ISO2011 {
				return // the other program stopped at the header; TestPublished2011 says more
			}
			if len(r.Views) != len(want.Views) || r.Product != (Product{want.Owner, want.Type}) || int(r.Equipment.Device) != want.CapEqpt {
				t.Errorf("%d views, product %v, equipment %v", len(r.Views), r.Product, r.Equipment)
			}
			for i, w := range want.Views {
				minutiae += checkView(t, i, &r.Views[i], w.Finger, w.View, w.Imp, w.Quality, w.Minutiae)
				if v := r.Views[i]; v.Width != want.W || v.Height != want.H || v.XPerCm != want.XRes || v.YPerCm != want.YRes {
					t.Errorf("view %d: %dx%d at %d, %d", i, v.Width, v.Height, v.XPerCm, v.YPerCm)
				}
				if (w.ExtLen > 0) != (len(r.Views[i].Extended) > 0) {
					t.Errorf("view %d: %d areas, want %d bytes", i, len(r.Views[i].Extended), w.ExtLen)
				}
			}
		})
	}
	t.Logf("%d files, %d minutiae equal to the readings", files, minutiae)
	if files < 40 {
		t.Errorf("%d files only", files)
	}
}

func checkView(t *testing.T, i int, v *View, finger, number, imp, quality uint8, want [][5]int) int {
	t.Helper()
	if q := v.Capture.Qualities[0].Score; v.Position != finger || v.Number != number || v.Impression != imp || q != quality {
		t.Errorf("view %d: finger %d view %d impression %d quality %d", i, v.Position, v.Number, v.Impression, q)
	}
	if len(v.Minutiae) != len(want) {
		t.Fatalf("view %d: %d minutiae, want %d", i, len(v.Minutiae), len(want))
	}
	for k, w := range want {
		m := v.Minutiae[k]
		if got := [5]int{int(m.Kind), int(m.X), int(m.Y), int(m.Angle), int(m.Quality)}; got != w {
			t.Errorf("view %d minutia %d: %v, want %v", i, k, got, w)
		}
	}
	return len(want)
}

// TestBiomDI compares with the text dump of NIST's BiomDI, down to cores and deltas.
func TestBiomDI(t *testing.T) {
	dir := formattest.Standards(t)
	data, err := os.ReadFile(filepath.Join(dir, "samples/iso19794/libbiomeval/fmr.iso2005"))
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "expected/biomdi/libbiomeval_fmr.iso2005.txt"))
	if err != nil {
		t.Fatal(err)
	}
	r, err := Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	var got, want []string
	for _, v := range r.Views {
		for _, m := range v.Minutiae {
			got = append(got, join(m.Kind, m.X, m.Y, m.Angle, int(r.Format.Degrees(m.Angle)+0.5), m.Quality))
		}
	}
	num := `(\d+)`
	re := regexp.MustCompile(`Type\s*: 0x` + num + `[^\n]*\n\s*Coordinate\s*: \(` + num + `,` + num + `\)\s*Angle\s*: ` + num + ` \(` + num + ` degrees\)\s*Quality\s*: ` + num)
	for _, m := range re.FindAllStringSubmatch(string(text), -1) {
		want = append(want, strings.Join(m[1:], " "))
	}
	if len(want) == 0 || len(got) != len(want) {
		t.Fatalf("%d minutiae, want %d", len(got), len(want))
	}
	for i := range got {
		g, w := strings.Fields(got[i]), strings.Fields(want[i])
		// the other program cuts or rounds degrees; a degree is allowed there
		if d := atoi(g[4]) - atoi(w[4]); d < -1 || d > 1 {
			t.Errorf("minutia %d: %s degrees, want %s", i, g[4], w[4])
		}
		g[4], w[4] = "", ""
		if strings.Join(g, " ") != strings.Join(w, " ") {
			t.Errorf("minutia %d: %v, want %v", i, g, w)
		}
	}
	cd := r.Views[1].CoresDeltas()
	if cd == nil || len(cd.Cores) != 2 || len(cd.Deltas) != 4 {
		t.Fatalf("cores and deltas %+v", cd)
	}
	if cd.Cores[0] != (Core{150, 250, true, 90}) || cd.Cores[1] != (Core{100, 150, true, 45}) ||
		cd.Deltas[0] != (Delta{143, 232, true, [3]uint8{100, 110, 120}}) || cd.Deltas[1] != (Delta{103, 104, false, [3]uint8{}}) ||
		cd.Deltas[2] != (Delta{136, 214, true, [3]uint8{33, 43, 53}}) || cd.Deltas[3] != (Delta{130, 319, true, [3]uint8{57, 67, 77}}) {
		t.Errorf("cores and deltas %+v", cd)
	}
}

func join(n ...any) string {
	var s []string
	for _, v := range n {
		switch v := v.(type) {
		case uint8:
			s = append(s, strconv.Itoa(int(v)))
		case uint16:
			s = append(s, strconv.Itoa(int(v)))
		case int:
			s = append(s, strconv.Itoa(v))
		}
	}
	return strings.Join(s, " ")
}

func atoi(s string) int { n, _ := strconv.Atoi(s); return n }

// TestPublishedOddities says which rule of lengths each published sample follows and what else is odd in it.
func TestPublishedOddities(t *testing.T) {
	dir := filepath.Join(formattest.Standards(t), "samples/iso19794")
	tests := []struct {
		file      string
		rule      sc37.LengthRule
		odd       []string // part of each, in order
		roundTrip bool
	}{
		{"biomdi/ansi378-2004_Appendix-B2_Example.raw", sc37.LengthWithHeader, nil, false},
		{"biomdi/iso19794-2-2005_Appendix-C2_Example.raw", sc37.LengthWithHeader, []string{"states 340 bytes, the record has 341"}, false},
		{"fingerprintio/ansi378v2004-sample.dat", sc37.LengthWithHeader, []string{"version", "360 degrees", "not a method and triples", "states 340 bytes, the record has 342"}, false},
		{"fingerprintio/iso19794p2v2005-sample.dat", sc37.LengthDataAlone, []string{"do not count their own"}, true},
		{"fingerprintio/iso19794p2v2011-sample.dat", sc37.LengthWithHeader, nil, true},
		{"libbiomeval/fmr.iso2005", sc37.LengthWithHeader, []string{"states 42 bytes, 41 are left"}, false},
		{"openafis/valid/fvc2002/DB4_B/101_1.iso", sc37.LengthWithHeader, nil, true},
	}
	for _, tt := range tests {
		t.Run(filepath.Base(tt.file), func(t *testing.T) {
			data, err := os.ReadFile(filepath.Join(dir, tt.file))
			if err != nil {
				t.Fatal(err)
			}
			r, err := Parse(data)
			if err != nil {
				t.Fatal(err)
			}
			if got := r.Views[len(r.Views)-1].LengthRule; got != tt.rule {
				t.Errorf("rule %v", got)
			}
			if len(r.Oddities) != len(tt.odd) {
				t.Errorf("oddities %v, want %q", r.Oddities, tt.odd)
			}
			for i, want := range tt.odd {
				if i < len(r.Oddities) && !strings.Contains(r.Oddities[i].String(), want) {
					t.Errorf("oddity %v, want %q", r.Oddities[i], want)
				}
			}
			if tt.roundTrip {
				if out, err := r.Marshal(); err != nil || !bytes.Equal(out, data) {
					t.Errorf("written: %v, equal %v", err, bytes.Equal(out, data))
				}
			}
		})
	}
}

// TestPublished2011 reads the sample of the second generation, whose finger data are those of the sample of 2005.
func TestPublished2011(t *testing.T) {
	dir := filepath.Join(formattest.Standards(t), "samples/iso19794/fingerprintio")
	var recs []*Record
	for _, name := range []string{"iso19794p2v2011-sample.dat", "iso19794p2v2005-sample.dat"} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		r, err := Parse(data)
		if err != nil {
			t.Fatal(err)
		}
		recs = append(recs, r)
	}
	n, o := recs[0], recs[1]
	if len(n.Views) != 2 || n.Views[0].Capture.Time.String() != "2005-12-15T17:35:20Z" || n.Views[0].Capture.Vendor != 0xabcd ||
		n.Views[0].Capture.Qualities[0] != (sc37.Quality{Score: 90, Vendor: 0xabcd, Algorithm: 0x0123}) {
		t.Errorf("capture %+v", n.Views[0].Capture)
	}
	for i := range n.Views {
		a, b := n.Views[i], o.Views[i]
		if a.Position != b.Position || a.Width != b.Width || len(a.Minutiae) != len(b.Minutiae) {
			t.Fatalf("view %d differs", i)
		}
		for k := range a.Minutiae {
			if a.Minutiae[k] != b.Minutiae[k] {
				t.Errorf("view %d minutia %d: %v and %v", i, k, a.Minutiae[k], b.Minutiae[k])
			}
		}
	}
	if e := n.Views[1].Extended; len(e) != 1 || e[0].Type != 0x0221 || e[0].Name() != "vendor data" || len(e[0].Data) != 6 {
		t.Errorf("extended %+v", e)
	}
}
