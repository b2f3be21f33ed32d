package eval_test

import (
	"image"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"runtime"
	"sort"
	"sync"
	"testing"

	"convenio/eval"
	"convenio/finger"
)

// TestRealSets runs the engine over the sets of real fingerprints, where they are present, and holds it to the figures it
// once reached: no set's error rates may get worse than the bound, which is the figure measured plus about the share two
// more missed mates would make.
func TestRealSets(t *testing.T) {
	sets := []struct {
		name         string
		ppi          float64
		eer, fmr1000 float64 // percent, at most
	}{
		{"fvc2002_db1_b", 500, 1.1, 1.5},
		{"fvc2002_db2_b", 569, 1.8, 3},
		{"fvc2002_db3_b", 500, 1, 3},
		{"fvc2002_db4_b", 500, 0.8, 1.5},
		{"uareu_25", 512, 0.3, 0.6},
	}
	for _, s := range sets {
		t.Run(s.name, func(t *testing.T) {
			items, failed := prepareSet(t, s.name, s.ppi)
			if failed > 0 {
				t.Errorf("%d images gave no template", failed)
			}
			f, err := eval.Rates(eval.Run(items, runtime.GOMAXPROCS(0)), eval.Full)
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("EER %.2f %%, FMR100 %.2f %%, FMR1000 %.2f %%, ZeroFMR %.2f %%, threshold at FMR 1/1000 %.1f",
				100*f.EER, 100*f.FMR100, 100*f.FMR1000, 100*f.ZeroFMR, f.Threshold1000)
			if 100*f.EER > s.eer || 100*f.FMR1000 > s.fmr1000 {
				t.Errorf("EER %.2f %%, FMR1000 %.2f %%: at most %.2f %% and %.2f %% were held before", 100*f.EER, 100*f.FMR1000, s.eer, s.fmr1000)
			}
		})
	}
}

// maxImages bounds a set.
const maxImages = 104

// prepareSet extracts a set's images; it skips the test where the set is absent (real prints are not part of the project).
func prepareSet(t *testing.T, set string, ppi float64) (items []eval.Item, failed int) {
	t.Helper()
	root := os.Getenv("CONVENIO_DATA")
	if root == "" {
		root = "../../shared/data"
	}
	files, err := filepath.Glob(filepath.Join(root, "fingerprints", set, "*.png"))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Skipf("real fingerprints of set %s are not here (CONVENIO_DATA=%q): skipped", set, root)
	}
	sort.Strings(files)
	files = files[:min(len(files), maxImages)] // enough to notice a loss, and the test stays quick
	items = make([]eval.Item, len(files))
	next := make(chan int, len(files))
	for i := range files {
		next <- i
	}
	close(next)
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for i := range next {
				items[i] = prepareFile(t, files[i], ppi)
			}
		})
	}
	wg.Wait()
	for _, it := range items {
		if it.Prepared == nil {
			failed++
		}
	}
	return items, failed
}

func prepareFile(t *testing.T, file string, ppi float64) eval.Item {
	sample, err := eval.ParseSample(file)
	if err != nil {
		t.Error(err)
		return eval.Item{}
	}
	f, err := os.Open(file)
	if err != nil {
		t.Error(err)
		return eval.Item{Sample: sample}
	}
	defer f.Close()
	src, err := png.Decode(f)
	if err != nil {
		t.Error(err)
		return eval.Item{Sample: sample}
	}
	g := image.NewGray(image.Rect(0, 0, src.Bounds().Dx(), src.Bounds().Dy()))
	draw.Draw(g, g.Bounds(), src, src.Bounds().Min, draw.Src)
	template, err := finger.Extract(finger.Image{Width: g.Rect.Dx(), Height: g.Rect.Dy(), PPI: ppi, Pix: g.Pix}, nil)
	if err != nil {
		t.Logf("%s: %v", sample, err)
		return eval.Item{Sample: sample}
	}
	return eval.Item{Sample: sample, Prepared: finger.Prepare(template)}
}
