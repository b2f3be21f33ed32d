package finger_test

import (
	"testing"

	"convenio/finger"
)

func benchImages(b *testing.B, set string, n int) []finger.Image {
	files := setFiles(b, set)
	var list []finger.Image
	for i := 0; i < len(files) && len(list) < n; i += 5 {
		list = append(list, loadImage(b, files[i]))
	}
	return list
}

func benchPrepared(b *testing.B, set string, n int) []*finger.Prepared {
	var list []*finger.Prepared
	for _, img := range benchImages(b, set, n) {
		t, err := finger.Extract(img, nil)
		if err != nil {
			b.Fatal(err)
		}
		list = append(list, finger.Prepare(t))
	}
	return list
}

func BenchmarkExtract(b *testing.B) {
	images := benchImages(b, "fvc2002_db1_b", 16)
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		if _, err := finger.Extract(images[i%len(images)], nil); err != nil {
			b.Fatal(err)
		}
		i++
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "images/s")
}

func BenchmarkPrepare(b *testing.B) {
	t, err := finger.Extract(benchImages(b, "fvc2002_db1_b", 1)[0], nil)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		finger.Prepare(t)
	}
}

// BenchmarkCompare compares every template with every other: most comparisons are non-mated, as in a search.
func BenchmarkCompare(b *testing.B) {
	list := benchPrepared(b, "fvc2002_db1_b", 16)
	c := finger.NewComparer()
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		c.Compare(list[i%len(list)], list[(i/len(list)+i+1)%len(list)])
		i++
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "comparisons/s")
}
