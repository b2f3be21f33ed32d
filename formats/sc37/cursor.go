package sc37

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// Kinds of errors of the readers built on this package.
var (
	// ErrFormat says that the bytes are not a record of the kind that was asked for. The caller tries another reader.
	ErrFormat = errors.New("not a record of this format")
	// ErrTruncated says that the bytes end before the record does. The caller asks for the whole file.
	ErrTruncated = errors.New("the record ends early")
	// ErrMalformed says that a value contradicts the standard so that nothing after it can be trusted.
	ErrMalformed = errors.New("malformed record")
	// ErrWrite says that a record cannot be written as its standard wants it; the text says which field is wrong.
	ErrWrite = errors.New("cannot be written")
)

// Oddity is something that a standard forbids or a careful writer avoids, met in reading and passed over.
type Oddity struct {
	Record string // "header", "view 2"
	Field  string
	Offset int // byte of the file at which the field lies
	Text   string
}

// String returns the oddity as one line.
func (o Oddity) String() string {
	return fmt.Sprintf("%s, %s (byte %d): %s", o.Record, o.Field, o.Offset, o.Text)
}

// MaxOddities is how many oddities a reader reports; a file made to have more of them is told so by one last.
const MaxOddities = 1000

// AppendOddities adds to a reader's list, up to MaxOddities.
func AppendOddities(list []Oddity, more ...Oddity) []Oddity {
	for _, o := range more {
		switch {
		case len(list) < MaxOddities:
			list = append(list, o)
		case len(list) == MaxOddities:
			list = append(list, Oddity{Record: o.Record, Field: o.Field, Offset: o.Offset, Text: "and more oddities, which are not listed"})
		}
	}
	return list
}

// Cursor takes big-endian numbers off a record. After the first read past the end every read gives zero and Err tells
// where that was, so that a parser may read a block and look once.
type Cursor struct {
	data   []byte
	at     int
	base   int // offset of data[0] in the file
	record string
	err    error
}

// NewCursor starts at the first of data's bytes, which lies at byte base of the file.
func NewCursor(data []byte, base int, record string) *Cursor {
	return &Cursor{data: data, base: base, record: record}
}

// In names the record that the following fields belong to.
func (c *Cursor) In(record string) { c.record = record }

// Record returns the name given last.
func (c *Cursor) Record() string { return c.record }

// At returns the offset in the file of the next byte.
func (c *Cursor) At() int { return c.base + c.at }

// Left returns how many bytes remain.
func (c *Cursor) Left() int { return len(c.data) - c.at }

// Err returns the first error met, or nil.
func (c *Cursor) Err() error { return c.err }

// Bytes takes n bytes. They are a part of the file, not a copy.
func (c *Cursor) Bytes(field string, n int) []byte {
	if c.err != nil {
		return nil
	}
	if n < 0 || n > c.Left() {
		c.err = fmt.Errorf("%w: %s, %s (byte %d): %d bytes wanted, %d left", ErrTruncated, c.record, field, c.At(), n, c.Left())
		return nil
	}
	b := c.data[c.at : c.at+n : c.at+n]
	c.at += n
	return b
}

// Rest takes all that remains.
func (c *Cursor) Rest() []byte { return c.Bytes("rest", c.Left()) }

// U8 takes one byte.
func (c *Cursor) U8(field string) uint8 {
	if b := c.Bytes(field, 1); b != nil {
		return b[0]
	}
	return 0
}

// U16 takes two bytes.
func (c *Cursor) U16(field string) uint16 {
	if b := c.Bytes(field, 2); b != nil {
		return binary.BigEndian.Uint16(b)
	}
	return 0
}

// U32 takes four bytes.
func (c *Cursor) U32(field string) uint32 {
	if b := c.Bytes(field, 4); b != nil {
		return binary.BigEndian.Uint32(b)
	}
	return 0
}

// U48 takes six bytes, the length field of finger image records of the first generation.
func (c *Cursor) U48(field string) uint64 {
	b := c.Bytes(field, 6)
	if b == nil {
		return 0
	}
	return uint64(binary.BigEndian.Uint16(b))<<32 | uint64(binary.BigEndian.Uint32(b[2:]))
}

// Fail records that a field's value cannot be worked with, unless an error was met before.
func (c *Cursor) Fail(field string, offset int, format string, a ...any) {
	if c.err == nil {
		c.err = fmt.Errorf("%w: %s, %s (byte %d): %s", ErrMalformed, c.record, field, offset, fmt.Sprintf(format, a...))
	}
}

// Odd makes an oddity of a field of the current record.
func (c *Cursor) Odd(field string, offset int, format string, a ...any) Oddity {
	return Oddity{Record: c.record, Field: field, Offset: offset, Text: fmt.Sprintf(format, a...)}
}
