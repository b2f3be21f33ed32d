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

// BenchmarkCompare times comparisons of prepared templates, one core, over the pairs of a set of 80 images of 10 fingers:
// strangers as a search meets them, mates, and all 3,160 pairs as the protocol takes them (9 % mates).
func BenchmarkCompare(b *testing.B) {
	for _, set := range []string{"fvc2002_db1_b", "fvc2002_db3_b"} {
		var list []*finger.Prepared
		for _, f := range setFiles(b, set) {
			t, err := finger.Extract(loadImage(b, f), nil)
			if err != nil {
				b.Fatal(err)
			}
			list = append(list, finger.Prepare(t))
		}
		for _, mix := range []struct {
			name string
			take func(mated bool) bool
		}{
			{"non-mated", func(mated bool) bool { return !mated }},
			{"mated", func(mated bool) bool { return mated }},
			{"all-pairs", func(bool) bool { return true }},
		} {
			b.Run(set+"/"+mix.name, func(b *testing.B) { benchPairs(b, list, mix.take) })
		}
	}
}

// benchPairs compares the pairs taken, of images of which each eight show one finger.
func benchPairs(b *testing.B, list []*finger.Prepared, take func(mated bool) bool) {
	var pairs [][2]int
	for i := range list {
		for j := i + 1; j < len(list); j++ {
			if take(i/8 == j/8) {
				pairs = append(pairs, [2]int{i, j})
			}
		}
	}
	c := finger.NewComparer()
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		p := pairs[i%len(pairs)]
		c.Compare(list[p[0]], list[p[1]])
		i++
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "comparisons/s")
}
