package jp2

import (
	"encoding/binary"
	"fmt"
)

// Bounds of what is decoded.
const (
	maxComponents = 4
	maxDepth      = 16
	maxTiles      = 65535
	maxLevels     = 32
	maxPlanes     = 30 // bit-planes of a code-block
	maxChanges    = 4096
)

// size is the image and tile size segment (A.5.1): a grid, an area on it, and
// tiles of equal size, each at its own origin.
type size struct {
	x0, y0, x1, y1     int // the image on the grid
	tileW, tileH       int
	tileX0, tileY0     int
	tilesWide, tilesHi int
	comps              []component
	depth              int
	signed             bool
}

// component's samples lie on every dx-th and dy-th point of the grid.
type component struct{ dx, dy int }

func ceilDiv(a, b int) int { return (a + b - 1) / b }

// ceilShift is a / 2^n, rounded up.
func ceilShift(a, n int) int {
	if n > 62 {
		if a > 0 {
			return 1
		}
		return 0
	}
	return (a + 1<<n - 1) >> n
}

func parseSize(s segment) (size, error) {
	if err := s.want(36); err != nil {
		return size{}, err
	}
	b := s.body
	u := func(i int) int { return int(binary.BigEndian.Uint32(b[i:])) }
	z := size{x1: u(2), y1: u(6), x0: u(10), y0: u(14), tileW: u(18), tileH: u(22), tileX0: u(26), tileY0: u(30)}
	n := int(binary.BigEndian.Uint16(b[34:]))
	switch {
	case z.x0 >= z.x1 || z.y0 >= z.y1:
		return size{}, fmt.Errorf("%w: from %d, %d to %d, %d on the grid", ErrEmpty, z.x0, z.y0, z.x1, z.y1)
	case z.tileW == 0 || z.tileH == 0 || z.tileX0 > z.x0 || z.tileY0 > z.y0 || z.tileX0+z.tileW <= z.x0 || z.tileY0+z.tileH <= z.y0:
		return size{}, s.wrong("tiles of %d x %d from %d, %d do not cover the image", z.tileW, z.tileH, z.tileX0, z.tileY0)
	case n == 0:
		return size{}, s.wrong("no component")
	case n > maxComponents:
		return size{}, fmt.Errorf("%w: %d components, at most %d", ErrUnsupported, n, maxComponents)
	}
	if err := s.want(36 + 3*n); err != nil {
		return size{}, err
	}
	for i := range n {
		c := b[36+3*i:]
		depth, signed := int(c[0]&0x7f)+1, c[0]&0x80 != 0
		switch {
		case depth > maxDepth:
			return size{}, fmt.Errorf("%w: %d bits a sample, at most %d", ErrUnsupported, depth, maxDepth)
		case i > 0 && (depth != z.depth || signed != z.signed):
			return size{}, fmt.Errorf("%w: components of %d and %d bits", ErrUnsupported, z.depth, depth)
		case c[1] == 0 || c[2] == 0:
			return size{}, s.wrong("component %d has samples every 0 points", i)
		}
		z.depth, z.signed = depth, signed
		z.comps = append(z.comps, component{int(c[1]), int(c[2])})
	}
	z.tilesWide, z.tilesHi = ceilDiv(z.x1-z.tileX0, z.tileW), ceilDiv(z.y1-z.tileY0, z.tileH)
	if z.tilesWide > maxTiles || z.tilesHi > maxTiles || z.tilesWide*z.tilesHi > maxTiles {
		return size{}, s.wrong("%d x %d tiles, at most %d", z.tilesWide, z.tilesHi, maxTiles)
	}
	return z, nil
}

// rect is an area on some grid: x0 <= x < x1.
type rect struct{ x0, y0, x1, y1 int }

func (r rect) w() int      { return max(r.x1-r.x0, 0) }
func (r rect) h() int      { return max(r.y1-r.y0, 0) }
func (r rect) empty() bool { return r.x1 <= r.x0 || r.y1 <= r.y0 }

// of is the area of a component's samples on an area of the grid.
func (c component) of(r rect) rect {
	return rect{ceilDiv(r.x0, c.dx), ceilDiv(r.y0, c.dy), ceilDiv(r.x1, c.dx), ceilDiv(r.y1, c.dy)}
}

func (z *size) image() rect { return rect{z.x0, z.y0, z.x1, z.y1} }

func (z *size) tile(i int) rect {
	x, y := z.tileX0+i%z.tilesWide*z.tileW, z.tileY0+i/z.tilesWide*z.tileH
	return rect{max(x, z.x0), max(y, z.y0), min(x+z.tileW, z.x1), min(y+z.tileH, z.y1)}
}

// uniform says whether all components have their samples at the same points.
func (z *size) uniform() bool {
	for _, c := range z.comps {
		if c != z.comps[0] {
			return false
		}
	}
	return true
}

// output is the size of the decoded image: of the components where they are
// alike, else of the grid, to which they are widened.
func (z *size) output() (w, h int) {
	r := z.image()
	if z.uniform() {
		r = z.comps[0].of(r)
	}
	return r.w(), r.h()
}

func (z *size) check(lim Limits) error {
	if lim.MaxSide <= 0 {
		lim.MaxSide = DefaultLimits.MaxSide
	}
	if lim.MaxPixels <= 0 {
		lim.MaxPixels = DefaultLimits.MaxPixels
	}
	w, h := z.output()
	for _, c := range z.comps {
		r := c.of(z.image())
		if r.empty() {
			return fmt.Errorf("%w: a component of %d x %d samples", ErrEmpty, r.w(), r.h())
		}
	}
	switch {
	case w > lim.MaxSide || h > lim.MaxSide:
		return fmt.Errorf("%w: %d x %d pixels, the limit is %d a side", ErrTooLarge, w, h, lim.MaxSide)
	case w > lim.MaxPixels/h:
		return fmt.Errorf("%w: %d x %d pixels, the limit is %d in all", ErrTooLarge, w, h, lim.MaxPixels)
	}
	return nil
}

// coding is how a component is cut up and coded (A.6.1, A.6.2).
type coding struct {
	levels     int
	xcb, ycb   int // log2 of the size of code-blocks
	style      byte
	reversible bool
	precincts  [maxLevels + 1][2]uint8 // log2 of the size, by resolution
}

// Code-block styles (table A.19).
const (
	styleBypass    = 1 << iota // later passes are raw bits
	styleReset                 // contexts begin anew with each pass
	styleTerminate             // each pass ends its own run of bytes
	styleCausal                // a stripe does not look at the next
	stylePredict               // ends are predictable: only checkable, nothing to do
	styleSymbols               // four bits at the end of each plane
)

// order is the part of the coding that holds for all components of a tile.
type order struct {
	progression byte
	layers      int
	mix         bool // the first three components were transformed together
	sop, eph    bool
}

func parseCOD(s segment) (order, coding, error) {
	if err := s.want(10); err != nil {
		return order{}, coding{}, err
	}
	b := s.body
	o := order{sop: b[0]&2 != 0, eph: b[0]&4 != 0, progression: b[1], layers: int(binary.BigEndian.Uint16(b[2:])), mix: b[4]&1 != 0}
	switch {
	case o.progression > 4:
		return order{}, coding{}, s.wrong("progression order %d", o.progression)
	case o.layers == 0:
		return order{}, coding{}, s.wrong("no layer")
	}
	c, err := parseCoding(s, 5, b[0]&1 != 0)
	return o, c, err
}

func parseCoding(s segment, at int, precincts bool) (coding, error) {
	if err := s.want(at + 5); err != nil {
		return coding{}, err
	}
	b := s.body[at:]
	c := coding{levels: int(b[0]), xcb: int(b[1]&15) + 2, ycb: int(b[2]&15) + 2, style: b[3], reversible: b[4] == 1}
	switch {
	case c.levels > maxLevels:
		return coding{}, s.wrong("%d levels, at most %d", c.levels, maxLevels)
	case c.xcb > 10 || c.ycb > 10 || c.xcb+c.ycb > 12:
		return coding{}, s.wrong("code-blocks of 2^%d x 2^%d", c.xcb, c.ycb)
	case b[4] > 1 || c.style > 63:
		return coding{}, fmt.Errorf("%w: wavelet %d, code-block style %02x, at byte %d", ErrUnsupported, b[4], c.style, s.at)
	}
	for r := range c.levels + 1 {
		c.precincts[r] = [2]uint8{15, 15}
		if !precincts {
			continue
		}
		if err := s.want(at + 6 + r); err != nil {
			return coding{}, err
		}
		p := b[5+r]
		if r > 0 && (p&15 == 0 || p>>4 == 0) {
			return coding{}, s.wrong("precincts of one sample at resolution %d", r)
		}
		c.precincts[r] = [2]uint8{p & 15, p >> 4}
	}
	return c, nil
}

// quant is how a component's subbands are scaled (A.6.4).
type quant struct {
	guard    int
	derived  bool
	none     bool
	exponent [3*maxLevels + 1]int
	mantissa [3*maxLevels + 1]int
	n        int // how many subbands are stated
}

func parseQuant(s segment, at int) (quant, error) {
	if err := s.want(at + 2); err != nil {
		return quant{}, err
	}
	b := s.body[at+1:]
	q := quant{guard: int(s.body[at] >> 5)}
	each := 2
	switch s.body[at] & 31 {
	case 0:
		q.none, each = true, 1
	case 1:
		q.derived = true
		b = b[:min(len(b), 2)]
	case 2:
	default:
		return quant{}, s.wrong("quantization style %d", s.body[at]&31)
	}
	q.n = min(len(b)/each, len(q.exponent))
	if q.n == 0 {
		return quant{}, s.wrong("no step size")
	}
	for i := range q.n {
		if each == 1 {
			q.exponent[i] = int(b[i] >> 3)
		} else {
			v := int(binary.BigEndian.Uint16(b[2*i:]))
			q.exponent[i], q.mantissa[i] = v>>11, v&0x7ff
		}
	}
	return q, nil
}

// step returns the exponent and mantissa of a subband, counted from the
// coarsest (0: LL, then HL, LH, HH of each level).
func (q *quant) step(band int) (exponent, mantissa int, ok bool) {
	if q.derived {
		return max(q.exponent[0]-(band-1)/3, 0), q.mantissa[0], true // (-1)/3 is 0
	}
	if band >= q.n {
		return 0, 0, false
	}
	return q.exponent[band], q.mantissa[band], true
}
