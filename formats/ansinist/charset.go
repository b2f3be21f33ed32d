package ansinist

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"unicode/utf16"
	"unicode/utf8"
)

// Charset is a character encoding by the index that 1.015 gives it (1-2011
// §5.6, table 4; index 1 is that of the editions before 2011).
type Charset int

// The character encodings of the standard. 128 to 999 are agreed by users.
const (
	ASCII  Charset = 0
	Latin1 Charset = 1
	UTF16  Charset = 2
	UTF8   Charset = 3
	UTF32  Charset = 4
)

// Charset is the encoding that 1.015 declares; ASCII if there is none. Only
// the first subfield counts: the editions since 2011 allow no other.
func (t *Transaction) Charset() Charset {
	if len(t.Records) == 0 {
		return ASCII
	}
	f, ok := t.Records[0].Field(15)
	if !ok {
		return ASCII
	}
	n, isNumber := digits(f.firstItems(2)[0])
	if !isNumber {
		return ASCII
	}
	return Charset(n)
}

// Text decodes text of the transaction: a value, subfield or item of any
// record but Type-1, which is always ASCII. What STX and ETX enclose is in the
// declared encoding, and so is all of a text without them. ok is false where
// bytes are not of that encoding, or the encoding is not known here: then what
// is not ASCII is read as UTF-8 if it is that, else as Latin-1.
func (t *Transaction) Text(value []byte) (s string, ok bool) { return t.Charset().text(value) }

// text decodes a text of an encoding, switched to by STX where that stands.
func (c Charset) text(value []byte) (s string, ok bool) {
	if !bytes.ContainsRune(value, STX) {
		return c.decode(value)
	}
	var out []byte
	ok = true
	for len(value) > 0 {
		plain, rest, _ := bytes.Cut(value, []byte{STX})
		a, plainFine := ASCII.decode(plain)
		other, after, _ := bytes.Cut(rest, []byte{ETX})
		b, otherFine := c.decode(other)
		out, ok, value = append(append(out, a...), b...), ok && plainFine && otherFine, after
	}
	return string(out), ok
}

// decode reads bytes of one encoding.
func (c Charset) decode(b []byte) (string, bool) {
	switch c {
	case Latin1:
		return latin1(b), true
	case UTF8:
		if utf8.Valid(b) {
			return string(b), true
		}
	case UTF16:
		if len(b)%2 == 0 {
			return decodeUTF16(b), true
		}
	case UTF32:
		if len(b)%4 == 0 {
			return decodeUTF32(b), true
		}
	}
	if isASCII(b) {
		return string(b), c == ASCII || c > UTF32
	}
	if utf8.Valid(b) {
		return string(b), false
	}
	return latin1(b), false
}

func isASCII(b []byte) bool {
	for _, c := range b {
		if c >= 0x80 {
			return false
		}
	}
	return true
}

func latin1(b []byte) string {
	out := make([]rune, len(b))
	for i, c := range b {
		out[i] = rune(c)
	}
	return string(out)
}

// decodeUTF16 reads big endian, or little endian after its byte order mark.
func decodeUTF16(b []byte) string {
	var order binary.ByteOrder = binary.BigEndian
	if bytes.HasPrefix(b, []byte{0xFF, 0xFE}) {
		order = binary.LittleEndian
	}
	units := make([]uint16, 0, len(b)/2)
	for ; len(b) >= 2; b = b[2:] {
		if u := order.Uint16(b); u != 0xFEFF {
			units = append(units, u)
		}
	}
	return string(utf16.Decode(units))
}

func decodeUTF32(b []byte) string {
	out := make([]rune, 0, len(b)/4)
	for ; len(b) >= 4; b = b[4:] {
		r := rune(binary.BigEndian.Uint32(b))
		switch {
		case r == 0xFEFF:
		case !utf8.ValidRune(r):
			out = append(out, utf8.RuneError)
		default:
			out = append(out, r)
		}
	}
	return string(out)
}

// checkText notes fields whose bytes are not of the declared encoding.
func (rd *reader) checkText(r *Record, set Charset) {
	if r.Binary() {
		return
	}
	for _, f := range r.fields {
		if f.Number == dataField && r.Type >= 10 || isASCII(f.Value) {
			continue
		}
		if r.Type == 1 {
			rd.oddField(r, f, OddText, "Type-1 is always in 7-bit ASCII")
			continue
		}
		if set == UTF16 || set == UTF32 || set > UTF32 {
			continue // each item on its own; nothing can be said of the whole
		}
		if _, ok := set.text(f.Value); !ok {
			rd.oddField(r, f, OddText, fmt.Sprintf("bytes outside the character set that 1.015 declares (index %d)", set))
		}
	}
}
