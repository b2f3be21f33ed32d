package huff

// Reader reads coded data: bits from the highest down; a byte ff is followed
// by 00, and any other pair is the marker that ends the data. Behind the end
// it delivers ones and counts them, as the last byte is filled up with ones.
type Reader struct {
	data []byte
	at   int    // the next byte to read
	acc  uint64 // the lowest n bits are still to be read
	n    int
	over int // bits in acc, and bits delivered, that are not in the file
}

// NewReader reads data from byte at on.
func NewReader(data []byte, at int) Reader { return Reader{data: data, at: at} }

// At is the place of the next byte to be fetched: of the marker, once the bits
// before it are used up.
func (r *Reader) At() int { return r.at }

// Fill makes at least 48 bits available.
func (r *Reader) Fill() {
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

// Head returns the next 16 bits without taking them.
func (r *Reader) Head() uint32 { return uint32(r.acc>>(r.n-16)) & 0xffff }

// Take takes up to 32 bits; Fill comes first.
func (r *Reader) Take(bits int) uint32 {
	r.n -= bits
	return uint32(r.acc>>r.n) & (1<<bits - 1)
}

// Left is how many of the bits at hand are in the file; below 0 says how many
// were taken that are not. It is exact once the end has come near.
func (r *Reader) Left() int { return r.n - r.over }
