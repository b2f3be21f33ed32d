package iir

import (
	"bytes"
	"fmt"

	"convenio/formats/sc37"
)

const magic = "IIR\x00"

// MaxImages is how many images Parse reads of a record; the layouts have room for more.
const MaxImages = 10_000

// Is reports whether the bytes begin like an iris image record.
func Is(data []byte) bool { return bytes.HasPrefix(data, []byte(magic)) }

// Parse reads a record of the layout that its version names. It fails with sc37.ErrFormat where the magic or version is
// another's, else with sc37.ErrTruncated or sc37.ErrMalformed.
func Parse(data []byte) (*Record, error) {
	if len(data) < 8 || !Is(data) {
		return nil, fmt.Errorf("parse iris image record: %w: no \"IIR\" at byte 0", sc37.ErrFormat)
	}
	p := parser{c: sc37.NewCursor(data, 0, "header"), rec: &Record{}}
	switch v := string(bytes.Trim(data[4:8], " \x00")); v {
	case "10", "010":
		p.rec.Format = ISO2005
	case "15", "015":
		p.rec.Format = IREX2008
	case "20", "020":
		p.rec.Format = ISO2011
	default:
		return nil, fmt.Errorf("parse iris image record: %w: version %q at byte 4, known are 010, 015 and 020", sc37.ErrFormat, data[4:8])
	}
	p.read()
	if err := p.c.Err(); err != nil {
		return nil, fmt.Errorf("parse %v: %w", p.rec.Format, err)
	}
	return p.rec, nil
}

type parser struct {
	c      *sc37.Cursor
	rec    *Record
	stated int64
}

func (p *parser) odd(field string, at int, format string, a ...any) {
	if len(p.rec.Oddities) <= sc37.MaxOddities {
		p.rec.Oddities = sc37.AppendOddities(p.rec.Oddities, p.c.Odd(field, at, format, a...))
	}
}

func (p *parser) read() {
	c, r := p.c, p.rec
	c.Bytes("format identifier", 4)
	copy(r.Version[:], c.Bytes("version", 4))
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
	if p.stated != int64(used) {
		p.odd("length", 8, "states %d bytes, the record has %d", p.stated, used)
	}
	if len(r.Images) == 0 {
		p.odd("number of images", used, "no images")
	}
}

// read2005 reads the record header, then for each eye its header of 3 bytes and its images.
func (p *parser) read2005() {
	c, r := p.c, p.rec
	if r.Format == IREX2008 {
		r.Kind = c.U8("kind of imagery")
	}
	p.stated = int64(c.U32("length"))
	r.Device, r.Eyes = c.U16("capture device"), c.U8("number of eyes")
	at := c.At()
	header := int(c.U16("record header length"))
	shared := Image{Edition: r.Format, Properties: c.U16("image properties")}
	r.Diameter = c.U16("iris diameter")
	shared.Code = c.U16("image format")
	shared.Width, shared.Height, shared.Depth = c.U16("image width"), c.U16("image height"), c.U8("intensity depth")
	r.Transformation = c.U8("image transformation")
	copy(r.DeviceID[:], c.Bytes("device unique identifier", 16))
	if c.Err() != nil {
		return
	}
	if used := c.At(); header != used {
		p.odd("record header length", at, "states %d bytes, the layout has %d", header, used)
	}
	for e := range int(r.Eyes) {
		c.In(fmt.Sprintf("eye %d of %d", e+1, r.Eyes))
		at := c.At()
		m := shared
		m.Eye = c.U8("eye position")
		count := int(c.U16("number of images"))
		if c.Err() == nil && m.Eye > 2 {
			p.odd("eye position", at, "%d is not in the table", m.Eye)
		}
		for i := range count {
			if c.In(fmt.Sprintf("eye %d, image %d of %d", e+1, i+1, count)); c.Err() != nil {
				return
			}
			p.image2005(m)
		}
	}
}

func (p *parser) image2005(m Image) {
	c := p.c
	start := c.At()
	if len(p.rec.Images) == MaxImages {
		c.Fail("number of images", start, "more than %d, which are read", MaxImages)
		return
	}
	var n uint32
	q := sc37.Quality{}
	if p.rec.Format == IREX2008 {
		n = c.U32("image length")
		m.Number, q.Score = c.U16("image number"), c.U8("image quality")
		q.Vendor, q.Algorithm = c.U16("quality algorithm vendor"), c.U16("quality algorithm")
		m.Roll, m.RollBand = c.U16("rotation angle"), c.U16("rotation uncertainty")
		p.irex(&m)
	} else {
		m.Number, q.Score = c.U16("image number"), c.U8("image quality")
		m.Roll, m.RollBand = c.U16("rotation angle"), c.U16("rotation uncertainty")
		n = c.U32("image length")
	}
	m.Capture = sc37.Capture{Time: sc37.NoDateTime, Qualities: []sc37.Quality{q}}
	m.Offset = c.At()
	m.Data = c.Bytes("image data", int(n))
	p.add(m, start)
}

// irex reads what the draft has between an image's header and its data.
func (p *parser) irex(m *Image) {
	c := p.c
	copy(m.Masks[:], c.Bytes("masks", 3))
	for i := range m.Polar {
		m.Polar[i] = c.U16("polar geometry")
	}
	for i := range m.Ellipses {
		m.Ellipses[i] = c.U16("ellipses")
	}
	for i := range m.Boundary {
		if n := int(c.U16("boundary length")); n > 0 {
			m.Boundary[i] = c.Bytes("boundary", n)
		}
	}
	if p.rec.Kind == KindPolar { // an unsegmented polar image is as wide as it has samples around
		m.Width, m.Height = m.Polar[1], m.Polar[0]
	}
}

// read2011 reads ISO/IEC 19794-6:2011: a general header of 16 bytes, then representations that each say everything.
func (p *parser) read2011() {
	c, r := p.c, p.rec
	p.stated = int64(c.U32("length"))
	count := int(c.U16("number of representations"))
	r.Certified, r.Eyes = c.U8("certification flag") != 0, c.U8("number of eyes")
	if count > MaxImages {
		c.Fail("number of representations", 12, "%d, at most %d are read", count, MaxImages)
	}
	for i := range count {
		if c.In(fmt.Sprintf("image %d of %d", i+1, count)); c.Err() != nil {
			return
		}
		p.image2011()
	}
}

func (p *parser) image2011() {
	c, m, start := p.c, Image{Edition: ISO2011}, p.c.At()
	stated := int64(c.U32("representation length"))
	at := c.At()
	m.Capture = sc37.ReadCapture(c, p.rec.Certified)
	if c.Err() == nil {
		p.rec.Oddities = sc37.AppendOddities(p.rec.Oddities, m.Capture.Check(c.Record(), at)...)
	}
	m.Number, m.Eye, m.Type = c.U16("representation number"), c.U8("eye label"), c.U8("image type")
	m.Code, m.Properties = uint16(c.U8("image format")), uint16(c.U8("image properties"))
	m.Width, m.Height, m.Depth = c.U16("image width"), c.U16("image height"), c.U8("bit depth")
	m.Range, m.Roll, m.RollBand = c.U16("range"), c.U16("roll angle"), c.U16("roll angle uncertainty")
	for _, pair := range []*[2]uint16{&m.CentreX, &m.CentreY, &m.Diameters} {
		pair[0], pair[1] = c.U16("iris geometry"), c.U16("iris geometry")
	}
	n := c.U32("image length")
	m.Offset = c.At()
	m.Data = c.Bytes("image data", int(n))
	if c.Err() != nil {
		return
	}
	switch used := int64(c.At() - start); {
	case stated == used:
	case stated > used && stated-used <= int64(c.Left()):
		m.Unparsed = c.Bytes("rest of representation", int(stated-used))
		p.odd("representation length", start, "%d bytes after the image", stated-used)
	default:
		p.odd("representation length", start, "states %d bytes, its fields have %d", stated, used)
	}
	if m.Eye > 2 {
		p.odd("eye label", start, "%d is not in the table", m.Eye)
	}
	switch m.Type {
	case 1, 2, 3, 7:
	default:
		p.odd("image type", start, "%d is not in the table", m.Type)
	}
	p.add(m, start)
}

func (p *parser) add(m Image, at int) {
	if p.c.Err() != nil {
		return
	}
	stated, found := m.stated(), m.Codec()
	switch {
	case m.Width == 0 || m.Height == 0:
		p.odd("image size", at, "%d x %d pixels", m.Width, m.Height)
	case stated == UnknownCodec && found == UnknownCodec:
		p.odd("image format", at, "code %d is not in the table", m.Code)
	case found != stated:
		p.odd("image format", at, "states %v, the image is %v", stated, found)
	case stated == Raw && len(m.Data) != m.rawBytes():
		p.odd("image data", m.Offset, "%d bytes, %d x %d pixels need %d", len(m.Data), m.Width, m.Height, m.rawBytes())
	}
	if m.Edition != ISO2011 {
		if q := m.Capture.Qualities[0].Score; q > 100 && q < 254 {
			p.odd("image quality", at, "%d is over 100", q)
		}
	}
	p.rec.Images = append(p.rec.Images, m)
}
