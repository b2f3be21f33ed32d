package fmr

import "convenio/formats/sc37"

// view reads one view; shared holds what the header of the first generation says for all of them.
func (p *parser) view(shared View) {
	c := p.c
	v, start, stated := shared, c.At(), 0
	var count int
	switch p.rec.Format {
	case ISO2005, ANSI2004:
		count = p.viewHead2005(&v)
	case ANSI2009, ANSI2009Am1:
		count = p.viewHead2009(&v)
	default:
		stated = int(c.U32("representation length"))
		count = p.viewHead2011(&v)
	}
	p.minutiae(&v, count)
	p.extended(&v)
	if c.Err() != nil {
		return
	}
	if p.rec.Format == ISO2011 {
		p.viewEnd(start, stated)
	}
	p.checkView(&v, start)
	p.rec.Views = append(p.rec.Views, v)
}

func (p *parser) viewHead2005(v *View) (count int) {
	c := p.c
	v.Position = c.U8("finger position")
	b := c.U8("view number and impression type")
	v.Number, v.Impression = b>>4, b&0x0f
	v.Capture = sc37.Capture{Time: sc37.NoDateTime, Qualities: []sc37.Quality{{Score: c.U8("finger quality")}}}
	return int(c.U8("number of minutiae"))
}

func (p *parser) viewHead2009(v *View) (count int) {
	c := p.c
	v.Position, v.Number, v.Impression = c.U8("finger position"), c.U8("view number"), c.U8("impression type")
	v.Capture = sc37.Capture{Time: sc37.NoDateTime, Qualities: []sc37.Quality{{Score: c.U8("finger quality"),
		Vendor: c.U16("quality algorithm vendor"), Algorithm: c.U16("quality algorithm")}}}
	v.Width, v.Height = c.U16("image width"), c.U16("image height")
	at := c.At()
	v.XPerCm, v.YPerCm = c.U16("x resolution"), c.U16("y resolution")
	p.resolution(v, at)
	return int(c.U8("number of minutiae"))
}

func (p *parser) viewHead2011(v *View) (count int) {
	c := p.c
	at := c.At()
	v.Capture = sc37.ReadCapture(c, p.rec.Certified)
	if c.Err() == nil {
		p.rec.Oddities = sc37.AppendOddities(p.rec.Oddities, v.Capture.Check(c.Record(), at)...)
	}
	v.Position, v.Number = c.U8("finger position"), c.U8("representation number")
	at = c.At()
	v.XPerCm, v.YPerCm = c.U16("x spacing"), c.U16("y spacing")
	p.resolution(v, at)
	v.Impression = c.U8("impression type")
	v.Width, v.Height = c.U16("image width"), c.U16("image height")
	at = c.At()
	b := c.U8("minutia length and ridge ending type")
	v.EndingType = b & 0x0f
	switch b >> 4 {
	case 5:
		v.NoMinutiaQuality = true
	case 6:
	default:
		c.Fail("minutia length", at, "%d bytes, 5 or 6 are defined", b>>4)
	}
	return int(c.U8("number of minutiae"))
}

// minutiae reads the minutiae (ISO/IEC 19794-2:2005, 7.4.2): 2 bits type and 14 bits x, 2 bits reserved and 14 bits y.
func (p *parser) minutiae(v *View, count int) {
	c, size := p.c, 6
	if v.NoMinutiaQuality {
		size = 5
	}
	at := c.At()
	b := c.Bytes("minutiae", count*size)
	if len(b) == 0 {
		return
	}
	v.Minutiae = make([]Minutia, 0, count)
	outside, wide, reserved, ungraded := 0, 0, 0, 0
	for ; len(b) > 0; b = b[size:] {
		m := Minutia{Kind: b[0] >> 6, X: uint16(b[0]&0x3f)<<8 | uint16(b[1]), Y: uint16(b[2]&0x3f)<<8 | uint16(b[3]), Angle: b[4]}
		if v.NoMinutiaQuality {
			m.Quality = 254
		} else {
			m.Quality = b[5]
		}
		if m.X >= v.Width || m.Y >= v.Height {
			outside++
		}
		if float64(m.Angle)*p.rec.Format.stepDegrees() >= 360 {
			wide++
		}
		if m.Kind == 3 || b[2]>>6 != 0 {
			reserved++
		}
		if m.Quality > 100 && m.Quality < 254 {
			ungraded++
		}
		v.Minutiae = append(v.Minutiae, m)
	}
	p.count(outside, "minutiae", at, "outside the image")
	p.count(wide, "minutia angle", at, "of 360 degrees or more: ISO's steps in an ANSI record?")
	p.count(reserved, "minutiae", at, "with reserved bits set")
	p.count(ungraded, "minutia quality", at, "over 100")
}

func (p *parser) count(n int, field string, at int, what string) {
	if n > 0 {
		p.odd(field, at, "%d %s", n, what)
	}
}

// extended reads the extended data block. Its absence at the very end, and a length that runs past the end, are met in
// the field.
func (p *parser) extended(v *View) {
	c := p.c
	if c.Err() == nil && c.Left() == 0 {
		p.odd("extended data length", c.At(), "missing at the end of the record")
		return
	}
	at := c.At()
	stated := int(c.U16("extended data length"))
	if c.Err() != nil || stated == 0 {
		return
	}
	n := stated
	if n > c.Left() {
		n = c.Left()
		p.odd("extended data length", at, "states %d bytes, %d are left", stated, n)
	}
	block := c.Bytes("extended data", n)
	areas, rule, ok := sc37.SplitAreas(block, stated, at+2)
	if !ok {
		v.Unparsed = block
		p.odd("extended data", at+2, "%d bytes that no rule of lengths divides; kept as bytes", n)
		return
	}
	v.LengthRule = rule
	if rule == sc37.LengthDataAlone {
		p.odd("extended data", at+2, "the areas' lengths do not count their own 4 bytes")
	}
	for _, raw := range areas {
		a, odd := area(p.rec.Format, raw, len(v.Minutiae), c.Record())
		v.Extended = append(v.Extended, a)
		p.rec.Oddities = sc37.AppendOddities(p.rec.Oddities, odd...)
	}
}

// viewEnd compares a representation's stated length with what was read of it; bytes in between are skipped.
func (p *parser) viewEnd(start, stated int) {
	used := p.c.At() - start
	switch {
	case stated == used:
	case stated > used && stated-used <= p.c.Left():
		p.odd("representation length", start, "%d bytes more than its fields; skipped", stated-used)
		p.c.Bytes("rest of representation", stated-used)
	default:
		p.odd("representation length", start, "states %d bytes, its fields have %d", stated, used)
	}
}

func (p *parser) checkView(v *View, at int) {
	if v.Position > 10 {
		p.odd("finger position", at, "%d is not a single finger", v.Position)
	}
	if !sc37.ImpressionKnown(v.Impression) {
		p.odd("impression type", at, "%d is not in the table", v.Impression)
	}
	if p.rec.Format != ISO2011 {
		if q := v.Capture.Qualities[0].Score; q > 100 && q < 254 {
			p.odd("finger quality", at, "%d is over 100", q)
		}
	}
	if v.Width == 0 || v.Height == 0 {
		p.odd("image size", at, "%d x %d pixels", v.Width, v.Height)
	}
}
