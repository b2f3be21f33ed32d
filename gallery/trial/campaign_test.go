package trial

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"convenio/gallery"
)

// A campaign over part of a gallery that is stopped, its file cut in the middle of a line, and gone on with ends with the
// outcomes of one that ran through; with other settings it refuses.
func TestCampaignGoesOn(t *testing.T) {
	dir := t.TempDir()
	c := Campaign{
		Settings: Settings{People: 200, Within: 300, Probes: 12, Fingers: 1, Enrolled: 2, Seed: 3, FPIR: 0.05, Dir: filepath.Join(dir, "g"), Workers: 2},
		File:     filepath.Join(dir, "one"),
	}
	var told []Tally
	c.Told = func(n Tally) { told = append(told, n) }
	whole, err := c.Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if whole.Mated != 12 || whole.NonMated != 12 || whole.FNIR < whole.Exhaustive || whole.FNIRCI[1] < whole.FNIR || len(whole.Stages) == 0 {
		t.Errorf("%+v", whole)
	}
	if whole.Measured != nil {
		t.Errorf("%+v: 12 searches tell nothing of one in twenty", whole.Measured)
	}
	if n := told[len(told)-1]; len(told) != 2 || n.Done != 24 || n.Total != 24 || n.Mated != 12 || n.Missed != whole.Missed {
		t.Errorf("told %+v", told)
	}
	text, err := os.ReadFile(c.File)
	if err != nil {
		t.Fatal(err)
	}
	c.File = filepath.Join(dir, "two")
	if err := os.WriteFile(c.File, text[:len(text)*2/5], 0o600); err != nil {
		t.Fatal(err)
	}
	again, err := c.Run(context.Background())
	if err != nil || !reflect.DeepEqual(again, whole) {
		t.Errorf("gone on with: %+v, %v, want %+v", again, err, whole)
	}
	if other, err := os.ReadFile(c.File); err != nil || string(other) != string(text) {
		t.Errorf("the files differ: %v", err)
	}
	read, err := ReadCampaign(c.File, c.FPIR)
	if err != nil || len(read.bySize) == 0 {
		t.Errorf("read again: %v", err)
	}
	if err := PlotErrors(dir, []CampaignReport{read}); err != nil {
		t.Error(err)
	}
	if b, err := os.ReadFile(filepath.Join(dir, "errors.svg")); err != nil || !strings.Contains(string(b), "1 finger, searched") {
		t.Errorf("plot: %v", err)
	}
	if read.bySize = nil; !reflect.DeepEqual(read, whole) {
		t.Errorf("read again: %+v, want %+v", read, whole)
	}
	c.People = 100
	if _, err := c.Run(context.Background()); !errors.Is(err, errOutcomes) {
		t.Errorf("another size: %v", err)
	}
}

func TestOutcomesRefuse(t *testing.T) {
	want := head{People: 7}
	const first = `{"People":7}` + "\n"
	for name, text := range map[string]string{
		"no head":        `{"probe":0}` + "\n",
		"not in order":   first + `{"probe":1}` + "\n",
		"not an outcome": first + "[]\n",
	} {
		if _, _, err := readOutcomes(strings.NewReader(text), want); !errors.Is(err, errOutcomes) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if done, keep, err := readOutcomes(strings.NewReader(first+`{"probe":0}`), want); err != nil || len(done) != 0 || keep != int64(len(first)) {
		t.Errorf("a line cut off: %d outcomes, %d bytes, %v", len(done), keep, err)
	}
}

// Rates of made-up outcomes: what a stage loses is missed whatever it scores, and the threshold at the measured rate is the
// least that keeps it.
func TestCampaignReport(t *testing.T) {
	c := Campaign{Settings: Settings{People: 1000, Fingers: 1, FPIR: 0.01}}
	var done []outcome
	for i := range 400 {
		done = append(done, outcome{Mated: true, Mate: float64(i), Rank: 1, Kept: []bool{true, true}}, outcome{Stranger: float64(i) / 10})
	}
	done[2*300].Rank, done[2*300].Kept = 0, []bool{false, false}
	r := c.report(done, float64(gallery.PersonThreshold(c.FPIR, c.People))) // 50
	if r.Missed != 51 || r.Found != 0 || r.Stages[0].Findable != 350 || r.Stages[0].Recall != 349.0/350 || r.Stages[0].Name != "vote" {
		t.Errorf("%+v", r)
	}
	// Four of 400 may be found: those from 39.6 on. 36 mates score less than that, and one was lost.
	if m := r.Measured; m == nil || m.Threshold <= 39.5 || m.Threshold > 39.6 || m.FNIR != 41.0/400 || m.FNIRCI[0] >= m.FNIR || m.FNIRCI[1] <= m.FNIR {
		t.Errorf("%+v", m)
	}
	seen := map[int]bool{}
	tr := &trial{Settings: Settings{People: 144}}
	for i := range 288 {
		person, mated := tr.whom(i)
		if seen[person] || mated != (person < 144) {
			t.Fatalf("probe %d is of %d", i, person)
		}
		seen[person] = true
	}
}
