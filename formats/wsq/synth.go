package wsq

// lanes is how many lines are worked on at a time: one cache line of values.
const lanes = 16

// synthesis undoes the decomposition. Lines are taken in strips of 16, side by
// side, so that one kernel serves columns and rows.
type synthesis struct {
	filters filters
	plans   map[int]plan
	in, out []float32 // a strip before and after, lanes values for each place of the line
	pix     []float32 // the plane
	width   int
}

// synthesize turns the coefficients in pix into the image, in place.
func synthesize(pix []float32, width, height int, f filters, splits []split) {
	longest := max(width, height) * lanes
	s := synthesis{filters: f, plans: make(map[int]plan), in: make([]float32, longest), out: make([]float32, longest), pix: pix, width: width}
	for i := len(splits) - 1; i >= 0; i-- {
		if splits[i].w == 0 || splits[i].h == 0 {
			continue
		}
		s.columns(splits[i])
		s.rows(splits[i])
	}
}

func (s *synthesis) plan(n int) plan {
	p, ok := s.plans[n]
	if !ok {
		p = s.filters.plan(n)
		s.plans[n] = p
	}
	return p
}

func (s *synthesis) columns(r split) {
	p := s.plan(r.h)
	for x := 0; x < r.w; x += lanes {
		n := min(lanes, r.w-x)
		base := r.y*s.width + r.x + x
		for y := range r.h {
			copy(s.in[y*lanes:y*lanes+n], s.pix[base+y*s.width:])
		}
		s.strip(p, r.flipY)
		for y := range r.h {
			copy(s.pix[base+y*s.width:base+y*s.width+n], s.out[y*lanes:])
		}
	}
}

func (s *synthesis) rows(r split) {
	p := s.plan(r.w)
	for y := 0; y < r.h; y += lanes {
		n := min(lanes, r.h-y)
		plane := s.pix[(r.y+y)*s.width+r.x:]
		toLanes(s.in, plane, s.width, r.w, n)
		s.strip(p, r.flipX)
		fromLanes(plane, s.out, s.width, r.w, n)
	}
}

// toLanes lays n rows side by side, in squares that the cache can hold.
func toLanes(strip, plane []float32, stride, w, n int) {
	for x := 0; x < w; x += lanes {
		end := min(x+lanes, w)
		for i := range n {
			at := x*lanes + i
			for _, v := range plane[i*stride+x : i*stride+end] {
				strip[at] = v
				at += lanes
			}
		}
	}
}

// fromLanes is the inverse of toLanes.
func fromLanes(plane, strip []float32, stride, w, n int) {
	for x := 0; x < w; x += lanes {
		end := min(x+lanes, w)
		for i := range n {
			at := x*lanes + i
			row := plane[i*stride+x : i*stride+end]
			for j := range row {
				row[j] = strip[at]
				at += lanes
			}
		}
	}
}

// strip joins the halves of 16 lines.
func (s *synthesis) strip(p plan, flip bool) {
	lo, hi := s.in, s.in[p.nLo*lanes:]
	if flip {
		lo, hi = s.in[p.nHi*lanes:], s.in
	}
	for _, o := range p.taps {
		sum := (*[lanes]float32)(s.out[o.at*lanes:])
		*sum = [lanes]float32{}
		for _, t := range o.lo {
			addTap(sum, lo[t.at*lanes:], t.c)
		}
		for _, t := range o.hi {
			addTap(sum, hi[t.at*lanes:], t.c)
		}
	}
	if p.end > p.first {
		joinPairs(s.out, lo, hi, p.first, p.end, &s.filters)
	}
}

func addTap(sum *[lanes]float32, from []float32, c float32) {
	src := (*[lanes]float32)(from)
	for i := range sum {
		sum[i] += float32(src[i] * c)
	}
}

// joinPairs computes the outputs 2p and 2p+1 for first <= p < end with the 7
// and 9 taps of the standard. The conversions keep Go from fusing a product
// with its sum, which would change the last bit; the order is the reference's.
func joinPairs(out, lo, hi []float32, first, end int, f *filters) {
	l0, l1, l2, l3 := f.lo[0], f.lo[1], f.lo[2], f.lo[3]
	h0, h1, h2, h3, h4 := f.hi[0], f.hi[1], f.hi[2], f.hi[3], f.hi[4]
	for p := first; p < end; p++ {
		l := (*[4 * lanes]float32)(lo[(p-1)*lanes:])
		h := (*[5 * lanes]float32)(hi[(p-2)*lanes:])
		o := (*[2 * lanes]float32)(out[2*p*lanes:])
		for i := range lanes {
			v := l[i]
			even, odd := float32(v*l1), float32(v*l0)
			v = l[lanes+i]
			even += float32(v * l3)
			odd += float32(v * l2)
			v = l[2*lanes+i]
			even += float32(v * l1)
			odd += float32(v * l2)
			odd += float32(l[3*lanes+i] * l0)
			v = h[i]
			even += float32(v * h1)
			odd += float32(v * h0)
			v = h[lanes+i]
			even += float32(v * h3)
			odd += float32(v * h2)
			v = h[2*lanes+i]
			even += float32(v * h3)
			odd += float32(v * h4)
			v = h[3*lanes+i]
			even += float32(v * h1)
			odd += float32(v * h2)
			odd += float32(h[4*lanes+i] * h0)
			o[i], o[lanes+i] = even, odd
		}
	}
}
