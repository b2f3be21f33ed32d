package jp2

import (
	"fmt"
	"math"
)

// tileComp is one component of one tile (T.800, annex B).
type tileComp struct {
	component
	*coding
	shift int // of the region of interest
	area  rect
	res   []resolution
}

// resolution is the tile-component, halved some times: resolution 0 is the
// coarsest. It is cut into precincts.
type resolution struct {
	area       rect
	pw, ph     int // log2 of a precinct's size
	wide, high int // how many precincts
	bands      []band
	precincts  []*precinct // nil: nothing of it has come yet
	next       []uint16    // the layer that each precinct expects
}

// band is a subband: what a resolution adds to the one before.
type band struct {
	kind   int // 0 LL, 1 HL, 2 LH, 3 HH
	area   rect
	x, y   int // its place in the plane of the tile-component
	planes int // bit-planes that a coefficient may have, M_b
	step   float32
}

// precinct holds the code-blocks of each subband in an area of a resolution.
type precinct struct{ bands []blocks }

// blocks are a precinct's code-blocks in one subband, in reading order.
type blocks struct {
	wide, high int
	list       []block
	included   *tagTree // the layer in which each appears first
	missing    *tagTree // bit-planes that are all zero
}

// block is a code-block: an area of its subband and the coded passes.
type block struct {
	area     rect // in the subband's coordinates
	in       bool // has appeared
	zeros    int  // bit-planes that are all zero
	lblock   int
	passes   int
	segments []run
}

// run is a number of passes that share one run of bytes.
type run struct {
	passes, most int
	data         [][]byte
}

func (st *stream) tileComp(t *tileData, index, c int) (*tileComp, error) {
	tc := &tileComp{component: st.size.comps[c], coding: st.codingOf(t, c), shift: st.shiftOf(t, c)}
	tc.area = tc.of(st.size.tile(index))
	q := st.quantOf(t, c)
	for r := range tc.levels + 1 {
		res, err := tc.resolution(r, q, st.size.depth)
		if err != nil {
			return nil, fmt.Errorf("tile %d, component %d: %w", index, c, err)
		}
		tc.res = append(tc.res, res)
	}
	return tc, nil
}

func (tc *tileComp) resolution(r int, q *quant, depth int) (resolution, error) {
	down := tc.levels - r
	a := tc.area
	res := resolution{
		area: rect{ceilShift(a.x0, down), ceilShift(a.y0, down), ceilShift(a.x1, down), ceilShift(a.y1, down)},
		pw:   int(tc.precincts[r][0]), ph: int(tc.precincts[r][1]),
	}
	if !res.area.empty() {
		res.wide = ceilShift(res.area.x1, res.pw) - res.area.x0>>res.pw
		res.high = ceilShift(res.area.y1, res.ph) - res.area.y0>>res.ph
	}
	kinds := []int{1, 2, 3}
	if r == 0 {
		kinds = []int{0}
	}
	for _, kind := range kinds {
		b, err := tc.band(r, kind, q, depth)
		if err != nil {
			return resolution{}, err
		}
		res.bands = append(res.bands, b)
	}
	return res, nil
}

// band is B.5: the area, and E.1: the step size.
func (tc *tileComp) band(r, kind int, q *quant, depth int) (band, error) {
	level, number := tc.levels, 0
	if r > 0 {
		level, number = tc.levels-r+1, 3*(r-1)+kind
	}
	xo, yo := 0, 0
	b := band{kind: kind}
	if level > 0 {
		xo, yo = kind&1<<(level-1), kind>>1<<(level-1)
	}
	a := tc.area
	b.area = rect{ceilShift(a.x0-xo, level), ceilShift(a.y0-yo, level), ceilShift(a.x1-xo, level), ceilShift(a.y1-yo, level)}
	if r > 0 { // the coarser resolution lies left and above
		coarser := rect{ceilShift(a.x0, level), ceilShift(a.y0, level), ceilShift(a.x1, level), ceilShift(a.y1, level)}
		b.x, b.y = kind&1*coarser.w(), kind>>1*coarser.h()
	}
	exponent, mantissa, ok := q.step(number)
	if !ok && !b.area.empty() {
		return band{}, fmt.Errorf("%w: no step size for subband %d", ErrMalformed, number)
	}
	gain := [4]int{0, 1, 1, 2}[kind]
	b.planes = q.guard + exponent - 1
	b.step = float32(math.Ldexp(1+float64(mantissa)/2048, depth+gain-exponent))
	if tc.reversible {
		b.step = 1
	}
	return b, nil
}

// precinct makes the code-blocks of a precinct when its first packet comes.
func (tc *tileComp) precinct(r, k int) *precinct {
	res := &tc.res[r]
	if p := res.precincts[k]; p != nil {
		return p
	}
	p := &precinct{}
	for i := range res.bands {
		p.bands = append(p.bands, tc.blocks(r, k, &res.bands[i]))
	}
	res.precincts[k] = p
	return p
}

// grid is the area of precinct k in a subband, and the size of code-blocks.
func (tc *tileComp) grid(r, k int, b *band) (area rect, xcb, ycb int) {
	res := &tc.res[r]
	pw, ph := res.pw, res.ph
	px, py := res.area.x0>>pw+k%res.wide, res.area.y0>>ph+k/res.wide
	if r > 0 {
		pw, ph = pw-1, ph-1
	}
	area = rect{max(px<<pw, b.area.x0), max(py<<ph, b.area.y0), min((px+1)<<pw, b.area.x1), min((py+1)<<ph, b.area.y1)}
	return area, min(tc.xcb, pw), min(tc.ycb, ph)
}

// countBlocks says how many code-blocks a precinct has.
func (tc *tileComp) countBlocks(r, k int) int {
	n := 0
	for i := range tc.res[r].bands {
		a, xcb, ycb := tc.grid(r, k, &tc.res[r].bands[i])
		if !a.empty() {
			n += (ceilShift(a.x1, xcb) - a.x0>>xcb) * (ceilShift(a.y1, ycb) - a.y0>>ycb)
		}
	}
	return n
}

func (tc *tileComp) blocks(r, k int, b *band) blocks {
	a, xcb, ycb := tc.grid(r, k, b)
	if a.empty() {
		return blocks{}
	}
	x0, y0 := a.x0>>xcb, a.y0>>ycb
	bs := blocks{wide: ceilShift(a.x1, xcb) - x0, high: ceilShift(a.y1, ycb) - y0}
	bs.list = make([]block, bs.wide*bs.high)
	bs.included, bs.missing = newTagTree(bs.wide, bs.high), newTagTree(bs.wide, bs.high)
	for i := range bs.list {
		x, y := (x0+i%bs.wide)<<xcb, (y0+i/bs.wide)<<ycb
		bs.list[i] = block{area: rect{max(x, a.x0), max(y, a.y0), min(x+1<<xcb, a.x1), min(y+1<<ycb, a.y1)}, lblock: 3}
	}
	return bs
}
