package ansinist

import (
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
)

// part is one field of a binary record's header.
type part struct{ number, size, count int } // size in bytes of one of count numbers

// headers are the fixed headers of Types 3 to 8 (ANSI/NIST-ITL 1-2007 §9 to
// §13 for 3, 5 and 6, which the 2011 edition deprecates; 1-2011 §8.4, §8.7,
// §8.8). The last field is the data.
var headers = map[int][]part{
	3: imageHeader, 4: imageHeader, 5: imageHeader, 6: imageHeader,
	7: {{1, 4, 1}, {2, 1, 1}, {3, 0, 1}},
	8: {{1, 4, 1}, {2, 1, 1}, {3, 1, 1}, {4, 1, 1}, {5, 1, 1}, {6, 2, 1}, {7, 2, 1}, {8, 0, 1}},
}

var imageHeader = []part{{1, 4, 1}, {2, 1, 1}, {3, 1, 1}, {4, 1, 6}, {5, 1, 1}, {6, 2, 1}, {7, 2, 1}, {8, 1, 1}, {9, 0, 1}}

// headerSize is the number of bytes before the data of a binary record.
func headerSize(typ int) int {
	n := 0
	for _, p := range headers[typ] {
		n += p.size * p.count
	}
	return n
}

// plausibleBinary says that a binary record as announced could begin at pos.
func (rd *reader) plausibleBinary(want content, pos int) bool {
	rest := len(rd.data) - pos
	if rest < headerSize(want.typ) {
		return false
	}
	n := int64(binary.BigEndian.Uint32(rd.data[pos:]))
	return n >= int64(headerSize(want.typ)) && n <= int64(rest) && (want.idc < 0 || int(rd.data[pos+4]) == want.idc)
}

// binary reads the binary record announced, at pos.
func (rd *reader) binary(want content) error {
	start, typ := rd.pos, want.typ
	head := headerSize(typ)
	r := &Record{Type: typ, Number: len(rd.tx.Records) + 1, Offset: start}
	rest := len(rd.data) - start
	if rest < head {
		return rd.fail(typ, 1, start, ErrTruncated, fmt.Sprintf("the record's header needs %d bytes, %d are left", head, rest))
	}
	size := int64(binary.BigEndian.Uint32(rd.data[start:]))
	end := start + int(min(size, int64(rest)))
	var err error
	if size < int64(head) || size > int64(rest) {
		switch next := rd.nextTagged(start + head); {
		case next >= 0:
			end = next
		case size < int64(head) && len(rd.queue) == 0:
			end = len(rd.data)
		case size < int64(head):
			return rd.fail(typ, 1, start, ErrMalformed, fmt.Sprintf("LEN is %d, the record's header alone has %d bytes", size, head))
		default:
			end = len(rd.data)
			err = rd.fail(typ, 1, start, ErrTruncated, fmt.Sprintf("LEN is %d, %d bytes are left", size, rest))
		}
		r.irregular = string(OddLength)
		rd.odd(r.Number, typ, 1, start, OddLength, fmt.Sprintf("LEN is %d, the record has %d bytes", size, end-start))
	}
	r.Length, r.raw = end-start, rd.data[start:end:end]
	r.fields = binaryFields(typ, r.raw, start)
	rd.fields += len(r.fields)
	rd.tx.Records = append(rd.tx.Records, r)
	rd.pos = end
	if rd.fields > rd.limits.MaxFields {
		return rd.fail(typ, 0, start, ErrTooLarge, fmt.Sprintf("more than %d fields", rd.limits.MaxFields))
	}
	return err
}

// binaryFields gives a binary record's header and data as fields.
func binaryFields(typ int, raw []byte, start int) []Field {
	parts := headers[typ]
	out := make([]Field, 0, len(parts))
	at := 0
	for _, p := range parts {
		f := Field{Number: p.number, Offset: start + at}
		if p.size == 0 {
			f.Value = raw[at:]
		} else {
			values := make([]string, p.count)
			for i := range values {
				values[i] = strconv.FormatUint(bigEndian(raw[at:at+p.size]), 10)
				at += p.size
			}
			f.Value = []byte(strings.Join(values, "\x1f"))
		}
		out = append(out, f)
	}
	return out
}

// bigEndian reads an unsigned number of one to eight bytes.
func bigEndian(b []byte) uint64 {
	var n uint64
	for _, c := range b {
		n = n<<8 | uint64(c)
	}
	return n
}
