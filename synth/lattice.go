package synth

// lattice is a smooth random field of four channels, of mean 0 and standard
// deviation about 1 each: a cubic B-spline through random knots, like
// smoothField, but worked out only where it is asked for.
type lattice struct {
	pitch float32 // pixels between knots
	cols  int
	knots [latticeKnots][4]float32
}

const latticeKnots = 14 * 16

// fill draws the knots for w x h pixels.
func (l *lattice) fill(d *dice, w, h, pitch int) {
	l.pitch, l.cols = float32(pitch), w/pitch+4
	n := min(latticeKnots, l.cols*(h/pitch+4))
	for i := range l.knots[:n] {
		// Four uniforms of 16 bits: enough for a knot.
		v := d.pcg.Uint64()
		for c := range l.knots[i] {
			l.knots[i][c] = float32(float32(int32(v&0xffff)-0x8000) * (3.6 / 0x8000))
			v >>= 16
		}
	}
}

// at is the field's value at a place inside what it was filled for.
func (l *lattice) at(x, y float64) (out [4]float32) {
	fx, fy := max(0, float32(x)/l.pitch), max(0, float32(y)/l.pitch)
	i, j := int(fx), int(fy)
	wx, wy := bspline(fx-float32(i)), bspline(fy-float32(j))
	for b := range wy {
		at := (j+b)*l.cols + i
		if at < 0 || at+4 > len(l.knots) {
			break
		}
		k := l.knots[at : at+4]
		for c := range out {
			s := float32(wx[0]*k[0][c]) + float32(wx[1]*k[1][c]) + float32(wx[2]*k[2][c]) + float32(wx[3]*k[3][c])
			out[c] += float32(wy[b] * s)
		}
	}
	return out
}

// bspline are the weights of a uniform cubic B-spline at t, 0 to 1, past the
// second of four knots.
func bspline(t float32) [4]float32 {
	u := 1 - t
	t2, u2 := float32(t*t), float32(u*u)
	return [4]float32{
		float32(u2*u) / 6,
		float32(2.0/3) - t2 + float32(t2*t)/2,
		float32(2.0/3) - u2 + float32(u2*u)/2,
		float32(t2*t) / 6,
	}
}
