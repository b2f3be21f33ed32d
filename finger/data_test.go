package finger_test

import (
	"image"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"sort"
	"testing"

	"convenio/finger"
)

// setPPI gives the resolution of sets that are not 500 ppi; their files do not say.
var setPPI = map[string]float64{"fvc2002_db2_b": 569, "uareu_25": 512}

// setFiles lists a set's images. It skips the test where the real fingerprints are absent: they are not part of the
// project.
func setFiles(t testing.TB, set string) []string {
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
	return files
}

func loadImage(t testing.TB, file string) finger.Image {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	src, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	g := image.NewGray(image.Rect(0, 0, src.Bounds().Dx(), src.Bounds().Dy()))
	draw.Draw(g, g.Bounds(), src, src.Bounds().Min, draw.Src)
	return finger.Image{Width: g.Rect.Dx(), Height: g.Rect.Dy(), PPI: setPPI[filepath.Base(filepath.Dir(file))], Pix: g.Pix}
}
