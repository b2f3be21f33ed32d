package jp2

import (
	"fmt"
	"math"
)

// samples is a decoded component: one of the two, by depth.
type samples struct {
	area  rect // at the resolution asked for
	pix   []uint8
	pix16 []uint16
}

// decoder turns tiles into samples.
type decoder struct {
	*stream
	reduce int
	work   budget
	coder  coder
	out    []samples
}

// tile decodes one tile and stores its samples.
func (d *decoder) tile(index int) (missing int, err error) {
	t := d.tiles[index]
	o, changes := d.orderOf(t)
	p := packets{order: o, body: t.parts, headers: headerBits{data: t.headers}, packed: t.packed, work: &d.work}
	length := len(t.headers)
	for _, b := range t.parts {
		length += len(b)
	}
	for c := range d.size.comps {
		tc, err := d.tileComp(t, index, c)
		if err != nil {
			return 0, err
		}
		if err := d.work.step(16 * len(tc.res)); err != nil {
			return 0, err
		}
		if d.reduce > tc.levels {
			return 0, fmt.Errorf("%w: to be halved %d times, component %d has %d levels", ErrUnsupported, d.reduce, c, tc.levels)
		}
		p.comps = append(p.comps, tc)
	}
	if err := makePrecincts(p.comps, length); err != nil {
		return 0, err
	}
	if missing, err = p.readAll(d.size.tile(index), changes); err != nil {
		return 0, err
	}
	return missing, d.planes(p.comps, o.mix)
}

// makePrecincts takes memory for what each precinct needs before anything of
// it has come. Each precinct takes at least a byte of the tile.
func makePrecincts(comps []*tileComp, length int) error {
	room := 1024 + 2*length
	for _, tc := range comps {
		for i := range tc.res {
			r := &tc.res[i]
			n := r.wide * r.high
			if r.wide > room || r.high > room || n > room {
				return fmt.Errorf("%w: %d x %d precincts in a tile of %d bytes", ErrTruncated, r.wide, r.high, length)
			}
			room -= n
			r.precincts, r.next = make([]*precinct, n), make([]uint16, n)
		}
	}
	return nil
}

// plane is the coefficients, then the samples, of a tile-component: of one or
// the other kind, or of neither where all are zero.
type plane struct {
	area   rect
	ints   []int32
	floats []float32
}

func (d *decoder) planes(comps []*tileComp, mix bool) error {
	blank := true
	for _, tc := range comps {
		blank = blank && tc.blank()
	}
	mix = mix && len(comps) >= 3 && !blank
	var planes [maxComponents]plane
	for c, tc := range comps {
		var err error
		if planes[c], err = d.plane(tc, blank); err != nil {
			return err
		}
		if !mix || c >= 3 {
			d.store(c, planes[c])
			planes[c] = plane{}
		}
	}
	if !mix {
		return nil
	}
	a, b, c := planes[0], planes[1], planes[2]
	switch {
	case a.area != b.area || b.area != c.area || len(a.ints) != len(b.ints) || len(b.ints) != len(c.ints):
		return fmt.Errorf("%w: the first three components differ and cannot have been transformed together", ErrMalformed)
	case a.ints != nil:
		unmixReversible(a.ints, b.ints, c.ints)
	default:
		unmix(a.floats, b.floats, c.floats)
	}
	for i := range 3 {
		d.store(i, planes[i])
	}
	return nil
}

// blank says whether no coefficient has come.
func (tc *tileComp) blank() bool {
	for i := range tc.res {
		for _, p := range tc.res[i].precincts {
			if p == nil {
				continue
			}
			for j := range p.bands {
				for k := range p.bands[j].list {
					if p.bands[j].list[k].in {
						return false
					}
				}
			}
		}
	}
	return true
}

// plane decodes the code-blocks and undoes the wavelet.
func (d *decoder) plane(tc *tileComp, blank bool) (plane, error) {
	top := tc.levels - d.reduce
	p := plane{area: tc.res[top].area}
	n := p.area.w() * p.area.h()
	if blank || n == 0 {
		return p, nil
	}
	if tc.reversible {
		p.ints = make([]int32, n)
	} else {
		p.floats = make([]float32, n)
	}
	for r := range top + 1 {
		for _, pc := range tc.res[r].precincts {
			if pc == nil {
				continue
			}
			for i := range pc.bands {
				if err := d.blocks(tc, &tc.res[r].bands[i], &pc.bands[i], &p); err != nil {
					return plane{}, err
				}
			}
		}
	}
	if tc.reversible {
		inverse(p.ints, tc.res, top, join53)
	} else {
		inverse(p.floats, tc.res, top, join97)
	}
	return p, nil
}

// blocks decodes a precinct's code-blocks in one subband into the plane.
func (d *decoder) blocks(tc *tileComp, b *band, bs *blocks, p *plane) error {
	for i := range bs.list {
		k := &bs.list[i]
		planes := b.planes + tc.shift - k.zeros
		if k.passes == 0 {
			continue
		}
		if planes > maxPlanes {
			return fmt.Errorf("%w: %d bit-planes, at most %d", ErrUnsupported, planes, maxPlanes)
		}
		d.coder.decode(k, b.kind, planes, tc.style)
		at := (b.y+k.area.y0-b.area.y0)*p.area.w() + b.x + k.area.x0 - b.area.x0
		d.coder.put(p, at, tc.shift, b.step)
	}
	return nil
}

// put undoes the shift of a region of interest (H.1) and the quantization
// (E.1), and writes the block into the plane.
func (c *coder) put(p *plane, at, shift int, step float32) {
	for y := range c.h {
		flags := c.flags[(y+1)*c.wide+1:]
		for x, m := range c.mag[y*c.w : (y+1)*c.w] {
			if m == 0 {
				continue
			}
			if shift > 0 && m>>1>>shift != 0 {
				m >>= shift
			}
			minus := flags[x]&negative != 0
			if p.ints != nil {
				v := int32(m >> 1)
				if minus {
					v = -v
				}
				p.ints[at+x] = v
				continue
			}
			v := float32(m) * 0.5 * step
			if minus {
				v = -v
			}
			p.floats[at+x] = v
		}
		at += p.area.w()
	}
}

// unmixReversible undoes the reversible component transformation (G.2).
func unmixReversible(a, b, c []int32) {
	for i, y := range a {
		u, v := b[i], c[i]
		g := y - (u+v)>>2
		a[i], b[i], c[i] = v+g, g, u+g
	}
}

// unmix undoes the irreversible one (G.3).
func unmix(a, b, c []float32) {
	for i, y := range a {
		cb, cr := b[i], c[i]
		a[i] = y + float32(1.402*cr)
		b[i] = y - float32(0.344136*cb) - float32(0.714136*cr)
		c[i] = y + float32(1.772*cb)
	}
}

// store rounds, shifts and clips the samples of a tile-component.
func (d *decoder) store(c int, p plane) {
	out := &d.out[c]
	half, most := int32(1)<<(d.size.depth-1), int32(1)<<d.size.depth-1
	w := p.area.w()
	for y := range p.area.h() {
		at := (p.area.y0+y-out.area.y0)*out.area.w() + p.area.x0 - out.area.x0
		for x := range w {
			v := half
			switch {
			case p.ints != nil:
				v += p.ints[y*w+x]
			case p.floats != nil:
				v += int32(min(max(math.Floor(float64(p.floats[y*w+x])+0.5), -1<<20), 1<<20))
			}
			v = min(max(v, 0), most)
			if out.pix != nil {
				out.pix[at+x] = uint8(v)
			} else {
				out.pix16[at+x] = uint16(v)
			}
		}
	}
}
