package wsq

import (
	"encoding/binary"
	"fmt"
)

// The second bytes of the markers (IAFIS-IC-0110, table of marker codes); the
// first is always ff.
const (
	markSOI = 0xa0 // start of image
	markEOI = 0xa1 // end of image
	markSOF = 0xa2 // frame header
	markSOB = 0xa3 // block of coded coefficients
	markDTT = 0xa4 // transform table: the filters
	markDQT = 0xa5 // quantization table
	markDHT = 0xa6 // Huffman tables
	markDRT = 0xa7 // restart interval, which no decoder knows how to use
	markCOM = 0xa8 // comment
)

var markNames = map[byte]string{
	markSOI: "start of image", markEOI: "end of image", markSOF: "frame header", markSOB: "block", markDTT: "transform table",
	markDQT: "quantization table", markDHT: "Huffman table", markDRT: "restart interval", markCOM: "comment",
}

// segment is a marker with its parameters; at is the place of its ff byte.
type segment struct {
	mark byte
	at   int
	body []byte
}

// segmentAt reads the segment that begins at byte at, and returns the place
// behind it. SOI and EOI have no parameters.
func segmentAt(data []byte, at int) (segment, int, error) {
	if at+2 > len(data) {
		return segment{}, 0, fmt.Errorf("%w: no marker at byte %d, the file has %d", ErrTruncated, at, len(data))
	}
	s := segment{mark: data[at+1], at: at}
	if data[at] != 0xff || s.mark < markSOI || s.mark > markCOM {
		return segment{}, 0, fmt.Errorf("%w: %02x%02x at byte %d is no WSQ marker", ErrMalformed, data[at], s.mark, at)
	}
	if s.mark == markSOI || s.mark == markEOI {
		return s, at + 2, nil
	}
	if at+4 > len(data) {
		return segment{}, 0, s.short(4, len(data))
	}
	n := int(binary.BigEndian.Uint16(data[at+2:]))
	if n < 2 {
		return segment{}, 0, fmt.Errorf("%w: %s at byte %d states a length of %d", ErrMalformed, s, at, n)
	}
	if at+2+n > len(data) {
		return segment{}, 0, s.short(2+n, len(data))
	}
	s.body = data[at+4 : at+2+n]
	return s, at + 2 + n, nil
}

func (s segment) String() string { return "the " + markNames[s.mark] }

func (s segment) short(need, have int) error {
	return fmt.Errorf("%w: %s at byte %d needs %d bytes, %d are there", ErrTruncated, s, s.at, need, have-s.at)
}

// want says that a segment's parameters have a length other than they should.
func (s segment) want(n int) error {
	if len(s.body) >= n {
		return nil
	}
	return fmt.Errorf("%w: %s at byte %d has %d bytes of parameters, it needs %d", ErrMalformed, s, s.at, len(s.body), n)
}

// decimal reads the format's number: an exponent, then a whole number of n
// bytes; the value is number / 10^exponent. It is computed by repeated 32-bit
// division, as the reference does: another way differs in the last bit.
func decimal(b []byte, n int) float32 {
	var v float32
	if n == 2 {
		v = float32(binary.BigEndian.Uint16(b[1:]))
	} else {
		v = float32(binary.BigEndian.Uint32(b[1:]))
	}
	for range b[0] {
		v = float32(v / 10)
	}
	return v
}
