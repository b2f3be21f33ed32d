package finger

import "math"

// Fuse combines the scores of several fingers, each compared once with the finger of the same position of one candidate.
// It is Fisher's method (Statistical Methods for Research Workers, 1932, section 21.1): under the hypothesis that none is
// mated, minus twice the sum of the logarithms of k independent false match rates is chi-square with 2k degrees of
// freedom; the result is -10 log10 of its upper tail. A finger that says nothing (score 0) dilutes the others a little; one
// that was not compared must be left out. No scores give 0. Scores that are negative or no number count as 0.
func Fuse(scores []Score) Score {
	var x float64 // half the chi-square: the sum of -ln p
	k := 0
	for _, s := range scores {
		if s > 0 {
			x += float64(min(s, maxFused)) * (math.Ln10 / 10)
		}
		k++
	}
	if k == 0 {
		return 0
	}
	// The tail for even degrees of freedom: exp(-x) times the sum of x^j/j! for j < k.
	sum, term := 1.0, 1.0
	for j := 1; j < k; j++ {
		term *= x / float64(j)
		sum += term
	}
	return roundScore((x - math.Log(sum)) * (10 / math.Ln10))
}

// maxFused bounds what one finger can bring, far above any score met.
const maxFused = 1000
