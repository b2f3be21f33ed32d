package fmr

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"convenio/formats/sc37"
)

// RidgeCounts says how many ridges lie between minutiae (ISO/IEC 19794-2:2005, 7.5.2; the same in all layouts).
type RidgeCounts struct {
	Method uint8 // 0 not specified, 1 four neighbours (one in each quadrant), 2 eight neighbours (one in each octant)
	Counts []RidgeCount
}

// RidgeCount is the number of ridges between two minutiae, which are numbered as in the view.
type RidgeCount struct{ From, To, Count uint8 }

// MethodName names the choice of neighbours.
func (r *RidgeCounts) MethodName() string {
	switch r.Method {
	case 0:
		return "not specified"
	case 1:
		return "four neighbours"
	case 2:
		return "eight neighbours"
	}
	return fmt.Sprintf("method %d", r.Method)
}

// CoresDeltas holds the singular points (ISO/IEC 19794-2:2005, 7.5.3; ANSI 378-2004, 6.6.3).
type CoresDeltas struct {
	Cores  []Core
	Deltas []Delta
}

// Core is a core: place in pixels, angle in the format's steps where it has one.
type Core struct {
	X, Y     uint16
	HasAngle bool
	Angle    uint8
}

// Delta is a delta: place in pixels, the directions of its three ridges where it has them.
type Delta struct {
	X, Y      uint16
	HasAngles bool
	Angles    [3]uint8
}

// area gives a raw area its meaning. Bytes that would not come back the same when written are kept as bytes.
func area(f Format, raw sc37.RawArea, minutiae int, record string) (Area, []sc37.Oddity) {
	a := Area{Type: raw.Type, Data: raw.Data}
	odd := func(format string, args ...any) []sc37.Oddity {
		return []sc37.Oddity{{Record: record, Field: "extended data, " + a.Name(), Offset: raw.Offset, Text: fmt.Sprintf(format, args...)}}
	}
	switch raw.Type {
	case AreaRidgeCounts:
		if len(raw.Data)%3 != 1 {
			return a, odd("%d bytes are not a method and triples; kept as bytes", len(raw.Data))
		}
		r := &RidgeCounts{Method: raw.Data[0]}
		for d := raw.Data[1:]; len(d) > 0; d = d[3:] {
			r.Counts = append(r.Counts, RidgeCount{d[0], d[1], d[2]})
		}
		a.RidgeCounts = r
		return a, r.check(minutiae, odd)
	case AreaCoresDeltas:
		cd := parseCoresDeltas(f, raw.Data)
		if cd == nil || !bytes.Equal(cd.encode(f), raw.Data) {
			return a, odd("%d bytes do not fit their counts; kept as bytes", len(raw.Data))
		}
		a.CoresDeltas = cd
	case 0:
		return a, odd("type 0 is reserved; kept as bytes")
	}
	return a, nil
}

func (r *RidgeCounts) check(minutiae int, odd func(string, ...any) []sc37.Oddity) []sc37.Oddity {
	if r.Method > 2 {
		return odd("method %d is not in the table", r.Method)
	}
	for i, c := range r.Counts {
		if int(c.From) > minutiae || int(c.To) > minutiae {
			return odd("count %d names minutia %d of %d", i, max(c.From, c.To), minutiae)
		}
	}
	return nil
}

const angleFlag = 0x4000 // in ISO's x coordinate, bit 14: an angle follows

// parseCoresDeltas reads the area or returns nil. ISO marks each point that has angles, ANSI all of a kind at once.
func parseCoresDeltas(f Format, data []byte) *CoresDeltas {
	c := sc37.NewCursor(data, 0, "")
	out := &CoresDeltas{}
	ansi := f != ISO2005 && f != ISO2011
	n := c.U8("cores")
	count, angles := int(n), false
	if ansi {
		count, angles = int(n&0x0f), n&0x40 != 0
	}
	for range count {
		x, y := c.U16("core x"), c.U16("core y")
		p := Core{X: x & 0x3fff, Y: y & 0x3fff, HasAngle: angles || !ansi && x&angleFlag != 0}
		if p.HasAngle {
			p.Angle = c.U8("core angle")
		}
		if c.Err() != nil {
			return nil
		}
		out.Cores = append(out.Cores, p)
	}
	n = c.U8("deltas")
	count = int(n)
	if ansi {
		count, angles = int(n&0x3f), n&0x40 != 0
	}
	for range count {
		x, y := c.U16("delta x"), c.U16("delta y")
		p := Delta{X: x & 0x3fff, Y: y & 0x3fff, HasAngles: ansi && angles || !ansi && x&angleFlag != 0}
		if p.HasAngles {
			copy(p.Angles[:], c.Bytes("delta angles", 3))
		}
		if c.Err() != nil {
			return nil
		}
		out.Deltas = append(out.Deltas, p)
	}
	if c.Err() != nil || c.Left() != 0 {
		return nil
	}
	return out
}

// encode writes the area as the layout wants it.
func (cd *CoresDeltas) encode(f Format) []byte {
	ansi := f != ISO2005 && f != ISO2011
	head := func(n int, angles bool) byte {
		if ansi && angles && n > 0 {
			return byte(n) | 0x40
		}
		return byte(n)
	}
	point := func(b []byte, x, y uint16, angles bool) []byte {
		if !ansi && angles {
			x |= angleFlag
		}
		return binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint16(b, x), y)
	}
	b := []byte{head(len(cd.Cores), len(cd.Cores) > 0 && cd.Cores[0].HasAngle)}
	for _, p := range cd.Cores {
		if b = point(b, p.X, p.Y, p.HasAngle); p.HasAngle {
			b = append(b, p.Angle)
		}
	}
	b = append(b, head(len(cd.Deltas), len(cd.Deltas) > 0 && cd.Deltas[0].HasAngles))
	for _, p := range cd.Deltas {
		if b = point(b, p.X, p.Y, p.HasAngles); p.HasAngles {
			b = append(b, p.Angles[:]...)
		}
	}
	return b
}

// bytes returns what the area holds, from its meaning where it has one.
func (a Area) bytes(f Format) []byte {
	switch {
	case a.RidgeCounts != nil:
		b := []byte{a.RidgeCounts.Method}
		for _, c := range a.RidgeCounts.Counts {
			b = append(b, c.From, c.To, c.Count)
		}
		return b
	case a.CoresDeltas != nil:
		return a.CoresDeltas.encode(f)
	}
	return a.Data
}
