package ansinist_test

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"strings"
	"testing"
	"time"

	"convenio/formats/ansinist"
)

// at is the time of every transaction made here.
var at = time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)

// smallPNG is a gray picture of no finger at all.
func smallPNG(t testing.TB, width, height int) []byte {
	t.Helper()
	g := image.NewGray(image.Rect(0, 0, width, height))
	for i := range g.Pix {
		g.SetGray(i%width, i/width, color.Gray{Y: uint8(i * 7)})
	}
	var buf bytes.Buffer
	if err := png.Encode(&buf, g); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// wsqHeader is the beginning of a WSQ file and nothing behind it.
func wsqHeader(width, height int) []byte {
	return []byte{0xFF, 0xA0, 0xFF, 0xA2, 0, 17, 0, 255, byte(height >> 8), byte(height), byte(width >> 8), byte(width), 0, 0, 0, 0, 0, 0, 0, 0, 0}
}

// made is a search with two fingers, minutiae and a text.
func made(t testing.TB) ansinist.Search {
	t.Helper()
	raw := bytes.Repeat([]byte{0x1C, 0x1D, 200, 90}, 20*16/4) // pixels that look like separators
	return ansinist.Search{
		Type: "SRCH", At: at, Priority: 2, Destination: "BB", Origin: "AA/CONVENIO", Control: "AA-2026-0001",
		Domain: "CONVENIO", DomainVer: "1.0",
		Texts: []ansinist.UserText{{Number: 3, Items: [][]string{{"border check", "art. 4"}, {"peña"}}}},
		Fingers: []ansinist.SearchFinger{
			{Position: 2, Impression: 0, Width: 24, Height: 30, PPI: 500, Compression: "PNG", Data: smallPNG(t, 24, 30),
				Quality:  []ansinist.Quality{{Position: 2, Score: 71, Vendor: "000F", Product: 1}},
				Minutiae: []ansinist.M1Minutia{{X: 3, Y: 4, Angle: 280, Type: 1, Quality: 80}, {X: 9, Y: 20, Angle: 12, Type: 2}}},
			{Position: 7, Impression: 1, Width: 20, Height: 16, PPI: 1000, Compression: "NONE", Data: raw},
		},
	}
}

func madeTransaction(t testing.TB) *ansinist.Transaction {
	t.Helper()
	tx, err := ansinist.NewSearch(made(t))
	if err != nil {
		t.Fatal(err)
	}
	return tx
}

func encoded(t testing.TB, tx *ansinist.Transaction) []byte {
	t.Helper()
	b, err := tx.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// everyType is a transaction with a record of every kind that the writer makes.
func everyType(t testing.TB) *ansinist.Transaction {
	t.Helper()
	head := ansinist.Header{Version: "0502", Type: "TEST", Date: at, Destination: "B", Origin: "A", Control: "1", Native: 19.69, Nominal: 19.69, GMT: at}
	tx := &ansinist.Transaction{Records: []*ansinist.Record{head.Record()}}
	add := func(r *ansinist.Record, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		tx.Add(r)
	}
	text := ansinist.NewRecord(2)
	text.SetText(2, "00")
	text.SetText(2020, "four digits")
	add(text, nil)
	add(ansinist.FixedImage{Type: 4, IDC: 1, Impression: 1, Positions: []int{2, 3}, Width: 32, Height: 16, Compression: 1, Data: wsqHeader(32, 16)}.Record())
	add(ansinist.FixedImage{Type: 3, IDC: 2, Positions: []int{0}, Width: 8, Height: 8, Data: make([]byte, 64)}.Record())
	user := ansinist.NewRecord(7)
	user.SetInt(2, 3)
	user.Set(3, []byte{1, 2, 3, 0x1C})
	add(user, nil)
	sign := ansinist.NewRecord(8)
	for number, n := range map[int]int{2: 4, 3: 0, 4: 0, 5: 0, 6: 16, 7: 4} {
		sign.SetInt(number, n)
	}
	sign.Set(8, make([]byte, 8))
	add(sign, nil)
	add(ansinist.Minutiae{IDC: 1, Standard: true, EFS: &ansinist.EFS{
		Region:      &ansinist.EFSRegion{Width: 1200, Height: 900, Polygon: []ansinist.Point{{X: 0, Y: 0}, {X: 1200, Y: 0}, {X: 600, Y: 900}}},
		Orientation: &ansinist.EFSOrientation{Direction: -12, Uncertainty: 8},
		Positions:   []ansinist.EFSPosition{{Position: 2, Segment: "DST"}},
		Profile:     []int{2}, Patterns: []ansinist.EFSPattern{{Class: "LS", Sub: "UL"}},
		Cores:       []ansinist.EFSCore{{X: 500, Y: 400, Direction: 90, Radius: -1, DirectionUncertainty: -1}},
		Deltas:      []ansinist.EFSDelta{{X: 700, Y: 800, Up: 80, Left: -1, Right: 330}},
		Minutiae:    []ansinist.EFSMinutia{{X: 10, Y: 20, Theta: 359, Type: "E", Radius: -1, Spread: -1}, {X: 30, Y: 40, Theta: 0, Type: "B", Radius: 12, Spread: 5}},
		CountMethod: "OCTANT", RidgeCounts: []ansinist.EFSRidgeCount{{A: 1, B: 2, Ridges: 3, Reference: 1}}, TonalChange: "P",
	}}.Record())
	raster := ansinist.Raster{Source: "A", Captured: at, Width: 32, Height: 16, ScaleUnits: 1, ScaleX: 500, ScaleY: 500, Compression: "WSQ20", BitsPerPixel: 8, Data: wsqHeader(32, 16)}
	face := raster
	face.IDC, face.Compression, face.Data, face.Comment = 5, "PNG", smallPNG(t, 32, 16), "no face"
	add(ansinist.Face{Raster: face, ImageType: "FACE", ColorSpace: "GRAY", Profile: 30, Pose: "F"}.Record())
	for i, typ := range []int{13, 14, 15, 19} {
		raster.IDC = 10 + i
		position := map[int]int{13: 0, 14: 13, 15: 21, 19: 61}[typ]
		f := ansinist.FrictionRidge{Raster: raster, Type: typ, Impression: 0, Positions: []int{position}}
		if typ == 14 {
			f.Segments = []ansinist.Segment{{Position: 2, Left: 0, Right: 10, Top: 0, Bottom: 15}}
			f.Missing = []ansinist.Missing{{Position: 5, Code: "XX"}}
			f.NIST = []ansinist.NISTScore{{Position: 2, Score: 3}}
		}
		add(f.Record())
	}
	iris := raster
	iris.IDC, iris.Compression, iris.Data = 20, "PNG", smallPNG(t, 32, 16)
	add(ansinist.Iris{Raster: iris, Eye: 1, ColorSpace: "GRAY", EyeColor: "BRO"}.Record())
	for i, typ := range []int{11, 12, 18, 20, 21, 22, 50, 98, 99} {
		r := ansinist.NewRecord(typ)
		r.SetText(2, fmt.Sprintf("%02d", 30+i))
		r.SetText(200, "carried")
		if typ > 18 && typ != 98 {
			r.Set(999, []byte("\x1c\x1d\x1e\x1f anything"))
		}
		add(r, nil)
	}
	return tx
}

func hasOddity(tx *ansinist.Transaction, kind ansinist.Kind, record, field int) bool {
	for _, o := range tx.Oddities {
		if o.Kind == kind && o.Record == record && (field == 0 || o.Field == field) {
			return true
		}
	}
	return false
}

func oddityText(tx *ansinist.Transaction) string {
	var out []string
	for _, o := range tx.Oddities {
		out = append(out, o.String())
	}
	return strings.Join(out, "\n")
}
