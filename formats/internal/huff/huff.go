// Package huff reads and writes the Huffman codes and the bits that JPEG (ITU-T T.81) and
// WSQ share: codes of at most 16 bits in canonical order, bytes ff stuffed.
package huff

import "fmt"

// MaxBits is the length of the longest code.
const MaxBits = 16

const lookupBits = 10

// Table decodes one code: by one look-up where it is short, else by the
// canonical order.
type Table struct {
	short  [1 << lookupBits]uint16 // value<<8 | length, 0: longer code or none
	limit  [MaxBits + 2]uint32     // first 16-bit prefix above the codes of this length
	offset [MaxBits + 1]int32      // index of a code's value is code + offset
	values []uint8
}

// NewTable builds a table from the counts of codes of 1 to 16 bits and the
// values behind them (T.81, B.2.4.2), and says how many bytes they took. b
// holds 16 bytes or more. The error says what is wrong with the table, to
// stand behind its name.
func NewTable(b []byte) (*Table, int, error) {
	total := 0
	for _, n := range b[:MaxBits] {
		total += int(n)
	}
	end := MaxBits + total
	if total > 256 || end > len(b) {
		return nil, 0, fmt.Errorf("states %d codes, there is room for %d", total, min(256, len(b)-MaxBits))
	}
	h := &Table{values: b[MaxBits:end]}
	code, index := uint32(0), int32(0)
	for bits := 1; bits <= MaxBits; bits++ {
		h.offset[bits] = index - int32(code)
		for range b[bits-1] {
			if code >= 1<<bits {
				return nil, 0, fmt.Errorf("has more codes of %d bits than there can be", bits)
			}
			h.fill(code, bits, b[MaxBits+index])
			code++
			index++
		}
		h.limit[bits] = code << (MaxBits - bits)
		code <<= 1
	}
	h.limit[MaxBits+1] = 1 << 31
	return h, end, nil
}

// Values are all values that a code stands for.
func (h *Table) Values() []uint8 { return h.values }

func (h *Table) fill(code uint32, bits int, value uint8) {
	if bits > lookupBits {
		return
	}
	spare := lookupBits - bits
	for i := range 1 << spare {
		h.short[int(code)<<spare|i] = uint16(value)<<8 | uint16(bits)
	}
}

// Find decodes the code at the head of 16 bits. A length above MaxBits says
// that there is none.
func (h *Table) Find(head uint32) (value uint8, bits int) {
	if e := h.short[head>>(MaxBits-lookupBits)]; e != 0 {
		return uint8(e >> 8), int(e & 0xff)
	}
	return h.long(head)
}

func (h *Table) long(head uint32) (value uint8, bits int) {
	bits = lookupBits + 1
	for head >= h.limit[bits] {
		bits++
	}
	if bits > MaxBits {
		return 0, bits
	}
	index := int32(head>>(MaxBits-bits)) + h.offset[bits]
	if index < 0 || int(index) >= len(h.values) {
		return 0, MaxBits + 1
	}
	return h.values[index], bits
}
