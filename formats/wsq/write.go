package wsq

import (
	"encoding/binary"
	"math"
)

// decimalOf writes v, 0 or more, as an exponent and a 16-bit whole number with
// as many digits as fit. It is the inverse of decimal.
func decimalOf(v float64) []byte {
	exponent := 0
	for v > 0 && math.Round(v*10) <= math.MaxUint16 && exponent < 200 {
		v *= 10
		exponent++
	}
	return binary.BigEndian.AppendUint16([]byte{byte(exponent)}, uint16(min(math.Round(v), math.MaxUint16)))
}

// tapOf writes a filter's tap, above 0 and below 1, with 32 bits. Every encoder
// in use does it in 32-bit floating point, as here, and so writes the same
// table; more digits would be truer and would look like other filters.
func tapOf(v float64) []byte {
	f, exponent := float32(v), -1
	for f < math.MaxUint32 {
		f *= 10
		exponent++
	}
	return binary.BigEndian.AppendUint32([]byte{byte(exponent)}, uint32(math.Round(float64(f)/10)))
}

// stored is v as a reader of the quantization table will have it.
func stored(v float64) float32 { return decimal(decimalOf(v), 2) }

// appendSegment adds a marker, the length and the parameters.
func appendSegment(out []byte, mark byte, body []byte) []byte {
	out = append(out, 0xff, mark)
	out = binary.BigEndian.AppendUint16(out, uint16(len(body)+2))
	return append(out, body...)
}

// filterTable is the body of the transform table for the standard's filters:
// half of each, from the middle outwards.
func filterTable() []byte {
	b := []byte{9, 7}
	for _, half := range [][]float64{standardLo[:], standardHi[:]} {
		for _, v := range half {
			sign := byte(0)
			if v < 0 {
				sign = 1
			}
			b = append(append(b, sign), tapOf(math.Abs(v))...)
		}
	}
	return b
}

func (q *quant) table() []byte {
	b := []byte{2, 0, 100 * binCentre}
	for i := range quantEntries {
		b = append(b, decimalOf(float64(q.bin[i]))...)
		b = append(b, decimalOf(float64(q.zero[i]))...)
	}
	return b
}

func (f frame) header() []byte {
	b := []byte{f.black, f.white}
	b = binary.BigEndian.AppendUint16(b, uint16(f.height))
	b = binary.BigEndian.AppendUint16(b, uint16(f.width))
	b = append(b, decimalOf(float64(f.shift))...)
	b = append(b, decimalOf(float64(f.scale))...)
	b = append(b, f.encoder)
	return binary.BigEndian.AppendUint16(b, f.software)
}
