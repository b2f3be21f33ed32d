package trial

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"convenio/finger"
	"convenio/synth"
)

// A small trial builds its gallery, uses it again, refuses another's, and its report holds what it is to hold.
func TestRun(t *testing.T) {
	s := Settings{People: 150, Probes: 4, Fingers: 1, Enrolled: 2, Seed: 3, FPIR: 0.001, Dir: filepath.Join(t.TempDir(), "g"), Workers: 2, reading: 8}
	pop := synth.NewPopulation(77)
	for i := range uint64(3) {
		first := finger.Prepare(pop.Reference(i, finger.RightIndex))
		second := finger.Prepare(pop.Reference(i, finger.RightIndex))
		s.Plant = append(s.Plant, Planted{string(rune('a' + i)), 1, first}, Planted{string(rune('a' + i)), 2, second}, Planted{string(rune('a' + i)), 3, nil})
	}
	built := 0
	s.Progress = func(what string, _, _ int) {
		if what == "building" {
			built++
		}
	}
	r, err := Run(context.Background(), s)
	if err != nil {
		t.Fatal(err)
	}
	if r.Resident < 424 || r.Resident > 512 || r.Disk < 800 || r.Disk > 2048 || r.P50 <= 0 || r.P99 < r.P50 || r.FirstStageRate <= 0 {
		t.Errorf("%+v", r)
	}
	if r.FNIR < r.Compared || r.FNIRCI[0] > r.FNIR || r.FNIRCI[1] < r.FNIR || r.FPIR != 0 {
		t.Errorf("%+v", r)
	}
	if p := r.Planted; p == nil || p.Searches != 6 || p.Rank1 != 0.5 || p.Exhaustive != 0.5 {
		t.Errorf("planted %+v: half of the searches are of refused images", p)
	}
	b, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"people", "fingers", "probes", "fnir", "fnir_ci", "fpir", "fpir_ci", "stages", "p50_ms", "p95_ms", "p99_ms", "searches_per_s",
		"first_stage_fingers_per_s_core", "memory_read_gb_s", "resident_bytes_per_finger", "disk_bytes_per_finger", "build_s"} {
		if !strings.Contains(string(b), `"`+key+`":`) {
			t.Errorf("no %s in the report", key)
		}
	}
	before := built
	s.Plant, s.Probes, s.Copies = nil, 1, 3
	if r, err = Run(context.Background(), s); err != nil || r.People != 450 || r.Distinct != 150 || built != before {
		t.Errorf("used again: %+v, %v", r, err)
	}
	s.Seed = 4
	if _, err := Run(context.Background(), s); !errors.Is(err, errOther) {
		t.Errorf("another seed: %v", err)
	}
}

func TestPlot(t *testing.T) {
	dir := t.TempDir()
	reports := []Report{{People: 1000, P50: 3, P95: 4}, {People: 100000, P50: 30, P95: 60, FNIR: 0.01, FNIRCI: [2]float64{0, 0.02}}}
	if err := Plot(dir, reports[:1]); err == nil {
		t.Error("a plot of one size")
	}
	if err := Plot(dir, reports); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"latency.svg", "fnir.svg"} {
		if b, err := os.ReadFile(filepath.Join(dir, name)); err != nil || !strings.Contains(string(b), "people in the gallery") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWilson(t *testing.T) {
	for _, c := range []struct {
		k, n      int
		low, high float64
	}{{0, 10, 0, 0.2775}, {5, 10, 0.2366, 0.7634}, {10, 10, 0.7225, 1}, {0, 0, 0, 1}} {
		got := Wilson(c.k, c.n)
		if d := max(got[0]-c.low, c.low-got[0], got[1]-c.high, c.high-got[1]); d > 5e-4 {
			t.Errorf("%d of %d: %v", c.k, c.n, got)
		}
	}
	if q := quantile([]time.Duration{3e6, 1e6, 2e6}, 0.5); q != 2 {
		t.Error(q)
	}
	if _, err := Positions(3); err == nil {
		t.Error("three fingers")
	}
}
