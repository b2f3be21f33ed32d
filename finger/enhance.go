package finger

import (
	"math"
	"sync"
)

// Contextual filtering: along the ridge a Gaussian, across it a Gabor profile of the local period. Both are lines of
// samples, so that a pixel costs some eighty products instead of the 625 of a 25x25 Gabor kernel, and since the first
// pass follows each pixel's own orientation the pair bends with the ridges (the idea of curved Gabor filters,
// Gottschlich, TIP 21(4), 2012, and of the separable smoothing of SourceAFIS).
const (
	filterAngles   = 64 // per half turn
	filterOne      = 4096
	alongSigma     = 5.0  // pixels
	alongHalf      = 12   // pixels
	acrossSigma    = 0.45 // periods
	acrossHalf     = 1.25 // periods, at most 25 px
	periodQuantum8 = 4    // eighths of a pixel between neighbouring filters
	filterPeriods  = (maxPeriod8-minPeriod8)/periodQuantum8 + 1
)

type sample struct {
	dx, dy int8
	weight int32
}

var filterBank = sync.OnceValue(func() *bank {
	b := new(bank)
	for o := range filterAngles {
		b.along[o] = lineFilter(o, alongHalf, func(u float64) float64 { return gauss(u, alongSigma) })
		for k := range filterPeriods {
			b.across[o][k] = gaborLine(o+filterAngles/2, float64(minPeriod8+k*periodQuantum8)/8)
		}
	}
	return b
})

type bank struct {
	along  [filterAngles][]sample
	across [filterAngles][filterPeriods][]sample
}

func gauss(u, sigma float64) float64 { return math.Exp(-u * u / (2 * sigma * sigma)) }

// linePoints lists the samples of a line through the origin at angle o: one step a pixel along its longer axis, linear
// interpolation along the other; u is the distance from the origin.
func linePoints(o int, half float64, visit func(u float64, x0, y0, x1, y1 int, frac float64)) {
	a := math.Pi * float64(o%filterAngles) / filterAngles
	c, s := math.Cos(a), -math.Sin(a)
	swap := math.Abs(s) > math.Abs(c)
	if swap {
		c, s = s, c
	}
	n := int(half * math.Abs(c))
	for k := -n; k <= n; k++ {
		minor := math.Round(float64(k)*s/c*4096) / 4096
		lo := math.Floor(minor)
		u := float64(k) / math.Abs(c)
		if swap {
			visit(u, int(lo), k, int(lo)+1, k, minor-lo)
		} else {
			visit(u, k, int(lo), k, int(lo)+1, minor-lo)
		}
	}
}

// lineFilter builds a smoothing line whose weights sum to filterOne.
func lineFilter(o int, half float64, f func(float64) float64) []sample {
	sum := 0.0
	linePoints(o, half, func(u float64, _, _, _, _ int, _ float64) { sum += f(u) })
	return sampleLine(o, half, func(u float64) float64 { return f(u) / sum })
}

// gaborLine builds a zero-mean line that answers filterOne to a unit wave of the period.
func gaborLine(o int, period float64) []sample {
	half, sigma := acrossHalf*period, acrossSigma*period
	var env, wave float64
	linePoints(o, half, func(u float64, _, _, _, _ int, _ float64) {
		env += gauss(u, sigma)
		wave += gauss(u, sigma) * math.Cos(2*math.Pi*u/period)
	})
	profile := func(u float64) float64 { return gauss(u, sigma) * (math.Cos(2*math.Pi*u/period) - wave/env) }
	gain := 0.0
	linePoints(o, half, func(u float64, _, _, _, _ int, _ float64) { gain += profile(u) * math.Cos(2*math.Pi*u/period) })
	return sampleLine(o, half, func(u float64) float64 { return profile(u) / gain })
}

func sampleLine(o int, half float64, f func(float64) float64) []sample {
	var line []sample
	add := func(x, y int, w float64) {
		if v := int32(math.RoundToEven(w * filterOne)); v != 0 {
			line = append(line, sample{int8(x), int8(y), v})
		}
	}
	linePoints(o, half, func(u float64, x0, y0, x1, y1 int, frac float64) {
		add(x0, y0, f(u)*(1-frac))
		add(x1, y1, f(u)*frac)
	})
	return line
}

// tap is a sample as an offset into a plane of one stride.
type tap struct{ off, weight int32 }

func taps(line []sample, stride int) []tap {
	t := make([]tap, len(line))
	for i, s := range line {
		t[i] = tap{int32(int(s.dy)*stride + int(s.dx)), s.weight}
	}
	return t
}

// enhance returns the filtered image: negative on ridges, positive on valleys, zero outside the mask.
func enhance(p *plane, field, period, mask *grid) *plane {
	b := filterBank()
	var along [filterAngles][]tap
	var across [filterAngles][filterPeriods][]tap
	mid, out := newPlane(p.w, p.h), newPlane(p.w, p.h)
	eachCell(mask, func(i, x, y int) {
		o := int(field.v[i]+2) >> 2 & (filterAngles - 1)
		if along[o] == nil {
			along[o] = taps(b.along[o], p.stride)
		}
		filterCell(mid, p, x, y, along[o])
	})
	eachCell(mask, func(i, x, y int) {
		o := int(field.v[i]+2) >> 2 & (filterAngles - 1)
		k := (int(period.v[i]) - minPeriod8 + periodQuantum8/2) / periodQuantum8
		k = min(k, filterPeriods-1)
		if across[o][k] == nil {
			across[o][k] = taps(b.across[o][k], p.stride)
		}
		filterCell(out, mid, x, y, across[o][k])
	})
	return out
}

func eachCell(mask *grid, visit func(i, x, y int)) {
	for cy := range mask.h {
		for cx := range mask.w {
			if i := cy*mask.w + cx; mask.v[i] != 0 {
				visit(i, cx*cellPx, cy*cellPx)
			}
		}
	}
}

// filterCell applies one line to the pixels of one cell, a row of four at a time. Cells cut by the image's edge write
// into the border; those values are cleared at once.
func filterCell(to, from *plane, x, y int, line []tap) {
	for row := y; row < min(y+cellPx, from.h); row++ {
		o := from.at(x, row)
		var a, b, c, d int32
		for _, t := range line {
			s := from.pix[o+int(t.off):]
			_ = s[3]
			a += int32(s[0]) * t.weight
			b += int32(s[1]) * t.weight
			c += int32(s[2]) * t.weight
			d += int32(s[3]) * t.weight
		}
		r := to.pix[o : o+4 : o+4]
		r[0], r[1], r[2], r[3] = int16(a/filterOne), int16(b/filterOne), int16(c/filterOne), int16(d/filterOne)
		for k := max(from.w-x, 0); k < cellPx; k++ {
			r[k] = 0
		}
	}
}

// reliability tells for each cell, 0..255, how much of the image's variation the filtered image explains around it:
// near 255 for clean ridges, under about 90 for noise.
func reliability(norm, enhanced *plane, mask *grid) *grid {
	n := len(mask.v)
	all, kept := make([]int32, n), make([]int32, n)
	eachCell(mask, func(i, x, y int) {
		for row := y; row < min(y+cellPx, norm.h); row++ {
			o := norm.at(x, row)
			for k := range min(cellPx, norm.w-x) {
				all[i] += int32(absInt(int(norm.pix[o+k])))
				kept[i] += int32(absInt(int(enhanced.pix[o+k])))
			}
		}
	})
	all, kept = smooth(all, mask.w, mask.h, 2), smooth(kept, mask.w, mask.h, 2)
	out := newGrid(mask.w, mask.h)
	for i := range out.v {
		if mask.v[i] != 0 && all[i] > 0 {
			out.v[i] = uint8(min(int64(kept[i])*255/int64(all[i]), 255))
		}
	}
	return out
}
