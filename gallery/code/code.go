package code

import (
	"math"
	"math/bits"
	"slices"

	"convenio/finger"
)

// Sizes of a code.
const (
	SumWords     = 8  // 64-bit words of the aggregate
	MaxReference = 32 // minutiae kept of a reference
	MaxProbe     = 48 // minutiae kept of a probe
)

// Code is the compact form of one template.
type Code struct {
	Sum      [SumWords]uint64 // aggregate of the minutiae's words, compared by its Hamming distance
	Minutiae []Minutia        // most useful first
}

// Minutia is one minutia of a code.
type Minutia struct {
	Word uint64 // its surroundings, compared by their Hamming distance
	Dir  uint8  // direction, 256 steps a turn, as in package finger
	X, Y int8   // place about the middle of the print's minutiae, in steps of Step pixels at 500 ppi, cut to -127..127
}

// Step is the unit of a code's places, in pixels at 500 ppi.
const Step = 4

// Encode makes the code of a prepared template, with its most useful minutiae, at most `most` of them. Two calls with the
// same template give the same code on every platform.
func Encode(p *finger.Prepared, most int) Code {
	f, across := p.CoarseField()
	return encode(print{p.Minutiae(), f, across}, most)
}

// EncodeTemplate makes the code of a template that has not been prepared: the same one, and cheaper than preparing it.
func EncodeTemplate(t *finger.Template, most int) Code {
	list := slices.Clone(t.Minutiae[:min(len(t.Minutiae), 100)]) // as many as Prepare takes
	slices.SortStableFunc(list, func(a, b finger.Minutia) int { return int(a.Y) - int(b.Y) })
	across, _ := finger.FieldNodes(t.Width, t.Height)
	return encode(print{list, t.CoarseField(), across}, most)
}

// print is what a code is made of.
type print struct {
	minutiae []finger.Minutia
	field    finger.Field
	across   int
}

// node returns the index of the field's node at a place in pixels, or -1 outside the print.
func (p *print) node(x, y int32) int {
	if x < 0 || y < 0 || int(x>>4) >= p.across {
		return -1
	}
	i := int(y>>4)*p.across + int(x>>4)
	if i >= len(p.field.Reliable) || p.field.Reliable[i] == 0 {
		return -1
	}
	return i
}

// seat is a minutia with what it is chosen by.
type seat struct {
	index, worth int
	flow         uint64 // the flow bits of its word
}

func encode(p print, most int) Code {
	if len(p.minutiae) == 0 {
		return Code{}
	}
	var mx, my int
	for _, m := range p.minutiae {
		mx += int(m.X)
		my += int(m.Y)
	}
	mx, my = mx/len(p.minutiae), my/len(p.minutiae)
	seats := make([]seat, len(p.minutiae))
	for i, m := range p.minutiae {
		flow, seen := p.flow(m)
		dx, dy := int(m.X)-mx, int(m.Y)-my
		away := int(math.Sqrt(float64(dx*dx + dy*dy))) // exactly rounded on every platform
		seats[i] = seat{i, seen*64*2/len(flowPlaces) + int(m.Quality) - away/16, flow}
	}
	slices.SortStableFunc(seats, func(a, b seat) int { return b.worth - a.worth })
	seats = seats[:min(len(seats), most)]
	c := Code{Minutiae: make([]Minutia, len(seats))}
	for i, s := range seats {
		m := p.minutiae[s.index]
		c.Minutiae[i] = Minutia{
			Word: s.flow | p.cells(s.index), Dir: m.Direction, X: steps(int(m.X) - mx), Y: steps(int(m.Y) - my),
		}
	}
	c.Sum = aggregate(c.Minutiae[:min(len(c.Minutiae), MaxReference)])
	return c
}

// steps turns eighths of a pixel into steps.
func steps(v int) int8 {
	return int8(min(max((v+Step*4)>>5, -127), 127))
}

// Distance is the number of bits in which two aggregates differ, 0..512. Strangers differ in a little under half.
func Distance(a, b *[SumWords]uint64) int {
	n := 0
	for i, w := range a {
		n += bits.OnesCount64(w ^ b[i])
	}
	return n
}
