package fir

import (
	"errors"
	"fmt"
)

// ErrCompressed says that an image's pixels are compressed: Codec says with which codec the caller decodes Data.
var ErrCompressed = errors.New("the image is compressed")

// Gray returns the pixels of an uncompressed or bit-packed image as 8-bit gray, row by row, Width*Height bytes: fewer
// bits are stretched to 0 to 255, more are cut to the upper 8. It fails with ErrCompressed for any other, and where the
// image's bytes are fewer than its size needs; nothing is allocated before that is checked.
func (m *Image) Gray() ([]uint8, error) {
	if m.Depth < 1 || m.Depth > 16 {
		return nil, fmt.Errorf("unpack image: pixel depth %d bits, 1 to 16 are possible", m.Depth)
	}
	switch m.Codec() {
	case Raw:
		if need := m.rawBytes(); len(m.Data) < need {
			return nil, fmt.Errorf("unpack image: %d bytes, %d x %d pixels of %d bits need %d", len(m.Data), m.Width, m.Height, m.Depth, need)
		}
		return m.unpackRaw(), nil
	case Packed:
		return m.unpackBits()
	default:
		return nil, fmt.Errorf("unpack image: %w: %v", ErrCompressed, m.Codec())
	}
}

func (m *Image) unpackRaw() []uint8 {
	out := make([]uint8, int(m.Width)*int(m.Height))
	for i := range out {
		if m.Depth <= 8 {
			out[i] = m.stretch(uint(m.Data[i]))
		} else {
			out[i] = m.stretch(uint(m.Data[2*i])<<8 | uint(m.Data[2*i+1]))
		}
	}
	return out
}

// stretch brings a value of Depth bits to 8.
func (m *Image) stretch(v uint) uint8 {
	if m.Depth >= 8 {
		return uint8(min(v>>(m.Depth-8), 255))
	}
	top := uint(1)<<m.Depth - 1
	return uint8(min(v, top) * 255 / top)
}

// unpackBits takes pixels off a string of bits, first pixel in the top bits. Rows follow each other without gap, or each
// begins at a byte; the standard's text is read both ways and the number of bytes decides.
func (m *Image) unpackBits() ([]uint8, error) {
	w, h, d := int(m.Width), int(m.Height), int(m.Depth)
	row := w * d
	tight, padded := (row*h+7)/8, (row+7)/8*h
	switch {
	case len(m.Data) == padded:
		row = (row + 7) / 8 * 8
	case len(m.Data) < tight:
		return nil, fmt.Errorf("unpack image: %d bytes, %d x %d pixels of %d bits need %d", len(m.Data), w, h, d, tight)
	}
	out := make([]uint8, 0, w*h)
	for y := range h {
		for x := range w {
			at, v := y*row+x*d, uint(0)
			for b := at; b < at+d; b++ {
				v = v<<1 | uint(m.Data[b/8]>>(7-b%8)&1)
			}
			out = append(out, m.stretch(v))
		}
	}
	return out, nil
}
