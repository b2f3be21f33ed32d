package jp2

import (
	"encoding/binary"
	"math/bits"
)

// A small encoder, to have streams of our own to test and to fuzz with: the
// reversible wavelet, one layer, code-blocks of any style but bypass.

type testImage struct {
	w, h, comps, depth int
	tile               int // side of a tile; 0: one tile
	levels             int
	xcb                int // log2 of a code-block's side; 0: 6
	style              byte
	progression        byte
	precinct           byte // log2 of a precinct's side; 0: the largest
	mix                bool
	sop, eph           bool
	ppt, ppm           bool                  // packet headers in the tile-part's, or in the main header
	roi                int                   // everything is shifted by so much, as a region of interest
	poc                bool                  // the order is told resolution by resolution
	sample             func(x, y, c int) int // 0 to 2^depth - 1
}

func (t testImage) at(x, y, c int) int { return t.sample(x, y, c) & (1<<t.depth - 1) }

// size as the decoder has it.
func (t testImage) size() size {
	z := size{x1: t.w, y1: t.h, tileW: t.w, tileH: t.h, depth: t.depth}
	if t.tile > 0 {
		z.tileW, z.tileH = t.tile, t.tile
	}
	for range t.comps {
		z.comps = append(z.comps, component{1, 1})
	}
	z.tilesWide, z.tilesHi = ceilDiv(t.w, z.tileW), ceilDiv(t.h, z.tileH)
	return z
}

func (t testImage) encode() []byte {
	if t.xcb == 0 {
		t.xcb = 6
	}
	z := t.size()
	out := []byte{0xff, 0x4f}
	siz := binary.BigEndian.AppendUint16(nil, 0)
	for _, v := range []int{t.w, t.h, 0, 0, z.tileW, z.tileH, 0, 0} {
		siz = binary.BigEndian.AppendUint32(siz, uint32(v))
	}
	siz = binary.BigEndian.AppendUint16(siz, uint16(t.comps))
	for range t.comps {
		siz = append(siz, byte(t.depth-1), 1, 1)
	}
	out = appendSegment(out, markSIZ, siz)
	flags := byte(0)
	if t.precinct > 0 {
		flags |= 1
	}
	if t.sop {
		flags |= 2
	}
	if t.eph {
		flags |= 4
	}
	cod := []byte{flags, t.progression, 0, 1, byte(boolInt(t.mix)), byte(t.levels), byte(t.xcb - 2), byte(t.xcb - 2), t.style, 1}
	qcd := []byte{2 << 5, byte(t.depth+1) << 3}
	for range t.levels {
		qcd = append(qcd, byte(t.depth+2)<<3, byte(t.depth+2)<<3, byte(t.depth+3)<<3)
	}
	for range t.levels + 1 {
		if t.precinct > 0 {
			cod = append(cod, t.precinct<<4|t.precinct)
		}
	}
	out = appendSegment(out, markCOD, cod)
	out = appendSegment(out, markQCD, qcd)
	out = appendSegment(out, markCOM, []byte("\x00\x01made for a test"))
	if t.roi > 0 {
		for c := range t.comps {
			out = appendSegment(out, markRGN, []byte{byte(c), 0, byte(t.roi)})
		}
	}
	if t.poc {
		var b []byte
		for r := range t.levels + 1 {
			b = append(b, byte(r), 0, 0, 1, byte(r+1), byte(t.comps), t.progression)
		}
		out = appendSegment(out, markPOC, b)
	}
	// The headers are read by the decoder, so that both share the geometry.
	st := &stream{data: appendSegment(append([]byte(nil), out...), markSOT, make([]byte, 8))}
	if _, err := st.mainHeader(); err != nil {
		panic(err)
	}
	var parts, packed []byte
	for i := range z.tilesWide * z.tilesHi {
		part, headers := t.tilePart(st, i)
		parts = append(parts, part...)
		packed = append(binary.BigEndian.AppendUint32(packed, uint32(len(headers))), headers...)
	}
	if t.ppm { // in two segments, to be joined
		half := len(packed) / 2
		out = appendSegment(out, markPPM, append([]byte{1}, packed[half:]...))
		out = appendSegment(out, markPPM, append([]byte{0}, packed[:half]...))
	}
	return append(append(out, parts...), 0xff, 0xd9)
}

func appendSegment(out []byte, mark int, body []byte) []byte {
	out = binary.BigEndian.AppendUint16(out, uint16(mark))
	out = binary.BigEndian.AppendUint16(out, uint16(len(body)+2))
	return append(out, body...)
}

func (t testImage) tilePart(st *stream, index int) (part, headers []byte) {
	var comps []*tileComp
	var planes [][]int32
	for c := range t.comps {
		tc, err := st.tileComp(&tileData{}, index, c)
		if err != nil {
			panic(err)
		}
		plane := make([]int32, tc.area.w()*tc.area.h())
		for i := range plane {
			plane[i] = int32(t.at(tc.area.x0+i%tc.area.w(), tc.area.y0+i/tc.area.w(), c) - 1<<(t.depth-1))
		}
		comps, planes = append(comps, tc), append(planes, plane)
	}
	if t.mix {
		for i := range planes[0] {
			r, g, b := planes[0][i], planes[1][i], planes[2][i]
			planes[0][i], planes[1][i], planes[2][i] = (r+2*g+b)>>2, b-g, r-g
		}
	}
	for c, tc := range comps {
		forward(planes[c], tc)
		for i := range planes[c] {
			planes[c][i] <<= t.roi
		}
	}
	if err := makePrecincts(comps, 1<<20); err != nil {
		panic(err)
	}
	var body []byte
	for i, p := range t.order(comps) {
		if t.sop {
			body = append(body, 0xff, 0x91, 0, 4, byte(i>>8), byte(i))
		}
		h, b := encodePacket(comps[p.c], planes[p.c], p.r, p.k)
		if t.eph {
			h = append(h, 0xff, 0x92)
		}
		if t.ppt || t.ppm {
			headers = append(headers, h...)
		} else {
			body = append(body, h...)
		}
		body = append(body, b...)
	}
	var head []byte
	if t.ppt {
		head = appendSegment(nil, markPPT, append([]byte{0}, headers...))
	}
	sot := binary.BigEndian.AppendUint16(nil, uint16(index))
	sot = binary.BigEndian.AppendUint32(sot, uint32(12+len(head)+2+len(body)))
	out := append(appendSegment(nil, markSOT, append(sot, 0, 1)), head...)
	return append(append(out, 0xff, 0x93), body...), headers
}

type packetID struct{ r, c, k int }

// order lists the packets of one layer, by the standard's loops rather than
// by the decoder's.
func (t testImage) order(comps []*tileComp) (out []packetID) {
	each := func(c, r int) {
		for k := range comps[c].res[r].next {
			out = append(out, packetID{r, c, k})
		}
	}
	switch t.progression {
	case orderLRCP, orderRLCP, orderRPCL: // the last is the same where all components are alike and there is one precinct
		for r := range t.levels + 1 {
			for c := range comps {
				each(c, r)
			}
		}
	case orderCPRL:
		for c := range comps {
			for r := range t.levels + 1 {
				each(c, r)
			}
		}
	case orderPCRL:
		for c := range comps {
			for r := range t.levels + 1 {
				each(c, r)
			}
		}
	}
	return out
}

// forward is the reversible wavelet, level by level, vertically first.
func forward(plane []int32, tc *tileComp) {
	width := tc.area.w()
	for r := tc.levels; r > 0; r-- {
		a := tc.res[r].area
		line := func(n, odd int, at func(int) *int32) {
			if n == 1 {
				if odd == 1 {
					*at(0) *= 2
				}
				return
			}
			v := make([]int32, n)
			for i := range v {
				v[i] = *at(i)
			}
			get := func(i int) int32 {
				if i < 0 {
					i = -i
				}
				if i >= n {
					i = 2*(n-1) - i
				}
				return v[i]
			}
			for i := 1 - odd; i < n; i += 2 {
				v[i] -= (get(i-1) + get(i+1)) >> 1
			}
			for i := odd; i < n; i += 2 {
				v[i] += (get(i-1) + get(i+1) + 2) >> 2
			}
			nLow := (n + 1 - odd) / 2
			for i := range n {
				if (i+odd)%2 == 0 {
					*at((i+odd)/2 - odd) = v[i]
				} else {
					*at(nLow + (i+odd)/2) = v[i]
				}
			}
		}
		for x := range a.w() {
			line(a.h(), a.y0&1, func(i int) *int32 { return &plane[i*width+x] })
		}
		for y := range a.h() {
			line(a.w(), a.x0&1, func(i int) *int32 { return &plane[y*width+i] })
		}
	}
}

// bitWriter writes a packet header.
type bitWriter struct {
	out  []byte
	left int
}

func (w *bitWriter) put(v, n int) {
	for n--; n >= 0; n-- {
		if w.left == 0 {
			w.left = 8
			if len(w.out) > 0 && w.out[len(w.out)-1] == 0xff {
				w.left = 7
			}
			w.out = append(w.out, 0)
		}
		w.left--
		w.out[len(w.out)-1] |= byte(v>>n&1) << w.left
	}
}

func (w *bitWriter) end() []byte {
	if len(w.out) > 0 && w.out[len(w.out)-1] == 0xff {
		w.out = append(w.out, 0)
	}
	return w.out
}

// encodePacket includes every code-block that is not all zero.
func encodePacket(tc *tileComp, plane []int32, r, k int) (header, body []byte) {
	w := &bitWriter{}
	w.put(1, 1)
	for i := range tc.res[r].bands {
		b := &tc.res[r].bands[i]
		bs := tc.blocks(r, k, b)
		in, zeros := make([]int, len(bs.list)), make([]int, len(bs.list))
		coded := make([]codedBlock, len(bs.list))
		for j := range bs.list {
			a := bs.list[j].area
			at := (b.y+a.y0-b.area.y0)*tc.area.w() + b.x + a.x0 - b.area.x0
			coded[j] = encodeBlock(plane[at:], tc.area.w(), a.w(), a.h(), b.kind, tc.style)
			zeros[j] = b.planes + tc.shift - coded[j].planes
			if coded[j].planes == 0 {
				in[j], zeros[j] = 1, 0
			}
		}
		incl, miss := newTreeWriter(in, bs.wide, bs.high), newTreeWriter(zeros, bs.wide, bs.high)
		for j := range bs.list {
			x, y := j%bs.wide, j/bs.wide
			incl.put(w, x, y, 1)
			if in[j] == 1 {
				continue
			}
			miss.put(w, x, y, zeros[j]+1)
			putPasses(w, len(coded[j].ends))
			body = append(body, coded[j].put(w, tc.style)...)
		}
	}
	return w.end(), body
}

func putPasses(w *bitWriter, n int) {
	switch {
	case n == 1:
		w.put(0, 1)
	case n == 2:
		w.put(2, 2)
	case n <= 5:
		w.put(3<<2|(n-3), 4)
	case n <= 36:
		w.put(15<<5|(n-6), 9)
	default:
		w.put(511<<7|(n-37), 16)
	}
}

// put writes the lengths and returns the bytes.
func (c *codedBlock) put(w *bitWriter, style byte) []byte {
	lengths, each := []int{len(c.data)}, bits.Len(uint(len(c.ends)))-1
	if style&styleTerminate != 0 {
		lengths, each = nil, 0
		before := 0
		for _, e := range c.ends {
			lengths = append(lengths, e-before)
			before = e
		}
	}
	lblock := 3
	for _, n := range lengths {
		for n >= 1<<(lblock+each) {
			lblock++
			w.put(1, 1)
		}
	}
	w.put(0, 1)
	for _, n := range lengths {
		w.put(n, lblock+each)
	}
	return c.data
}

// treeWriter writes a tag tree.
type treeWriter struct {
	wide   []int
	values [][]int
	low    [][]int
	known  [][]bool
}

func newTreeWriter(leaves []int, w, h int) *treeWriter {
	t := &treeWriter{}
	for {
		t.wide = append(t.wide, w)
		t.values, t.low, t.known = append(t.values, leaves), append(t.low, make([]int, len(leaves))), append(t.known, make([]bool, len(leaves)))
		if w*h <= 1 {
			return t
		}
		pw, ph := (w+1)/2, (h+1)/2
		up := make([]int, pw*ph)
		for i := range up {
			up[i] = 1 << 20
		}
		for i, v := range leaves {
			j := i/w/2*pw + i%w/2
			up[j] = min(up[j], v)
		}
		leaves, w, h = up, pw, ph
	}
}

func (t *treeWriter) put(w *bitWriter, x, y, limit int) {
	low := 0
	for i := len(t.wide) - 1; i >= 0; i-- {
		n := y>>i*t.wide[i] + x>>i
		t.low[i][n] = max(t.low[i][n], low)
		for !t.known[i][n] && t.low[i][n] < limit {
			if t.low[i][n] == t.values[i][n] {
				t.known[i][n] = true
				w.put(1, 1)
			} else {
				t.low[i][n]++
				w.put(0, 1)
			}
		}
		low = t.low[i][n]
	}
}

// mqWriter is the arithmetic encoder (T.800, C.2).
type mqWriter struct {
	a, c uint32
	ct   int
	out  []byte // the first byte is not part of it
	ctx  [contexts]uint8
}

func (m *mqWriter) begin() { m.a, m.c, m.ct, m.out = 0x8000, 0, 12, []byte{0} }

func (m *mqWriter) encode(ctx, bit uint8) {
	state := m.ctx[ctx]
	s := &steps[state]
	m.a -= s.qe
	if bit == state&1 {
		if m.a&0x8000 != 0 {
			m.c += s.qe
			return
		}
		if m.a < s.qe {
			m.a = s.qe
		} else {
			m.c += s.qe
		}
		m.ctx[ctx] = s.nmps
	} else {
		if m.a < s.qe {
			m.c += s.qe
		} else {
			m.a = s.qe
		}
		m.ctx[ctx] = s.nlps
	}
	for m.a&0x8000 == 0 {
		m.a <<= 1
		m.c <<= 1
		if m.ct--; m.ct == 0 {
			m.byteOut()
		}
	}
}

func (m *mqWriter) byteOut() {
	last := &m.out[len(m.out)-1]
	if *last != 0xff && m.c >= 0x8000000 {
		*last++
		if *last == 0xff {
			m.c &= 0x7ffffff
		}
	}
	if *last == 0xff {
		m.out = append(m.out, byte(m.c>>20))
		m.c &= 0xfffff
		m.ct = 7
		return
	}
	m.out = append(m.out, byte(m.c>>19))
	m.c &= 0x7ffff
	m.ct = 8
}

func (m *mqWriter) flush() []byte {
	limit := m.c + m.a
	if m.c |= 0xffff; m.c >= limit {
		m.c -= 0x8000
	}
	m.c <<= m.ct
	m.byteOut()
	m.c <<= m.ct
	m.byteOut()
	if m.out[len(m.out)-1] == 0xff {
		m.out = m.out[:len(m.out)-1]
	}
	return m.out[1:]
}

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
