package ansinist

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Carry gives the transaction's bytes without judging them: each record that
// was not changed as it was read, the others built, then Trailing. What was
// read and not changed comes out byte for byte. It fails where a record cannot
// be built at all.
func (t *Transaction) Carry() ([]byte, error) {
	var out []byte
	for i, r := range t.Records {
		b := r.raw
		if b == nil {
			var err error
			if b, err = r.build(i + 1); err != nil {
				return nil, err
			}
		}
		out = append(out, b...)
	}
	return append(out, t.Trailing...), nil
}

// Encode gives the bytes of a transaction that keeps to the standard, and
// refuses any other: the error lists, by errors.Join, an *Error for each
// fault. Held are: Type-1 first and alone, 1.003 equal to the records, each
// mandatory field present, no field twice, LEN, IDC and DATA in their places,
// no separator within an item, text in the declared character set, numbers
// within what their field can hold. LEN is computed. A record read and not changed is written as it was read, unless
// reading found its structure at fault. Values are not judged further, so that
// what was read and is odd but well cut (a resolution of 100 ppi) passes.
func (t *Transaction) Encode() ([]byte, error) {
	if faults := t.faults(); len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	return t.Carry()
}

// faults lists why Encode refuses.
func (t *Transaction) faults() []error {
	var out []error
	add := func(record, typ, field int, detail string) {
		out = append(out, &Error{Record: record, Type: typ, Field: field, Offset: -1, Detail: detail, Err: ErrInvalid})
	}
	if len(t.Records) == 0 || t.Records[0].Type != 1 {
		add(0, 0, 0, "the first record must be Type-1")
		return out
	}
	if len(t.Trailing) > 0 {
		add(0, 0, 0, fmt.Sprintf("%d bytes follow the last record", len(t.Trailing)))
	}
	if len(t.Records) > 1_000 {
		add(1, 1, 3, fmt.Sprintf("%d records; 1.003 can announce 999", len(t.Records)-1))
	}
	set := t.Charset()
	cnt, _ := t.Records[0].Field(3)
	count, list, ok := contents(cnt, len(t.Records))
	if !ok || count != len(t.Records)-1 || len(list) != count {
		add(1, 1, 3, "1.003 does not list the records; call Announce")
	}
	for i, r := range t.Records {
		if i > 0 && i <= len(list) {
			if idc, has := r.IDC(); !has || list[i-1] != (content{r.Type, idc}) {
				add(i+1, r.Type, 2, "1.003 announces another type or IDC; call Announce")
			}
		}
		if r.raw != nil {
			if r.irregular != "" {
				add(i+1, r.Type, 0, "reading found a fault of structure ("+r.irregular+"); change the record, or use Carry")
			}
			continue
		}
		for _, f := range r.faults(i, set) {
			add(i+1, r.Type, f.Number, string(f.Value))
		}
	}
	return out
}

// faults lists what is wrong with a record to be built: field number and
// detail, in a Field each.
func (r *Record) faults(index int, set Charset) []Field {
	var out []Field
	add := func(number int, detail string) { out = append(out, Field{Number: number, Value: []byte(detail)}) }
	if r.Type < 1 || r.Type > 99 || (r.Type == 1) != (index == 0) {
		add(0, fmt.Sprintf("a record of Type-%d cannot stand here", r.Type))
		return out
	}
	if r.Binary() {
		return append(out, r.binaryFaults()...)
	}
	list, known := mandatory[r.Type]
	if !known {
		list = []int{1, 2}
	}
	for _, number := range list {
		if f, ok := r.Field(number); number != 1 && (!ok || len(f.Value) == 0) {
			add(number, "a mandatory field is absent or empty")
		}
	}
	if idc, ok := r.IDC(); r.Type != 1 && (!ok || idc > 99) {
		add(2, "IDC is not a number from 0 to 99")
	}
	seen := map[int]bool{}
	for _, f := range r.fields {
		switch {
		case f.Number < 1 || f.Number > 99_999:
			add(f.Number, "not a field number")
		case seen[f.Number]:
			add(f.Number, "the field occurs twice")
		case f.tag != "" && !ownTag(f.tag, r.Type):
			add(f.Number, "the tag names another record type")
		case f.Number == dataField && r.Type >= 10:
		case hasSeparator(f.Value):
			add(f.Number, "FS or GS within the value")
		case !isASCII(f.Value) && (r.Type == 1 || !fits(set, f.Value)):
			add(f.Number, "bytes outside the character set that 1.015 declares, and Type-1 is ASCII")
		}
		seen[f.Number] = true
	}
	return out
}

// fits says that a value is of the encoding, as far as the value as a whole
// can tell: UTF-16 and UTF-32 are of each item, and an agreed set is not known.
func fits(set Charset, value []byte) bool {
	if set != ASCII && set != Latin1 && set != UTF8 {
		return true
	}
	_, ok := set.text(value)
	return ok
}

func ownTag(tag string, typ int) bool {
	t, _, _, ok := tagAt([]byte(tag), 0)
	return ok && t == typ
}

func hasSeparator(value []byte) bool {
	for _, c := range value {
		if c == FS || c == GS {
			return true
		}
	}
	return false
}

// binaryFaults lists the header fields of a binary record that cannot be packed.
func (r *Record) binaryFaults() []Field {
	var out []Field
	for _, p := range headers[r.Type] {
		if p.size == 0 || p.number == 1 {
			continue
		}
		if _, err := packed(r, p); err != nil {
			out = append(out, Field{Number: p.number, Value: []byte(err.Error())})
		}
	}
	for _, f := range r.fields {
		if parts := headers[r.Type]; f.Number > parts[len(parts)-1].number || f.Number < 1 {
			out = append(out, Field{Number: f.Number, Value: []byte("the binary record has no such field")})
		}
	}
	return out
}

// packed gives one header field as big-endian bytes. Positions that are not
// given are filled with 255.
func packed(r *Record, p part) ([]byte, error) {
	f, ok := r.Field(p.number)
	if !ok {
		return nil, errors.New("a header field is absent")
	}
	items := strings.SplitN(string(f.Value), "\x1f", p.count+1)
	if len(items) > p.count {
		return nil, fmt.Errorf("more than %d numbers", p.count)
	}
	var out []byte
	for i := range p.count {
		n := 255
		if i < len(items) {
			v, isNumber := digits(items[i])
			if !isNumber || v >= 1<<(8*p.size) {
				return nil, fmt.Errorf("not a number of %d bytes", p.size)
			}
			n = v
		}
		b := binary.BigEndian.AppendUint64(nil, uint64(n))
		out = append(out, b[8-p.size:]...)
	}
	return out, nil
}

// build writes a record anew; number is its place, for the error.
func (r *Record) build(number int) ([]byte, error) {
	if r.Binary() {
		return r.buildBinary(number)
	}
	var body []byte
	for _, f := range r.inOrder() {
		body = append(body, GS)
		if f.Number == 0 {
			body = append(body, f.Value...)
			continue
		}
		tag := f.tag
		if tag == "" {
			tag = tagText(r.Type, f.Number) + ":"
		}
		body = append(append(body, tag...), f.Value...)
	}
	body = append(body, FS)
	tag := tagText(r.Type, 1) + ":"
	if f, ok := r.Field(1); ok && f.tag != "" {
		tag = f.tag
	}
	fixed := len(tag) + len(body)
	size := fixed + 1
	for size != fixed+len(strconv.Itoa(size)) {
		size = fixed + len(strconv.Itoa(size))
	}
	out := make([]byte, 0, size)
	out = append(append(out, tag...), strconv.Itoa(size)...)
	return append(out, body...), nil
}

// inOrder are the fields behind LEN: IDC first, the data last, the others as
// they stand.
func (r *Record) inOrder() []Field {
	var first, middle, last []Field
	for _, f := range r.fields {
		switch {
		case f.Number == 1 && f.Offset == r.Offset || f.Number == 1 && f.tag == "":
		case f.Number == 2 && r.Type != 1:
			first = append(first, f)
		case f.Number == dataField && r.Type >= 10:
			last = append(last, f)
		default:
			middle = append(middle, f)
		}
	}
	return append(append(first, middle...), last...)
}

func (r *Record) buildBinary(number int) ([]byte, error) {
	data := r.dataField().Value
	size := headerSize(r.Type) + len(data)
	if int64(size) > 0xFFFFFFFF {
		return nil, &Error{Record: number, Type: r.Type, Field: 1, Offset: -1, Detail: "more than 4 GiB", Err: ErrInvalid}
	}
	out := binary.BigEndian.AppendUint32(make([]byte, 0, size), uint32(size))
	for _, p := range headers[r.Type][1:] {
		if p.size == 0 {
			break
		}
		b, err := packed(r, p)
		if err != nil {
			return nil, &Error{Record: number, Type: r.Type, Field: p.number, Offset: -1, Detail: err.Error(), Err: ErrInvalid}
		}
		out = append(out, b...)
	}
	return append(out, data...), nil
}
