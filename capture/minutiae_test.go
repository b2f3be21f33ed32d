package capture

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"convenio/finger"
	"convenio/formats/fmr"
	"convenio/synth"
)

// throughRecord takes a template through a finger minutiae record's bytes and back.
func throughRecord(t testing.TB, tmpl *finger.Template, f fmr.Format) *finger.Template {
	t.Helper()
	r := &fmr.Record{Format: f, Views: []fmr.View{ToView(tmpl)}}
	data, err := r.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	back, err := fmr.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	out, err := FromView(&back.Views[0], back.Format)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func drawn(t testing.TB, id, impression uint64) *finger.Template {
	t.Helper()
	img, _ := synth.NewFingerAt(id, finger.RightIndex).Impression(synth.DefaultConditions(id<<16 + impression))
	tmpl, err := finger.Extract(img, nil)
	if err != nil {
		t.Fatal(err)
	}
	return tmpl
}

func TestTemplateThroughRecord(t *testing.T) {
	a := drawn(t, 11, 0)
	for _, f := range []fmr.Format{fmr.ISO2005, fmr.ISO2011} {
		b := throughRecord(t, a, f)
		if b.Width != a.Width || b.Height != a.Height || b.Quality.Score != a.Quality.Score || len(b.Minutiae) != len(a.Minutiae) {
			t.Fatalf("%v: %dx%d, quality %d, %d minutiae", f, b.Width, b.Height, b.Quality.Score, len(b.Minutiae))
		}
		for i, m := range b.Minutiae {
			w := a.Minutiae[i]
			dx, dy := int(m.X)-int(w.X), int(m.Y)-int(w.Y)
			if dx < -8 || dx > 8 || dy < -8 || dy > 8 || m.Direction != w.Direction || m.Kind != w.Kind || m.Quality != max(w.Quality, 1) {
				t.Errorf("%v: minutia %d is %+v, was %+v", f, i, m, w)
			}
		}
		bin, err := b.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := finger.ParseTemplate(bin); err != nil {
			t.Error(err)
		}
	}
}

// TestRecordsCompare has prints that arrive as minutiae alone compared with images and with each other.
func TestRecordsCompare(t *testing.T) {
	const fingers = 4
	type pair struct{ image, record *finger.Prepared }
	var first, second []pair
	for id := range uint64(fingers) {
		a, b := drawn(t, 20+id, 0), drawn(t, 20+id, 1)
		first = append(first, pair{finger.Prepare(a), finger.Prepare(throughRecord(t, a, fmr.ISO2011))})
		second = append(second, pair{finger.Prepare(b), finger.Prepare(throughRecord(t, b, fmr.ISO2005))})
	}
	c := finger.NewComparer()
	for name, choose := range map[string]func(p, q pair) (*finger.Prepared, *finger.Prepared){
		"image and record":  func(p, q pair) (*finger.Prepared, *finger.Prepared) { return p.image, q.record },
		"record and record": func(p, q pair) (*finger.Prepared, *finger.Prepared) { return p.record, q.record },
	} {
		lowest, highest := finger.Score(1e9), finger.Score(-1e9)
		for i := range first {
			for j := range second {
				p, q := choose(first[i], second[j])
				s := c.Compare(p, q).Score
				if i == j {
					lowest = min(lowest, s)
				} else {
					highest = max(highest, s)
				}
			}
		}
		t.Logf("%s: mated %.1f or more, non-mated %.1f or less", name, float64(lowest), float64(highest))
		if lowest <= highest {
			t.Errorf("%s: mated %.1f is not above non-mated %.1f", name, float64(lowest), float64(highest))
		}
	}
}

func TestFromViewRefuses(t *testing.T) {
	good := fmr.View{Width: 300, Height: 300, XPerCm: 197, YPerCm: 197, Minutiae: []fmr.Minutia{{X: 1, Y: 2}, {X: 100, Y: 200, Kind: 3, Quality: 254}}}
	if _, err := FromView(&good, fmr.ANSI2004); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*fmr.View){
		"size":       func(v *fmr.View) { v.Width = 0 },
		"small":      func(v *fmr.View) { v.Width = 50 },
		"huge":       func(v *fmr.View) { v.Width = 9000 },
		"resolution": func(v *fmr.View) { v.YPerCm = 0 },
		"coarse":     func(v *fmr.View) { v.XPerCm, v.YPerCm = 1, 1 },
		"minutiae":   func(v *fmr.View) { v.Minutiae = v.Minutiae[:1] },
	} {
		v := good
		change(&v)
		if _, err := FromView(&v, fmr.ISO2005); err == nil || !strings.Contains(err.Error(), ErrTemplate.Error()) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestFromViewScales(t *testing.T) {
	v := fmr.View{Width: 600, Height: 800, XPerCm: 394, YPerCm: 394}
	for i := range uint16(120) {
		v.Minutiae = append(v.Minutiae, fmr.Minutia{X: 5 * i, Y: 6 * i, Angle: 90, Kind: 1, Quality: uint8(i%100) + 1})
	}
	tmpl, err := FromView(&v, fmr.ANSI2004)
	if err != nil {
		t.Fatal(err)
	}
	if tmpl.Width != 300 || tmpl.Height != 400 || len(tmpl.Minutiae) != 100 || tmpl.Minutiae[0].Direction != 128 {
		t.Errorf("%dx%d, %d minutiae, direction %d", tmpl.Width, tmpl.Height, len(tmpl.Minutiae), tmpl.Minutiae[0].Direction)
	}
	if slices.ContainsFunc(tmpl.Minutiae, func(m finger.Minutia) bool { return m.Quality < 11 }) {
		t.Error("the surest minutiae were not kept")
	}
}

// TestPublishedRecords measures on published records of synthetic fingers made by another extractor: the 40 records with
// each other, and with our templates of the images that they were made of.
func TestPublishedRecords(t *testing.T) {
	root := os.Getenv("CONVENIO_DATA")
	if root == "" {
		root = "../../shared/data"
	}
	files, _ := filepath.Glob(filepath.Join(root, "standards/samples/iso19794/openafis/valid/fvc2002/DB4_B/*.iso"))
	if len(files) == 0 {
		t.Skip("no published records: set CONVENIO_DATA to the folder that holds standards/")
	}
	var ids []string
	var records, images []*finger.Prepared
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		r, err := fmr.Parse(data)
		if err != nil {
			t.Fatal(err)
		}
		tmpl, err := FromView(&r.Views[0], r.Format)
		if err != nil {
			t.Fatal(err)
		}
		id := strings.TrimSuffix(filepath.Base(name), ".iso")
		ids, records = append(ids, id), append(records, finger.Prepare(tmpl))
		if p, err := os.ReadFile(filepath.Join(root, "fingerprints/fvc2002_db4_b", id+".png")); err == nil && !testing.Short() {
			print, err := Read(p, 500)
			if err != nil {
				t.Fatal(err)
			}
			own, err := finger.Extract(print.Image, nil)
			if err != nil {
				t.Fatal(err)
			}
			images = append(images, finger.Prepare(own))
		}
	}
	t.Log("record and record: " + rates(ids, records, records, false))
	if len(images) == len(records) {
		t.Log("image and record: " + rates(ids, images, records, true))
	}
}

// rates gives the share of mated pairs missed where no non-mated pair, and where a score of 40, is let through.
func rates(ids []string, a, b []*finger.Prepared, all bool) string {
	c := finger.NewComparer()
	var mated, other []float64
	for i := range a {
		for j := range b {
			if i == j || !all && j < i {
				continue
			}
			s := float64(c.Compare(a[i], b[j]).Score)
			if ids[i][:3] == ids[j][:3] {
				mated = append(mated, s)
			} else {
				other = append(other, s)
			}
		}
	}
	slices.Sort(mated)
	slices.Sort(other)
	top := other[len(other)-1]
	below := func(t float64) int { n, _ := slices.BinarySearch(mated, t); return n }
	eer := 1.0
	for _, s := range mated {
		n, _ := slices.BinarySearch(other, s)
		eer = min(eer, max(float64(below(s))/float64(len(mated)), float64(len(other)-n)/float64(len(other))))
	}
	return fmt.Sprintf("%d mated, %d non-mated pairs: EER %.2f %%, highest non-mated score %.1f, of the mated %.1f %% at or below it, %.1f %% below 40, median %.1f",
		len(mated), len(other), 100*eer, top, 100*float64(below(top+1e-9))/float64(len(mated)), 100*float64(below(40))/float64(len(mated)), mated[len(mated)/2])
}
