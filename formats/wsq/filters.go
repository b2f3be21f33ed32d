package wsq

import "fmt"

// filters are the two synthesis filters, symmetric and of odd length.
type filters struct{ lo, hi []float32 }

// maxTaps bounds the filters that a file may bring. The standard's have 9 and 7.
const maxTaps = 31

// takeFilters reads the transform table: the analysis filters, from the middle
// tap outwards. The synthesis low-pass filter is the analysis high-pass filter
// with the sign of every second tap changed, and the other way round
// (IAFIS-IC-0110, annex on the transform table).
func (t *tables) takeFilters(s segment) error {
	if err := s.want(2); err != nil {
		return err
	}
	nLo, nHi := int(s.body[0]), int(s.body[1]) // of the analysis filters
	switch {
	case nLo%2 == 0 || nHi%2 == 0:
		return fmt.Errorf("%w: filters of even length (%d and %d taps) at byte %d", ErrUnsupported, nLo, nHi, s.at)
	case nLo > maxTaps || nHi > maxTaps || (nLo+nHi)%4 != 0:
		return fmt.Errorf("%w: filters of %d and %d taps at byte %d do not belong together", ErrUnsupported, nLo, nHi, s.at)
	}
	if err := s.want(2 + 6*((nLo+1)/2+(nHi+1)/2)); err != nil {
		return err
	}
	b := s.body[2:]
	t.filters.hi = unfold(b, nLo)
	t.filters.lo = unfold(b[6*((nLo+1)/2):], nHi)
	t.filtered = true
	return nil
}

// unfold reads half an analysis filter and returns the synthesis filter of n
// taps that goes with it.
func unfold(b []byte, n int) []float32 {
	taps := make([]float32, n)
	for i := range (n + 1) / 2 {
		v := decimal(b[6*i+1:], 4)
		if b[6*i] != 0 {
			v = -v
		}
		if i%2 == 1 {
			v = -v
		}
		taps[n/2+i], taps[n/2-i] = v, v
	}
	return taps
}

// standard are the 9/7 filters that every encoder in use writes, from the
// middle outwards (Cohen, Daubechies and Feauveau, Comm. Pure Appl. Math. 45,
// 1992; IAFIS-IC-0110, table of filter coefficients).
var (
	standardLo = [5]float64{0.85269867900940344, 0.37740285561265380, -0.11062440441842342, -0.02384946501938000, 0.03782845550699546}
	standardHi = [4]float64{0.78848561640566439, -0.41809227322221221, -0.04068941760955844, 0.06453888262893845}
)
