package ansinist

import (
	"bytes"
	"fmt"
	"math"
)

// tagged reads the record of tagged fields at pos, whose first tag is known to
// be "typ.1:".
func (rd *reader) tagged(typ int) error {
	p := &tagParser{
		reader: rd, start: rd.pos, seen: map[int]bool{},
		r: &Record{Type: typ, Number: len(rd.tx.Records) + 1, Offset: rd.pos},
	}
	_, _, next, _ := tagAt(rd.data, rd.pos)
	p.claimed = p.claim(next)
	err := p.run()
	if err == nil {
		p.order()
	}
	p.close(p.end)
	return err
}

// tagParser reads one record of tagged fields.
type tagParser struct {
	*reader
	r       *Record
	start   int          // of the record
	claimed int          // where the record ends by its LEN; -1: LEN cannot be read
	end     int          // where it ends
	seen    map[int]bool // field numbers so far
}

// claim reads LEN at v and gives the end that it states.
func (p *tagParser) claim(v int) int {
	stop := bytes.IndexAny(p.data[v:], "\x1c\x1d")
	if stop <= 0 || stop > 19 {
		return -1
	}
	var n uint64
	for _, c := range p.data[v : v+stop] {
		if c < '0' || c > '9' {
			return -1
		}
		n = n*10 + uint64(c-'0')
	}
	return p.start + int(min(n, math.MaxInt64/2))
}

// run reads field after field, to the end of the record.
func (p *tagParser) run() error {
	for pos := p.start; ; {
		typ, number, v, ok := tagAt(p.data, pos)
		if !ok {
			typ, number, v = p.r.Type, 0, pos
		}
		if ok && number == dataField && p.r.Type >= 10 {
			return p.dataToEnd(typ, pos, v)
		}
		stop := v
		for {
			if i := bytes.IndexAny(p.data[stop:], "\x1c\x1d"); i >= 0 {
				stop += i
			} else {
				stop = len(p.data)
			}
			if stop < len(p.data) && p.data[stop] == FS && p.strayFS(stop) {
				stop++
				continue
			}
			break
		}
		if cut := p.claimed; cut >= v && cut <= stop && cut != stop+1 && cut > pos && p.startsNext(cut) {
			p.structural(number, cut, OddSeparator, "the record does not end in FS")
			p.end = cut
			return p.add(typ, number, pos, v, cut)
		}
		p.end = min(stop+1, len(p.data))
		if err := p.add(typ, number, pos, v, stop); err != nil {
			return err
		}
		switch {
		case stop == len(p.data):
			return p.cut(number)
		case p.data[stop] == FS:
			p.compareLength()
			return nil
		case stop+1 == p.claimed && p.startsNext(stop+1) && !p.ownTag(stop+1):
			p.structural(number, stop, OddSeparator, "the record ends in GS, not FS")
			return nil
		}
		pos = stop + 1
	}
}

// ownTag says that a further field of this record begins at pos.
func (p *tagParser) ownTag(pos int) bool {
	typ, number, _, ok := tagAt(p.data, pos)
	return ok && typ == p.r.Type && number != 1
}

// strayFS says that the FS at stop stands within a field: LEN points behind a
// later FS at which the next record begins, and none begins here.
func (p *tagParser) strayFS(stop int) bool {
	if stop+1 >= p.claimed || p.claimed > len(p.data) || p.data[p.claimed-1] != FS ||
		p.startsNext(stop+1) || !p.startsNext(p.claimed) {
		return false
	}
	p.structural(0, stop, OddSeparator, "FS within a field")
	return true
}

// compareLength notes a LEN unlike the record's length.
func (p *tagParser) compareLength() {
	switch {
	case p.end == p.claimed:
	case p.claimed < 0:
		p.structural(1, p.start, OddLength, fmt.Sprintf("LEN is not a number; the record has %d bytes", p.end-p.start))
	default:
		p.structural(1, p.start, OddLength, fmt.Sprintf("LEN is %d, the record has %d bytes", p.claimed-p.start, p.end-p.start))
	}
}

// cut is the error for a record that the file does not hold whole.
func (p *tagParser) cut(field int) error {
	detail := fmt.Sprintf("the file ends within the field, after %d bytes of the record", len(p.data)-p.start)
	if p.claimed > len(p.data) {
		detail += fmt.Sprintf(" of %d", p.claimed-p.start)
	}
	p.structural(1, p.start, OddLength, "the file ends within the record")
	return p.fail(p.r.Type, field, len(p.data), ErrTruncated, detail)
}

// add keeps the field whose tag begins at pos, whose value at v and ends at stop.
func (p *tagParser) add(typ, number, pos, v, stop int) error {
	if p.fields++; p.fields > p.limits.MaxFields {
		return p.fail(p.r.Type, number, pos, ErrTooLarge, fmt.Sprintf("more than %d fields", p.limits.MaxFields))
	}
	f := Field{Number: number, Value: p.data[v:stop:stop], Offset: pos, tag: string(p.data[pos:v])}
	p.r.fields = append(p.r.fields, f)
	switch {
	case number == 0:
		p.structural(0, pos, OddFieldTag, `no "type.number:" begins the field`)
	case typ != p.r.Type:
		p.structural(number, pos, OddFieldTag, fmt.Sprintf("the field's tag says Type-%d", typ))
	case p.seen[number]:
		p.structural(number, pos, OddRepeated, "the field number occurred before in this record")
	}
	p.seen[number] = true
	return nil
}

// dataToEnd reads field 999, which reaches to the end of the record whatever
// bytes are in it.
func (p *tagParser) dataToEnd(typ, pos, v int) error {
	end, why := p.dataEnd(v)
	if end < 0 {
		p.end = len(p.data)
		if err := p.add(typ, dataField, pos, v, p.end); err != nil {
			return err
		}
		return p.cut(dataField)
	}
	p.end = end
	stop := end
	if end-1 >= v && p.data[end-1] == FS && why != endWithoutFS {
		stop--
	} else {
		p.structural(dataField, end, OddSeparator, "the record does not end in FS")
	}
	if err := p.add(typ, dataField, pos, v, stop); err != nil {
		return err
	}
	p.compareLength()
	return nil
}

// how the end of a record with binary data was found.
type endFound int

const (
	endByLength endFound = iota // LEN is right
	endWithoutFS
	endByNext // LEN is wrong; the next record or the file's end was found
	endNowhere
)

// dataEnd finds where a record ends whose binary data begins at v; -1 if the
// file ends before it.
func (p *tagParser) dataEnd(v int) (int, endFound) {
	c, size := p.claimed, len(p.data)
	inside := c > v && c <= size
	switch {
	case inside && p.data[c-1] == FS && p.startsNext(c):
		return c, endByLength
	case inside && p.startsNext(c):
		return c, endWithoutFS
	case inside && c < size && p.data[c] == FS && p.startsNext(c+1):
		return c + 1, endByNext
	}
	if next := p.nextTagged(v); next >= 0 {
		return next, endByNext
	}
	switch {
	case inside && (p.data[c-1] == FS || len(p.queue) > 0):
		return c, endByLength
	case c <= size && len(p.queue) == 0:
		return size, endByNext
	}
	return -1, endNowhere
}

// nextTagged looks from pos for FS and the first tag of the next record that
// 1.003 announces, and gives the offset behind the FS; -1 if that record is
// binary or not found.
func (rd *reader) nextTagged(pos int) int {
	if len(rd.queue) == 0 || binaryType(rd.queue[0].typ) {
		return -1
	}
	best := len(rd.data)
	for _, number := range []string{"001", "01", "1"} {
		best = min(best, rd.find(fmt.Sprintf("\x1c%d.%s:", rd.queue[0].typ, number), pos))
	}
	if best == len(rd.data) {
		return -1
	}
	return best + 1
}

// find gives the offset of mark at or behind pos, and the file's length if
// there is none. What was found is kept: pos only grows, so that no stretch of
// the file is searched for the same mark twice, however many records lie.
func (rd *reader) find(mark string, pos int) int {
	if at, known := rd.marks[mark]; known && at >= pos {
		return at
	}
	if rd.marks == nil {
		rd.marks = map[string]int{}
	}
	at := len(rd.data)
	if i := bytes.Index(rd.data[pos:], []byte(mark)); i >= 0 {
		at = pos + i
	}
	rd.marks[mark] = at
	return at
}

// startsNext says that the next record could begin at pos, or the file ends there.
func (rd *reader) startsNext(pos int) bool {
	if pos >= len(rd.data) {
		return pos == len(rd.data)
	}
	if _, number, _, ok := tagAt(rd.data, pos); ok && number == 1 {
		return true
	}
	return len(rd.queue) > 0 && binaryType(rd.queue[0].typ) && rd.plausibleBinary(rd.queue[0], pos)
}

// order notes a second field that is not the IDC.
func (p *tagParser) order() {
	if p.r.Type != 1 && len(p.r.fields) > 1 && p.r.fields[1].Number != 2 && p.seen[2] {
		p.structural(2, p.r.fields[1].Offset, OddOrder, "IDC is not the second field")
	}
}

// structural notes an oddity that makes the record one that Encode would not
// write.
func (p *tagParser) structural(field, offset int, kind Kind, detail string) {
	p.r.irregular = string(kind)
	p.odd(p.r.Number, p.r.Type, field, offset, kind, detail)
}

// close keeps the record and moves on behind it.
func (p *tagParser) close(end int) {
	p.r.Length = end - p.start
	p.r.raw = p.data[p.start:end:end]
	p.tx.Records = append(p.tx.Records, p.r)
	p.pos = end
}
