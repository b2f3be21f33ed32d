package ansinist

import (
	"bytes"
	"fmt"
	"slices"
)

// Read takes a transaction apart. A file that cannot be cut into records to
// its end gives an *Error and, beside it, the transaction as far as it was
// read (nil if not even the Type-1 record was found). Memory taken beside data
// is bounded by limits: with the default ones, 20 MiB at most.
func Read(data []byte, limits Limits) (*Transaction, error) {
	rd := &reader{data: data, limits: limits.withDefaults(), tx: &Transaction{}}
	err := rd.all()
	if len(rd.tx.Records) == 0 {
		return nil, err
	}
	rd.check()
	return rd.tx, err
}

// reader is one run of Read.
type reader struct {
	data   []byte
	limits Limits
	tx     *Transaction

	pos    int            // where the next record begins
	fields int            // read so far
	queue  []content      // records announced and not yet read
	marks  map[string]int // where the tags of records looked for stand
}

// all reads record after record.
func (rd *reader) all() error {
	typ, number, _, ok := tagAt(rd.data, 0)
	if !ok || typ != 1 || number != 1 {
		return &Error{Record: 1, Offset: 0, Detail: "it does not begin with field 1.001", Err: ErrNotITL}
	}
	if err := rd.tagged(1); err != nil {
		return err
	}
	rd.announced()
	for rd.pos < len(rd.data) {
		if len(rd.tx.Records) >= rd.limits.MaxRecords {
			return rd.fail(0, 0, rd.pos, ErrTooLarge, fmt.Sprintf("more than %d records", rd.limits.MaxRecords))
		}
		more, err := rd.next()
		if err != nil || !more {
			return err
		}
	}
	for _, c := range rd.queue {
		rd.odd(0, 1, 3, rd.pos, OddMissing, fmt.Sprintf("1.003 announces a Type-%d record with IDC %d, the file ends before it", c.typ, c.idc))
	}
	return nil
}

// announced reads 1.003 into the queue.
func (rd *reader) announced() {
	head := rd.tx.Records[0]
	cnt, there := head.Field(3)
	if !there {
		return // reported with the mandatory fields
	}
	count, list, ok := contents(cnt, rd.limits.MaxRecords)
	rd.queue = list
	if !ok {
		rd.odd(1, 1, 3, cnt.Offset, OddCount, "1.003 is not a count followed by pairs of record type and IDC")
	}
	if count != len(list) {
		rd.odd(1, 1, 3, cnt.Offset, OddCount, fmt.Sprintf("1.003 counts %d records and lists %d", count, len(list)))
	}
}

// next reads the record at pos; more is false when the rest is not one.
func (rd *reader) next() (more bool, err error) {
	typ, number, _, isTag := tagAt(rd.data, rd.pos)
	isTag = isTag && number == 1 && typ >= 1 && !binaryType(typ)
	if len(rd.queue) == 0 {
		if !isTag || typ == 1 {
			rd.tx.Trailing = rd.data[rd.pos:]
			what := "that are no record"
			if isTag {
				what = "that begin another transaction"
			}
			rd.odd(0, 0, 0, rd.pos, OddTrailing, fmt.Sprintf("%d bytes %s follow the last record", len(rd.tx.Trailing), what))
			return false, nil
		}
		rd.odd(len(rd.tx.Records)+1, typ, 0, rd.pos, OddUncounted, "1.003 does not announce this record")
		return true, rd.tagged(typ)
	}
	want := rd.take(typ, isTag)
	n, at := len(rd.tx.Records)+1, rd.pos
	switch {
	case isTag && want.typ != typ:
		rd.odd(n, typ, 1, at, OddContentType, fmt.Sprintf("1.003 announces Type-%d here, the record is Type-%d", want.typ, typ))
		err = rd.tagged(typ)
	case binaryType(want.typ):
		err = rd.binary(want)
	case isTag:
		err = rd.tagged(typ)
	default:
		return false, rd.fail(want.typ, 1, at, ErrMalformed, fmt.Sprintf("1.003 announces Type-%d here, and no field %s begins", want.typ, tagText(want.typ, 1)))
	}
	if err == nil {
		rd.compareIDC(want)
	}
	return true, err
}

// take gives the entry of 1.003 that stands for the record at pos and takes it
// out of the queue: the first, unless another fits what is there and the first
// does not, as where 1.003 lists the records in another order.
func (rd *reader) take(typ int, isTag bool) content {
	const far = 100
	fits := func(c content) bool {
		if binaryType(c.typ) {
			return !isTag && rd.plausibleBinary(c, rd.pos)
		}
		return isTag && c.typ == typ
	}
	at := 0
	if first := rd.queue[0]; !fits(first) && !(binaryType(first.typ) && !isTag) {
		i := slices.IndexFunc(rd.queue[:min(far, len(rd.queue))], fits)
		if i > 0 {
			at = i
			rd.odd(len(rd.tx.Records)+1, rd.queue[i].typ, 0, rd.pos, OddContentType,
				fmt.Sprintf("1.003 announces Type-%d before this Type-%d", first.typ, rd.queue[i].typ))
		}
	}
	want := rd.queue[at]
	copy(rd.queue[1:at+1], rd.queue[:at])
	rd.queue = rd.queue[1:]
	return want
}

// compareIDC holds the record just read against its entry in 1.003.
func (rd *reader) compareIDC(want content) {
	r := rd.tx.Records[len(rd.tx.Records)-1]
	f, ok := r.Field(2)
	if !ok {
		return // reported with the mandatory fields
	}
	idc, isNumber := f.Int()
	switch {
	case !isNumber:
		rd.odd(r.Number, r.Type, 2, f.Offset, OddIDC, "IDC is not a number")
	case idc != want.idc:
		rd.odd(r.Number, r.Type, 2, f.Offset, OddIDC, fmt.Sprintf("1.003 announces IDC %d, the record has %d", want.idc, idc))
	}
}

// tagAt reads "type.number:" at pos: one or two digits, one to five digits.
// next is the offset behind the colon.
func tagAt(data []byte, pos int) (typ, number, next int, ok bool) {
	const longest = 2 + 1 + 5 + 1
	head := data[min(pos, len(data)):min(pos+longest, len(data))]
	colon := bytes.IndexByte(head, ':')
	if colon < 0 {
		return 0, 0, 0, false
	}
	left, right, found := bytes.Cut(head[:colon], []byte{'.'})
	if !found || len(left) > 2 || len(right) > 5 {
		return 0, 0, 0, false
	}
	typ, ok = digits(string(left))
	if !ok {
		return 0, 0, 0, false
	}
	number, ok = digits(string(right))
	return typ, number, pos + colon + 1, ok
}

// odd notes an oddity, up to the limit.
func (rd *reader) odd(record, typ, field, offset int, kind Kind, detail string) {
	switch n := len(rd.tx.Oddities); {
	case n < rd.limits.MaxOddities:
		rd.tx.Oddities = append(rd.tx.Oddities, Oddity{record, typ, field, offset, kind, detail})
	case n == rd.limits.MaxOddities:
		rd.tx.Oddities = append(rd.tx.Oddities, Oddity{Offset: offset, Kind: OddMore, Detail: "further oddities are not listed"})
	}
}

// fail makes the error for the record being read.
func (rd *reader) fail(typ, field, offset int, kind error, detail string) error {
	return &Error{Record: len(rd.tx.Records) + 1, Type: typ, Field: field, Offset: offset, Detail: detail, Err: kind}
}

// IsTraditional says that data begins as a traditional transaction does.
func IsTraditional(data []byte) bool {
	typ, number, _, ok := tagAt(data, 0)
	return ok && typ == 1 && number == 1
}
