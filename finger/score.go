package finger

import "math"

// Score is a comparison score: -10 log10 of the false match rate at which a decision threshold set there works. 0 or
// more; 40 stands for a false match rate of 1e-4.
type Score float64

// Threshold returns the score from which a comparison is a match if at most a share fmr of non-mated comparisons may be
// taken for matches. fmr is cut to 1e-30..1.
func Threshold(fmr float64) Score {
	return roundScore(-10 * math.Log10(min(max(fmr, 1e-30), 1)))
}

// FMR returns the false match rate a score stands for.
func (s Score) FMR() float64 { return math.Pow(10, -float64(max(s, 0))/10) }

// roundScore keeps ten binary digits after the point, so that a last-bit difference between processors cannot show.
func roundScore(v float64) Score {
	return Score(math.Round(max(v, 0)*1024) / 1024)
}

// hopeless is the evidence of a comparison that found nothing in common to begin with.
const hopeless = -40

// calibration maps evidence to score: the share of non-mated comparisons with at least that evidence, as -10 log10.
//
// It is the upper envelope of sixteen sets, each measured by itself, so that on none of them the false match rate is higher
// than the score says: four of three real sensors and a generator and one of a fourth sensor (30,720 non-mated comparisons
// within sets), each of them also made harder to half and to full strength (internal/harden), and 60 of this project's
// synthetic fingers (28,320). The small, bad prints of the hardest sets decide most of it; for good prints the score is
// cautious. Evidence at a share of
//
//	                 0.1    0.01   0.001   largest
//	five sets       -4.0    -1.2     0.9     1.6     of each column the set with most
//	half strength   -3.8    -1.1     1.8     3.5
//	full strength   -1.6     0.7     2.6     4.0
//	synthetic      -10.2    -5.3    -1.5     3.0
//
// From 0.001 on, where a set's exponential tail (mean excess over its 0.01 point) reaches further than its data, that
// counts. Generalised Pareto shapes fitted freely lie between -0.4 and 0.2, most below 0, that is thinner than exponential.
// Below about 1e-4 it is extrapolation, and 125 fingers say little of twins and look-alikes. internal/calibrate makes and
// checks the table: made without a sensor, it held on that sensor's own sets within a third (docs/finger.md).
var calibration = [...]struct{ evidence, score float64 }{
	{-12, 0}, {-6.25, 1.5}, {-4.55, 3}, {-3.25, 5.2}, {-2.4, 7.5}, {-1.55, 10}, {-0.25, 15}, {0.75, 20}, {2.6, 30}, {4.55, 40}, {7.25, 50},
}

// calibrate interpolates in the table and continues its last slope.
func calibrate(evidence float64) Score {
	if !(evidence > calibration[0].evidence) {
		return 0
	}
	last := len(calibration) - 1
	k := 1
	for k < last && evidence > calibration[k].evidence {
		k++
	}
	lo, hi := calibration[k-1], calibration[k]
	slope := (hi.score - lo.score) / (hi.evidence - lo.evidence)
	return roundScore(lo.score + float64(slope*(evidence-lo.evidence)))
}
