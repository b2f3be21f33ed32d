package finger

// planePad is the border around a plane, in pixels: oriented filters reach at most this far, so they need no edge tests.
const planePad = 32

// plane is a picture of signed values with a border of zeros (the mean, for normalised images).
type plane struct {
	w, h, stride, origin int
	pix                  []int16
}

func newPlane(w, h int) *plane {
	stride := w + 2*planePad
	return &plane{w: w, h: h, stride: stride, origin: planePad*stride + planePad, pix: make([]int16, stride*(h+2*planePad))}
}

func (p *plane) at(x, y int) int { return p.origin + y*p.stride + x }

func (p *plane) row(y int) []int16 {
	o := p.at(0, y)
	return p.pix[o : o+p.w]
}

// cellPx is the side of a cell of the coarse fields (mask, orientation, period, reliability), in pixels at 500 ppi.
const cellPx = 4

// grid is a coarse field: one byte for each cell.
type grid struct {
	w, h int
	v    []uint8
}

func newGrid(w, h int) *grid { return &grid{w: w, h: h, v: make([]uint8, w*h)} }

func cells(px int) int { return (px + cellPx - 1) / cellPx }

// atPx returns the value of the cell of a pixel, 0 outside.
func (g *grid) atPx(x, y int) uint8 {
	if x < 0 || y < 0 {
		return 0
	}
	cx, cy := x/cellPx, y/cellPx
	if cx >= g.w || cy >= g.h {
		return 0
	}
	return g.v[cy*g.w+cx]
}

// bitmap is a binary picture, one byte a pixel, with a border of one pixel of zeros.
type bitmap struct {
	w, h, stride int
	pix          []uint8
}

func newBitmap(w, h int) *bitmap {
	return &bitmap{w: w, h: h, stride: w + 2, pix: make([]uint8, (w+2)*(h+2))}
}

func (b *bitmap) at(x, y int) int     { return (y+1)*b.stride + x + 1 }
func (b *bitmap) xy(p int) (x, y int) { return p%b.stride - 1, p/b.stride - 1 }
func (b *bitmap) neighbours() (n [8]int) {
	s := b.stride // clockwise from the right, y down: E SE S SW W NW N NE
	return [8]int{1, s + 1, s, s - 1, -1, -s - 1, -s, -s + 1}
}
