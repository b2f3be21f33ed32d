package ansinist

import (
	"bytes"
	"strconv"
	"strings"
)

// The information separators of the traditional encoding (ANSI/NIST-ITL
// 1-2011 Update:2015, Annex B.1.4) and the two characters that enclose text in
// another character set.
const (
	FS  = 0x1C // ends a record
	GS  = 0x1D // between fields
	RS  = 0x1E // between subfields
	US  = 0x1F // between information items
	STX = 0x02
	ETX = 0x03
)

// dataField is the number of the field that holds an image or other binary
// data in Types 10 to 99: it reaches to the end of its record.
const dataField = 999

// Field is one field of a record. For the binary records (Types 3 to 8) the
// numbers and values are made from the header: decimal text, and the six
// finger positions as items.
type Field struct {
	Number int    // within the record: 9 for 14.009; 0: it came without a readable tag
	Value  []byte // without the tag and the separator after it
	Offset int    // bytes from the beginning of the file to the tag, or to the header's bytes

	tag string // as read, "14.009:"; empty: to be written anew
}

// Text is the value as it stands, without a change of character set; see
// Transaction.Text for that.
func (f Field) Text() string { return string(f.Value) }

// maxParts bounds what a value is cut into; the rest stays in the last part.
// The longest list of the standard, 9.333, has 7,992 subfields.
const maxParts = 100_000

// Subfields cuts the value at RS, into 100,000 at most. A value without RS is
// one subfield.
func (f Field) Subfields() [][]byte { return bytes.SplitN(f.Value, []byte{RS}, maxParts) }

// Items cuts the value at RS and US: subfields, and in each its items, 100,000
// of each at most.
func (f Field) Items() [][]string {
	subs := f.Subfields()
	out := make([][]string, len(subs))
	for i, s := range subs {
		out[i] = strings.SplitN(string(s), "\x1f", maxParts)
	}
	return out
}

// firstItems are the items of the first subfield, at most limit of them.
func (f Field) firstItems(limit int) []string {
	first, _, _ := bytes.Cut(f.Value, []byte{RS})
	return strings.SplitN(string(first), "\x1f", limit)
}

// Int is the value as a decimal number without sign, at most nine digits.
func (f Field) Int() (int, bool) { return digits(string(f.Value)) }

// digits reads up to nine decimal digits and nothing else.
func digits(s string) (int, bool) {
	if s == "" || len(s) > 9 {
		return 0, false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
	}
	n, err := strconv.Atoi(s)
	return n, err == nil
}

// joinItems writes subfields and items with their separators.
func joinItems(subfields [][]string) []byte {
	var out []byte
	for i, sub := range subfields {
		if i > 0 {
			out = append(out, RS)
		}
		for j, item := range sub {
			if j > 0 {
				out = append(out, US)
			}
			out = append(out, item...)
		}
	}
	return out
}
