package finger

// Smoothing of the structure tensor: three scales, blended by how coherent each is. Small scales follow cores and
// deltas, large ones carry the field over scars and noise.
var (
	tensorRadii   = [3]int{2, 4, 8}   // cells, half side of a box applied twice
	tensorRadii2  = [3]int{2, 3, 5}   // the same on the filtered image, which has less noise
	tensorWeights = [3]int64{4, 3, 2} // weight of each scale
)

const coherenceRadius = 2 // cells

// tensor holds the gradient covariance per cell.
type tensor struct {
	w, h       int
	xx, yy, xy []int32
}

// gradientTensor sums products of Sobel gradients over each cell of the mask.
func gradientTensor(p *plane, mask *grid) *tensor {
	n := mask.w * mask.h
	t := &tensor{w: mask.w, h: mask.h, xx: make([]int32, n), yy: make([]int32, n), xy: make([]int32, n)}
	for cy := range mask.h {
		for cx := range mask.w {
			if i := cy*mask.w + cx; mask.v[i] != 0 {
				t.xx[i], t.yy[i], t.xy[i] = cellTensor(p, cx*cellPx, cy*cellPx)
			}
		}
	}
	return t
}

func cellTensor(p *plane, x0, y0 int) (xx, yy, xy int32) {
	s := p.stride
	for y := y0; y < min(y0+cellPx, p.h-1); y++ {
		if y == 0 {
			continue
		}
		for x := max(x0, 1); x < min(x0+cellPx, p.w-1); x++ {
			o := p.at(x, y)
			a, b, c := p.pix[o-s-1:o-s+2:o-s+2], p.pix[o-1:o+2:o+2], p.pix[o+s-1:o+s+2:o+s+2]
			gx := (int32(a[2]) + 2*int32(b[2]) + int32(c[2]) - int32(a[0]) - 2*int32(b[0]) - int32(c[0])) >> 3
			gy := (int32(c[0]) + 2*int32(c[1]) + int32(c[2]) - int32(a[0]) - 2*int32(a[1]) - int32(a[2])) >> 3
			xx += gx * gx
			yy += gy * gy
			xy += gx * gy
		}
	}
	return xx, yy, xy
}

// coherence tells how much a picture has one direction at each place, 0 to 1: near 1 for clean ridges, near 0 for noise and
// for patterns that run two ways. It is a mean over places weighed by their contrast.
func (t *tensor) coherence() float64 {
	xx, yy, xy := smooth(t.xx, t.w, t.h, coherenceRadius), smooth(t.yy, t.w, t.h, coherenceRadius), smooth(t.xy, t.w, t.h, coherenceRadius)
	var all, one int64
	for i := range xx {
		c, s := int64(xx[i])-int64(yy[i]), 2*int64(xy[i])
		all += int64(xx[i]) + int64(yy[i])
		one += isqrt(c*c + s*s)
	}
	if all == 0 {
		return 0
	}
	return float64(one) / float64(all)
}

// orientationField returns ridge orientations, 256 steps a half turn, counter-clockwise from +x, from the tensors smoothed at three scales: Bigun and Granlund's structure tensor (ICCV 1987), with scales
// blended by coherence in the spirit of adaptive fields (Turroni et al., TIFS 6(3), 2011).
func orientationField(t *tensor, radii [3]int) *grid {
	n := t.w * t.h
	sumC, sumS := make([]int64, n), make([]int64, n)
	for k, r := range radii {
		xx, yy, xy := smooth(t.xx, t.w, t.h, r), smooth(t.yy, t.w, t.h, r), smooth(t.xy, t.w, t.h, r)
		for i := range n {
			trace := int64(xx[i]) + int64(yy[i])
			if trace == 0 {
				continue
			}
			c := (int64(xx[i]) - int64(yy[i])) * 256 / trace
			s := 2 * int64(xy[i]) * 256 / trace
			m := isqrt(c*c + s*s)
			sumC[i] += c * m * tensorWeights[k]
			sumS[i] += s * m * tensorWeights[k]
		}
	}
	field := newGrid(t.w, t.h)
	for i := range n {
		// The gradient stands across the ridge (half a turn of the doubled angle) and y points down (sign).
		field.v[i] = uint8((32768 - iatan2(sumS[i], sumC[i]) + 128) >> 8)
	}
	return field
}

// smooth applies a box of half side r twice in each direction; outside is zero.
func smooth(v []int32, w, h, r int) []int32 {
	a, b := make([]int32, len(v)), make([]int32, len(v))
	boxRows(a, v, w, h, r)
	boxRows(b, a, w, h, r)
	boxColumns(a, b, w, h, r)
	boxColumns(b, a, w, h, r)
	return b
}

func boxRows(to, from []int32, w, h, r int) {
	n := int64(2*r + 1)
	for y := range h {
		row, out := from[y*w:(y+1)*w], to[y*w:(y+1)*w]
		var acc int64
		for x := range min(r, w) {
			acc += int64(row[x])
		}
		for x := range out {
			if x+r < w {
				acc += int64(row[x+r])
			}
			if x-r-1 >= 0 {
				acc -= int64(row[x-r-1])
			}
			out[x] = int32(acc / n)
		}
	}
}

func boxColumns(to, from []int32, w, h, r int) {
	n := int64(2*r + 1)
	acc := make([]int64, w)
	for y := range min(r, h) {
		for x := range acc {
			acc[x] += int64(from[y*w+x])
		}
	}
	for y := range h {
		for x := range acc {
			if y+r < h {
				acc[x] += int64(from[(y+r)*w+x])
			}
			if y-r-1 >= 0 {
				acc[x] -= int64(from[(y-r-1)*w+x])
			}
			to[y*w+x] = int32(acc[x] / n)
		}
	}
}
