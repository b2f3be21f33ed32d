package fmr

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"convenio/formats/sc37"
)

const magic = "FMR\x00"

// MaxViews is how many views Parse reads of a record; the layout of 2011 has room for 65,535.
const MaxViews = 10_000

// Is reports whether the bytes begin like a finger minutiae record.
func Is(data []byte) bool { return bytes.HasPrefix(data, []byte(magic)) }

// Parse reads a record of any layout. Five layouts share one magic, two pairs of them one version number, so that those
// which the version allows are tried and the one that fits best is taken: the layout that uses the bytes up, states
// their length, and has the fewest oddities.
//
// It fails with sc37.ErrFormat where the magic or version is another's, else with sc37.ErrTruncated or
// sc37.ErrMalformed of the likeliest layout.
func Parse(data []byte) (*Record, error) {
	if len(data) < 8 || !Is(data) {
		return nil, fmt.Errorf("parse finger minutiae record: %w: no \"FMR\" at byte 0", sc37.ErrFormat)
	}
	layouts, err := layoutsOf(data)
	if err != nil {
		return nil, fmt.Errorf("parse finger minutiae record: %w", err)
	}
	return sc37.Likeliest(layouts, func(l layout) sc37.Reading[Record] {
		p := parser{c: sc37.NewCursor(data, 0, "header"), rec: &Record{Format: l.format}, layout: l, total: len(data)}
		p.read()
		if err := p.c.Err(); err != nil {
			return sc37.Reading[Record]{Err: fmt.Errorf("parse %s: %w", l.format, err)}
		}
		return sc37.Reading[Record]{Record: p.rec, Cost: p.cost(), LeftOver: len(p.rec.Trailing) > 0}
	})
}

// layout is one way to read the bytes.
type layout struct {
	format Format
	long   bool // ANSI 378-2004 with its length of 6 bytes
	draft  bool // ANSI 378-2009 with capture equipment of 2 bytes, as its draft of 2007 and readers made for that have it
}

// layoutsOf returns the layouts that the version allows, the likelier first.
func layoutsOf(data []byte) ([]layout, error) {
	switch v := string(bytes.Trim(data[4:8], " \x00")); v {
	case "20", "020": // the standards write " 20"; both are met in both
		out := []layout{{format: ISO2005}, {format: ANSI2004}}
		if len(data) >= 10 && binary.BigEndian.Uint16(data[8:]) != 0 {
			return []layout{{format: ANSI2004}, {format: ISO2005}}, nil
		}
		if len(data) > 0xffff {
			out = append(out, layout{format: ANSI2004, long: true})
		}
		return out, nil
	case "30", "030":
		if !like2011(data) {
			return []layout{{format: ANSI2009}, {format: ANSI2009, draft: true}, {format: ISO2011}}, nil
		}
		return []layout{{format: ISO2011}, {format: ANSI2009}, {format: ANSI2009, draft: true}}, nil
	case "35", "035":
		return []layout{{format: ANSI2009Am1}, {format: ANSI2009Am1, draft: true}}, nil
	default:
		return nil, fmt.Errorf("%w: version %q at byte 4, known are 20, 030 and 035", sc37.ErrFormat, data[4:8])
	}
}

// like2011 looks at the header of 19794-2:2011: a flag of 0 or 1, and a first representation that the record can hold.
func like2011(data []byte) bool {
	const header, leastView = 15, 34
	if len(data) < header+4 {
		return true
	}
	first, total := binary.BigEndian.Uint32(data[header:]), binary.BigEndian.Uint32(data[8:])
	return data[14] <= 1 && first >= leastView && uint64(first)+header <= uint64(total)
}

// parser reads one layout.
type parser struct {
	c      *sc37.Cursor
	rec    *Record
	layout layout
	total  int
	stated int // length field
}

func (p *parser) odd(field string, at int, format string, a ...any) {
	if len(p.rec.Oddities) <= sc37.MaxOddities {
		p.rec.Oddities = sc37.AppendOddities(p.rec.Oddities, p.c.Odd(field, at, format, a...))
	}
}

// cost says how badly the layout fits: bytes left over weigh most, then a wrong length, then other oddities.
func (p *parser) cost() int {
	cost := len(p.rec.Oddities)
	if len(p.rec.Trailing) > 0 {
		cost += 1000 + len(p.rec.Trailing)
	}
	if p.stated != p.total {
		cost += 10
	}
	return cost
}

func (p *parser) read() {
	c, r := p.c, p.rec
	c.Bytes("format identifier", 4)
	copy(r.Version[:], c.Bytes("version", 4))
	if v := standardVersion(r.Format); c.Err() == nil && r.Version != v {
		p.odd("version", 4, "%q, the standard writes %q", r.Version[:], v[:])
	}
	var count int
	var shared View
	switch r.Format {
	case ISO2005, ANSI2004:
		count = p.header2005(&shared)
	case ANSI2009, ANSI2009Am1:
		count = p.header2009()
	default:
		p.length(c.U32("length"))
		count = int(c.U16("number of representations"))
		r.Certified = c.U8("certification flag") != 0
	}
	if count > MaxViews {
		c.Fail("number of representations", 12, "%d, at most %d are read", count, MaxViews)
	}
	for i := range count {
		if c.In(fmt.Sprintf("view %d of %d", i+1, count)); c.Err() != nil {
			return
		}
		p.view(shared)
	}
	if count == 0 && c.Err() == nil {
		p.odd("number of views", c.At(), "no views")
	}
	p.end()
}

// end looks at what is left after the last view.
func (p *parser) end() {
	if p.c.Err() != nil {
		return
	}
	p.c.In("record")
	used := p.c.At()
	if p.c.Left() > 0 {
		p.rec.Trailing = p.c.Rest()
		p.odd("end", used, "%d bytes after the last view", len(p.rec.Trailing))
	}
	if p.stated != used {
		p.odd("length", 8, "states %d bytes, the record has %d", p.stated, used)
	}
}

func (p *parser) length(n uint32) { p.stated = int(n) }

func (p *parser) header2005(v *View) (count int) {
	c, r := p.c, p.rec
	switch {
	case r.Format == ISO2005:
		p.length(c.U32("length"))
	case p.layout.long:
		if c.U16("short length") != 0 {
			c.Fail("short length", 8, "not 0 in a record with the long length")
		}
		p.length(c.U32("length"))
	default:
		p.length(uint32(c.U16("length")))
	}
	if r.Format == ANSI2004 {
		r.Product = Product{c.U16("product owner"), c.U16("product type")}
	}
	e := c.U16("capture equipment")
	r.Equipment = Equipment{Certification: uint8(e >> 12), Device: e & 0x0fff}
	v.Width, v.Height = c.U16("image width"), c.U16("image height")
	at := c.At()
	v.XPerCm, v.YPerCm = c.U16("x resolution"), c.U16("y resolution")
	count = int(c.U8("number of views"))
	if reserved := c.At(); c.U8("reserved") != 0 {
		p.odd("reserved", reserved, "not 0")
	}
	p.resolution(v, at)
	return count
}

func (p *parser) resolution(v *View, at int) {
	switch {
	case p.c.Err() != nil:
	case v.XPerCm == 0 || v.YPerCm == 0:
		p.odd("resolution", at, "%d x %d pixels per cm", v.XPerCm, v.YPerCm)
	case v.XPerCm < 98 || v.YPerCm < 98: // 19794-2:2005, 7.3.8: at least 98.45 pixels per cm
		p.odd("resolution", at, "%d x %d pixels per cm is below 250 ppi", v.XPerCm, v.YPerCm)
	case v.XPerCm > 450 && v.XPerCm < 550 || v.XPerCm > 950 && v.XPerCm < 1050:
		p.odd("resolution", at, "%d pixels per cm looks like pixels per inch", v.XPerCm)
	}
}

func (p *parser) header2009() (count int) {
	c, r := p.c, p.rec
	p.length(c.U32("length"))
	r.Product = Product{c.U16("product owner"), c.U16("product type")}
	if at := c.At(); p.layout.draft {
		e := c.U16("capture equipment")
		r.Equipment = Equipment{Certification: uint8(e >> 12), Device: e & 0x0fff}
		p.odd("capture equipment", at, "2 bytes, as in the draft of 2007; the standard has 3")
	} else {
		r.Equipment = Equipment{Certification: c.U8("capture equipment certification"), Device: c.U16("capture equipment")}
	}
	count = int(c.U8("number of views"))
	if at := c.At(); c.U8("reserved") != 0 {
		p.odd("reserved", at, "not 0")
	}
	return count
}

func standardVersion(f Format) [4]byte {
	switch f {
	case ISO2005, ANSI2004:
		return [4]byte{' ', '2', '0', 0}
	case ANSI2009Am1:
		return [4]byte{'0', '3', '5', 0}
	}
	return [4]byte{'0', '3', '0', 0}
}
