package gallery

import (
	"context"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"convenio/finger"
)

// real extracts some captures of a set's fingers, by finger; it skips the test where the set is not.
func real(t *testing.T, set string, ppi float64, captures int) map[string][]*finger.Prepared {
	t.Helper()
	root := os.Getenv("CONVENIO_DATA")
	if root == "" {
		root = "../../shared/data"
	}
	out := map[string][]*finger.Prepared{}
	for c := 1; c <= captures; c++ {
		files, err := filepath.Glob(filepath.Join(root, "fingerprints", set, fmt.Sprintf("*_%d.png", c)))
		must(t, err)
		if len(files) == 0 {
			t.Skipf("real fingerprints of set %s are not here (CONVENIO_DATA=%q): skipped", set, os.Getenv("CONVENIO_DATA"))
		}
		for _, path := range files {
			f, err := os.Open(path)
			must(t, err)
			src, err := png.Decode(f)
			f.Close()
			must(t, err)
			g := image.NewGray(image.Rect(0, 0, src.Bounds().Dx(), src.Bounds().Dy()))
			draw.Draw(g, g.Bounds(), src, src.Bounds().Min, draw.Src)
			tpl, err := finger.Extract(finger.Image{Width: g.Rect.Dx(), Height: g.Rect.Dy(), PPI: ppi, Pix: g.Pix}, nil)
			if err != nil {
				continue
			}
			name := filepath.Base(path)[:3]
			out[name] = append(out[name], finger.Prepare(tpl))
		}
	}
	return out
}

// Real prints among synthetic ones: of the mates that an exhaustive search finds, the stages lose none here although they
// let a tenth of the gallery through. The codes were made on drawn prints; these were not among them. The whole campaign
// is 'convenio bench identify --plant'.
func TestRealPrintsPassTheStages(t *testing.T) {
	prints := real(t, "fvc2002_db1_b", 500, 3)
	g := crowd(t, 41, 400, indexes[:1], oneClass)
	for name, list := range prints {
		must(t, g.Add(Reference{"real " + name, finger.RightIndex, "open", list[0]}))
	}
	findable, kept := 0, 0
	for name, list := range prints {
		for _, p := range list[1:] {
			probe := []Finger{{finger.RightIndex, p}}
			alone := New()
			must(t, alone.Add(Reference{"real " + name, finger.RightIndex, "open", list[0]}))
			r, err := alone.Search(context.Background(), probe, everyone, Options{Threshold: 60})
			must(t, err)
			if len(r.Candidates) == 0 {
				continue
			}
			findable++
			r, err = g.Search(context.Background(), probe, everyone, Options{Threshold: 60, Votes: 200, Compare: 40})
			must(t, err)
			if n := len(r.Stages); n != 3 || r.Stages[1].Candidates > 45 {
				t.Errorf("stages %+v", r.Stages)
			}
			if len(r.Candidates) > 0 && r.Candidates[0].Subject == "real "+name {
				kept++
			}
		}
	}
	t.Logf("%d of %d findable mates passed", kept, findable)
	if findable < 10 || kept < findable-1 {
		t.Errorf("%d of %d findable mates passed", kept, findable)
	}
}
