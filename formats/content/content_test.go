package content

import (
	"bytes"
	"errors"
	"image"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"convenio/formats/ansinist"
	"convenio/formats/cbeff"
	"convenio/formats/fir"
	"convenio/formats/fmr"
	"convenio/formats/iir"
	"convenio/formats/internal/formattest"
	"convenio/formats/jpegl"
	"convenio/formats/picture"
	"convenio/formats/sc37"
	"convenio/formats/wsq"
)

type marshaler interface{ Marshal() ([]byte, error) }

func must(t testing.TB, m marshaler) []byte {
	t.Helper()
	b, err := m.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func ramp(t testing.TB, w, h int, ppi float64) []byte {
	t.Helper()
	g := image.NewGray(image.Rect(0, 0, w, h))
	for i := range g.Pix {
		g.Pix[i] = uint8(i)
	}
	b, err := picture.EncodePNG(g, ppi)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

var noTime = sc37.Capture{Time: sc37.NoDateTime, Qualities: []sc37.Quality{{Score: 55}}}

func sampleFIR(t testing.TB) []byte {
	raw := fir.Image{Position: 7, Scale: fir.PerCm, ScanX: 197, ScanY: 197, ResX: 197, ResY: 197, Depth: 8, Width: 4, Height: 3, Data: []byte("twelve bytes"), Capture: noTime}
	png := raw
	png.Position, png.Number, png.Compression, png.Data, png.Width, png.Height = 2, 1, 6, ramp(t, 30, 20, 500), 30, 20
	slap := raw
	slap.Position, slap.Number = 13, 2
	return must(t, &fir.Record{Format: fir.ISO2011, Images: []fir.Image{raw, png, slap}})
}

func sampleFMR(t testing.TB) []byte {
	v := fmr.View{Position: 3, Width: 300, Height: 400, XPerCm: 197, YPerCm: 197, Capture: noTime, Minutiae: []fmr.Minutia{{X: 1, Y: 2, Kind: 1, Angle: 3, Quality: 4}},
		Extended: []fmr.Area{{Type: 1, RidgeCounts: &fmr.RidgeCounts{Method: 1, Counts: []fmr.RidgeCount{{From: 1, To: 1, Count: 3}}}},
			{Type: 2, CoresDeltas: &fmr.CoresDeltas{Cores: []fmr.Core{{X: 5, Y: 6}}}}, {Type: 0x0101, Data: []byte("vendor")}}}
	return must(t, &fmr.Record{Format: fmr.ISO2005, Views: []fmr.View{v}})
}

func sampleIIR(t testing.TB) []byte {
	return must(t, &iir.Record{Format: iir.ISO2011, Eyes: 1, Images: []iir.Image{{Eye: 1, Type: 1, Code: 2, Width: 4, Height: 3, Depth: 8, Data: []byte("twelve bytes"), Capture: noTime}}})
}

func sampleCBEFF(t testing.TB) []byte {
	b := cbeff.BIR{}
	for _, block := range [][]byte{sampleFIR(t), sampleFMR(t), sampleIIR(t), []byte("noise")} {
		b.Children = append(b.Children, cbeff.BIR{BDB: block, BDBInfo: &cbeff.BDBInfo{Types: []string{"Finger"}, Subtypes: cbeff.Subtypes(7), Purpose: "Enroll"}})
	}
	return must(t, &b)
}

func sampleITL(t testing.TB) []byte {
	tx, err := ansinist.NewSearch(ansinist.Search{Type: "SRCH", At: time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC), Destination: "BB", Origin: "AA", Control: "AA-1",
		Fingers: []ansinist.SearchFinger{
			{Position: 2, Width: 20, Height: 30, PPI: 500, Compression: "NONE", Data: make([]byte, 600), Quality: []ansinist.Quality{{Position: 2, Score: 44, Vendor: "0001", Product: 1}},
				Minutiae: []ansinist.M1Minutia{{X: 10, Y: 12, Angle: 90, Type: 1, Quality: 60}}},
			{Position: 7, Width: 120, Height: 100, PPI: 500, Compression: "WSQ20", Data: sampleWSQ(t)},
		}})
	if err != nil {
		t.Fatal(err)
	}
	b, err := tx.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestSegments(t *testing.T) {
	tx, err := ansinist.Read(sampleITL(t), ansinist.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	pix := make([]byte, 60*40)
	for i := range pix {
		pix[i] = byte(i % 60)
	}
	r, err := ansinist.FrictionRidge{Type: 14, Positions: []int{13}, Raster: ansinist.Raster{IDC: 9, Source: "AA", Captured: time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC), Width: 60, Height: 40,
		ScaleUnits: 1, ScaleX: 500, ScaleY: 500, Compression: "NONE", BitsPerPixel: 8, Data: pix},
		Segments: []ansinist.Segment{{Position: 2, Left: 10, Right: 30, Top: 5, Bottom: 25}, {Position: 3, Left: 30, Right: 90, Top: 5, Bottom: 25}}}.Record()
	if err != nil {
		t.Fatal(err)
	}
	tx.Add(r)
	data, err := tx.Carry()
	if err != nil {
		t.Fatal(err)
	}
	f, err := Open(data)
	if err != nil {
		t.Fatal(err)
	}
	m := f.Images[len(f.Images)-1]
	p, err := m.Decode()
	if err != nil || m.Name != "6-segment-right-index" || m.Positions[0] != 2 || p.Gray.Bounds().Dx() != 20 || p.Gray.Bounds().Dy() != 20 || p.Gray.Pix[0] != 10 || p.PPI != 500 {
		t.Errorf("%v %+v", err, m)
	}
	if !slices.ContainsFunc(f.Oddities, func(s string) bool { return strings.Contains(s, "segment of position 3") }) {
		t.Errorf("oddities %q", f.Oddities)
	}
}

func sampleWSQ(t testing.TB) []byte {
	img := &wsq.Image{Width: 120, Height: 100, Pix: make([]uint8, 12000)}
	for i := range img.Pix {
		img.Pix[i] = uint8(128 + 100*math.Sin(float64(i%120)/2))
	}
	b, err := wsq.Encode(img, wsq.Options{PPI: 500})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func sampleLossless(t testing.TB) []byte {
	b, err := jpegl.Encode(&jpegl.Image{Width: 12, Height: 10, Components: 1, BitDepth: 8, PPI: 500, Pix: make([]uint8, 120)}, jpegl.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestOpen(t *testing.T) {
	der := append([]byte{0x64, 0x82, 0x01, 0x02, 0xa0, 0x03}, make([]byte, 256)...)
	tests := []struct {
		name, kind, title string
		data              []byte
		images, templates int
		oddities          int
		has               []string // each in some record, field or note
	}{
		{"png", "png", "PNG image, 30 x 20 pixels", ramp(t, 30, 20, 500), 1, 0, 0, nil},
		{"png without resolution", "png", "PNG image", ramp(t, 30, 20, 0), 1, 0, 0, []string{"the file states no resolution"}},
		{"wsq", "wsq", "WSQ image, 120 x 100 pixels", sampleWSQ(t), 1, 0, 0, []string{"0.75 bits a pixel", "500"}},
		{"lossless jpeg", "jpl", "JPEG lossless image, 12 x 10 pixels", sampleLossless(t), 1, 0, 0, nil},
		{"an2", "an2", "version 0502, 5 records", sampleITL(t), 2, 1, 0, []string{"record 3: Type-9, Minutiae", "600 bytes", "SRCH", "AA-1"}},
		{"fir", "fir", "ISO/IEC 19794-4:2011", sampleFIR(t), 3, 0, 0, []string{"image 2: right index", "code 6, PNG", "197 x 197 pixels per cm (500 x 500 ppi)"}},
		{"fmr", "fmr", "ISO/IEC 19794-2:2005", sampleFMR(t), 0, 1, 0, []string{"view 1: right middle", "1: 1 endings", "1, four neighbours", "1 cores, 0 deltas", "type 0x0101, 6 bytes"}},
		{"iir", "iir", "ISO/IEC 19794-6:2011", sampleIIR(t), 1, 0, 0, []string{"image 1: right eye", "1, uncropped"}},
		{"cbeff", "cbeff", "ISO/IEC 19785-3", sampleCBEFF(t), 4, 1, 3, []string{"record 1: Finger, Left IndexFinger", "record 2, fmr: view 1: right middle", "Enroll"}},
		{"39794 binary", "39794", "ISO/IEC 39794-4 finger image, tagged binary", der, 0, 0, 0, []string{"carried, not read"}},
		{"39794 xml", "39794", "ISO/IEC 39794-5, XML", []byte(`<faceImageData xmlns="http://standards.iso.org/iso-iec/39794/-5"/>`), 0, 0, 0, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f, err := Open(tt.data)
			if err != nil {
				t.Fatal(err)
			}
			if f.Kind != tt.kind || !strings.Contains(f.Title, tt.title) || f.Bytes != len(tt.data) {
				t.Errorf("%s, %q, %d bytes", f.Kind, f.Title, f.Bytes)
			}
			if len(f.Images) != tt.images || len(f.Templates) != tt.templates || len(f.Oddities) != tt.oddities {
				t.Errorf("%d images, %d templates, oddities %q", len(f.Images), len(f.Templates), f.Oddities)
			}
			var all strings.Builder
			for _, r := range f.Records {
				all.WriteString(r.Name + "\n")
				for _, d := range r.Fields {
					all.WriteString(d.Value + "\n")
				}
			}
			all.WriteString(strings.Join(f.Notes, "\n"))
			for _, want := range tt.has {
				if !strings.Contains(all.String(), want) {
					t.Errorf("no %q in\n%s", want, all.String())
				}
			}
			for _, m := range f.Templates {
				if len(m.Points) != m.Minutiae || m.Points[0].Kind != "ending" {
					t.Errorf("points %+v", m.Points)
				}
			}
			names := map[string]bool{}
			for i := range f.Images {
				m := &f.Images[i]
				if names[m.Name] {
					t.Errorf("two images named %s", m.Name)
				}
				names[m.Name] = true
				if p, err := m.Decode(); err != nil || p.Gray.Bounds().Dx() != m.Width {
					t.Errorf("%s: %v", m.Name, err)
				}
			}
		})
	}
}

func TestUnknown(t *testing.T) {
	for _, data := range [][]byte{nil, []byte("hello, world"), []byte("%PDF-1.7"), {0x64, 0x82, 1, 0}} {
		if _, err := Open(data); !errors.Is(err, ErrUnknown) {
			t.Errorf("%q: %v", data, err)
		}
	}
}

func TestDecodeBelievesTheRecord(t *testing.T) {
	m := Image{Name: "x", Width: 31, Height: 20, PPIX: 1000, PPIY: 1000, Data: ramp(t, 30, 20, 500)}
	p, err := m.Decode()
	if err != nil {
		t.Fatal(err)
	}
	all := strings.Join(p.Notes, "; ")
	if p.PPI != 1000 || !strings.Contains(all, "1000 ppi") || !strings.Contains(all, "31 x 20") {
		t.Errorf("%v ppi, %s", p.PPI, all)
	}
	m.Data = []byte{1, 2, 3}
	if _, err := m.Decode(); !errors.Is(err, ErrNoDecoder) {
		t.Error(err)
	}
}

// TestHugeRaw has a record that claims more pixels than there are bytes, and one with more than the limit.
func TestHugeRaw(t *testing.T) {
	r := &fir.Record{Format: fir.ISO2011, Images: []fir.Image{{Position: 1, Scale: 1, ResX: 500, ResY: 500, Depth: 1, Compression: 1, Width: 60000, Height: 60000, Data: make([]byte, 9)}}}
	f, err := Open(must(t, r))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Images[0].Decode(); err == nil || !strings.Contains(err.Error(), "need 450000000") {
		t.Error(err)
	}
}

// TestPublished opens every published sample with a format that is read here.
func TestPublished(t *testing.T) {
	dir := formattest.Standards(t)
	n := 0
	kinds := map[string]int{}
	for _, pattern := range []string{"iso19794/*/*.*", "iso19794/openafis/valid/fvc2002/DB4_B/*.iso", "itl-trad/*/*.an2", "itl-trad/*/*.an2k", "itl-trad/*/*.ebts",
		"itl-xml/*/Sample-*.xml", "wsq/*.wsq", "wsq/*/*.wsq", "jp2/misc/*.jp2"} {
		files, _ := filepath.Glob(filepath.Join(dir, "samples", pattern))
		for _, name := range files {
			data, err := os.ReadFile(name)
			if err != nil {
				continue // a folder
			}
			f, err := Open(data)
			if err != nil {
				t.Errorf("%s: %v", filepath.Base(name), err)
				continue
			}
			n++
			kinds[f.Kind]++
			for i := range f.Images {
				if f.Images[i].Width*f.Images[i].Height > 1<<19 || f.Images[i].Kind == "signature" {
					continue // decoding large ones is the codecs' own tests' work
				}
				if _, err := f.Images[i].Decode(); err != nil {
					t.Errorf("%s: %v", filepath.Base(name), err)
				}
			}
		}
	}
	if n == 0 {
		t.Error("no file")
	}
	t.Logf("%d files: %v", n, kinds)
}

func FuzzOpen(f *testing.F) {
	for _, b := range [][]byte{ramp(f, 9, 7, 500), sampleWSQ(f), sampleLossless(f), sampleITL(f), sampleFIR(f), sampleFMR(f), sampleIIR(f), sampleCBEFF(f)} {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := Open(data)
		if err != nil {
			if file != nil {
				t.Error("a file beside an error")
			}
			return
		}
		for i := range file.Images {
			m := &file.Images[i]
			if strings.ContainsAny(m.Name, "/\\. \x00") || m.Name == "" {
				t.Errorf("%q is no name for a file", m.Name)
			}
			if len(m.Data) < 1<<16 {
				if p, err := m.Decode(); err == nil && p.Gray.Bounds().Empty() {
					t.Error("an empty image")
				}
			}
		}
	})
}

func TestSlug(t *testing.T) {
	if s := slug("Right writer's palm (x)"); s != "right-writer-s-palm-x" {
		t.Error(s)
	}
}

func ExampleOpen() {
	g := image.NewGray(image.Rect(0, 0, 30, 20))
	data, err := picture.EncodePNG(g, 500)
	if err != nil {
		return
	}
	f, err := Open(data)
	if err != nil {
		return
	}
	os.Stdout.WriteString(f.Title + "\n")
	_, err = Open(bytes.Repeat([]byte("no"), 3))
	os.Stdout.WriteString(err.Error() + "\n")
	// Output:
	// PNG image, 30 x 20 pixels
	// not a format known here: decode picture: not a PNG, TIFF, BMP, JPEG, JPEG 2000 or WSQ picture: looks like text
}
