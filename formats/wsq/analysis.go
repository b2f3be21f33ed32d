package wsq

// analyze decomposes the image in pix, in place: the inverse of synthesize,
// with the standard's filters.
func analyze(pix []float32, width, height int, splits []split) {
	longest := max(width, height) * lanes
	s := synthesis{in: make([]float32, longest+2*reach*lanes), out: make([]float32, longest), pix: pix, width: width}
	for _, r := range splits {
		s.cutRows(r)
		s.cutColumns(r)
	}
}

// reach is how far the longest filter looks to either side.
const reach = 4

func (s *synthesis) cutRows(r split) {
	for y := 0; y < r.h; y += lanes {
		n := min(lanes, r.h-y)
		plane := s.pix[(r.y+y)*s.width+r.x:]
		toLanes(s.in[reach*lanes:], plane, s.width, r.w, n)
		s.cut(r.w, r.flipX)
		fromLanes(plane, s.out, s.width, r.w, n)
	}
}

func (s *synthesis) cutColumns(r split) {
	for x := 0; x < r.w; x += lanes {
		n := min(lanes, r.w-x)
		base := r.y*s.width + r.x + x
		for y := range r.h {
			at := (reach + y) * lanes
			copy(s.in[at:at+n], s.pix[base+y*s.width:])
		}
		s.cut(r.h, r.flipY)
		for y := range r.h {
			copy(s.pix[base+y*s.width:base+y*s.width+n], s.out[y*lanes:])
		}
	}
}

// cut filters 16 lines of n values into their low and high halves. The line is
// continued at both ends by reflection about its last value.
func (s *synthesis) cut(n int, flip bool) {
	line := func(i int) *[lanes]float32 { return (*[lanes]float32)(s.in[(reach+i)*lanes:]) }
	for k := 1; k <= reach; k++ {
		*line(-k) = *line(reflect(-k, n))
		*line(n - 1 + k) = *line(reflect(n-1+k, n))
	}
	nLo, nHi := (n+1)/2, n/2
	lo, hi := s.out, s.out[nLo*lanes:]
	if flip {
		lo, hi = s.out[nHi*lanes:], s.out
	}
	for p := range nLo {
		lowTaps((*[lanes]float32)(lo[p*lanes:]), (*[9 * lanes]float32)(s.in[2*p*lanes:]))
	}
	for p := range nHi {
		highTaps((*[lanes]float32)(hi[p*lanes:]), (*[7 * lanes]float32)(s.in[(2*p+2)*lanes:]))
	}
}

// reflect folds i into [0, n).
func reflect(i, n int) int {
	if n == 1 {
		return 0
	}
	for i < 0 || i >= n {
		if i < 0 {
			i = -i
		} else {
			i = 2*(n-1) - i
		}
	}
	return i
}

var (
	lo0, lo1, lo2, lo3, lo4 = float32(standardLo[0]), float32(standardLo[1]), float32(standardLo[2]), float32(standardLo[3]), float32(standardLo[4])
	hi0, hi1, hi2, hi3      = float32(standardHi[0]), float32(standardHi[1]), float32(standardHi[2]), float32(standardHi[3])
)

func lowTaps(out *[lanes]float32, in *[9 * lanes]float32) {
	a0, a1, a2, a3, a4 := lo0, lo1, lo2, lo3, lo4
	for i := range lanes {
		v := float32(in[i] * a4)
		v += float32(in[lanes+i] * a3)
		v += float32(in[2*lanes+i] * a2)
		v += float32(in[3*lanes+i] * a1)
		v += float32(in[4*lanes+i] * a0)
		v += float32(in[5*lanes+i] * a1)
		v += float32(in[6*lanes+i] * a2)
		v += float32(in[7*lanes+i] * a3)
		v += float32(in[8*lanes+i] * a4)
		out[i] = v
	}
}

func highTaps(out *[lanes]float32, in *[7 * lanes]float32) {
	a0, a1, a2, a3 := hi0, hi1, hi2, hi3
	for i := range lanes {
		v := float32(in[i] * a3)
		v += float32(in[lanes+i] * a2)
		v += float32(in[2*lanes+i] * a1)
		v += float32(in[3*lanes+i] * a0)
		v += float32(in[4*lanes+i] * a1)
		v += float32(in[5*lanes+i] * a2)
		v += float32(in[6*lanes+i] * a3)
		out[i] = v
	}
}
