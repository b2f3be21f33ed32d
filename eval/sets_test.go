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

// realSets lists the sets of real fingerprints, the resolution of each, and the error rates it is held to in percent: the
// figures once reached plus about the share two more missed mates would make.
var realSets = []struct {
	name         string
	ppi          float64
	eer, fmr1000 float64
}{
	{"fvc2002_db1_b", 500, 0.9, 1.1},
	{"fvc2002_db2_b", 569, 0.8, 0.8},
	{"fvc2002_db3_b", 500, 0.8, 0.8},
	{"fvc2002_db4_b", 500, 0.8, 0.8},
	{"uareu_25", 512, 0.3, 0.6},
}

// TestRealSets runs the engine over the sets of real fingerprints, where they are present. No set's error rates may get
// worse than the bound, and at a threshold no more strangers may pass than the score promises; one a set is allowed for
// chance where fewer than one is promised.
func TestRealSets(t *testing.T) {
	var pooled []rated
	for _, s := range realSets {
		t.Run(s.name, func(t *testing.T) {
			items, quality := prepareSet(t, s.name, s.ppi)
			scores := eval.Run(items, runtime.GOMAXPROCS(0))
			f, err := eval.Rates(scores, eval.Full)
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("EER %.2f %%, FMR100 %.2f %%, FMR1000 %.2f %%, ZeroFMR %.2f %%, threshold at FMR 1/1000 %.1f",
				100*f.EER, 100*f.FMR100, 100*f.FMR1000, 100*f.ZeroFMR, f.Threshold1000)
			if 100*f.EER > s.eer || 100*f.FMR1000 > s.fmr1000 {
				t.Errorf("EER %.2f %%, FMR1000 %.2f %%: at most %.2f %% and %.2f %% were held before", 100*f.EER, 100*f.FMR1000, s.eer, s.fmr1000)
			}
			checkThresholds(t, scores)
			for _, p := range scores {
				if p.Mated() {
					pooled = append(pooled, rated{min(quality[p.A], quality[p.B]), p.Value})
				}
			}
		})
	}
	t.Run("error versus discard", func(t *testing.T) { errorVersusDiscard(t, pooled) })
}

// checkThresholds counts the strangers that pass.
func checkThresholds(t *testing.T, scores []eval.Score) {
	for _, fmr := range []float64{1e-1, 1e-2, 1e-3, 1e-4} {
		strangers, pass := 0, 0
		for _, s := range scores {
			if !s.Mated() {
				strangers++
				if s.Value >= float64(finger.Threshold(fmr)) {
					pass++
				}
			}
		}
		if float64(pass) > max(fmr*float64(strangers), 1) {
			t.Errorf("%d of %d strangers pass the threshold for a false match rate of %v", pass, strangers, fmr)
		}
	}
}

// rated is a mated comparison: the lesser quality of its two images, and its score.
type rated struct{ quality, score float64 }

// errorVersusDiscard drops the mated comparisons of least quality and counts the misses among the rest: a quality that
// tells how recognisable a print is makes them fall (ISO/IEC 29794-1, Grother and Tabassi, PAMI 29(4), 2007).
func errorVersusDiscard(t *testing.T, all []rated) {
	if len(all) == 0 {
		t.Skip("real fingerprints are not here: skipped")
	}
	sort.Slice(all, func(i, j int) bool { return all[i].quality < all[j].quality })
	missed := func(share float64) float64 {
		rest := all[int(share*float64(len(all))):]
		n := 0
		for _, r := range rest {
			if r.score < float64(finger.Threshold(1e-4)) {
				n++
			}
		}
		return float64(n) / float64(len(rest))
	}
	for _, share := range []float64{0, 0.05, 0.1, 0.2, 0.3, 0.5} {
		t.Logf("worst %2.0f %% dropped: %.2f %% missed at a false match rate of 1e-4", 100*share, 100*missed(share))
	}
	if !(missed(0.1) < 0.8*missed(0) && missed(0.3) < 0.5*missed(0)) {
		t.Error("misses must fall by a fifth when the worst tenth is dropped, and by half when the worst three tenths are")
	}
}

// maxImages bounds a set.
const maxImages = 104

// prepareSet extracts a set's images; it skips the test where the set is absent (real prints are not part of the project).
func prepareSet(t *testing.T, set string, ppi float64) ([]eval.Item, map[eval.Sample]float64) {
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
	items, scores := make([]eval.Item, len(files)), make([]float64, len(files))
	next := make(chan int, len(files))
	for i := range files {
		next <- i
	}
	close(next)
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for i := range next {
				items[i], scores[i] = prepareFile(t, files[i], ppi)
			}
		})
	}
	wg.Wait()
	quality := map[eval.Sample]float64{}
	for i, it := range items {
		quality[it.Sample] = scores[i]
		if it.Prepared == nil {
			t.Errorf("%s gave no template", it.Sample)
		}
	}
	return items, quality
}

func prepareFile(t *testing.T, file string, ppi float64) (eval.Item, float64) {
	sample, err := eval.ParseSample(file)
	if err != nil {
		t.Error(err)
		return eval.Item{}, 0
	}
	f, err := os.Open(file)
	if err != nil {
		t.Error(err)
		return eval.Item{Sample: sample}, 0
	}
	defer f.Close()
	src, err := png.Decode(f)
	if err != nil {
		t.Error(err)
		return eval.Item{Sample: sample}, 0
	}
	g := image.NewGray(image.Rect(0, 0, src.Bounds().Dx(), src.Bounds().Dy()))
	draw.Draw(g, g.Bounds(), src, src.Bounds().Min, draw.Src)
	template, err := finger.Extract(finger.Image{Width: g.Rect.Dx(), Height: g.Rect.Dy(), PPI: ppi, Pix: g.Pix}, nil)
	if err != nil {
		t.Logf("%s: %v", sample, err)
		return eval.Item{Sample: sample}, 0
	}
	return eval.Item{Sample: sample, Prepared: finger.Prepare(template)}, float64(template.Quality.Score)
}
