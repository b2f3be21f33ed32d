package synth

// lattice is a smooth random field of four channels, of mean 0 and standard
// deviation about 1 each: a cubic B-spline through random knots, like
// smoothField, but worked out only where it is asked for, row by row.
type lattice struct {
	pitch float64 // pixels between knots
	cols  int
	knots [latticeCols * latticeRows][4]float32
	row   [latticeCols][4]float32 // the knots at the row's height
}

// Bounds of a lattice's knots.
const latticeCols, latticeRows = 16, 18

// fill draws the knots for w x h pixels, as far as there is room for them.
func (l *lattice) fill(d *dice, w, h, pitch int) {
	l.pitch, l.cols = float64(pitch), min(latticeCols, w/pitch+4)
	n := l.cols * min(latticeRows, h/pitch+4)
	for i := range l.knots[:n] {
		// Four uniforms of 16 bits: enough for a knot.
		v := d.pcg.Uint64()
		for c := range l.knots[i] {
			l.knots[i][c] = float32(float32(int32(v&0xffff)-0x8000) * (3.6 / 0x8000))
			v >>= 16
		}
	}
}

// goTo makes y the height that at is asked for.
func (l *lattice) goTo(y float64) {
	j, w := l.cell(y)
	at := min(j, latticeRows-4) * l.cols
	a, b, c, d := l.knots[at:], l.knots[at+l.cols:], l.knots[at+2*l.cols:], l.knots[at+3*l.cols:]
	for i := range l.row[:l.cols] {
		for k := range 4 {
			l.row[i][k] = float32(w[0]*a[i][k]) + float32(w[1]*b[i][k]) + float32(w[2]*c[i][k]) + float32(w[3]*d[i][k])
		}
	}
}

// at is the field's value at x of the row.
func (l *lattice) at(x float64) (out [4]float32) {
	i, w := l.cell(x)
	k := l.row[min(i, latticeCols-4):][:4]
	for c := range out {
		out[c] = float32(w[0]*k[0][c]) + float32(w[1]*k[1][c]) + float32(w[2]*k[2][c]) + float32(w[3]*k[3][c])
	}
	return out
}

// cell is the first of the four knots around v, and their weights: those of a
// uniform cubic B-spline.
func (l *lattice) cell(v float64) (int, [4]float32) {
	v = max(0, v/l.pitch)
	i := int(v)
	t := float32(v - float64(i))
	u := 1 - t
	t2, u2 := float32(t*t), float32(u*u)
	return i, [4]float32{
		float32(u2*u) / 6,
		float32(2.0/3) - t2 + float32(t2*t)/2,
		float32(2.0/3) - u2 + float32(u2*u)/2,
		float32(t2*t) / 6,
	}
}
