package jp2

// lanes is how many lines are worked on at a time: one cache line of values.
const lanes = 16

// strip holds 16 lines side by side: lanes values for each place of the line.
type strip[T int32 | float32] struct {
	buf []T
	n   int // length of the lines
	odd int // 1: the lines begin at an odd coordinate, with a high value
}

func (s *strip[T]) at(i int) *[lanes]T { return (*[lanes]T)(s.buf[i*lanes:]) }

// places says where the low and high half go: every second place.
func (s *strip[T]) places(nLow, i int) int {
	if i < nLow {
		return 2*i + s.odd
	}
	return 2*(i-nLow) + 1 - s.odd
}

// lift calls f for every second place from first on, with its neighbours; at
// the ends the one neighbour stands for both.
func (s *strip[T]) lift(high bool, f func(v, left, right *[lanes]T)) {
	first := s.odd
	if high {
		first = 1 - s.odd
	}
	for i := first; i < s.n; i += 2 {
		left, right := i-1, i+1
		if left < 0 {
			left = right
		}
		if right >= s.n {
			right = left
		}
		f(s.at(i), s.at(left), s.at(right))
	}
}

// join53 undoes the reversible 5/3 wavelet (F.3.8.1).
func join53(s *strip[int32]) {
	if s.n == 1 {
		if s.odd == 1 {
			for i, v := range s.at(0) {
				s.at(0)[i] = v / 2
			}
		}
		return
	}
	s.lift(false, func(v, l, r *[lanes]int32) {
		for i := range v {
			v[i] -= (l[i] + r[i] + 2) >> 2
		}
	})
	s.lift(true, func(v, l, r *[lanes]int32) {
		for i := range v {
			v[i] += (l[i] + r[i]) >> 1
		}
	})
}

// Lifting steps of the irreversible 9/7 wavelet (table F.4).
const (
	alpha = -1.586134342059924
	beta  = -0.052980118572961
	gamma = 0.882911075530934
	delta = 0.443506852043971
	kappa = 1.230174104914001
)

// join97 undoes the irreversible 9/7 wavelet (F.3.8.2).
func join97(s *strip[float32]) {
	if s.n == 1 {
		if s.odd == 1 {
			for i, v := range s.at(0) {
				s.at(0)[i] = v / 2
			}
		}
		return
	}
	for i := range s.n {
		k := float32(kappa)
		if (i+s.odd)&1 == 1 {
			k = 1 / kappa
		}
		for j := range s.at(i) {
			s.at(i)[j] *= k
		}
	}
	for i, c := range [4]float32{delta, gamma, beta, alpha} {
		s.lift(i&1 == 1, func(v, l, r *[lanes]float32) {
			for j := range v {
				v[j] -= float32(c * (l[j] + r[j]))
			}
		})
	}
}

// inverse undoes the wavelet of a tile-component up to resolution top, in
// place. The plane has rows of the width of that resolution.
func inverse[T int32 | float32](plane []T, res []resolution, top int, join func(*strip[T])) {
	width := res[top].area.w()
	s := strip[T]{buf: make([]T, lanes*max(width, res[top].area.h(), 1))}
	for r := 1; r <= top; r++ {
		a, low := res[r].area, res[r-1].area
		if a.empty() {
			continue
		}
		s.n, s.odd = a.w(), a.x0&1
		for y := 0; y < a.h(); y += lanes {
			s.rows(plane[y*width:], width, min(lanes, a.h()-y), low.w(), join)
		}
		s.n, s.odd = a.h(), a.y0&1
		for x := 0; x < a.w(); x += lanes {
			s.columns(plane[x:], width, min(lanes, a.w()-x), low.h(), join)
		}
	}
}

func (s *strip[T]) rows(plane []T, width, n, nLow int, join func(*strip[T])) {
	for i := range n {
		row := plane[i*width : i*width+s.n]
		for x, v := range row {
			s.buf[s.places(nLow, x)*lanes+i] = v
		}
	}
	join(s)
	for i := range n {
		row := plane[i*width : i*width+s.n]
		at := i
		for x := range row {
			row[x] = s.buf[at]
			at += lanes
		}
	}
}

func (s *strip[T]) columns(plane []T, width, n, nLow int, join func(*strip[T])) {
	for y := range s.n {
		at := s.places(nLow, y) * lanes
		copy(s.buf[at:at+n], plane[y*width:])
	}
	join(s)
	for y := range s.n {
		copy(plane[y*width:y*width+n], s.buf[y*lanes:])
	}
}
