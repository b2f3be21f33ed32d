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
// Up to a score of 20 it is the upper envelope of sixteen sets, each measured by itself, so that on none of them the false
// match rate is higher than the score says: four of three real sensors and a generator and one of a fourth sensor (30,720
// non-mated comparisons within sets), each of them also made harder to half and to full strength (internal/harden), and 60
// of this project's synthetic fingers (28,320); internal/calibrate makes and checks it. The small, bad prints of the hardest
// sets decide most of it; for good prints the score is cautious.
//
// From there on it is the worst of the larger groups that internal/tail compares, and no group counts where fewer than six
// of its strangers are left. Evidence that is reached by a share of
//
//	                                             0.001  0.0001  1e-5  1e-6   largest  comparisons
//	real prints with synthetic people             -0.5    1.8    3.9   5.5     6.x     5,200,000
//	at half strength, with synthetic people       -0.4    2.0    4.1   5.6     6.4     4,160,000
//	at full strength, with synthetic people        1.0    2.7    4.7   5.7     6.2     4,144,000
//	of that the worst sensor (optical A)           1.3    3.2    5.2           6.2       640,000
//	at full strength on both sides, worst sensor   1.7    3.4                  5.2       104,000
//	synthetic people with synthetic people         0.1    2.4    4.4   6.0     7.x    10,000,000
//	real prints with real ones                     -0.9    1.0                  3.0       133,120
//
// Everywhere the tail grows thinner outwards: a unit of evidence is worth 4 to 6 where one in a thousand is left, 5 to 9
// where one in 100,000 is. Above 60 it is extrapolation, as a straight line of 5 a unit: the lower end of the 95 % interval
// of the slope that the synthetic people show in their last hundred of 10,000,000. The real fingers are 65, and say little
// of twins and look-alikes. docs/finger.md has the check on each sensor left out.
var calibration = [...]struct{ evidence, score float64 }{
	{-12, 0}, {-6.25, 1.5}, {-4.55, 3}, {-3.25, 5.2}, {-2.4, 7.5}, {-1.55, 10}, {-0.25, 15}, {0.75, 20},
	{2.2, 30}, {3.5, 40}, {5.2, 50}, {6.9, 60}, {8.9, 70},
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
