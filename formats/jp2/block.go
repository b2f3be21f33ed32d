package jp2

// Coefficient bit modelling (T.800, annex D).

// flags of a coefficient: which of its eight neighbours are significant, the
// signs of the four nearest, and its own state.
const (
	sigN uint16 = 1 << iota
	sigS
	sigW
	sigE
	sigNW
	sigNE
	sigSW
	sigSE
	negN
	negS
	negW
	negE
	significant
	negative
	refined
	visited

	neighbours = sigN | sigS | sigW | sigE | sigNW | sigNE | sigSW | sigSE
	below      = sigS | sigSW | sigSE | negS
)

// sigContext is table D.1 for each kind of subband and the neighbours' flags.
var sigContext = func() (t [4][256]uint8) {
	for kind := range 4 {
		for f := range 256 {
			b := func(m uint16) int { return boolInt(uint16(f)&m != 0) }
			h, v := b(sigW)+b(sigE), b(sigN)+b(sigS)
			d := b(sigNW) + b(sigNE) + b(sigSW) + b(sigSE)
			switch kind {
			case 3:
				t[kind][f] = diagonalContext(h+v, d)
			case 1:
				t[kind][f] = straightContext(v, h, d)
			default:
				t[kind][f] = straightContext(h, v, d)
			}
		}
	}
	return t
}()

func straightContext(h, v, d int) uint8 {
	switch {
	case h == 2:
		return 8
	case h == 1 && v >= 1:
		return 7
	case h == 1 && d >= 1:
		return 6
	case h == 1:
		return 5
	case v > 0:
		return uint8(2 + v)
	}
	return uint8(min(d, 2))
}

func diagonalContext(hv, d int) uint8 {
	switch {
	case d >= 3:
		return 8
	case d == 2:
		return uint8(6 + min(hv, 1))
	case d == 1:
		return uint8(3 + min(hv, 2))
	}
	return uint8(min(hv, 2))
}

// signContext is tables D.2 and D.3, by the flags sigN to sigE in the lowest
// and negN to negE in the next four bits: context, and 0x80 for a swapped sign.
var signContext = func() (t [256]uint8) {
	for f := range 256 {
		side := func(bit int) int {
			switch {
			case f>>bit&1 == 0:
				return 0
			case f>>(4+bit)&1 != 0:
				return -1
			}
			return 1
		}
		clamp := func(v int) int { return min(max(v, -1), 1) }
		v, h := clamp(side(0)+side(1)), clamp(side(2)+side(3))
		swap := uint8(0)
		if h < 0 || h == 0 && v < 0 {
			h, v, swap = -h, -v, 0x80
		}
		t[f] = swap | uint8(ctxSign+3*h+v)
	}
	return t
}()

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// coder decodes code-blocks, one after the other.
type coder struct {
	mq    mq
	raw   raw
	bytes []byte // a run that came in pieces
	w, h  int
	wide  int      // of flags: w + 2
	flags []uint16 // with a border of one
	mag   []uint32 // magnitudes times 2; the lowest bit set stands for the unknown rest
	kind  int
	style byte
}

// decode runs a code-block's passes. Magnitudes are left in mag and signs in
// flags. planes is how many bit-planes the block has.
func (c *coder) decode(b *block, kind, planes int, style byte) {
	c.w, c.h, c.kind, c.style = b.area.w(), b.area.h(), kind, style
	c.wide = c.w + 2
	c.flags = cleared(c.flags, c.wide*(c.h+2))
	c.mag = cleared(c.mag, c.w*c.h)
	c.mq.reset()
	plane, pass := planes-1, 2 // the first pass is a clean-up
	for i := range b.segments {
		s := &b.segments[i]
		data := c.join(s.data)
		isRaw := style&styleBypass != 0 && pass < 2 && plane < planes-4
		if isRaw {
			c.raw = raw{data: data}
		} else {
			c.mq.begin(data)
		}
		for range s.passes {
			c.pass(pass, plane, isRaw)
			if style&styleReset != 0 {
				c.mq.reset()
			}
			if pass++; pass == 3 {
				pass = 0
				plane--
			}
		}
	}
}

func cleared[T uint16 | uint32](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	s = s[:n]
	clear(s)
	return s
}

func (c *coder) join(pieces [][]byte) []byte {
	switch len(pieces) {
	case 0:
		return nil
	case 1:
		return pieces[0]
	}
	c.bytes = c.bytes[:0]
	for _, p := range pieces {
		c.bytes = append(c.bytes, p...)
	}
	return c.bytes
}

// pass goes over the block in stripes of four lines, column by column.
func (c *coder) pass(pass, plane int, isRaw bool) {
	for y := 0; y < c.h; y += 4 {
		end := min(y+4, c.h)
		switch {
		case pass == 0 && isRaw:
			c.significanceRaw(y, end, plane)
		case pass == 0:
			c.significance(y, end, plane)
		case pass == 1:
			c.refinement(y, end, plane, isRaw)
		default:
			c.cleanup(y, end, plane)
		}
	}
	if pass == 2 && c.style&styleSymbols != 0 {
		for range 4 { // 1010, which tells only whether something went wrong
			c.mq.decode(ctxUniform)
		}
	}
}

// hidden are the flags that a line may not look at: of the next stripe, where
// contexts are causal.
func (c *coder) hidden(y, end int) uint16 {
	if c.style&styleCausal != 0 && y == end-1 && end&3 == 0 {
		return below
	}
	return 0
}

// significance is the significance propagation pass (D.3.1).
func (c *coder) significance(y0, end, plane int) {
	table := &sigContext[c.kind]
	for x := range c.w {
		at := (y0+1)*c.wide + x + 1
		for y := y0; y < end; y++ {
			f := c.flags[at]
			if f&significant == 0 && f&neighbours != 0 {
				f &^= c.hidden(y, end)
				if f&neighbours != 0 {
					if c.mq.decode(table[f&neighbours]) != 0 {
						c.become(x, y, at, plane, c.sign(f))
					}
					c.flags[at] |= visited
				}
			}
			at += c.wide
		}
	}
}

func (c *coder) significanceRaw(y0, end, plane int) {
	for x := range c.w {
		at := (y0+1)*c.wide + x + 1
		for y := y0; y < end; y++ {
			f := c.flags[at]
			if f&significant == 0 && f&neighbours&^c.hidden(y, end) != 0 {
				if c.raw.bit() != 0 {
					c.become(x, y, at, plane, c.raw.bit() != 0)
				}
				c.flags[at] |= visited
			}
			at += c.wide
		}
	}
}

// sign decodes a sign (D.3.2): true is negative.
func (c *coder) sign(f uint16) bool {
	s := signContext[f&15|f>>4&0xf0]
	return c.mq.decode(s&0x7f)^s>>7 != 0
}

// become makes a coefficient significant and tells its neighbours.
func (c *coder) become(x, y, at, plane int, minus bool) {
	c.mag[y*c.w+x] = 3 << plane
	f, up, down := c.flags, at-c.wide, at+c.wide
	f[up-1] |= sigSE
	f[up+1] |= sigSW
	f[down-1] |= sigNE
	f[down+1] |= sigNW
	if minus {
		f[at] |= significant | negative
		f[up] |= sigS | negS
		f[down] |= sigN | negN
		f[at-1] |= sigE | negE
		f[at+1] |= sigW | negW
		return
	}
	f[at] |= significant
	f[up] |= sigS
	f[down] |= sigN
	f[at-1] |= sigE
	f[at+1] |= sigW
}

// refinement is the magnitude refinement pass (D.3.3).
func (c *coder) refinement(y0, end, plane int, isRaw bool) {
	for x := range c.w {
		at := (y0+1)*c.wide + x + 1
		for y := y0; y < end; y++ {
			f := c.flags[at]
			if f&(significant|visited) == significant {
				var bit uint8
				switch {
				case isRaw:
					bit = c.raw.bit()
				case f&refined != 0:
					bit = c.mq.decode(ctxRefine + 2)
				case f&neighbours&^c.hidden(y, end) != 0:
					bit = c.mq.decode(ctxRefine + 1)
				default:
					bit = c.mq.decode(ctxRefine)
				}
				m := &c.mag[y*c.w+x]
				*m = *m ^ uint32(1^bit)<<(plane+1) | 1<<plane
				c.flags[at] = f | refined
			}
			at += c.wide
		}
	}
}

// cleanup is the clean-up pass (D.3.4): a column of four without significant
// neighbours is told by one decision.
func (c *coder) cleanup(y0, end, plane int) {
	table := &sigContext[c.kind]
	last := c.hidden(end-1, end)
	for x := range c.w {
		at := (y0+1)*c.wide + x + 1
		y := y0
		first := false // the next coefficient is known to be significant
		if end-y0 == 4 {
			f := c.flags[at] | c.flags[at+c.wide] | c.flags[at+2*c.wide] | c.flags[at+3*c.wide]&^last
			if f&(neighbours|significant|visited) == 0 {
				if c.mq.decode(ctxRun) == 0 {
					continue
				}
				skip := int(c.mq.decode(ctxUniform))<<1 | int(c.mq.decode(ctxUniform))
				y, at, first = y0+skip, at+skip*c.wide, true
			}
		}
		for ; y < end; y++ {
			f := c.flags[at]
			if f&(significant|visited) == 0 {
				if y == end-1 {
					f &^= last
				}
				if first || c.mq.decode(table[f&neighbours]) != 0 {
					c.become(x, y, at, plane, c.sign(f))
				}
			}
			first = false
			c.flags[at] &^= visited
			at += c.wide
		}
	}
}
