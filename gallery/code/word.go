package code

import (
	"math"

	"convenio/finger"
)

// Geometry of the descriptors of package finger that the words' bits are taken from.
const (
	cylinderR      = 70 // pixels
	cylinderSide   = 8  // cells across
	cylinderLayers = 6
	cylinderReach  = 28                  // pixels at which a minutia's mass ends: three deviations
	cylinderSigmaS = cylinderReach / 3.0 // pixels
	cylinderSigmaD = 2 * math.Pi / 9     // radians
	cylinderFloor  = (1 << 20) * 1 / 100 // mass from which a cell's bit is set, of 1<<20
	trigOne        = 1 << 14             // scale of sine and cosine
	massSize       = cylinderReach*cylinderReach + 1
)

// flowBits are the bits of the ridge flow in a word: bit of the circular code, place on the circles. cellBits are those of
// the cylinder: layer, cell.
var (
	flowBits = [40][2]uint8{
		{0, 1}, {2, 6}, {0, 12}, {0, 16}, {0, 18}, {0, 21}, {3, 23}, {3, 26}, {3, 28}, {3, 31}, {2, 32}, {3, 32}, {3, 34},
		{0, 36}, {1, 37}, {3, 37}, {0, 38}, {0, 40}, {3, 41}, {3, 42}, {3, 43}, {0, 44}, {3, 44}, {3, 46}, {2, 47}, {1, 48},
		{0, 50}, {0, 52}, {3, 52}, {0, 53}, {0, 54}, {0, 55}, {3, 55}, {3, 57}, {2, 58}, {0, 59}, {3, 59}, {0, 60}, {0, 62},
		{1, 63},
	}
	cellBits = [24][2]uint8{
		{0, 14}, {0, 22}, {0, 29}, {0, 37}, {2, 4}, {2, 6}, {2, 14}, {2, 23}, {2, 31}, {2, 33}, {2, 40}, {2, 45}, {2, 46},
		{3, 8}, {3, 16}, {3, 20}, {3, 27}, {3, 34}, {3, 36}, {3, 43}, {3, 44}, {5, 13}, {5, 30}, {5, 39},
	}
)

// spot is a place in a minutia's own frame, sixteenths of a pixel, x along its direction.
type spot struct{ x, y int32 }

// flowPlace is a place where the flow is read, with the words' bits that come of it: bit and which of the circular code.
type flowPlace struct {
	spot
	bits [][2]uint8
}

// cellPlace is a cell's centre with the words' bits that come of it: bit and layer.
type cellPlace struct {
	spot
	bits [][2]uint8
}

var (
	flowPlaces []flowPlace
	cellPlaces []cellPlace
	massSpace  [massSize]int32
	massTurn   [cylinderLayers][256]int32
	flowCodes  = [8]uint8{0b0000, 0b0001, 0b0011, 0b0111, 0b1111, 0b1110, 0b1100, 0b1000}
	cosines    [256]int32
)

func cosine(dir uint8) int32 { return cosines[dir] }
func sine(dir uint8) int32   { return cosines[dir-64] }

func init() {
	for i := range cosines {
		cosines[i] = int32(math.RoundToEven(math.Cos(2*math.Pi*float64(i)/256) * trigOne))
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
	placeFlow()
	placeCells()
}

// layerMass integrates a normal density of the direction difference over the width of a layer.
func layerMass(k, d int) float64 {
	width := 2 * math.Pi / cylinderLayers
	centre := (float64(k)+0.5)*width - math.Pi
	diff := math.Remainder(float64(d)*2*math.Pi/256-centre, 2*math.Pi)
	cdf := func(v float64) float64 { return 0.5 * math.Erfc(-v/(cylinderSigmaD*math.Sqrt2)) }
	return cdf(diff+width/2) - cdf(diff-width/2)
}

// placeFlow lays 12, 20 and 32 places on circles of 28, 50 and 72 pixels and keeps those that a bit comes of.
func placeFlow() {
	n := uint8(0)
	for c, circle := range [3]int{12, 20, 32} {
		for i := range circle {
			a := 2 * math.Pi * (float64(i) + 0.5) / float64(circle)
			r := float64(28 + 22*c)
			at := flowPlace{spot: spot{int32(math.RoundToEven(r * math.Cos(a) * 16)), int32(math.RoundToEven(r * math.Sin(a) * 16))}}
			for b, f := range flowBits {
				if f[1] == n {
					at.bits = append(at.bits, [2]uint8{uint8(b), f[0]})
				}
			}
			if at.bits != nil {
				flowPlaces = append(flowPlaces, at)
			}
			n++
		}
	}
}

// placeCells lays an 8 x 8 grid, counts the 52 cells whose centre is inside the disc and keeps those that a bit comes of.
func placeCells() {
	step := 2.0 * cylinderR / cylinderSide
	n := uint8(0)
	for i := range cylinderSide {
		for j := range cylinderSide {
			x, y := (float64(i)-3.5)*step, (float64(j)-3.5)*step
			if x*x+y*y > cylinderR*cylinderR {
				continue
			}
			at := cellPlace{spot: spot{int32(x * 16), int32(y * 16)}}
			for b, c := range cellBits {
				if c[1] == n {
					at.bits = append(at.bits, [2]uint8{uint8(len(flowBits) + b), c[0]})
				}
			}
			if at.bits != nil {
				cellPlaces = append(cellPlaces, at)
			}
			n++
		}
	}
}

// move turns a spot of the minutia's own frame into a place of the picture, sixteenths of a pixel.
func (s spot) move(m *finger.Minutia, c, sn int32) (x, y int32) {
	return int32(m.X)*2 + (s.x*c-s.y*sn)/trigOne, int32(m.Y)*2 - (s.x*sn+s.y*c)/trigOne
}

// flow returns the flow bits of a minutia's word and how many of the places lie in the print.
func (p *print) flow(m finger.Minutia) (word uint64, seen int) {
	c, s := cosine(m.Direction), sine(m.Direction)
	for i := range flowPlaces {
		at := &flowPlaces[i]
		x, y := at.move(&m, c, s)
		n := p.node(x>>4, y>>4)
		if n < 0 {
			continue
		}
		seen++
		turn := p.field.Orientation[n] - m.Direction*2
		circular := flowCodes[(int(turn)+16)>>5&7]
		for _, b := range at.bits {
			word |= uint64(circular>>b[1]&1) << b[0]
		}
	}
	return word, seen
}

// cells returns the cylinder bits of a minutia's word.
func (p *print) cells(i int) (word uint64) {
	m := p.minutiae[i]
	c, s := cosine(m.Direction), sine(m.Direction)
	var near [100]int
	nn := 0
	for j := range p.minutiae {
		dx, dy := (int(p.minutiae[j].X)-int(m.X))/8, (int(p.minutiae[j].Y)-int(m.Y))/8
		if j != i && dx*dx+dy*dy <= (cylinderR+cylinderReach)*(cylinderR+cylinderReach) && nn < len(near) {
			near[nn] = j
			nn++
		}
	}
	for k := range cellPlaces {
		at := &cellPlaces[k]
		x, y := at.move(&m, c, s)
		if p.node(x>>4, y>>4) < 0 {
			continue
		}
		var sum [cylinderLayers]int32
		for _, j := range near[:nn] {
			o := &p.minutiae[j]
			dx, dy := (int32(o.X)*2-x)>>4, (int32(o.Y)*2-y)>>4
			r := dx*dx + dy*dy
			if r >= massSize {
				continue
			}
			turn := m.Direction - o.Direction
			for _, b := range at.bits {
				sum[b[1]] += massSpace[r] * massTurn[b[1]][turn] >> 8
			}
		}
		for _, b := range at.bits {
			if sum[b[1]] > cylinderFloor {
				word |= 1 << b[0]
			}
		}
	}
	return word
}
