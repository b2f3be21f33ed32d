package wsq

// bitReader reads the coded coefficients of one block: bits from the highest
// down; a byte ff is followed by 00, and any other pair is the marker that
// ends the block. Behind the end it delivers ones and counts them, as the last
// byte of a block is filled up with ones.
type bitReader struct {
	data []byte
	at   int    // the next byte to read
	acc  uint64 // the lowest n bits are still to be read
	n    int
	over int // bits delivered that are not in the file
}

// fill makes at least 32 bits available.
func (r *bitReader) fill() {
	for r.n <= 56 {
		b := byte(0xff)
		switch {
		case r.at >= len(r.data):
			r.over += 8
		case r.data[r.at] != 0xff:
			b = r.data[r.at]
			r.at++
		case r.at+1 < len(r.data) && r.data[r.at+1] == 0:
			r.at += 2
		default:
			r.over += 8
		}
		r.acc = r.acc<<8 | uint64(b)
		r.n += 8
	}
}

// head returns the next 16 bits without taking them.
func (r *bitReader) head() uint32 { return uint32(r.acc>>(r.n-16)) & 0xffff }

func (r *bitReader) take(bits int) uint32 {
	r.n -= bits
	return uint32(r.acc>>r.n) & (1<<bits - 1)
}

// past says whether bits were taken that are not in the file.
func (r *bitReader) past() bool { return r.n < r.over }
