package fir

import (
	"bytes"
	"fmt"

	"convenio/formats/sc37"
)

const (
	magic      = "FIR\x00"
	viewHeader = 14 // bytes of an image's header in 2004 and 2005
)

// MaxImages is how many images Parse reads of a record; the layouts have room for 65,535.
const MaxImages = 10_000

// Is reports whether the bytes begin like a finger image record.
func Is(data []byte) bool { return bytes.HasPrefix(data, []byte(magic)) }

// Parse reads a record of any layout. ISO 2005 and ANSI 2004 share magic and version and differ by a header of 32 or 36
// bytes, so that both are tried and the one that fits is taken.
//
// It fails with sc37.ErrFormat where the magic or version is another's, else with sc37.ErrTruncated or
// sc37.ErrMalformed of the likeliest layout.
func Parse(data []byte) (*Record, error) {
	if len(data) < 8 || !Is(data) {
		return nil, fmt.Errorf("parse finger image record: %w: no \"FIR\" at byte 0", sc37.ErrFormat)
	}
	var layouts []Format
	switch v := string(bytes.Trim(data[4:8], " \x00")); v {
	case "10", "010":
		layouts = []Format{ISO2005, ANSI2004}
	case "20", "020":
		layouts = []Format{ISO2011}
	case "25", "025":
		return nil, fmt.Errorf("parse finger image record: %w: version 025 at byte 4 is ANSI INCITS 381-2009, which is not read", sc37.ErrFormat)
	default:
		return nil, fmt.Errorf("parse finger image record: %w: version %q at byte 4, known are 010 and 020", sc37.ErrFormat, data[4:8])
	}
	return sc37.Likeliest(layouts, func(f Format) sc37.Reading[Record] {
		p := parser{c: sc37.NewCursor(data, 0, "header"), rec: &Record{Format: f}, total: len(data)}
		p.read()
		if err := p.c.Err(); err != nil {
			return sc37.Reading[Record]{Err: fmt.Errorf("parse %v: %w", f, err)}
		}
		return sc37.Reading[Record]{Record: p.rec, Cost: p.cost(), LeftOver: len(p.rec.Trailing) > 0}
	})
}

type parser struct {
	c      *sc37.Cursor
	rec    *Record
	total  int
	stated uint64
}

func (p *parser) odd(field string, at int, format string, a ...any) {
	if len(p.rec.Oddities) <= sc37.MaxOddities {
		p.rec.Oddities = sc37.AppendOddities(p.rec.Oddities, p.c.Odd(field, at, format, a...))
	}
}

func (p *parser) cost() int {
	cost := len(p.rec.Oddities)
	if len(p.rec.Trailing) > 0 {
		cost += 1000
	}
	if p.stated != uint64(p.total) {
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
	if r.Format == ISO2011 {
		p.read2011()
	} else {
		p.read2005()
	}
	if c.Err() != nil {
		return
	}
	c.In("record")
	used := c.At()
	if c.Left() > 0 {
		r.Trailing = c.Rest()
		p.odd("end", used, "%d bytes after the last image", len(r.Trailing))
	}
	if p.stated != uint64(used) {
		p.odd("length", 8, "states %d bytes, the record has %d", p.stated, used)
	}
	if len(r.Images) == 0 {
		p.odd("number of images", used, "no images")
	}
}

func standardVersion(f Format) [4]byte {
	if f == ISO2011 {
		return [4]byte{'0', '2', '0', 0}
	}
	return [4]byte{'0', '1', '0', 0}
}

// check looks at what all layouts have in common.
func (p *parser) check(m *Image, at int) {
	if !sc37.PositionKnown(m.Position) {
		p.odd("position", at, "%d is not in the table", m.Position)
	}
	if !sc37.ImpressionKnown(m.Impression) {
		p.odd("impression type", at, "%d is not in the table", m.Impression)
	}
	if m.Width == 0 || m.Height == 0 {
		p.odd("image size", at, "%d x %d pixels", m.Width, m.Height)
	}
	p.checkCodec(m)
}

func (p *parser) checkCodec(m *Image) {
	stated, found := m.Stated(), m.Codec()
	switch {
	case stated == UnknownCodec && found == UnknownCodec:
		p.odd("compression", m.Offset, "code %d is not in the table", m.Compression)
	case found != stated:
		p.odd("compression", m.Offset, "states %v, the image is %v", stated, found)
	case stated == Raw && len(m.Data) != m.rawBytes():
		p.odd("image data", m.Offset, "%d bytes, %d x %d pixels of %d bits need %d", len(m.Data), m.Width, m.Height, m.Depth, m.rawBytes())
	}
}

func (p *parser) checkScale(m *Image, at int) {
	switch {
	case m.Scale != PerInch && m.Scale != PerCm:
		p.odd("scale units", at, "%d is neither 1 (inch) nor 2 (centimetre)", m.Scale)
	case m.ResX == 0 || m.ResY == 0:
		p.odd("image resolution", at, "%d x %d", m.ResX, m.ResY)
	case m.Scale == PerCm && m.ResX >= 450:
		p.odd("image resolution", at, "%d pixels per cm looks like pixels per inch", m.ResX)
	case m.Scale == PerInch && m.ResX >= 190 && m.ResX <= 200:
		p.odd("image resolution", at, "%d pixels per inch looks like pixels per cm", m.ResX)
	}
	if m.Depth < 1 || m.Depth > 16 {
		p.odd("pixel depth", at, "%d bits", m.Depth)
	}
}
