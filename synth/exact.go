package synth

import "math"

// Arithmetic that gives the same bits on every processor. Go may fuse
// x*y + z into one rounding where the processor can, and math.Sin, math.Exp
// and their like have several implementations; one differing bit would let
// ridges grow differently. So products are rounded by an explicit conversion
// before they are added (a test reads the source for it), and the few
// functions needed are polynomials here. math.Sqrt, math.Floor and math.Abs
// are exact everywhere.

// mad is a*b + c with both roundings.
func mad(a, b, c float64) float64 { return float64(a*b) + c }

// square is x*x + y*y.
func square(x, y float64) float64 { return float64(x*x) + float64(y*y) }

// poly evaluates coefficients, highest power first.
func poly(x float64, c ...float64) float64 {
	v := 0.0
	for _, k := range c {
		v = mad(v, x, k)
	}
	return v
}

// sinCos returns sine and cosine of x radians, to about 1e-9, |x| < 1e6.
func sinCos(x float64) (sin, cos float64) {
	k := math.Floor(mad(x, 2/math.Pi, 0.5))
	r := mad(-k, math.Pi/2, x)
	q := float64(r * r)
	s := float64(r * mad(mad(mad(mad(1.0/362880, q, -1.0/5040), q, 1.0/120), q, -1.0/6), q, 1))
	c := mad(mad(mad(mad(mad(-1.0/3628800, q, 1.0/40320), q, -1.0/720), q, 1.0/24), q, -0.5), q, 1)
	switch int64(k) & 3 {
	case 0:
		return s, c
	case 1:
		return c, -s
	case 2:
		return -s, -c
	}
	return -c, s
}

// exp returns e to the x for -700 < x < 700, to about 1e-9.
func exp(x float64) float64 {
	k := math.Floor(mad(x, math.Log2E, 0.5))
	r := mad(-k, math.Ln2, x)
	p := mad(mad(mad(mad(1.0/40320, r, 1.0/5040), r, 1.0/720), r, 1.0/120), r, 1.0/24)
	p = mad(mad(mad(mad(p, r, 1.0/6), r, 0.5), r, 1), r, 1)
	return float64(p * math.Float64frombits(uint64(1023+int64(k))<<52)) // times 2 to the k
}

// atan2 returns the angle of (x, y) in radians, -Pi to Pi, to about 1e-5
// (Abramowitz and Stegun, Handbook of Mathematical Functions, 4.4.49).
func atan2(y, x float64) float64 {
	ax, ay := math.Abs(x), math.Abs(y)
	lo, hi := min(ax, ay), max(ax, ay)
	if hi == 0 {
		return 0
	}
	t := lo / hi
	q := float64(t * t)
	a := float64(t * mad(mad(mad(mad(0.0208351, q, -0.0851330), q, 0.1801410), q, -0.3302995), q, 0.9998660))
	if ay > ax {
		a = math.Pi/2 - a
	}
	if x < 0 {
		a = math.Pi - a
	}
	if y < 0 {
		return -a
	}
	return a
}

// tanh is the hyperbolic tangent.
func tanh(x float64) float64 {
	x = max(-20, min(20, x))
	e := exp(x + x)
	return (e - 1) / (e + 1)
}

// smoothstep rises from 0 at a to 1 at b.
func smoothstep(a, b, x float64) float64 {
	t := max(0, min(1, (x-a)/(b-a)))
	return float64(t * t * mad(-2, t, 3))
}
