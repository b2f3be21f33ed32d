package wsq

import "fmt"

// Huffman codes are at most 16 bits long, as in JPEG.
const (
	maxCodeBits = 16
	lookupBits  = 10
)

// huffman decodes one table's codes: by one look-up where the code is short,
// else by the canonical order of codes.
type huffman struct {
	short  [1 << lookupBits]uint16 // value<<8 | length, 0: longer code or none
	limit  [maxCodeBits + 2]uint32 // first 16-bit prefix above the codes of this length
	offset [maxCodeBits + 1]int32  // index of a code's value is code + offset
	values []uint8
}

// takeHuffman reads one or more tables: a number, how many codes there are of
// each length, and their values (IAFIS-IC-0110, Huffman table specification,
// which is that of ITU-T T.81, B.2.4.2).
func (t *tables) takeHuffman(s segment) error {
	b := s.body
	if len(b) == 0 {
		return s.want(17)
	}
	for len(b) > 0 {
		at := s.at + 4 + len(s.body) - len(b)
		if len(b) < 1+maxCodeBits {
			return fmt.Errorf("%w: the Huffman table at byte %d needs 17 bytes, %d are there", ErrMalformed, at, len(b))
		}
		id := int(b[0])
		if id >= len(t.huffman) {
			return fmt.Errorf("%w: Huffman table number %d at byte %d, the highest is %d", ErrMalformed, id, at, len(t.huffman)-1)
		}
		h, n, err := newHuffman(b[1:])
		if err != nil {
			return fmt.Errorf("%w: the Huffman table at byte %d %w", ErrMalformed, at, err)
		}
		t.huffman[id], b = h, b[1+n:]
	}
	return nil
}

// newHuffman builds a table from its 16 counts and the values, and says how
// many bytes they took.
func newHuffman(b []byte) (*huffman, int, error) {
	total := 0
	for _, n := range b[:maxCodeBits] {
		total += int(n)
	}
	end := maxCodeBits + total
	if total > 256 || end > len(b) {
		return nil, 0, fmt.Errorf("states %d codes, there is room for %d", total, min(256, len(b)-maxCodeBits))
	}
	h := &huffman{values: b[maxCodeBits:end]}
	code, index := uint32(0), int32(0)
	for bits := 1; bits <= maxCodeBits; bits++ {
		h.offset[bits] = index - int32(code)
		for range b[bits-1] {
			if code >= 1<<bits {
				return nil, 0, fmt.Errorf("has more codes of %d bits than there can be", bits)
			}
			h.fill(code, bits, b[maxCodeBits+index])
			code++
			index++
		}
		h.limit[bits] = code << (maxCodeBits - bits)
		code <<= 1
	}
	h.limit[maxCodeBits+1] = 1 << 31
	return h, end, nil
}

func (h *huffman) fill(code uint32, bits int, value uint8) {
	if bits > lookupBits {
		return
	}
	spare := lookupBits - bits
	for i := range 1 << spare {
		h.short[int(code)<<spare|i] = uint16(value)<<8 | uint16(bits)
	}
}

// find decodes the code at the head of 16 bits. A length above 16 says that
// there is none.
func (h *huffman) find(head uint32) (value uint8, bits int) {
	if e := h.short[head>>(maxCodeBits-lookupBits)]; e != 0 {
		return uint8(e >> 8), int(e & 0xff)
	}
	bits = lookupBits + 1
	for head >= h.limit[bits] {
		bits++
	}
	if bits > maxCodeBits {
		return 0, bits
	}
	index := int32(head>>(maxCodeBits-bits)) + h.offset[bits]
	if index < 0 || int(index) >= len(h.values) {
		return 0, maxCodeBits + 1
	}
	return h.values[index], bits
}
