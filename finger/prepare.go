package finger

import (
	"math"
	"slices"
)

// Prepared is a template made ready for comparison: minutiae with their local descriptors. It is immutable and may be
// shared by any number of Comparers.
type Prepared struct {
	points []point // by rising direction, so that those of like direction lie together
	desc   []descriptor
	field  field
	rank   uint64 // orders the two sides of a comparison, so that the score does not depend on who is the probe
}

// point is a minutia in the units of comparison.
type point struct {
	x, y    int32 // eighths of a pixel
	dir     uint8
	kind    Kind
	quality uint8
	index   uint8 // in the template's Minutiae
}

// descriptor describes the surroundings of a minutia relative to its direction.
//
// Neighbours: a Minutia Cylinder-Code in its bit form (Cappelli, Ferrara, Maltoni, PAMI 32(12), 2010): 52 cells of an
// 8x8 grid inside a disc, six layers of direction; a bit is set where the other minutiae's mass passes a threshold.
// A cell is valid where the print is, known here from the coarse field instead of the paper's convex hull.
//
// Ridge flow: orientations relative to the minutia's direction at 64 places on three circles (after Tico and Kuosmanen,
// PAMI 25(8), 2003), in a 4-bit circular code whose Hamming distance is the angle in steps of 22.5 degrees.
type descriptor struct {
	cells     [6]uint64 // one word a layer, one bit a cell
	cellValid uint64
	flow      [4]uint64 // one word a code bit, one bit a place
	flowValid uint64
}

const (
	cylinderR      = 70 // pixels
	cylinderSide   = 8  // cells
	cylinderLayers = 6
	cylinderSigmaS = 28.0 / 3 // pixels
	cylinderSigmaD = 2 * math.Pi / 9
	cylinderMu     = 0.01
	massOne        = 1 << 20
)

var (
	cellPlaces [52][2]int32 // cell centres, sixteenths of a pixel, x along the direction
	massSpace  [785]int32   // spatial weight by squared distance in pixels
	massTurn   [cylinderLayers][256]int32
	flowPlaces [64][2]int32
	flowCodes  = [8]uint8{0b0000, 0b0001, 0b0011, 0b0111, 0b1111, 0b1110, 0b1100, 0b1000}
)

func init() {
	step := 2.0 * cylinderR / cylinderSide
	n := 0
	for i := range cylinderSide {
		for j := range cylinderSide {
			x, y := (float64(i)-3.5)*step, (float64(j)-3.5)*step
			if x*x+y*y <= cylinderR*cylinderR && n < len(cellPlaces) {
				cellPlaces[n] = [2]int32{int32(x * 16), int32(y * 16)}
				n++
			}
		}
	}
	if n != len(cellPlaces) {
		panic("finger: cylinder does not have 52 cells")
	}
	for d := range massSpace {
		g := math.Exp(-float64(d)/(2*cylinderSigmaS*cylinderSigmaS)) / (cylinderSigmaS * math.Sqrt(2*math.Pi))
		massSpace[d] = int32(math.RoundToEven(g * 4096 * 16))
	}
	for k := range cylinderLayers {
		for d := range 256 {
			massTurn[k][d] = int32(math.RoundToEven(layerMass(k, d) * 4096))
		}
	}
	n = 0
	for c, circle := range [3]int{12, 20, 32} {
		for i := range circle {
			a := 2 * math.Pi * (float64(i) + 0.5) / float64(circle)
			r := float64(28 + 22*c)
			flowPlaces[n] = [2]int32{int32(math.RoundToEven(r * math.Cos(a) * 16)), int32(math.RoundToEven(r * math.Sin(a) * 16))}
			n++
		}
	}
}

// layerMass integrates a normal density of the direction difference over the width of a layer.
func layerMass(k, d int) float64 {
	width := 2 * math.Pi / cylinderLayers
	centre := (float64(k)+0.5)*width - math.Pi
	diff := math.Remainder(float64(d)*2*math.Pi/256-centre, 2*math.Pi)
	cdf := func(v float64) float64 { return 0.5 * math.Erfc(-v/(cylinderSigmaD*math.Sqrt2)) }
	return cdf(diff+width/2) - cdf(diff-width/2)
}

// Prepare computes the descriptors of a template's minutiae.
// Of more than 100 minutiae the first 100 count; templates made here have no more.
func Prepare(t *Template) *Prepared {
	n := min(len(t.Minutiae), maxMinutiae)
	p := &Prepared{points: make([]point, n), desc: make([]descriptor, n), field: t.field}
	p.rank = uint64(len(t.Minutiae))
	for i, m := range t.Minutiae[:n] {
		p.points[i] = point{int32(m.X), int32(m.Y), m.Direction, m.Kind, m.Quality, uint8(i)}
		p.rank = p.rank*0x9e3779b97f4a7c15 + uint64(m.X)<<40 + uint64(m.Y)<<16 + uint64(m.Direction)<<8 + uint64(m.Quality)
	}
	slices.SortStableFunc(p.points, func(a, b point) int { return int(a.dir) - int(b.dir) })
	for i := range p.points {
		p.desc[i] = p.describe(i)
	}
	return p
}

func (p *Prepared) describe(i int) (d descriptor) {
	m := p.points[i]
	a := int(m.dir) * (turn / 256)
	c, s := icos(a), isin(a)
	var near [maxMinutiae]int
	nn := 0
	for j := range p.points {
		dx, dy := (p.points[j].x-m.x)/8, (p.points[j].y-m.y)/8
		if j != i && dx*dx+dy*dy <= (cylinderR+28)*(cylinderR+28) && nn < len(near) {
			near[nn] = j
			nn++
		}
	}
	for k, cell := range cellPlaces {
		x, y := place(m, cell, c, s)
		if p.field.node(int(x>>4), int(y>>4)) < 0 {
			continue
		}
		d.cellValid |= 1 << k
		var sum [cylinderLayers]int32
		for _, j := range near[:nn] {
			dx, dy := (p.points[j].x*2-x)>>4, (p.points[j].y*2-y)>>4
			r := dx*dx + dy*dy
			if int(r) >= len(massSpace) {
				continue
			}
			diff := m.dir - p.points[j].dir
			for l := range sum {
				sum[l] += massSpace[r] * massTurn[l][diff] >> 8
			}
		}
		for l, v := range sum {
			if float64(v) > cylinderMu*massOne {
				d.cells[l] |= 1 << k
			}
		}
	}
	p.describeFlow(m, c, s, &d)
	return d
}

// place moves a cell of the minutia's own frame into the picture; sixteenths of a pixel.
func place(m point, cell [2]int32, c, s int32) (x, y int32) {
	dx := (cell[0]*c - cell[1]*s) / trigOne
	dy := (cell[0]*s + cell[1]*c) / trigOne
	return m.x*2 + dx, m.y*2 - dy
}

func (p *Prepared) describeFlow(m point, c, s int32, d *descriptor) {
	for k, at := range flowPlaces {
		x, y := place(m, at, c, s)
		n := p.field.node(int(x>>4), int(y>>4))
		if n < 0 {
			continue
		}
		d.flowValid |= 1 << k
		rel := p.field.orientation[n] - m.dir*2
		code := flowCodes[(int(rel)+16)>>5&7]
		for b := range d.flow {
			d.flow[b] |= uint64(code>>b&1) << k
		}
	}
}
