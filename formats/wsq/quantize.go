package wsq

import "math"

// The bins (IAFIS-IC-0110, annex on the encoder: quantizer selection).
const (
	varianceFloor = 1.01   // a subband with less is not coded
	fullVariance  = 20_000 // sum over subbands 0 to 3 below which the whole of each subband is measured
	binCentre     = 0.44   // where in its bin a value is put back
	zeroBin       = 1.2    // width of the bin around zero, in bins
	finestBin     = 0.25   // ours: the least width, so that the largest value, some 4100, fits in 16 bits
	loading       = 2.5    // gamma, the loading factor of the bins: values within 2.5 sigma
)

// bandWeights are the A of subbands 52 to 59; all others have 1.
var bandWeights = [...]float64{1.32, 1.08, 1.42, 1.08, 1.32, 1.42, 1.08, 1.08}

// chooseBins sets the width of each subband's bins so that the whole comes to
// bitRate bits a pixel, where the coder is as good as the model of it.
func chooseBins(plane []float32, width int, tr *tree, bitRate float64) quant {
	variance := measure(plane, width, tr)
	var q [subbands]float64 // relative bin width; 0: not coded
	var coded []int
	for i, v := range variance {
		if v < varianceFloor {
			continue
		}
		coded = append(coded, i)
		switch {
		case i < 4:
			q[i] = 1
		case i < 52:
			q[i] = 10 / math.Log(v)
		default:
			q[i] = 10 / (bandWeights[i-52] * math.Log(v))
		}
	}
	scale := proportion(variance, q, coded, bitRate)
	t := quant{centre: binCentre}
	for _, i := range coded {
		// The stored width is the width that is used, on both sides.
		width := max(q[i]/scale, finestBin)
		t.bin[i] = stored(width)
		t.zero[i] = stored(zeroBin * width)
	}
	return t
}

// share is the part of the plane that a subband fills, taken as the standard
// takes it, for an image whose sides are multiples of 32.
func share(band int) float64 {
	switch {
	case band < 4:
		return 1.0 / 1024
	case band < 51:
		return 1.0 / 256
	}
	return 1.0 / 16
}

// proportion finds the common factor of all bins: subbands which would get no
// bits at it are left out, until none is.
func proportion(variance, q [subbands]float64, coded []int, bitRate float64) float64 {
	set := append([]int(nil), coded...)
	for {
		s, p := 0.0, 0.0
		for _, i := range set {
			s += share(i)
			p += share(i) * math.Log(math.Sqrt(variance[i])/q[i])
		}
		if s == 0 {
			return 1
		}
		scale := math.Exp2(bitRate/s-1) / loading / math.Exp(p/s)
		var kept []int
		for _, i := range set {
			if q[i]/scale < 2*loading*math.Sqrt(variance[i]) {
				kept = append(kept, i)
			}
		}
		if len(kept) == len(set) {
			return scale
		}
		set = kept
	}
}

// measure returns the variance of each subband, over the middle part of it
// where a print is, or over all of it if there is little in the image.
func measure(plane []float32, width int, tr *tree) [subbands]float64 {
	var v [subbands]float64
	low := 0.0
	for i := range 4 {
		v[i] = varianceOf(plane, width, middle(tr.bands[i]))
		low += v[i]
	}
	for i, r := range tr.bands {
		switch {
		case low < fullVariance:
			v[i] = varianceOf(plane, width, r)
		case i >= 4:
			v[i] = varianceOf(plane, width, middle(r))
		}
	}
	return v
}

// middle is 3/4 of the width and 7/16 of the height, or the whole where that
// would leave too few values to measure.
func middle(r region) region {
	m := region{r.x + r.w/8, r.y + 9*r.h/32, 3 * r.w / 4, 7 * r.h / 16}
	if m.area() < 8 {
		return r
	}
	return m
}

func varianceOf(plane []float32, width int, r region) float64 {
	if r.area() == 0 {
		return 0
	}
	sum, squares := 0.0, 0.0
	for y := range r.h {
		at := (r.y+y)*width + r.x
		for _, v := range plane[at : at+r.w] {
			sum += float64(v)
			squares += float64(float64(v) * float64(v))
		}
	}
	n := float64(r.area())
	if n < 2 {
		return squares
	}
	return (squares - float64(sum*sum)/n) / (n - 1)
}

// quantized returns the coefficients of the coded subbands, in order, and
// where each of the three blocks ends (subbands 0 to 18, 19 to 51, 52 to 59).
func quantized(plane []float32, width int, tr *tree, q *quant) (coeffs []int16, ends [3]int) {
	coeffs = make([]int16, 0, len(plane))
	for i, r := range tr.bands {
		if bin, half := q.bin[i], q.zero[i]/2; bin != 0 {
			for y := range r.h {
				at := (r.y+y)*width + r.x
				for _, v := range plane[at : at+r.w] {
					coeffs = append(coeffs, binOf(v, bin, half))
				}
			}
		}
		switch i {
		case 18:
			ends[0] = len(coeffs)
		case 51:
			ends[1] = len(coeffs)
		}
	}
	ends[2] = len(coeffs)
	return coeffs, ends
}

func binOf(v, bin, half float32) int16 {
	switch {
	case v > half:
		return int16(min((v-half)/bin+1, math.MaxInt16))
	case v < -half:
		return int16(max((v+half)/bin-1, -math.MaxInt16))
	}
	return 0
}
