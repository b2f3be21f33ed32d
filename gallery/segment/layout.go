package segment

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"unsafe"

	"convenio/finger"
	"convenio/gallery"
	"convenio/gallery/kernel"
)

// A segment file, all parts at multiples of 8 bytes:
//
//	header     8 magic, 8 offset of the directory, 8 its length, 4 its CRC-32C, 4 zero
//	blocks     for each block: the templates one after another, then for each position with entries the column's slots
//	           (2 bytes each), aggregates and records; the people's table; the fingers' table; the names; one byte a
//	           person that is not 0 once the person is gone
//	directory  for each block: class, number of people and of fingers, offsets, the CRC-32C of people's table and names
//
// An entry of the people's table: 4 offset of the subject's name among the names, 2 its length, 2 number of fingers, 4
// index of the first, 4 zero. Of the fingers': 8 offset of the template, 4 its length, 4 CRC-32C of position and template,
// 1 position, 7 zero.
//
// In a sealed segment, which has another magic, templates are sealed, there are no columns, and among a person's fingers
// are some of position codesPosition: what is stored there are the sealed codes of the fingers before.
const (
	magic       = "cvgseg1\n"
	magicSealed = "cvgseal1"
	headerSize  = 32
	personSize  = 16
	fingerSize  = 24
	mostSubject = 1 << 12 // bytes of a subject's name
	mostClass   = 1 << 12 // bytes of a class
	mostFingers = 64      // of one person
	mostStored  = 2 * mostFingers
	mostBytes   = finger.MaxTemplateBytes + 256 // of what is stored of a finger
)

// ErrDamaged says that a file is not what was written. The store is rebuilt from the registry.
var ErrDamaged = errors.New("segment is damaged")

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func checksum(parts ...[]byte) (sum uint32) {
	for _, p := range parts {
		sum = crc32.Update(sum, castagnoli, p)
	}
	return sum
}

// blockEntry is one block's entry of the directory.
type blockEntry struct {
	class           string
	people, fingers int
	tables          int // offset of the people's table; fingers, names and gone follow
	names           int // length of the names
	sum             uint32
	columns         [columns]columnEntry
	bare            []uint16
}

type columnEntry struct{ count, at int }

const columns = len(gallery.Shelf{}.Columns)

func align8(n int) int { return (n + 7) &^ 7 }

// columnSizes are the bytes of a column's three parts.
func columnSizes(n int) (slots, sums, records int) {
	return align8(2 * n), (n + kernel.Lanes - 1) / kernel.Lanes * kernel.GroupWords * 8, n * kernel.RecordWords * 8
}

func (b *blockEntry) append(to []byte) []byte {
	le := binary.LittleEndian
	to = le.AppendUint32(to, uint32(len(b.class)))
	to = append(to, b.class...)
	for _, v := range []int{b.people, b.fingers, b.tables, b.names} {
		to = le.AppendUint64(to, uint64(v))
	}
	to = le.AppendUint64(to, uint64(b.sum))
	to = le.AppendUint64(to, uint64(len(b.bare)))
	for _, c := range b.columns {
		to = le.AppendUint64(le.AppendUint64(to, uint64(c.count)), uint64(c.at))
	}
	for _, s := range b.bare {
		to = le.AppendUint16(to, s)
	}
	return to
}

// cursor reads numbers and notes when there are none left.
type cursor struct {
	b     []byte
	short bool
}

func (c *cursor) take(n int) []byte {
	if n < 0 || n > len(c.b) {
		c.short, c.b = true, nil
		return nil
	}
	v := c.b[:n]
	c.b = c.b[n:]
	return v
}

// number reads 8 bytes as a number from 0 to most.
func (c *cursor) number(most int) int {
	v := c.take(8)
	if v == nil {
		return 0
	}
	if n := binary.LittleEndian.Uint64(v); n <= uint64(most) {
		return int(n)
	}
	c.short = true
	return 0
}

// sum reads 8 bytes as a checksum; what is above 32 bits must be 0.
func (c *cursor) sum() uint32 {
	v := c.take(8)
	if v == nil {
		return 0
	}
	n := binary.LittleEndian.Uint64(v)
	c.short = c.short || n>>32 != 0
	return uint32(n)
}

func (c *cursor) length(most int) int {
	v := c.take(4)
	if v == nil {
		return 0
	}
	if n := binary.LittleEndian.Uint32(v); uint64(n) <= uint64(most) {
		return int(n)
	}
	c.short = true
	return 0
}

// readEntry reads one entry and holds its offsets against the file's size.
func readEntry(c *cursor, size int) (b blockEntry, err error) {
	b.class = string(c.take(c.length(mostClass)))
	b.people, b.fingers = c.number(gallery.BlockSize), c.number(gallery.BlockSize*mostStored)
	b.tables, b.names, b.sum = c.number(size), c.number(size), c.sum()
	bare := c.number(gallery.BlockSize)
	for p := range b.columns {
		b.columns[p] = columnEntry{c.number(gallery.BlockSize * mostFingers), c.number(size)}
	}
	for range bare {
		if v := c.take(2); v != nil {
			b.bare = append(b.bare, binary.LittleEndian.Uint16(v))
		}
	}
	if c.short || b.people == 0 || b.tables%8 != 0 || b.end() > size {
		return b, fmt.Errorf("%w: directory", ErrDamaged)
	}
	for _, k := range b.columns {
		slots, sums, records := columnSizes(k.count)
		if k.at%8 != 0 || k.at+slots+sums+records > size {
			return b, fmt.Errorf("%w: a column is beyond the end", ErrDamaged)
		}
	}
	for _, s := range b.bare {
		if int(s) >= b.people {
			return b, fmt.Errorf("%w: a bare person is not there", ErrDamaged)
		}
	}
	return b, nil
}

func (b *blockEntry) fingersAt() int { return b.tables + b.people*personSize }
func (b *blockEntry) namesAt() int   { return b.fingersAt() + b.fingers*fingerSize }
func (b *blockEntry) goneAt() int    { return b.namesAt() + align8(b.names) }
func (b *blockEntry) end() int       { return b.goneAt() + align8(b.people) }

// words looks at bytes as 64-bit words: their place in a mapping is a multiple of 8.
func words(b []byte) []uint64 {
	if len(b) < 8 {
		return nil
	}
	return unsafe.Slice((*uint64)(unsafe.Pointer(unsafe.SliceData(b))), len(b)/8) //nolint:gosec // offsets in a mapping are multiples of 8: see the layout above
}

func halves(b []byte, n int) []uint16 {
	if n == 0 {
		return nil
	}
	return unsafe.Slice((*uint16)(unsafe.Pointer(unsafe.SliceData(b))), n) //nolint:gosec // offsets in a mapping are multiples of 8: see the layout above
}

func bytesOf(w []uint64) []byte {
	if len(w) == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(w))), len(w)*8) //nolint:gosec // offsets in a mapping are multiples of 8: see the layout above
}

func bigEndian() bool {
	one := uint16(1)
	return *(*byte)(unsafe.Pointer(&one)) == 0 //nolint:gosec // offsets in a mapping are multiples of 8: see the layout above
}
