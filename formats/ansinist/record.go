package ansinist

import (
	"slices"
	"strconv"
)

// Record is one logical record. It is changed by Set, SetItems and Delete
// alone, so that an unchanged one can be written as it was read.
type Record struct {
	Type   int // 1 to 99
	Number int // from 1, in the order of the file; 0: not read from one
	Offset int // bytes from the beginning of the file
	Length int // bytes in the file, separator included

	fields    []Field
	raw       []byte // the record as read; nil once changed
	irregular string // why raw may not be written by Encode; empty: it may
}

// NewRecord makes an empty record of a type from 1 to 99. Its LEN is written
// by Encode.
func NewRecord(typ int) *Record { return &Record{Type: typ} }

// Binary says that the record has a fixed binary header and no tags: Types 3
// to 8.
func (r *Record) Binary() bool { return binaryType(r.Type) }

func binaryType(typ int) bool { return typ >= 3 && typ <= 8 }

// Fields are all fields in the order of the file, repeated and unreadable ones
// included. The slice and what it points to must not be changed.
func (r *Record) Fields() []Field { return r.fields }

// Field is the first field of that number.
func (r *Record) Field(number int) (Field, bool) {
	for _, f := range r.fields {
		if f.Number == number {
			return f, true
		}
	}
	return Field{}, false
}

// Text is the first field of that number as it stands; empty if absent.
func (r *Record) Text(number int) string {
	f, _ := r.Field(number)
	return f.Text()
}

// Int is the first field of that number as a decimal number.
func (r *Record) Int(number int) (int, bool) {
	f, ok := r.Field(number)
	if !ok {
		return 0, false
	}
	return f.Int()
}

// IDC is the record's information designation character (xx.002), 0 to 99 by
// the standard and 0 to 255 in a binary record. Type-1 has none.
func (r *Record) IDC() (int, bool) {
	if r.Type == 1 {
		return 0, false
	}
	return r.Int(2)
}

// IsData says that the field of that number holds the record's image or other
// binary data, and no text.
func (r *Record) IsData(number int) bool {
	if r.Binary() {
		parts := headers[r.Type]
		return number == parts[len(parts)-1].number
	}
	return r.Type >= 10 && number == dataField
}

// Raw is the record as it was read, tags and separators included; nil for a
// record that was made or changed.
func (r *Record) Raw() []byte { return r.raw }

// Set gives a field its value, in place of the first of that number or, if
// there is none, behind the last field with a lower number.
func (r *Record) Set(number int, value []byte) {
	r.raw, r.irregular = nil, ""
	for i := range r.fields {
		if r.fields[i].Number == number {
			r.fields[i] = Field{Number: number, Value: value, Offset: -1}
			return
		}
	}
	at := len(r.fields)
	for at > 0 && r.fields[at-1].Number > number {
		at--
	}
	r.fields = slices.Insert(slices.Clip(r.fields), at, Field{Number: number, Value: value, Offset: -1})
}

// SetText sets a field of one item.
func (r *Record) SetText(number int, value string) { r.Set(number, []byte(value)) }

// SetInt sets a field to a decimal number.
func (r *Record) SetInt(number, value int) { r.SetText(number, strconv.Itoa(value)) }

// SetItems sets a field of subfields and items.
func (r *Record) SetItems(number int, subfields [][]string) { r.Set(number, joinItems(subfields)) }

// Delete takes away every field of that number.
func (r *Record) Delete(number int) {
	n := len(r.fields)
	r.fields = slices.DeleteFunc(slices.Clone(r.fields), func(f Field) bool { return f.Number == number })
	if len(r.fields) != n {
		r.raw, r.irregular = nil, ""
	}
}
