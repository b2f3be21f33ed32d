package eval

import (
	"math"
	"slices"
)

// Rate is an error rate with its 95 % confidence interval, all 0..1.
type Rate struct {
	Value float64 `json:"value"`
	Interval
}

// Rated holds the figures of one protocol, by the names of ISO/IEC 19795-1:2021 and of the FVC.
type Rated struct {
	Mated         int      `json:"mated_comparisons"`
	NonMated      int      `json:"non_mated_comparisons"`
	FailedShare   float64  `json:"failed_comparisons_share"`
	EER           Rate     `json:"eer"`
	EERLow        float64  `json:"eer_low"`
	EERHigh       float64  `json:"eer_high"`
	FMR100        Rate     `json:"fnmr_at_fmr_1_in_100"`
	FMR1000       Rate     `json:"fnmr_at_fmr_1_in_1000"`
	ZeroFMR       Rate     `json:"fnmr_at_zero_fmr"`
	Threshold1000 *float64 `json:"threshold_at_fmr_1_in_1000"` // nil: no score has it
	Threshold0    *float64 `json:"threshold_at_zero_fmr"`
}

// Summary is what scores of one set of samples say.
type Summary struct {
	Fingers int   `json:"fingers"`
	Samples int   `json:"samples"`
	Missing int   `json:"missing_pairs"` // unordered pairs of these samples without a score
	Full    Rated `json:"full"`
	FVC     Rated `json:"fvc"`
}

// Summarise computes the figures of scores under both protocols. Where there is no pair of first impressions, as in a file
// of scores across two sets, FVC is as Full. rounds and seed are those of Bootstrap.
func Summarise(scores []Score, rounds int, seed uint64) (Summary, error) {
	samples, fingers := count(scores)
	s := Summary{Fingers: fingers, Samples: samples, Missing: max(samples*(samples-1)/2-len(scores), 0)}
	var err error
	if s.Full, err = rated(scores, Full, rounds, seed); err != nil {
		return s, err
	}
	if s.FVC, err = rated(scores, FVC, rounds, seed); err != nil {
		s.FVC = s.Full
	}
	return s, nil
}

func count(scores []Score) (samples, fingers int) {
	seen, finger := map[Sample]bool{}, map[string]bool{}
	for _, s := range scores {
		seen[s.A], seen[s.B] = true, true
		finger[s.A.Finger], finger[s.B.Finger] = true, true
	}
	return len(seen), len(finger)
}

func rated(scores []Score, p Protocol, rounds int, seed uint64) (Rated, error) {
	f, err := Rates(scores, p)
	if err != nil {
		return Rated{}, err
	}
	ci, err := Bootstrap(scores, p, rounds, seed)
	if err != nil {
		return Rated{}, err
	}
	return Rated{
		Mated: f.Mated, NonMated: f.NonMated, FailedShare: f.FailedShare,
		EER: Rate{f.EER, ci.EER}, EERLow: f.EERLow, EERHigh: f.EERHigh,
		FMR100: Rate{f.FMR100, ci.FMR100}, FMR1000: Rate{f.FMR1000, ci.FMR1000}, ZeroFMR: Rate{f.ZeroFMR, ci.ZeroFMR},
		Threshold1000: finite(f.Threshold1000), Threshold0: finite(f.Threshold0),
	}, nil
}

func finite(v float64) *float64 {
	if math.IsInf(v, 0) {
		return nil
	}
	return &v
}

// RuleOfThree is the upper end of a 95 % interval for the rate of an error that did not occur once in n independent trials:
// 3/n (ISO/IEC 19795-1:2021, rule of 3). Comparisons that share a finger are not independent: the true upper end is higher.
func RuleOfThree(n int) float64 {
	if n < 3 {
		return 1
	}
	return 3 / float64(n)
}

// Complete adds a failed comparison for every unordered pair of samples that scores lacks, so that a failure to extract is
// not left out of the figures. The order of scores is kept.
func Complete(scores []Score, samples []Sample) []Score {
	seen := make(map[[2]Sample]bool, len(scores))
	for _, s := range scores {
		seen[[2]Sample{s.A, s.B}] = true
	}
	out := slices.Clone(scores)
	for i, a := range samples {
		for _, b := range samples[i+1:] {
			if a != b && !seen[[2]Sample{a, b}] && !seen[[2]Sample{b, a}] {
				out = append(out, Score{A: a, B: b, Value: Failed})
			}
		}
	}
	return out
}
