package wsq_test

import (
	"path/filepath"
	"testing"

	"convenio/formats/internal/formattest"
	"convenio/formats/wsq"
)

func BenchmarkDecodeReal(b *testing.B) {
	data := formattest.Read(b, filepath.Join(formattest.Standards(b), "samples", "wsq", "jnbis-fp", "fp-1.wsq"))
	pixels := 0
	for b.Loop() {
		img, err := wsq.Decode(data, wsq.DefaultLimits)
		if err != nil {
			b.Fatal(err)
		}
		pixels += len(img.Pix)
	}
	b.ReportMetric(float64(pixels)/b.Elapsed().Seconds()/1e6, "MP/s")
}

// square is a synthetic print of 500 x 500 pixels.
func square() *wsq.Image {
	p := print(7)
	img := &wsq.Image{Width: 500, Height: 500, PPI: 500, Pix: make([]uint8, 500*500)}
	for i := range img.Pix {
		img.Pix[i] = p.Pix[i/500%p.Height*p.Width+i%500%p.Width]
	}
	return img
}

func BenchmarkDecode500(b *testing.B) {
	data := mustEncode(b, square(), wsq.Options{})
	for b.Loop() {
		mustDecode(b, data)
	}
}

func BenchmarkEncode500(b *testing.B) {
	img := square()
	for b.Loop() {
		mustEncode(b, img, wsq.Options{})
	}
}
