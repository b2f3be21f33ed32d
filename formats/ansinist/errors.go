package ansinist

import (
	"errors"
	"fmt"
	"strings"
)

// Kinds of failure, for errors.Is.
var (
	ErrNotITL    = errors.New("not an ANSI/NIST-ITL transaction in traditional encoding")
	ErrTruncated = errors.New("ends early")
	ErrMalformed = errors.New("malformed")
	ErrTooLarge  = errors.New("above a limit")
	ErrInvalid   = errors.New("not valid to write")
)

// Error says where in a transaction something stopped. Its text names record,
// field and byte offset, and never a value that could be about a person.
type Error struct {
	Record int    // from 1, in the order of the file; 0: the transaction as a whole
	Type   int    // record type; 0: not known
	Field  int    // field number within the record; 0: none
	Offset int    // bytes from the beginning of the file; -1: does not apply
	Detail string // what is wrong and, where it helps, what to do
	Err    error  // one of the kinds above
}

func (e *Error) Error() string {
	return "ansi/nist-itl: " + place(e.Record, e.Type, e.Field, e.Offset) + e.Err.Error() + ": " + e.Detail
}

// Unwrap gives the kind of failure.
func (e *Error) Unwrap() error { return e.Err }

// Kind names a sort of oddity.
type Kind string

// The oddities that Read reports.
const (
	OddLength       Kind = "length"           // LEN (xx.001) unlike the record's true length
	OddSeparator    Kind = "separator"        // FS or GS missing, or where none belongs
	OddFieldTag     Kind = "field-tag"        // a field without "type.number:", or of another record's type
	OddRepeated     Kind = "repeated-field"   // the same field number twice in a record
	OddOrder        Kind = "field-order"      // LEN or IDC not first and second, DATA not last
	OddMissingField Kind = "missing-field"    // a mandatory field is absent
	OddValue        Kind = "value"            // a value outside what the standard allows
	OddCount        Kind = "record-count"     // 1.003's count unlike its list or the records
	OddContentType  Kind = "content-type"     // 1.003 announces another record type
	OddIDC          Kind = "idc"              // 1.003 announces another IDC, or the IDC is malformed
	OddMissing      Kind = "missing-record"   // 1.003 announces a record that is not there
	OddUncounted    Kind = "uncounted-record" // a record that 1.003 does not announce
	OddTrailing     Kind = "trailing"         // bytes after the last record
	OddResolution   Kind = "resolution"       // a resolution that no scanner of the kind has
	OddScaleUnits   Kind = "scale-units"      // pixels per cm, or an aspect ratio: HPS is not ppi
	OddDimensions   Kind = "dimensions"       // HLL and VLL unlike the image's own header
	OddCompression  Kind = "compression"      // CGA unlike the image's own signature
	OddDataSize     Kind = "data-size"        // uncompressed pixels: more or fewer bytes than stated
	OddComment      Kind = "image-comment"    // the image's own comment contradicts the record
	OddText         Kind = "text-encoding"    // bytes outside the declared character set
	OddVersion      Kind = "version"          // 1.002 names no known edition
	OddMore         Kind = "more"             // the list was cut at Limits.MaxOddities
)

// Oddity is one thing in a file that is not as the standard has it.
type Oddity struct {
	Record int    // from 1, in the order of the file; 0: the transaction as a whole
	Type   int    // record type; 0: not known
	Field  int    // field number within the record; 0: none
	Offset int    // bytes from the beginning of the file
	Kind   Kind   // sort of oddity
	Detail string // what was found; figures and codes, never a person's data
}

// String is one line: place, kind, detail.
func (o Oddity) String() string {
	return place(o.Record, o.Type, o.Field, o.Offset) + string(o.Kind) + ": " + o.Detail
}

// place writes "record 3 (Type-14), field 14.009, byte 381: ".
func place(record, typ, field, offset int) string {
	var parts []string
	if record > 0 {
		s := fmt.Sprintf("record %d", record)
		if typ > 0 {
			s += fmt.Sprintf(" (Type-%d)", typ)
		}
		parts = append(parts, s)
	}
	if field > 0 {
		parts = append(parts, "field "+tagText(typ, field))
	}
	if offset >= 0 {
		parts = append(parts, fmt.Sprintf("byte %d", offset))
	}
	if len(parts) == 0 {
		return ""
	}
	return strings.Join(parts, ", ") + ": "
}

// tagText writes a field's number as "14.009".
func tagText(typ, field int) string { return fmt.Sprintf("%d.%03d", typ, field) }
