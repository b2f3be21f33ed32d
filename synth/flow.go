package synth

import "math"

// The finger lives on a canvas of canvasW x canvasH pixels at 500 ppi
// (20 x 28 mm). Ridges grow at half that resolution.
const (
	canvasW = 400
	canvasH = 560
	halfW   = canvasW / 2
	halfH   = canvasH / 2
)

// flow is the direction of the ridges and their period at every pixel of the
// half-resolution canvas, as indices into the filter bank.
type flow struct {
	angle  [halfW * halfH]uint8 // in steps of Pi/numAngles, counter-clockwise from the x axis
	period [halfW * halfH]uint8 // in steps of periodStep from minPeriod
}

// newFlow builds the flow of a finger: singular points (Sherlock and Monro,
// Pattern Recognition 26, 1993), the arching of ridges towards the finger tip,
// and irregularities of three sizes.
func newFlow(p poles, seed uint64) *flow {
	r := newSource(seed, streamField)
	bendX := smoothField(r, halfW, halfH, 36)
	bendY := smoothField(r, halfW, halfH, 36)
	slow := smoothField(r, halfW, halfH, 44)
	quick := smoothField(r, halfW, halfH, 14)
	tip := tipShape{steep: r.normal(0.80, 0.11), width: r.normal(97, 14), lean: r.normal(0, 0.08), sag: r.normal(0, 0.16)}
	p.openings(r, tip)
	f := &flow{}
	for i := range f.angle {
		x, y := float64(i%halfW*2), float64(i/halfW*2)
		wx, wy := mad(8, float64(bendX[i]), x), mad(8, float64(bendY[i]), y)
		theta := p.angle(wx, wy, tip)
		theta = mad(0.085, float64(slow[i]), theta)
		theta = mad(0.030, float64(quick[i]), theta)
		f.angle[i] = angleBin(theta)
	}
	f.setPeriods(p, seed)
	return f
}

// tipShape says how ridges arch towards the finger tip.
type tipShape struct {
	steep float64 // slope far from the axis, radians
	width float64 // distance from the axis at which it is mostly reached, pixels
	lean  float64 // slope of the whole, radians
	sag   float64 // slope at the foot far from the axis, radians
}

// angle is the ridge direction at a place, in radians, not reduced.
func (p poles) angle(x, y float64, tip tipShape) float64 {
	// e^(2i theta) is the product over cores times the conjugate product over
	// deltas; y is turned upwards.
	re, im := 1.0, 0.0
	turn := func(q point, sign float64) {
		dx, dy := x-q.x, float64(sign*(q.y-y))
		re, im = float64(re*dx)-float64(im*dy), float64(re*dy)+float64(im*dx)
		n := 1 / math.Sqrt(square(re, im)+1e-12)
		re, im = float64(re*n), float64(im*n)
	}
	for _, c := range p.cores {
		turn(c, 1)
	}
	for _, d := range p.deltas {
		turn(d, -1)
	}
	theta := atan2(im, re) / 2
	for _, l := range p.loops {
		theta -= l.straighten(x, y)
	}
	u := (x - canvasW/2) / tip.width
	up := 1 - smoothstep(p.level-40, p.waist, y)
	theta += tip.lean - float64(tip.steep*up*tanh(u)) + float64(tip.sag*(1-up)*tanh(u))
	if p.archHeight > 0 {
		hill := float64(smoothstep(p.level-190, p.level-20, y) * (1 - smoothstep(p.level, p.waist+30, y)))
		theta -= float64(p.archHeight * hill * archSlope(u))
	}
	return theta
}

// loop is a core and the direction it opens to.
type loop struct {
	core     point
	cos, sin float64 // of the direction it opens to, counter-clockwise
	pull     float64
}

// straighten is the correction that makes the ridges inside a loop parallel,
// where the pure model lets them meet in the core (in the manner of Vizcaya
// and Gerhardt, Pattern Recognition 29, 1996).
func (l loop) straighten(x, y float64) float64 {
	dx, dy := x-l.core.x, l.core.y-y
	d := math.Sqrt(square(dx, dy))
	if d >= loopReach || d == 0 {
		return 0
	}
	sin := (float64(dy*l.cos) - float64(dx*l.sin)) / d
	return l.pull * sin * (1 - smoothstep(loopReach/4, loopReach, d)) / 2
}

// loopReach is how far from a core its ridges are straightened, pixels.
const loopReach = 130

// openings finds the direction each core opens to: where the line through it
// runs away from it.
func (p *poles) openings(r source, tip tipShape) {
	var loops []loop
	for _, c := range p.cores {
		// Just right of the core its own part of the angle is zero.
		rest := p.angle(c.x+0.01, c.y, tip)
		sin, cos := sinCos(rest + rest)
		loops = append(loops, loop{core: c, cos: cos, sin: sin, pull: r.between(0.35, 0.8)})
	}
	p.loops = loops
}

// archSlope is the extra slope of an arch's hill: zero on its axis and far
// from it.
func archSlope(u float64) float64 { return float64(2.2 * u * exp(float64(-u*u))) }

// angleBin is the nearest of the bank's directions.
func angleBin(theta float64) uint8 {
	k := int(math.Floor(mad(theta, numAngles/math.Pi, 0.5)))
	return uint8(k & (numAngles - 1))
}

// setPeriods draws the ridge period: its mean by finger, wider below the
// pattern's foot, varying slowly over the finger.
func (f *flow) setPeriods(p poles, seed uint64) {
	r := newSource(seed, streamPeriod)
	mean := max(7.2, min(10.2, r.normal(8.35, 0.65)))
	wide, narrow := r.between(0.04, 0.20), r.between(0, 0.08)
	slow := smoothField(r, halfW, halfH, 50)
	quick := smoothField(r, halfW, halfH, 18)
	for i := range f.period {
		y := float64(i / halfW * 2)
		k := 1 + float64(wide*smoothstep(p.waist-30, p.waist+60, y)) - float64(narrow*(1-smoothstep(60, 170, y)))
		k = mad(0.065, float64(slow[i]), k)
		k = mad(0.025, float64(quick[i]), k)
		t := mean * k / 2 // at half resolution
		bin := int(math.Floor((t-minPeriod)/periodStep + 0.5))
		f.period[i] = uint8(max(0, min(numPeriods-1, bin)))
	}
}
