package wsq

import (
	"slices"

	"convenio/formats/internal/huff"
)

// codeBook is a Huffman code made for the symbols that occur.
type codeBook struct {
	counts [huff.MaxBits]uint8 // of codes of 1 to 16 bits
	values []uint8             // in the order of their codes
	code   [256]uint16
	bits   [256]uint8
}

// newCodeBook makes the code for symbols that occur so many times, by the
// procedure of ITU-T T.81, annex K.2: at most 16 bits, and no code of ones
// alone, which a marker could be taken for.
func newCodeBook(freq [256]int) *codeBook {
	lengths := codeLengths(freq)
	perLength := make([]int, max(huff.MaxBits, slices.Max(lengths[:]))+1)
	for _, n := range lengths {
		perLength[n]++
	}
	shorten(perLength)
	b := new(codeBook)
	for n := 1; n <= huff.MaxBits; n++ {
		b.counts[n-1] = uint8(perLength[n])
	}
	for n := 1; n < len(perLength) || n <= slices.Max(lengths[:256]); n++ {
		for sym := range 256 {
			if lengths[sym] == n {
				b.values = append(b.values, uint8(sym))
			}
		}
	}
	b.assign()
	return b
}

// codeLengths merges the two rarest groups until one is left. Symbol 256
// stands for the code that is to stay free.
func codeLengths(freq [256]int) [257]int {
	var f, size [257]int
	var next [257]int
	copy(f[:], freq[:])
	f[256] = 1
	for i := range next {
		next[i] = -1
	}
	for {
		a, b := rarest(&f)
		if b < 0 {
			return size
		}
		f[a] += f[b]
		f[b] = 0
		for size[a]++; next[a] >= 0; size[a]++ {
			a = next[a]
		}
		next[a] = b
		for size[b]++; next[b] >= 0; size[b]++ {
			b = next[b]
		}
	}
}

// rarest returns the least and the second least of those above 0; among equals
// the highest. The second is -1 if there is only one.
func rarest(f *[257]int) (a, b int) {
	a, b = -1, -1
	for i, n := range f {
		switch {
		case n == 0:
		case a < 0 || n <= f[a]:
			a, b = i, a
		case b < 0 || n <= f[b]:
			b = i
		}
	}
	return a, b
}

// shorten brings codes of more than 16 bits down to 16, and takes out the code
// that is to stay free, one of the longest (figure K.3).
func shorten(perLength []int) {
	n := len(perLength) - 1
	for ; n > huff.MaxBits; n-- {
		for perLength[n] > 0 {
			j := n - 2
			for perLength[j] == 0 {
				j--
			}
			perLength[n] -= 2
			perLength[n-1]++
			perLength[j+1] += 2
			perLength[j]--
		}
	}
	for perLength[n] == 0 {
		n--
	}
	perLength[n]--
}

// assign numbers the codes in order of length.
func (b *codeBook) assign() {
	code, i := uint16(0), 0
	for n := 1; n <= huff.MaxBits; n++ {
		for range b.counts[n-1] {
			b.code[b.values[i]], b.bits[b.values[i]] = code, uint8(n)
			code++
			i++
		}
		code <<= 1
	}
}

// table is the body of the segment that defines the code under a number.
func (b *codeBook) table(id byte) []byte {
	out := append([]byte{id}, b.counts[:]...)
	return append(out, b.values...)
}
