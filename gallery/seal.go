package gallery

import (
	"encoding/binary"
	"hash/crc32"

	"convenio/gallery/code"
	"convenio/gallery/kernel"
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// countMask is the part of a record's last word that is the number of minutiae; above 32 bits is its seal.
const countMask = 0xff

// Seal writes into each entry's record the CRC-32C of its codes, for a column that goes to disk.
func (c *Column) Seal() {
	for e := range c.Slots {
		r := c.record(e)
		r[kernel.RecordN] = r[kernel.RecordN]&countMask | uint64(c.check(e))<<32
	}
}

// Sealed tells whether an entry is what it was when it was sealed.
func (c *Column) Sealed(e int) bool {
	return uint32(c.record(e)[kernel.RecordN]>>32) == c.check(e)
}

func (c *Column) check(e int) uint32 {
	var b [(kernel.RecordWords + code.SumWords) * 8]byte
	r := *c.record(e)
	r[kernel.RecordN] &= countMask
	for i, w := range r {
		binary.LittleEndian.PutUint64(b[i*8:], w)
	}
	for w := range code.SumWords {
		binary.LittleEndian.PutUint64(b[(kernel.RecordWords+w)*8:], *c.sumAt(e, w))
	}
	return crc32.Checksum(b[:], castagnoli)
}
