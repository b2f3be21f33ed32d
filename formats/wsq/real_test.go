package wsq_test

import (
	"bytes"
	"image"
	"image/draw"
	_ "image/png"
	"os"
	"path/filepath"
	"testing"

	"convenio/formats/internal/formattest"
	"convenio/formats/wsq"
)

// TestRealPrints: what the encoder makes of captures by real sensors is read back close to them. One print of each finger of
// FVC2002 set B, four sensors.
func TestRealPrints(t *testing.T) {
	root := filepath.Join(filepath.Dir(formattest.Standards(t)), "fingerprints")
	for _, c := range []struct {
		rate  float64
		least float64 // PSNR of the worst, dB
	}{{wsq.BitRateStandard, 27}, {wsq.BitRateHigh, 33}} {
		for _, db := range []string{"db1", "db2", "db3", "db4"} {
			files, err := filepath.Glob(filepath.Join(root, "fvc2002_"+db+"_b", "*_1.png"))
			if err != nil || len(files) == 0 {
				t.Skip("no FVC2002 prints: set CONVENIO_DATA to the folder that holds fingerprints/")
			}
			worst, sum, raw, coded := 1e9, 0.0, 0, 0
			for _, f := range files {
				img := grayFile(t, f)
				data := mustEncode(t, img, wsq.Options{BitRate: c.rate})
				p := psnr(img.Pix, mustDecode(t, data).Pix)
				worst, sum, raw, coded = min(worst, p), sum+p, raw+len(img.Pix), coded+len(data)
			}
			t.Logf("%s at %.2f: %d prints, PSNR %.1f dB in the mean, %.1f the worst; %.1f:1", db, c.rate, len(files), sum/float64(len(files)), worst, float64(raw)/float64(coded))
			if worst < c.least {
				t.Errorf("%s at %.2f: PSNR %.1f dB, wanted %.0f", db, c.rate, worst, c.least)
			}
		}
	}
}

func grayFile(t *testing.T, path string) *wsq.Image {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	src, _, err := image.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	g := image.NewGray(image.Rect(0, 0, src.Bounds().Dx(), src.Bounds().Dy()))
	draw.Draw(g, g.Rect, src, src.Bounds().Min, draw.Src)
	return &wsq.Image{Width: g.Rect.Dx(), Height: g.Rect.Dy(), PPI: 500, Pix: g.Pix}
}
