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
// It is the upper envelope of six sets, each measured by itself, so that on none of them the false match rate is higher
// than the score says: five of real sensors and a generator (30,720 non-mated comparisons within sets) and one of 60 of
// this project's synthetic fingers (28,320), whose flow is more alike than strangers' of different sensors. Evidence at
// a share of
//
//	              0.5     0.1     0.01    0.001   largest
//	optical A    -8.2    -4.7    -1.5     0.1     0.2     2,880 comparisons
//	optical B    -9.8    -5.4    -1.7    -0.5     1.1     2,880
//	capacitive   -5.7    -3.4    -1.6     0.2     0.5     2,880
//	generator    -5.6    -3.0    -0.7     0.4     0.7     2,880
//	optical C    -9.1    -5.8    -3.2    -0.9     1.4     19,200
//	synthetic    -9.8    -4.7    -0.9     1.3     3.3     28,320
//	across sets  -8.0    -4.6    -1.9     0.0     2.3     133,120
//
// Beyond 0.01 the tail is exponential: mean excesses over that point lie between 0.5 and 0.97, so 4.5 a unit is the
// flattest of them; generalised Pareto shapes fitted freely lie between -0.2 and 0, that is thinner tails. Below about
// 1e-4 it is extrapolation, and 125 fingers say little of twins and look-alikes. To measure again: internal/measure
// -terms, then the shares of the last column over the non-mated lines.
var calibration = [...]struct{ evidence, score float64 }{
	{-20, 0}, {-8, 0.46}, {-6.7, 1.55}, {-5.6, 3}, {-4.4, 5.2}, {-2.95, 10}, {-1.8, 15.2}, {-0.7, 20}, {1.5, 30}, {3.7, 40},
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
