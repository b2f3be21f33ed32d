package inti

import (
	"errors"
	"fmt"
	"strings"
)

// Kinds of failure, for errors.Is.
var (
	ErrNotINTI   = errors.New("not an ANSI/NIST-ITL package in XML")
	ErrEdition   = errors.New("an element of another edition")
	ErrMalformed = errors.New("malformed")
	ErrTooLarge  = errors.New("above a limit")
	ErrInvalid   = errors.New("not valid to write")
)

// Error says where a document could not be read, or what of a message cannot
// be written. Its text never holds a value that could be about a person.
type Error struct {
	Path   string // elements from the root, "Package.../Transaction/TransactionDate"; empty: the document
	Offset int64  // bytes from the beginning; -1: does not apply
	Detail string
	Err    error // one of the kinds above
}

func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("int-i: ")
	if e.Path != "" {
		b.WriteString(e.Path + ": ")
	}
	if e.Offset >= 0 {
		fmt.Fprintf(&b, "byte %d: ", e.Offset)
	}
	return b.String() + e.Err.Error() + ": " + e.Detail
}

// Unwrap gives the kind of failure.
func (e *Error) Unwrap() error { return e.Err }

// Oddity is one thing in a document that is not as INT-I has it, or was not read.
type Oddity struct {
	Record int    // from 1, in the order of the document; 0: the document
	Path   string // elements below the record
	Offset int64  // bytes from the beginning
	Kind   string // unread, value, record-count, dimensions, compression, scale-units, resolution, idc
	Detail string
}

// String is one line: place, kind, detail.
func (o Oddity) String() string {
	s := ""
	if o.Record > 0 {
		s = fmt.Sprintf("record %d, ", o.Record)
	}
	if o.Path != "" {
		s += o.Path + ", "
	}
	return fmt.Sprintf("%sbyte %d: %s: %s", s, o.Offset, o.Kind, o.Detail)
}

// Limits bound what Read takes on. A zero field means its default.
type Limits struct {
	MaxElements  int // default 20,000
	MaxDepth     int // default 32
	MaxOddities  int // default 200
	MaxImages    int // default 200
	MaxTextBytes int // of one element that is no image; default 65,536
}

func (l Limits) withDefaults() Limits {
	set := func(v *int, n int) {
		if *v <= 0 {
			*v = n
		}
	}
	set(&l.MaxElements, 20_000)
	set(&l.MaxDepth, 32)
	set(&l.MaxOddities, 200)
	set(&l.MaxImages, 200)
	set(&l.MaxTextBytes, 1<<16)
	return l
}
