package explain_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"image/png"
	"math"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"convenio/explain"
	"convenio/finger"
	"convenio/synth"
)

var fingers = [2]func() *synth.Finger{
	sync.OnceValue(func() *synth.Finger { return synth.NewFinger(3) }),
	sync.OnceValue(func() *synth.Finger { return synth.NewFinger(4) }),
}

// impression is one capture of the synthetic finger 3 or 4.
func impression(seed, capture uint64) explain.Input {
	img, _ := fingers[seed-3]().Impression(synth.DefaultConditions(capture))
	return explain.Input{Name: "made-up", Image: img, Notes: []string{"a note"}}
}

var mated = sync.OnceValues(func() (explain.Report, error) { return explain.Compare(impression(3, 11), impression(3, 12)) })

func report(t *testing.T) explain.Report {
	t.Helper()
	r, err := mated()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// What the report says is what the engine says, and its parts fit each other.
func TestReportIsTheEngines(t *testing.T) {
	a, b := impression(3, 11), impression(3, 12)
	r := report(t)
	ta, errA := finger.Extract(a.Image, nil)
	tb, errB := finger.Extract(b.Image, nil)
	if errA != nil || errB != nil {
		t.Fatal(errA, errB)
	}
	c := finger.NewComparer().Compare(finger.Prepare(ta), finger.Prepare(tb))
	if r.Score.Value != float64(c.Score) || r.Score.FMR != c.Score.FMR() || len(r.Pairs) != len(c.Pairs) {
		t.Errorf("score %v with %d pairs, the engine says %v with %d", r.Score.Value, len(r.Pairs), c.Score, len(c.Pairs))
	}
	if len(r.Probe.Minutiae) != len(ta.Minutiae) || r.Probe.Quality.Score != int(ta.Quality.Score) || r.Reference.WidthPx != tb.Width {
		t.Error("the sides are not the templates")
	}
	for i, p := range r.Pairs {
		if p.Number != i+1 || i > 0 && p.Similarity > r.Pairs[i-1].Similarity {
			t.Errorf("pair %d: %+v out of order", i, p)
		}
		if r.Probe.Minutiae[p.Probe].Pair != p.Number || r.Reference.Minutiae[p.Reference].Pair != p.Number {
			t.Errorf("pair %d: its minutiae do not know of it", i)
		}
		if !slices.ContainsFunc(c.Pairs, func(q finger.Pair) bool { return q.Probe == p.Probe && q.Reference == p.Reference }) {
			t.Errorf("pair %d is not the engine's", i)
		}
	}
	for _, side := range []explain.Side{r.Probe, r.Reference} {
		for _, b := range [][]byte{side.PNG, side.RidgesPNG} {
			img, err := png.DecodeConfig(bytes.NewReader(b))
			if err != nil || img.Width != side.WidthPx || img.Height != side.HeightPx {
				t.Errorf("picture %d x %d for a print of %d x %d: %v", img.Width, img.Height, side.WidthPx, side.HeightPx, err)
			}
		}
	}
}

// Weighed terms add up to the evidence of the engine.
func TestTermsAddUp(t *testing.T) {
	r := report(t)
	ta, _ := finger.Extract(impression(3, 11).Image, nil)
	tb, _ := finger.Extract(impression(3, 12).Image, nil)
	want := finger.NewComparer().Compare(finger.Prepare(ta), finger.Prepare(tb)).Terms.Evidence
	sum := 0.0
	for _, term := range r.Terms {
		if term.Name.ES == "" || term.Name.EN == "" || term.Says.ES == "" || term.Says.EN == "" || strings.Contains(term.Says.ES+term.Says.EN, "%!") {
			t.Errorf("term %s is not said in both languages: %+v", term.Key, term)
		}
		if term.Evidence != nil {
			sum += *term.Evidence
		}
	}
	if math.Abs(sum-want) > 1e-9 {
		t.Errorf("terms add up to %v, the evidence is %v", sum, want)
	}
}

// A print moved by a known motion is laid back by it.
func TestAlignmentFindsAKnownShift(t *testing.T) {
	a := impression(3, 11)
	const dx, dy = 24, 16
	b := explain.Input{Name: "shifted", Image: finger.Image{Width: a.Image.Width, Height: a.Image.Height, PPI: 500, Pix: bytes.Repeat([]byte{a.Image.Pix[0]}, len(a.Image.Pix))}}
	for y := range a.Image.Height - dy {
		copy(b.Image.Pix[(y+dy)*a.Image.Width+dx:(y+dy+1)*a.Image.Width], a.Image.Pix[y*a.Image.Width:(y+1)*a.Image.Width-dx])
	}
	r, err := explain.Compare(a, b)
	if err != nil {
		t.Fatal(err)
	}
	m := r.Alignment
	if m == nil || math.Abs(m.DX-dx) > 1.5 || math.Abs(m.DY-dy) > 1.5 || math.Abs(m.RotationDeg) > 0.5 || m.RMSPx > 2 {
		t.Fatalf("alignment %+v, want a shift by %d, %d", m, dx, dy)
	}
	if m.OfProbe < 0.8 || m.OfReference < 0.8 || m.OverlapMM2 < 20 {
		t.Errorf("overlap %+v of the same print", m)
	}
}

// A rotation is counter-clockwise as seen: y points down.
func TestAlignmentApply(t *testing.T) {
	a := explain.Alignment{RotationDeg: 90, DX: 10, DY: 20}
	if x, y := a.Apply(5, 0); math.Abs(x-10) > 1e-9 || math.Abs(y-15) > 1e-9 {
		t.Errorf("(5, 0) went to (%v, %v), want (10, 15): up from the origin", x, y)
	}
}

func TestDifferentFingers(t *testing.T) {
	r, err := explain.Compare(impression(3, 11), impression(4, 11))
	if err != nil {
		t.Fatal(err)
	}
	if r.Score.Value > 25 || r.Score.Chance[0].Expected < 1 {
		t.Errorf("two different fingers: %+v", r.Score)
	}
}

func TestRejectedSide(t *testing.T) {
	blank := explain.Input{Name: "blank.png", Image: finger.Image{Width: 300, Height: 300, PPI: 500, Pix: bytes.Repeat([]byte{255}, 90000)}}
	_, err := explain.Compare(impression(3, 11), blank)
	var side *explain.SideError
	var rejected *finger.RejectError
	if !errors.As(err, &side) || side.Name != "blank.png" || !errors.As(err, &rejected) {
		t.Errorf("got %v, want the side that is blank", err)
	}
}

func TestJSONRoundTrip(t *testing.T) {
	r := report(t)
	b, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var again explain.Report
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&again); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(r, again) {
		t.Error("a report changed on its way through JSON")
	}
	for _, field := range []string{`"version":1`, `"fmr":`, `"direction_deg":`, `"quality_map":`, `"overlap":`, `"rotation_deg":`, `"es":`, `"en":`} {
		if !bytes.Contains(b, []byte(field)) {
			t.Errorf("JSON has no %s", field)
		}
	}
}

func TestNumber(t *testing.T) {
	for v, want := range map[float64]explain.Text{
		0: {"0", "0"}, 0.001: {"< 0,01", "< 0.01"}, 0.25: {"0,25", "0.25"}, 2.44: {"2,4", "2.4"}, 410: {"410", "410"},
		4123: {"4100", "4,100"}, 41234: {"41 000", "41,000"}, 999999: {"1 000 000", "1,000,000"}, 1e6: {"1 millón", "1 million"},
		34.2e6: {"34 millones", "34 million"}, 874e6: {"870 millones", "870 million"}, 876e9: {"880 000 millones", "880 billion"}, 3.4e9: {"3400 millones", "3.4 billion"},
		1e12: {"10¹²", "10¹²"}, 5.2e12: {"5 × 10¹²", "5 × 10¹²"},
	} {
		got := explain.Number(v)
		got.ES, got.EN = plainSpaces(got.ES), plainSpaces(got.EN)
		if got != want {
			t.Errorf("%v: got %q, want %q", v, got, want)
		}
	}
}

func plainSpaces(s string) string {
	return strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(s)
}

// Every documented step has a picture of the right size; a blank sheet ends early and says so.
func TestFollow(t *testing.T) {
	tr, err := explain.Follow(impression(3, 11))
	if err != nil {
		t.Fatal(err)
	}
	var keys []string
	for i, s := range tr.Steps {
		keys = append(keys, s.Key)
		if _, err := png.Decode(bytes.NewReader(s.PNG)); err != nil {
			t.Errorf("%s: %v", s.File, err)
		}
		if s.Title.ES == "" || s.Title.EN == "" || !strings.HasSuffix(s.File, "-"+s.Key+".png") || i > 0 && s.File <= tr.Steps[i-1].File {
			t.Errorf("step %d: %q %+v", i, s.File, s.Title)
		}
	}
	for _, k := range []string{"resampled", "normalised", "mask", "orientation", "period", "enhanced", "reliability", "foreground", "binary", "skeleton", "candidates", "minutiae"} {
		if !slices.Contains(keys, k) {
			t.Errorf("no picture of step %s", k)
		}
	}
	if tr.Ended != "" || len(tr.Facts) < 5 {
		t.Errorf("ended %q with %d facts", tr.Ended, len(tr.Facts))
	}
	blank := explain.Input{Name: "blank", Image: finger.Image{Width: 300, Height: 300, PPI: 500, Pix: bytes.Repeat([]byte{255}, 90000)}}
	tr, err = explain.Follow(blank)
	if err != nil || !strings.Contains(tr.Ended, "no-finger") || len(tr.Steps) == 0 || len(tr.Steps) > 4 {
		t.Errorf("a blank sheet: %v, ended %q after %d steps", err, tr.Ended, len(tr.Steps))
	}
}
