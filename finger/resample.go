package finger

// resample brings the image to 500 ppi with a cubic kernel (Catmull-Rom; Keys, IEEE ASSP 29(6), 1981), widened when the
// image shrinks so that it also averages.
func resample(img Image) *plane {
	w, h := img.size500()
	s := img.scale()
	out := newPlane(w, h)
	if s == 1 {
		for y := range h {
			row := out.row(y)
			for x := range row {
				row[x] = int16(img.Pix[y*w+x])
			}
		}
		return out
	}
	rows := resampleRows(img, w, s)
	for y := range h {
		t := cubicTap(y, s, img.Height)
		row := out.row(y)
		for x := range row {
			acc := 0
			for k, wt := range t.weights {
				acc += int(rows[(t.first+k)*w+x]) * wt
			}
			row[x] = int16(min(max((acc+t.sum*8)/(t.sum*16), 0), 255))
		}
	}
	return out
}

// resampleRows resamples along x; values are sixteenths of a gray step.
func resampleRows(img Image, w int, s float64) []int16 {
	taps := make([]cubic, w)
	for x := range taps {
		taps[x] = cubicTap(x, s, img.Width)
	}
	rows := make([]int16, w*img.Height)
	for y := range img.Height {
		src := img.Pix[y*img.Width : (y+1)*img.Width]
		for x := range taps {
			t := &taps[x]
			acc := 0
			for k, wt := range t.weights {
				acc += int(src[t.first+k]) * wt
			}
			rows[y*w+x] = int16((acc*16 + t.sum/2) / t.sum)
		}
	}
	return rows
}

type cubic struct {
	first   int
	weights []int
	sum     int
}

// cubicTap returns the source pixels and weights of output pixel i when s source pixels make one; n is the source size.
func cubicTap(i int, s float64, n int) cubic {
	width := max(s, 1)
	centre := float64((float64(i)+0.5)*s) - 0.5
	lo := max(int(centre-float64(2*width)), 0)
	hi := min(int(centre+float64(2*width))+1, n-1)
	t := cubic{first: lo}
	for j := lo; j <= hi; j++ {
		wt := int(cubicKernel((float64(j) - centre) / width))
		t.weights = append(t.weights, wt)
		t.sum += wt
	}
	if t.sum <= 0 { // beyond the last pixel: repeat it
		return cubic{first: min(max(int(centre), 0), n-1), weights: []int{1}, sum: 1}
	}
	return t
}

// cubicKernel is the Catmull-Rom kernel times 4096.
func cubicKernel(x float64) float64 {
	if x < 0 {
		x = -x
	}
	switch x2 := float64(x * x); {
	case x < 1:
		return float64(4096*(float64(1.5*float64(x2*x))-float64(2.5*x2))) + 4096
	case x < 2:
		return float64(4096 * (float64(-0.5*float64(x2*x)) + float64(2.5*x2) - float64(4*x) + 2))
	}
	return 0
}
