package synth

import "math/rand/v2"

// stream separates the draws for one purpose from all others, so that a change
// in one part leaves the rest of a finger as it was.
type stream uint64

const (
	streamClass stream = iota + 1
	streamPoles
	streamField
	streamPeriod
	streamSeeds
	streamTexture
	streamCreases
	streamConditions
	streamCapture
	streamSensor
	streamPerson
	streamWear
)

// source is a deterministic generator (PCG-DXSM, specified by math/rand/v2).
type source struct{ *rand.Rand }

func newSource(seed uint64, s stream) source {
	return source{rand.New(rand.NewPCG(seed, 0x636f6e76656e696f^uint64(s)*0x9e3779b97f4a7c15))}
}

// between is uniform from a to b.
func (r source) between(a, b float64) float64 { return mad(b-a, r.Float64(), a) }

// normal is near a normal distribution (the sum of 12 uniforms), cut at 3
// standard deviations.
func (r source) normal(mean, sd float64) float64 {
	s := -6.0
	for range 12 {
		s += r.Float64()
	}
	return mad(sd, max(-3, min(3, s)), mean)
}

// smoothField returns w x h values of mean 0 and standard deviation about 1,
// correlated over cell pixels: a cubic B-spline through random knots.
func smoothField(r source, w, h, cell int) []float32 {
	cols, rows := w/cell+4, h/cell+4
	wx, wy := splineWeights(cell), splineWeights(cell)
	across := make([]float32, rows*w)
	knots := make([]float32, cols)
	for j := range rows {
		for i := range knots {
			knots[i] = float32(r.between(-3.6, 3.6))
		}
		for x := range w {
			k, t := knots[x/cell:x/cell+4], &wx[x%cell]
			across[j*w+x] = float32(k[0]*t[0]) + float32(k[1]*t[1]) + float32(k[2]*t[2]) + float32(k[3]*t[3])
		}
	}
	out := make([]float32, w*h)
	for y := range h {
		t := &wy[y%cell]
		base := y / cell * w
		a, b, c, d := across[base:base+w], across[base+w:base+2*w], across[base+2*w:base+3*w], across[base+3*w:base+4*w]
		row := out[y*w : y*w+w]
		for x := range row {
			row[x] = float32(a[x]*t[0]) + float32(b[x]*t[1]) + float32(c[x]*t[2]) + float32(d[x]*t[3])
		}
	}
	return out
}

// splineWeights are the four weights of a uniform cubic B-spline at each of
// cell places between two knots.
func splineWeights(cell int) [][4]float32 {
	out := make([][4]float32, cell)
	for i := range out {
		t := (float64(i) + 0.5) / float64(cell)
		u := 1 - t
		out[i] = [4]float32{
			float32(u * u * u / 6),
			float32(poly(t, 3, -6, 0, 4) / 6),
			float32(poly(t, -3, 3, 3, 1) / 6),
			float32(t * t * t / 6),
		}
	}
	return out
}
