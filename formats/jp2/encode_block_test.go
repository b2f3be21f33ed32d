package jp2

import "math/bits"

// codedBlock is a code-block's passes.
type codedBlock struct {
	planes int
	ends   []int // of each pass, in data; exact only where each is terminated
	data   []byte
}

// blockWriter codes one block with the flags and tables of the decoder.
type blockWriter struct {
	coder
	m     mqWriter
	want  []int32
	plane int
}

func encodeBlock(src []int32, stride, w, h, kind int, style byte) codedBlock {
	e := blockWriter{coder: coder{w: w, h: h, wide: w + 2, kind: kind, style: style}}
	e.flags, e.mag = make([]uint16, (w+2)*(h+2)), make([]uint32, w*h)
	most := int32(0)
	for y := range h {
		for x := range w {
			v := src[y*stride+x]
			e.want = append(e.want, v)
			most = max(most, v, -v)
		}
	}
	c := codedBlock{planes: bits.Len32(uint32(most))}
	e.mq.reset()
	e.m.ctx = e.mq.ctx
	e.m.begin()
	pass := 2
	for p := c.planes - 1; p >= 0; {
		e.plane = p
		for y := 0; y < h; y += 4 {
			e.stripe(pass, y, min(y+4, h))
		}
		if pass == 2 && style&styleSymbols != 0 {
			for _, b := range []uint8{1, 0, 1, 0} {
				e.m.encode(ctxUniform, b)
			}
		}
		if style&styleTerminate != 0 {
			c.data = append(c.data, e.m.flush()...)
			e.m.begin()
		}
		c.ends = append(c.ends, len(c.data))
		if style&styleReset != 0 {
			e.m.ctx = e.mq.ctx
		}
		if pass++; pass == 3 {
			pass = 0
			p--
		}
	}
	if style&styleTerminate == 0 && c.planes > 0 {
		c.data = e.m.flush()
	}
	return c
}

func (e *blockWriter) bit(x, y int) uint8 {
	v := e.want[y*e.w+x]
	return uint8(max(v, -v) >> e.plane & 1)
}

func (e *blockWriter) newly(x, y, at int, f uint16) {
	s := signContext[f&15|f>>4&0xf0]
	minus := e.want[y*e.w+x] < 0
	e.m.encode(s&0x7f, uint8(boolInt(minus))^s>>7)
	e.become(x, y, at, e.plane, minus)
}

func (e *blockWriter) stripe(pass, y0, end int) {
	table := &sigContext[e.kind]
	for x := range e.w {
		at := (y0+1)*e.wide + x + 1
		y := y0
		first := false
		if pass == 2 && end-y0 == 4 {
			all := uint16(0)
			run := 4
			for i := 3; i >= 0; i-- {
				all |= e.flags[at+i*e.wide] &^ e.hidden(y0+i, end)
				if e.bit(x, y0+i) == 1 {
					run = i
				}
			}
			if all&(neighbours|significant|visited) == 0 {
				if run == 4 {
					e.m.encode(ctxRun, 0)
					continue
				}
				e.m.encode(ctxRun, 1)
				e.m.encode(ctxUniform, uint8(run>>1))
				e.m.encode(ctxUniform, uint8(run&1))
				y, at, first = y0+run, at+run*e.wide, true
			}
		}
		for ; y < end; y++ {
			f := e.flags[at] &^ e.hidden(y, end)
			switch {
			case pass == 0 && f&significant == 0 && f&neighbours != 0:
				e.m.encode(table[f&neighbours], e.bit(x, y))
				if e.bit(x, y) == 1 {
					e.newly(x, y, at, f)
				}
				e.flags[at] |= visited
			case pass == 1 && f&(significant|visited) == significant:
				ctx := uint8(ctxRefine)
				switch {
				case f&refined != 0:
					ctx += 2
				case f&neighbours != 0:
					ctx++
				}
				e.m.encode(ctx, e.bit(x, y))
				e.flags[at] |= refined
			case pass == 2 && f&(significant|visited) == 0:
				if !first {
					e.m.encode(table[f&neighbours], e.bit(x, y))
				}
				if e.bit(x, y) == 1 {
					e.newly(x, y, at, f)
				}
			}
			first = false
			if pass == 2 {
				e.flags[at] &^= visited
			}
			at += e.wide
		}
	}
}
