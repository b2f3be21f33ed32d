package fir

import (
	"fmt"

	"convenio/formats/sc37"
)

// read2005 reads the layouts of 2004 and 2005 (ISO/IEC 19794-4:2005, 8.2 and 8.3): one general header of 32 bytes, 36
// with ANSI's product identifier, then an image header of 14 bytes before each image.
func (p *parser) read2005() {
	c, r := p.c, p.rec
	p.stated = c.U48("length")
	if r.Format == ANSI2004 {
		r.Product = Product{c.U16("product owner"), c.U16("product type")}
	}
	r.Device, r.Level = c.U16("capture device"), c.U16("image acquisition level")
	r.Fingers = c.U8("number of fingers or palms")
	at := c.At()
	shared := Image{Edition: r.Format, Scale: c.U8("scale units"), ScanX: c.U16("x scan resolution"), ScanY: c.U16("y scan resolution"),
		ResX: c.U16("x image resolution"), ResY: c.U16("y image resolution"), Depth: c.U8("pixel depth"), Compression: c.U8("compression")}
	reserved := c.At()
	if c.U16("reserved") != 0 {
		p.odd("reserved", reserved, "not 0")
	}
	if c.Err() != nil {
		return
	}
	p.checkScale(&shared, at)
	for range r.Fingers {
		n := p.image2005(shared)
		for i := 1; i < n && c.Err() == nil; i++ {
			p.image2005(shared)
		}
		if c.Err() != nil {
			return
		}
	}
	for more := false; p.anotherImage(); {
		if !more {
			p.odd("number of fingers or palms", reserved, "more images than the header announces")
			more = true
		}
		p.image2005(shared)
	}
}

// anotherImage says whether what is left looks like one more image.
func (p *parser) anotherImage() bool {
	if p.c.Err() != nil || p.c.Left() < viewHeader {
		return false
	}
	probe := *p.c
	n, position := probe.U32("length"), probe.U8("position")
	return n > viewHeader && int64(n) <= int64(p.c.Left()) && sc37.PositionKnown(position)
}

// image2005 reads one image and returns how many its finger has.
func (p *parser) image2005(shared Image) (views int) {
	c, m := p.c, shared
	if len(p.rec.Images) == MaxImages {
		c.Fail("number of images", c.At(), "more than %d, which are read", MaxImages)
		return 0
	}
	c.In(fmt.Sprintf("image %d", len(p.rec.Images)+1))
	at := c.At()
	length := int64(c.U32("length of image block"))
	m.Position, m.Views, m.Number = c.U8("position"), c.U8("count of views"), c.U8("view number")
	m.Capture = sc37.Capture{Time: sc37.NoDateTime, Qualities: []sc37.Quality{{Score: c.U8("quality")}}}
	m.Impression = c.U8("impression type")
	m.Width, m.Height = c.U16("width"), c.U16("height")
	reserved := c.At()
	if c.U8("reserved") != 0 {
		p.odd("reserved", reserved, "not 0")
	}
	if c.Err() != nil {
		return 0
	}
	n := length - viewHeader
	switch {
	case m.Stated() == Raw && length == int64(m.rawBytes()) && int64(c.Left()) >= length:
		p.odd("length of image block", at, "does not count the image header of %d bytes", viewHeader)
		n = length
	case n < 0:
		c.Fail("length of image block", at, "%d bytes, less than the image header of %d", length, viewHeader)
		return 0
	}
	m.Offset = c.At()
	m.Data = c.Bytes("image data", int(n))
	if c.Err() != nil {
		return 0
	}
	if q := m.Capture.Qualities[0].Score; q > 100 && q < 254 {
		p.odd("quality", at, "%d is over 100", q)
	}
	p.check(&m, at)
	p.rec.Images = append(p.rec.Images, m)
	return int(m.Views)
}

// read2011 reads ISO/IEC 19794-4:2011: a general header of 16 bytes, then representations that each say everything.
func (p *parser) read2011() {
	c, r := p.c, p.rec
	p.stated = uint64(c.U32("length"))
	count := int(c.U16("number of representations"))
	r.Certified = c.U8("certification flag") != 0
	at := c.At()
	r.Fingers = c.U8("number of positions")
	positions := map[uint8]bool{}
	if count > MaxImages {
		c.Fail("number of representations", 12, "%d, at most %d are read", count, MaxImages)
	}
	for i := range count {
		if c.In(fmt.Sprintf("image %d of %d", i+1, count)); c.Err() != nil {
			return
		}
		p.image2011()
	}
	for i := range r.Images {
		positions[r.Images[i].Position] = true
	}
	if c.Err() == nil && len(positions) != int(r.Fingers) {
		c.In("header")
		p.odd("number of positions", at, "states %d, the images have %d", r.Fingers, len(positions))
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
	at = c.At()
	m.Position, m.Number, m.Scale = c.U8("position"), c.U8("representation number"), c.U8("scale units")
	m.ScanX, m.ScanY = c.U16("x scan resolution"), c.U16("y scan resolution")
	m.ResX, m.ResY = c.U16("x image resolution"), c.U16("y image resolution")
	m.Depth, m.Compression, m.Impression = c.U8("pixel depth"), c.U8("compression"), c.U8("impression type")
	m.Width, m.Height = c.U16("width"), c.U16("height")
	n := int64(c.U32("image data length"))
	m.Offset = c.At()
	m.Data = c.Bytes("image data", int(n))
	if c.Err() != nil {
		return
	}
	p.extended(&m, start, stated)
	p.checkScale(&m, at)
	p.check(&m, at)
	p.rec.Images = append(p.rec.Images, m)
}

// extended reads what the representation has after its image.
func (p *parser) extended(m *Image, start int, stated int64) {
	c := p.c
	used := int64(c.At() - start)
	switch {
	case stated == used:
		return
	case stated < used || stated-used > int64(c.Left()):
		p.odd("representation length", start, "states %d bytes, its fields have %d", stated, used)
		return
	}
	at := c.At()
	block := c.Bytes("extended data", int(stated-used))
	areas, rule, ok := sc37.SplitAreas(block, len(block), at)
	if !ok {
		m.Unparsed = block
		p.odd("extended data", at, "%d bytes that no rule of lengths divides; kept as bytes", len(block))
		return
	}
	m.LengthRule = rule
	if rule == sc37.LengthDataAlone {
		p.odd("extended data", at, "the areas' lengths do not count their own 4 bytes")
	}
	for _, a := range areas {
		m.Extended = append(m.Extended, Area{a.Type, a.Data})
	}
}
