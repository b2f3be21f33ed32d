package finger

import (
	"math"
	"slices"
)

// Ridge period by the spectrum of the x-signature: the image averaged along the ridge, seen across it (Hong, Wan, Jain,
// PAMI 20(8), 1998), with a windowed Fourier sum at log-spaced periods instead of peak distances, which survive noise less.
const (
	periodNodePx   = 16 // one estimate each so many pixels
	signatureHalf  = 28 // pixels across the ridge, each way
	signatureAlong = 6  // pixels along the ridge, each way
	periodSteps    = 26 // candidate periods minPeriod * 2^(k/12)
	minPeriod      = 4.5
	maxPeriod8     = 160 // eighths of a pixel
	minPeriod8     = 36
	defaultPeriod8 = 72 // 9 px, an adult's mean at 500 ppi
	periodSmoothR  = 3  // nodes
	surePeriod     = 40 // confidence of 255 from which an estimate says something of the resolution
)

var signatureWaves [periodSteps][2][2*signatureHalf + 1]int32 // windowed cosine and sine, scale 1024

func init() {
	for k := range signatureWaves {
		period := minPeriod * math.Exp2(float64(k)/12)
		for i := range 2*signatureHalf + 1 {
			u := float64(i - signatureHalf)
			window := 0.5 + float64(0.5*math.Cos(math.Pi*u/(signatureHalf+1)))
			signatureWaves[k][0][i] = int32(math.RoundToEven(1024 * window * math.Cos(2*math.Pi*u/period)))
			signatureWaves[k][1][i] = int32(math.RoundToEven(1024 * window * math.Sin(2*math.Pi*u/period)))
		}
	}
}

// periodField returns the ridge period per cell in eighths of a pixel, and what is typical of the print.
func periodField(p *plane, field, mask *grid) (*grid, typicalPeriod) {
	nw, nh := (p.w+periodNodePx-1)/periodNodePx, (p.h+periodNodePx-1)/periodNodePx
	value, weight := make([]int32, nw*nh), make([]int32, nw*nh)
	var found []int
	var sure []int
	nodes := 0
	for ny := range nh {
		for nx := range nw {
			x, y := nx*periodNodePx+periodNodePx/2, ny*periodNodePx+periodNodePx/2
			if mask.atPx(x, y) == 0 {
				continue
			}
			nodes++
			p8, w := nodePeriod(p, x, y, field.atPx(x, y))
			if w > 0 {
				value[ny*nw+nx], weight[ny*nw+nx] = int32(p8*w), int32(w)
				found = append(found, p8)
			}
			if w >= surePeriod {
				sure = append(sure, p8)
			}
		}
	}
	typical := median(found, defaultPeriod8)
	seen := typicalPeriod{period8: median(sure, 0), sure: len(sure), nodes: nodes}
	return spreadPeriod(smooth(value, nw, nh, periodSmoothR), smooth(weight, nw, nh, periodSmoothR), nw, nh, typical, mask), seen
}

func median(v []int, none int) int {
	if len(v) == 0 {
		return none
	}
	slices.Sort(v)
	return v[len(v)/2]
}

// spreadPeriod divides smoothed values by smoothed weights and interpolates between nodes.
func spreadPeriod(value, weight []int32, nw, nh, typical int, mask *grid) *grid {
	const prior = 4 // weight of the typical period: it fills where nothing was measured
	node := make([]int, nw*nh)
	for i := range node {
		node[i] = (int(value[i])*16 + typical*prior) * 16 / (int(weight[i])*16 + prior)
	}
	out := newGrid(mask.w, mask.h)
	for cy := range out.h {
		for cx := range out.w {
			// centre of the cell in sixteenths of a node, relative to node centres
			fx := max((cx*cellPx+cellPx/2)*16/periodNodePx-8, 0)
			fy := max((cy*cellPx+cellPx/2)*16/periodNodePx-8, 0)
			x0, y0 := min(fx>>4, nw-1), min(fy>>4, nh-1)
			x1, y1 := min(x0+1, nw-1), min(y0+1, nh-1)
			ax, ay := fx&15, fy&15
			top := node[y0*nw+x0]*(16-ax) + node[y0*nw+x1]*ax
			bottom := node[y1*nw+x0]*(16-ax) + node[y1*nw+x1]*ax
			v := (top*(16-ay) + bottom*ay) >> 12
			out.v[cy*out.w+cx] = uint8(min(max(v, minPeriod8), maxPeriod8))
		}
	}
	return out
}

// nodePeriod measures the period around one pixel in eighths of a pixel, with a confidence 0..255 (0: none found).
func nodePeriod(p *plane, x, y int, orientation uint8) (period8, weight int) {
	var sig [2*signatureHalf + 1]int32
	readSignature(p, x, y, orientation, &sig)
	var power [periodSteps]int64
	best := 0
	var total int64
	for k := range power {
		var c, s int64
		for i, v := range sig {
			c += int64(v) * int64(signatureWaves[k][0][i])
			s += int64(v) * int64(signatureWaves[k][1][i])
		}
		power[k] = (c>>10)*(c>>10) + (s>>10)*(s>>10)
		total += power[k]
		if power[k] > power[best] {
			best = k
		}
	}
	if best == 0 || best == periodSteps-1 || total == 0 {
		return 0, 0
	}
	a, b, c := isqrt(power[best-1]), isqrt(power[best]), isqrt(power[best+1])
	shift := 0.0
	if d := a - 2*b + c; d < 0 {
		shift = 0.5 * float64(a-c) / float64(d)
	}
	k := float64(best) + shift
	period8 = int(math.Round(float64(8*minPeriod) * exp2(k/12)))
	return period8, int(power[best] * 255 * 3 / (total * 2) * min(b, 4096) / 4096)
}

// readSignature samples the image across the ridge, summed along it.
func readSignature(p *plane, x, y int, orientation uint8, sig *[2*signatureHalf + 1]int32) {
	a := int(orientation) * 2 // to 1024 a turn
	c, s := int(icos(a)), -int(isin(a))
	for i := range sig {
		u := i - signatureHalf
		var sum int32
		for v := -signatureAlong; v <= signatureAlong; v += 2 {
			px := x + (v*c-u*s+trigOne/2)>>14
			py := y + (v*s+u*c+trigOne/2)>>14
			if px >= 0 && py >= 0 && px < p.w && py < p.h {
				sum += int32(p.pix[p.at(px, py)])
			}
		}
		sig[i] = sum
	}
}

// exp2 is 2^x for 0 <= x < 8, good to 1e-4, with every rounding explicit.
func exp2(x float64) float64 {
	n := int(x)
	f := (x - float64(n)) * math.Ln2
	r := 1 + float64(f*(1+float64(f*(0.5+float64(f*(1.0/6+float64(f*(1.0/24+float64(f/120)))))))))
	return r * float64(int(1)<<n)
}
