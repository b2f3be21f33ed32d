package finger_test

import (
	"slices"
	"testing"

	"convenio/finger"
)

// TestRealPrintsAtOtherResolutions scales real prints and compares them with another impression of the same finger at the
// right resolution; where the resolution is not stated, it must be found and said.
func TestRealPrintsAtOtherResolutions(t *testing.T) {
	cases := []struct {
		ppi          float64
		stated       float64
		found, match int // percent at least: resolution found and said, score of 30 and more
	}{
		{200, 200, 0, 85}, {500, 0, 0, 90}, {1000, 1000, 0, 90},
		{250, 0, 60, 60}, {333, 0, 60, 60}, {1000, 0, 95, 60}, {1200, 0, 95, 60}, {1000, 500, 80, 60},
	}
	var files [][2]string
	for _, set := range []string{"fvc2002_db1_b", "fvc2002_db3_b", "uareu_25"} {
		list := setFiles(t, set)
		for i := 0; i+1 < min(len(list), 80); i += 40 {
			files = append(files, [2]string{list[i], list[i+1]})
		}
	}
	c := finger.NewComparer()
	references := make([]*finger.Prepared, len(files))
	for i, pair := range files {
		references[i] = finger.Prepare(mustExtract(t, loadImage(t, pair[0])))
	}
	for _, k := range cases {
		found, match := 0, 0
		for i, pair := range files {
			img := loadImage(t, pair[1])
			if img.PPI == 0 {
				img.PPI = 500
			}
			img = rescale(img, k.ppi/img.PPI)
			img.PPI = k.stated
			x, err := finger.Extract(img, nil)
			if err != nil {
				continue
			}
			if slices.Contains(x.Quality.Reasons, finger.ReasonRescaled) {
				found++
			}
			if c.Compare(finger.Prepare(x), references[i]).Score >= 30 {
				match++
			}
		}
		n := len(files)
		t.Logf("%4.0f ppi, stated %4.0f: %d of %d rescaled, %d match", k.ppi, k.stated, found, n, match)
		if found*100 < n*k.found || match*100 < n*k.match || k.found == 0 && found > 0 {
			t.Errorf("%4.0f ppi, stated %4.0f: want %d %% rescaled, %d %% match", k.ppi, k.stated, k.found, k.match)
		}
	}
}
