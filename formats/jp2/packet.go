package jp2

import (
	"fmt"
	"math/bits"
)

// headerBits reads packet headers (B.10.1): bits from the highest down, and
// behind a byte ff only seven of the next.
type headerBits struct {
	data []byte
	at   int
	cur  byte
	left int
	over bool // bits were asked for that are not there
}

func (h *headerBits) bit() int {
	if h.left == 0 {
		h.left = 8
		if h.cur == 0xff {
			h.left = 7
		}
		if h.at >= len(h.data) {
			h.over, h.cur = true, 0
		} else {
			h.cur = h.data[h.at]
			h.at++
		}
	}
	h.left--
	return int(h.cur>>h.left) & 1
}

func (h *headerBits) bits(n int) int {
	v := 0
	for range n {
		v = v<<1 | h.bit()
	}
	return v
}

// align ends a header: the rest of its last byte is filling, and so is a whole
// byte behind ff.
func (h *headerBits) align() {
	if h.cur == 0xff && h.at < len(h.data) {
		h.at++
	}
	h.left, h.cur = 0, 0
}

// passes reads how many coding passes a packet adds (table B.4).
func (h *headerBits) passes() int {
	switch {
	case h.bit() == 0:
		return 1
	case h.bit() == 0:
		return 2
	}
	if v := h.bits(2); v < 3 {
		return 3 + v
	}
	if v := h.bits(5); v < 31 {
		return 6 + v
	}
	return 37 + h.bits(7)
}

// packets reads the packets of one tile.
type packets struct {
	order   order
	comps   []*tileComp
	body    [][]byte   // what is left of the tile-parts
	headers headerBits // packed headers
	packed  bool
	work    *budget
	adds    []addition // of the packet at hand
}

// budget bounds what a stream may cost by what it holds.
type budget struct {
	blocks int // code-blocks that may still be made
	runs   int // runs of bytes that may still be begun
	visits int // samples that passes may still visit
	steps  int // places that progressions may still look at
}

// next says whether there is another packet, and goes on to the next tile-part
// at the end of one: a packet never goes across.
func (p *packets) next() bool {
	for len(p.body) > 0 && len(p.body[0]) == 0 {
		p.body = p.body[1:]
	}
	if p.packed {
		return p.headers.at < len(p.headers.data)
	}
	return len(p.body) > 0
}

func (p *packets) take(n int) ([]byte, bool) {
	if n == 0 {
		return nil, true
	}
	if len(p.body) == 0 || n > len(p.body[0]) {
		return nil, false
	}
	b := p.body[0][:n]
	p.body[0] = p.body[0][n:]
	return b, true
}

// skip passes over a marker that may stand here.
func (p *packets) skip(mark byte, n int) {
	if len(p.body) > 0 && len(p.body[0]) >= n && p.body[0][0] == 0xff && p.body[0][1] == mark {
		p.body[0] = p.body[0][n:]
	}
}

// packet reads one packet: what one layer adds to one precinct of one
// resolution of one component.
func (p *packets) packet(layer, r, c, k int) error {
	if p.order.sop {
		p.skip(markSOP&0xff, 6)
	}
	tc := p.comps[c]
	h := &headerBits{}
	switch {
	case p.packed:
		h = &p.headers
	case len(p.body) > 0:
		h.data = p.body[0]
	}
	p.adds = p.adds[:0]
	if h.bit() == 1 {
		if err := p.header(h, tc, layer, r, k); err != nil {
			return err
		}
	}
	if h.over {
		return fmt.Errorf("%w: a packet header is cut off", ErrTruncated)
	}
	h.align()
	if p.order.eph && h.at+2 <= len(h.data) && h.data[h.at] == 0xff && h.data[h.at+1] == markEPH&0xff {
		h.at += 2
	}
	if !p.packed && len(p.body) > 0 {
		p.body[0] = p.body[0][h.at:]
	}
	return p.bodies()
}

// addition is what a packet adds to one run of a code-block.
type addition struct {
	to     *block
	run    int
	length int // bytes
}

// header reads what the packet adds to the code-blocks.
func (p *packets) header(h *headerBits, tc *tileComp, layer, r, k int) error {
	if tc.res[r].precincts[k] == nil {
		if p.work.blocks -= tc.countBlocks(r, k); p.work.blocks < 0 {
			return fmt.Errorf("%w: more code-blocks than a file of this length can fill", ErrTooLarge)
		}
	}
	pc := tc.precinct(r, k)
	for i := range pc.bands {
		bs := &pc.bands[i]
		for j := range bs.list {
			most := tc.res[r].bands[i].planes + tc.shift
			in, err := bs.appears(h, j, layer, most)
			if err == nil && in {
				err = p.contribution(h, &bs.list[j], most-bs.list[j].zeros, tc.style)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// appears says whether code-block j is in the packet, and, when it is the first
// time, how many of its bit-planes are missing.
func (bs *blocks) appears(h *headerBits, j, layer, most int) (bool, error) {
	b := &bs.list[j]
	if b.in {
		return h.bit() == 1, nil
	}
	x, y := j%bs.wide, j/bs.wide
	if !bs.included.below(h, x, y, layer+1) {
		return false, nil
	}
	if b.zeros = bs.missing.value(h, x, y, max(most, 0)); b.zeros >= most && !h.over {
		return false, fmt.Errorf("%w: a code-block has %d bit-planes, all zero", ErrMalformed, most)
	}
	b.in = true
	return true, nil
}

// contribution reads how many passes come and how long their bytes are.
func (p *packets) contribution(h *headerBits, b *block, planes int, style byte) error {
	n := h.passes()
	if b.passes += n; b.passes > 3*planes-2 && !h.over {
		return fmt.Errorf("%w: %d coding passes for %d bit-planes", ErrMalformed, b.passes, planes)
	}
	for h.bit() == 1 {
		if b.lblock++; b.lblock > 32 {
			return fmt.Errorf("%w: lengths of more than 32 bits", ErrMalformed)
		}
	}
	before := len(p.adds)
	p.adds = b.divide(h, n, style, p.adds)
	if h.over {
		return fmt.Errorf("%w: a packet header is cut off", ErrTruncated)
	}
	if p.work.runs -= len(p.adds) - before; p.work.runs < 0 {
		return fmt.Errorf("%w: more runs of bytes than a file of this length can hold", ErrTooLarge)
	}
	if p.work.visits -= n * b.area.w() * b.area.h(); p.work.visits < 0 {
		return fmt.Errorf("%w: more coding passes than a file of this length can fill", ErrTooLarge)
	}
	return nil
}

// divide shares n passes among runs and reads the runs' lengths.
func (b *block) divide(h *headerBits, n int, style byte, adds []addition) []addition {
	for n > 0 {
		last := len(b.segments) - 1
		if last < 0 || b.segments[last].passes == b.segments[last].most {
			b.segments = append(b.segments, run{most: b.mostPasses(style)})
			last++
		}
		s := &b.segments[last]
		m := min(n, s.most-s.passes)
		adds = append(adds, addition{b, last, h.bits(b.lblock + bits.Len(uint(m)) - 1)})
		s.passes += m
		n -= m
	}
	return adds
}

// mostPasses says how many passes the next run may have (D.4.2, D.6).
func (b *block) mostPasses(style byte) int {
	switch {
	case style&styleTerminate != 0:
		return 1
	case style&styleBypass == 0:
		return 3*maxPlanes + 64
	case len(b.segments) == 0:
		return 10 // the first four planes are coded as ever
	case len(b.segments)%2 == 1:
		return 2 // significance and refinement, raw
	}
	return 1 // clean-up, coded
}

// bodies hands the bytes of the packet to the runs.
func (p *packets) bodies() error {
	for _, a := range p.adds {
		data, ok := p.take(a.length)
		if !ok {
			return fmt.Errorf("%w: a packet needs %d bytes more than there are", ErrTruncated, a.length)
		}
		if s := &a.to.segments[a.run]; a.length > 0 {
			s.data = append(s.data, data)
		}
	}
	return nil
}
