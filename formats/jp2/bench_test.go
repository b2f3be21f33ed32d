package jp2_test

import (
	"path/filepath"
	"testing"

	"convenio/formats/internal/formattest"
	"convenio/formats/jp2"
)

// BenchmarkDecodeReal: 908 x 1007 pixels at 1000 ppi, lossless.
func BenchmarkDecodeReal(b *testing.B) {
	data := formattest.Read(b, filepath.Join(formattest.Standards(b), "samples", "jp2", "misc", "biomeval-img.jp2"))
	pixels := 0
	for b.Loop() {
		img, err := jp2.Decode(data, jp2.DefaultLimits)
		if err != nil {
			b.Fatal(err)
		}
		pixels += len(img.Pix)
	}
	b.ReportMetric(float64(pixels)/b.Elapsed().Seconds()/1e6, "MP/s")
}
