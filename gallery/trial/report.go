package trial

import (
	"math"
	"slices"
	"time"
)

// Report is what a trial measured.
type Report struct {
	People   int `json:"people"`
	Distinct int `json:"distinct_people"`  // less than people where each stands there several times, for times alone
	Fingers  int `json:"fingers"`          // searched, of a person
	Enrolled int `json:"enrolled_fingers"` // of a person
	Probes   int `json:"probes"`           // mated, and as many non-mated

	Threshold float64    `json:"threshold"` // score, see gallery.PersonThreshold
	FNIR      float64    `json:"fnir"`      // share of mated probes that do not find their mate at the threshold
	FNIRCI    [2]float64 `json:"fnir_ci"`
	FPIR      float64    `json:"fpir"` // share of non-mated probes that find anybody
	FPIRCI    [2]float64 `json:"fpir_ci"`
	Compared  float64    `json:"fnir_exhaustive"` // share of mated probes that the full comparison with the mate alone misses
	Rank1     float64    `json:"rank1"`           // share of mated probes whose mate comes first, at any score

	Stages []StageReport `json:"stages"`

	P50            float64 `json:"p50_ms"`
	P95            float64 `json:"p95_ms"`
	P99            float64 `json:"p99_ms"`
	CPU            float64 `json:"cpu_ms"` // processor time of a search, mean: what the time would come to on one idle core
	SearchesPerS   float64 `json:"searches_per_s"`
	FirstStageRate float64 `json:"first_stage_fingers_per_s_core"`
	VoteRate       float64 `json:"vote_fingers_per_s_core"`
	MemoryRead     float64 `json:"memory_read_gb_s"`  // by the first stage, one core
	MemoryLimit    float64 `json:"memory_limit_gb_s"` // adding up the same memory, one core
	Resident       float64 `json:"resident_bytes_per_finger"`
	Disk           float64 `json:"disk_bytes_per_finger"`
	Build          float64 `json:"build_s"`
	Open           float64 `json:"open_s"`
	Enrol          float64 `json:"enrol_templates_per_s"` // durable, ten people a call

	Planted *PlantReport `json:"planted,omitempty"`
}

// StageReport is one stage over all mated probes.
type StageReport struct {
	Name       string  `json:"name"`
	Recall     float64 `json:"recall"` // of the mates that an exhaustive search finds, the share still in after this stage
	Candidates float64 `json:"candidates"`
	Ms         float64 `json:"ms"` // mean
}

// PlantReport is the search for planted prints.
type PlantReport struct {
	Searches   int        `json:"searches"`
	Rank1      float64    `json:"rank1"`
	Rank1CI    [2]float64 `json:"rank1_ci"`
	Exhaustive float64    `json:"rank1_exhaustive_at_most"` // share whose mate scores above everybody that the stages let through
}

// Wilson is the 95 % interval of a share of k in n (Wilson 1927).
func Wilson(k, n int) [2]float64 {
	if n == 0 {
		return [2]float64{0, 1}
	}
	const z = 1.959964
	p, m := float64(k)/float64(n), float64(n)
	centre := (p + z*z/(2*m)) / (1 + z*z/m)
	half := z / (1 + z*z/m) * math.Sqrt(p*(1-p)/m+z*z/(4*m*m))
	out := [2]float64{max(0, centre-half), min(1, centre+half)}
	if k == 0 {
		out[0] = 0 // without the rounding
	}
	if k == n {
		out[1] = 1
	}
	return out
}

// quantile is the value that a share q of the times are at or below.
func quantile(t []time.Duration, q float64) float64 {
	if len(t) == 0 {
		return 0
	}
	s := slices.Sorted(slices.Values(t))
	return float64(s[min(len(s)-1, int(q*float64(len(s))))].Microseconds()) / 1000
}

func share(k, n int) float64 {
	if n == 0 {
		return 0
	}
	return float64(k) / float64(n)
}
