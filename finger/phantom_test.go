package finger_test

import (
	"math"
	"math/rand/v2"

	"convenio/finger"
)

// truth is a minutia drawn into a phantom: place in pixels, direction in degrees.
type truth struct{ x, y, deg float64 }

// phantom draws ridges as a wave whose phase winds once around each minutia (the frequency-modulation model: Larkin and
// Fletcher, Optics Express 15(14), 2007). Ridges are arcs about a point below the print; turnDeg and shift move the
// finger on the plate. Where a phase winds there is one ridge more on one side: the direction points to that side.
func phantom(seed uint64, turnDeg, shiftX, shiftY float64) (finger.Image, []truth) {
	const w, h = 300, 340
	r := rand.New(rand.NewPCG(seed, 7))
	type winding struct{ x, y, sign float64 }
	var wind []winding
	for len(wind) < 28 {
		c := winding{40 + 220*r.Float64(), 40 + 260*r.Float64(), float64(1 - 2*r.IntN(2))}
		free := math.Hypot((c.x-150)/105, (c.y-170)/130) < 0.85
		for _, o := range wind {
			free = free && math.Hypot(c.x-o.x, c.y-o.y) > 24
		}
		if free {
			wind = append(wind, c)
		}
	}
	cx, cy := 150+40*r.Float64(), 420+60*r.Float64()
	phase := func(x, y float64) float64 {
		p := 2 * math.Pi * math.Hypot(x-cx, y-cy) / 9
		for _, c := range wind {
			p += c.sign * math.Atan2(y-c.y, x-c.x)
		}
		return p
	}
	sin, cos := math.Sincos(turnDeg * math.Pi / 180)
	img := finger.Image{Width: w, Height: h, PPI: 500, Pix: make([]uint8, w*h)}
	for y := range h {
		for x := range w {
			dx, dy := float64(x)-150-shiftX, float64(y)-170-shiftY
			u, v := 150+dx*cos-dy*sin, 170+dx*sin+dy*cos
			g := 230.0
			if math.Hypot((u-150)/105, (v-170)/130) < 1 {
				g = 130 + 90*math.Cos(phase(u, v))
			}
			img.Pix[y*w+x] = uint8(g + 6*r.NormFloat64())
		}
	}
	var list []truth
	for _, c := range wind {
		// The phase grows away from (cx, cy); the winding adds to that growth on one side of the minutia.
		gx, gy := c.x-cx, c.y-cy
		sx, sy := gy*c.sign, -gx*c.sign
		dx, dy := c.x-150, c.y-170
		list = append(list, truth{
			150 + shiftX + dx*cos + dy*sin, 170 + shiftY - dx*sin + dy*cos,
			math.Mod(math.Atan2(-sy, sx)*180/math.Pi+turnDeg+720, 360),
		})
	}
	return img, list
}

func degreesApart(a, b float64) float64 { return math.Abs(math.Remainder(a-b, 360)) }
