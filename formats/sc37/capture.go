package sc37

import (
	"encoding/binary"
	"fmt"
	"time"
)

// DateTime is the capture date and time of ISO/IEC 19794-1:2011, 9 bytes, UTC. Fields that nobody knows have all bits
// set (0xff, 0xffff). The zero value is not a date either: see Known.
type DateTime struct {
	Year                             uint16
	Month, Day, Hour, Minute, Second uint8
	Millisecond                      uint16
}

// NoDateTime has every field unknown.
var NoDateTime = DateTime{0xffff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xffff}

// Known reports whether the date is one; the parts of the day may be unknown and then count as 0.
func (d DateTime) Known() bool {
	return d.Year > 0 && d.Year < 10000 && d.Month >= 1 && d.Month <= 12 && d.Day >= 1 && d.Day <= 31
}

// String returns the date in the form of RFC 3339 with what is known, or "unknown".
func (d DateTime) String() string {
	if !d.Known() {
		return "unknown"
	}
	s := fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day)
	if d.Hour > 23 || d.Minute > 59 || d.Second > 60 {
		return s
	}
	s += fmt.Sprintf("T%02d:%02d:%02d", d.Hour, d.Minute, d.Second)
	if d.Millisecond < 1000 && d.Millisecond != 0 {
		s += fmt.Sprintf(".%03d", d.Millisecond)
	}
	return s + "Z"
}

// DateTimeOf turns a time into its field.
func DateTimeOf(t time.Time) DateTime {
	t = t.UTC()
	if t.Year() < 1 || t.Year() > 9999 {
		return NoDateTime
	}
	return DateTime{uint16(t.Year()), uint8(t.Month()), uint8(t.Day()), uint8(t.Hour()), uint8(t.Minute()), uint8(t.Second()),
		uint16(t.Nanosecond() / 1e6)}
}

// Quality is one quality record: Score is 0 (worst) to 100, or 255 where computing it failed.
type Quality struct {
	Score             uint8
	Vendor, Algorithm uint16 // registered CBEFF identifiers; 0 is unknown
}

// Certification is one certification record of a capture device.
type Certification struct {
	Authority uint16
	Scheme    uint8
}

// Capture is the block that begins each representation of the 2011 generation (ISO/IEC 19794-1:2011): when and with
// which device, how good, and how certified. Records of the first generation fill what they have of it.
type Capture struct {
	Time           DateTime
	Technology     uint8
	Vendor, Device uint16
	Qualities      []Quality
	Certifications []Certification
}

// ReadCapture takes the block off a representation; certified says that the general header's certification flag is set.
func ReadCapture(c *Cursor, certified bool) Capture {
	var p Capture
	p.Time = DateTime{c.U16("capture year"), c.U8("capture month"), c.U8("capture day"), c.U8("capture hour"),
		c.U8("capture minute"), c.U8("capture second"), c.U16("capture millisecond")}
	p.Technology = c.U8("capture device technology")
	p.Vendor, p.Device = c.U16("capture device vendor"), c.U16("capture device type")
	for range c.U8("number of quality records") {
		p.Qualities = append(p.Qualities, Quality{c.U8("quality score"), c.U16("quality algorithm vendor"), c.U16("quality algorithm")})
		if c.Err() != nil {
			return p
		}
	}
	if !certified {
		return p
	}
	for range c.U8("number of certification records") {
		p.Certifications = append(p.Certifications, Certification{c.U16("certification authority"), c.U8("certification scheme")})
		if c.Err() != nil {
			return p
		}
	}
	return p
}

// Append writes the block. It fails with ErrWrite where a list is longer than 255 or a certification has no place.
func (p Capture) Append(b []byte, certified bool) ([]byte, error) {
	switch {
	case len(p.Qualities) > 255:
		return nil, fmt.Errorf("%w: %d quality records, at most 255", ErrWrite, len(p.Qualities))
	case len(p.Certifications) > 255:
		return nil, fmt.Errorf("%w: %d certification records, at most 255", ErrWrite, len(p.Certifications))
	case !certified && len(p.Certifications) > 0:
		return nil, fmt.Errorf("%w: certification records in a record whose certification flag is not set", ErrWrite)
	}
	be := binary.BigEndian
	b = be.AppendUint16(b, p.Time.Year)
	b = append(b, p.Time.Month, p.Time.Day, p.Time.Hour, p.Time.Minute, p.Time.Second)
	b = be.AppendUint16(b, p.Time.Millisecond)
	b = append(b, p.Technology)
	b = be.AppendUint16(b, p.Vendor)
	b = be.AppendUint16(b, p.Device)
	b = append(b, uint8(len(p.Qualities)))
	for _, q := range p.Qualities {
		b = append(b, q.Score)
		b = be.AppendUint16(b, q.Vendor)
		b = be.AppendUint16(b, q.Algorithm)
	}
	if !certified {
		return b, nil
	}
	b = append(b, uint8(len(p.Certifications)))
	for _, c := range p.Certifications {
		b = be.AppendUint16(b, c.Authority)
		b = append(b, c.Scheme)
	}
	return b, nil
}

// Check reports what is odd about the block; at is where it lies in the file.
func (p Capture) Check(record string, at int) []Oddity {
	var out []Oddity
	if !p.Time.Known() && p.Time != NoDateTime {
		out = append(out, Oddity{record, "capture date", at, fmt.Sprintf("%d-%d-%d is no date", p.Time.Year, p.Time.Month, p.Time.Day)})
	}
	for _, q := range p.Qualities { // the first tells enough
		if q.Score > 100 && q.Score != 255 {
			out = append(out, Oddity{record, "quality score", at, fmt.Sprintf("%d is neither 0 to 100 nor 255", q.Score)})
			break
		}
	}
	return out
}
