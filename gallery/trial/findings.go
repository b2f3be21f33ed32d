package trial

import (
	"math/rand/v2"
	"slices"
)

// CampaignReport is what a campaign measured so far.
type CampaignReport struct {
	People   int `json:"people"`
	Fingers  int `json:"fingers"`
	Mated    int `json:"mated"`
	NonMated int `json:"non_mated"`

	Threshold  float64    `json:"threshold"` // score, see gallery.PersonThreshold
	Missed     int        `json:"missed"`
	FNIR       float64    `json:"fnir"` // at that threshold
	FNIRCI     [2]float64 `json:"fnir_ci"`
	Found      int        `json:"found"`
	FPIR       float64    `json:"fpir"`
	FPIRCI     [2]float64 `json:"fpir_ci"`
	Exhaustive float64    `json:"fnir_exhaustive"` // share of mates whose full comparison stays under it
	Rank1      float64    `json:"rank1"`

	Measured *MeasuredRate `json:"at_measured_fpir,omitempty"` // nil with too few searches
	Stages   []StageRecall `json:"stages"`
	Stranger []Quantile    `json:"top_stranger_scores"` // of non-mated searches
	Mate     []Quantile    `json:"mate_scores"`

	bySize [][2]float64 // people, and the share of mates under the threshold for so many
}

// MeasuredRate is FNIR where so many of the non-mated searches, and no more, found somebody (ISO/IEC 19795-1:2021).
type MeasuredRate struct {
	FPIR        float64    `json:"fpir"`
	Threshold   float64    `json:"threshold"` // the least score that keeps it
	ThresholdCI [2]float64 `json:"threshold_ci"`
	FNIR        float64    `json:"fnir"`
	FNIRCI      [2]float64 `json:"fnir_ci"` // with the threshold's uncertainty: both drawn anew, percentiles
}

// StageRecall is how many of the mates that an exhaustive search finds a stage passes on, with those before it.
type StageRecall struct {
	Name     string     `json:"name"`
	Findable int        `json:"findable"`
	Recall   float64    `json:"recall"`
	CI       [2]float64 `json:"recall_ci"`
}

// Quantile is a share of searches and the score that those stay at or under.
type Quantile struct {
	Share float64 `json:"share"`
	Score float64 `json:"score"`
}

func (c *Campaign) report(done []outcome, threshold float64) CampaignReport {
	r := CampaignReport{People: c.People, Fingers: c.Fingers, Threshold: threshold}
	var mates, strangers []float64
	findable, first := 0, 0
	var kept []int
	for i := range done {
		o := &done[i]
		if !o.Mated {
			strangers = append(strangers, o.Stranger)
			if o.Stranger >= threshold {
				r.Found++
			}
			continue
		}
		mates = append(mates, o.Mate)
		if !o.hit(threshold) {
			r.Missed++
		}
		if o.Rank == 1 {
			first++
		}
		kept = append(kept, make([]int, len(o.Kept)-min(len(kept), len(o.Kept)))...)
		if o.Mate >= threshold {
			findable++
			for k, in := range o.Kept {
				if in {
					kept[k]++
				}
			}
		}
	}
	r.Mated, r.NonMated = len(mates), len(strangers)
	r.FNIR, r.FNIRCI = share(r.Missed, r.Mated), Wilson(r.Missed, r.Mated)
	r.FPIR, r.FPIRCI = share(r.Found, r.NonMated), Wilson(r.Found, r.NonMated)
	r.Exhaustive, r.Rank1 = share(r.Mated-findable, r.Mated), share(first, r.Mated)
	names := []string{"scan", "vote", "compare"}
	for k, n := range kept {
		name := names[max(0, len(names)-len(kept))+k]
		r.Stages = append(r.Stages, StageRecall{name, findable, share(n, findable), Wilson(n, findable)})
	}
	r.Mate = quantiles(mates, 0.001, 0.01, 0.05, 0.1, 0.5)
	r.Stranger = quantiles(strangers, 0.5, 0.9, 0.99, 0.999, 1)
	r.Measured = measured(done, c.FPIR)
	return r
}

func quantiles(v []float64, shares ...float64) (out []Quantile) {
	slices.Sort(v)
	for _, q := range shares {
		if len(v) > 0 {
			out = append(out, Quantile{q, v[min(len(v)-1, int(q*float64(len(v))))]})
		}
	}
	return out
}

// draws is how often searches are drawn anew for an interval.
const draws = 1000

// measured reads FNIR off where the measured FPIR is what was asked for. It needs as many non-mated searches that one in
// them is no more than that.
func measured(done []outcome, fpir float64) *MeasuredRate {
	var strangers, mates []float64 // of a mate that a stage lost: no score
	for i := range done {
		switch o := &done[i]; {
		case !o.Mated:
			strangers = append(strangers, o.Stranger)
		case o.Rank > 0:
			mates = append(mates, o.Mate)
		default:
			mates = append(mates, -1)
		}
	}
	if float64(len(strangers))*fpir < 1 || len(mates) == 0 {
		return nil
	}
	m := &MeasuredRate{FPIR: fpir}
	m.Threshold, m.FNIR = operate(strangers, mates, fpir)
	r := rand.New(rand.NewPCG(19795, 1))
	at, fnir := make([]float64, draws), make([]float64, draws)
	for i := range draws {
		at[i], fnir[i] = operate(again(r, strangers), again(r, mates), fpir)
	}
	slices.Sort(at)
	slices.Sort(fnir)
	m.ThresholdCI = [2]float64{at[draws*25/1000], at[draws*975/1000]}
	m.FNIRCI = [2]float64{fnir[draws*25/1000], fnir[draws*975/1000]}
	if m.FNIR == 0 {
		m.FNIRCI[1] = max(m.FNIRCI[1], Wilson(0, len(mates))[1]) // drawing anew cannot show what never came
	}
	return m
}

// operate finds the least threshold that no more than a share fpir of the strangers reach, and the share of mates under it.
func operate(strangers, mates []float64, fpir float64) (threshold, fnir float64) {
	s := slices.Sorted(slices.Values(strangers))
	allowed := int(fpir * float64(len(s)))
	threshold = s[len(s)-1-allowed] + 1.0/1024 // scores come in steps of that
	missed := 0
	for _, m := range mates {
		if m < threshold {
			missed++
		}
	}
	return threshold, share(missed, len(mates))
}

func again(r *rand.Rand, v []float64) []float64 {
	out := make([]float64, len(v))
	for i := range out {
		out[i] = v[r.IntN(len(v))]
	}
	return out
}
