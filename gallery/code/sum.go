package code

import "math/bits"

// parity is how one bit of the aggregate is made: four bits of the word, and the middle of the half turn of directions for
// which it counts as it is; for the other half it is turned over.
type parity struct {
	bit  [4]uint8
	half uint8 // in 32 steps a turn
}

var parities [SumWords * 64]parity

// The draws are fixed by this seed for ever: codes made under another one do not compare.
func init() {
	state := uint64(0x636f6e76656e696f)
	next := func(n uint64) uint8 { // SplitMix64 (Steele, Lea, Flood, OOPSLA 2014)
		state += 0x9e3779b97f4a7c15
		z := state
		z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
		z = (z ^ z>>27) * 0x94d049bb133111eb
		return uint8(((z ^ z>>31) >> 32) % n)
	}
	for i := range parities {
		p := &parities[i]
		for k := 0; k < len(p.bit); {
			b := next(64)
			if k == 0 || p.bit[0] != b && (k < 2 || p.bit[1] != b) && (k < 3 || p.bit[2] != b) {
				p.bit[k] = b
				k++
			}
		}
		p.half = next(32)
	}
}

// aggregate makes the aggregate of at most 32 minutiae: bit k of every column below belongs to minutia k.
func aggregate(list []Minutia) (sum [SumWords]uint64) {
	var column [64]uint32 // the words, turned on their side
	var halves [32]uint32 // which directions lie in the half turn about each of 32
	for k, m := range list {
		for w := m.Word; w != 0; w &= w - 1 {
			column[bits.TrailingZeros64(w)] |= 1 << k
		}
		for h := range halves {
			if int8(m.Dir-uint8(h)*8) >= 0 {
				halves[h] |= 1 << k
			}
		}
	}
	all := uint32(1<<len(list) - 1)
	for i := range parities {
		p := &parities[i]
		v := (column[p.bit[0]] ^ column[p.bit[1]] ^ column[p.bit[2]] ^ column[p.bit[3]] ^ halves[p.half]) & all
		if n := bits.OnesCount32(v); 2*n > len(list) || 2*n == len(list) && i&1 == 1 {
			sum[i/64] |= 1 << (i % 64)
		}
	}
	return sum
}
