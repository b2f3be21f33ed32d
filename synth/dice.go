package synth

import "math/rand/v2"

// dice is a deterministic generator (PCG-DXSM, specified by math/rand/v2) that
// lives on the stack: templates are made by the million.
type dice struct{ pcg rand.PCG }

// newDice mixes its keys so that neighbouring ones have nothing in common.
func newDice(seed, person, digit, purpose uint64) dice {
	a := scramble(seed ^ scramble(person+0x636f6e76656e696f))
	b := scramble(a ^ digit<<32 ^ purpose)
	return dice{*rand.NewPCG(a, b)}
}

// scramble is the finaliser of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014).
func scramble(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// unit is uniform, 0 <= u < 1.
func (d *dice) unit() float64 { return float64(float64(d.pcg.Uint64()>>11) * (1.0 / (1 << 53))) }

// between is uniform from a to b.
func (d *dice) between(a, b float64) float64 { return mad(b-a, d.unit(), a) }

// chance is true with probability p.
func (d *dice) chance(p float64) bool { return d.unit() < p }

// normal is near a normal distribution (the sum of 4 uniforms), cut at 3.4
// standard deviations.
func (d *dice) normal(mean, sd float64) float64 {
	v := d.pcg.Uint64()
	s := int64(v&0xffff) + int64(v>>16&0xffff) + int64(v>>32&0xffff) + int64(v>>48) - 2*0xffff
	return mad(sd, float64(float64(s)*(1.7320508075688772/65536)), mean)
}

// events is Poisson-distributed of a mean of at most about 20, cut at 40.
func (d *dice) events(mean float64) int {
	u := d.unit()
	if u < 1-mean { // e to the -mean is more than that
		return 0
	}
	p := exp(-mean)
	n := 0
	for u >= p && n < 40 {
		u -= p
		n++
		p = float64(p*mean) / float64(n)
	}
	return n
}
