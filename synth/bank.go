package synth

import (
	"math"
	"sync"
)

// The bank's grid: directions over half a turn, and ridge periods in pixels at
// half resolution (7.2 to 13.2 px at 500 ppi).
const (
	numAngles  = 64
	numPeriods = 16
	minPeriod  = 3.6
	periodStep = 0.2
	// unit is the fixed point of a filter weight.
	unit = 1 << 14
)

// tap is a pair of pixels opposite each other and their common weight: the
// filters are even.
type tap struct {
	offset int32
	weight int32
}

// kernel is one even Gabor filter; its centre pixel has a weight of its own.
type kernel struct {
	centre int32
	taps   []tap
}

// bankRadius is the reach of the largest filter in pixels.
const bankRadius = 7

// gaborBank returns the filters for every direction and period, built once.
// They are constants in all but name: whole numbers, the same everywhere.
var gaborBank = sync.OnceValue(func() *[numPeriods][numAngles]kernel {
	var bank [numPeriods][numAngles]kernel
	for p := range numPeriods {
		for a := range numAngles {
			bank[p][a] = newKernel(mad(float64(p), periodStep, minPeriod), float64(a)*math.Pi/numAngles)
		}
	}
	return &bank
})

// newKernel makes the Gabor filter for ridges of a period (pixels) in a
// direction (radians). Across the ridges its width is that of SFinGe,
// sigma^2 = -9 T^2 / (8 ln 1e-3) (Cappelli, in Handbook of Fingerprint
// Recognition, 2009, chapter 6); along them it is longer, which is what keeps
// false minutiae from growing. Its mean is zero, and it answers a perfect
// ridge pattern of height 1 with 1.
func newKernel(period, theta float64) kernel {
	const along = 1.35
	sin, cos := sinCos(theta)
	across2 := float64(2 * 0.404 * 0.404 * period * period)
	along2 := float64(across2 * along * along)
	reach := math.Ceil(float64(2.6 * 0.404 * period * along))
	r := int(min(bankRadius, reach))
	type cell struct{ gauss, wave float64 }
	var cells [(2*bankRadius + 1) * (2*bankRadius + 1)]cell
	sumG, sumGW := 0.0, 0.0
	at := func(dx, dy int) *cell { return &cells[(dy+bankRadius)*(2*bankRadius+1)+dx+bankRadius] }
	for dy := -r; dy <= r; dy++ {
		for dx := -r; dx <= r; dx++ {
			u := float64(float64(dx)*cos) - float64(float64(dy)*sin) // along, y downwards
			v := float64(float64(dx)*sin) + float64(float64(dy)*cos) // across
			g := exp(-float64(u*u)/along2 - float64(v*v)/across2)
			_, w := sinCos(2 * math.Pi * v / period)
			*at(dx, dy) = cell{g, w}
			sumG += g
			sumGW += float64(g * w)
		}
	}
	mean := sumGW / sumG
	answer := 0.0
	for _, c := range cells {
		answer += float64(c.gauss * (c.wave - mean) * c.wave)
	}
	weight := func(dx, dy int) int32 {
		c := at(dx, dy)
		return int32(math.Floor(float64(unit*c.gauss*(c.wave-mean)/answer) + 0.5))
	}
	k := kernel{centre: weight(0, 0)}
	for dy := 0; dy <= r; dy++ {
		for dx := -r; dx <= r; dx++ {
			if dy == 0 && dx <= 0 {
				continue
			}
			if w := weight(dx, dy); w > unit/400 || w < -unit/400 {
				k.taps = append(k.taps, tap{int32(dy*halfW + dx), w})
			}
		}
	}
	return k
}
