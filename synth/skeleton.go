package synth

// skeleton is a one-pixel-wide, 8-connected drawing of the ridges.
type skeleton struct {
	w, h int
	on   []uint8 // 0 or 1
}

// thin reduces the ridges (positive values) to their middle lines (Guo and
// Hall, Communications of the ACM 32, 1989), never touching the outermost pixels.
func thin(ridge []int8, w, h int) skeleton {
	s := skeleton{w: w, h: h, on: make([]uint8, w*h)}
	var live []int32
	for y := 1; y < h-1; y++ {
		for x := 1; x < w-1; x++ {
			if i := y*w + x; ridge[i] > 0 {
				s.on[i] = 1
				live = append(live, int32(i))
			}
		}
	}
	var gone []int32
	for round, idle := 0, 0; idle < 2; round++ {
		removable := &guoHall[round&1]
		kept := live[:0]
		gone = gone[:0]
		for _, i := range live {
			if removable[s.around(int(i))] {
				gone = append(gone, i)
			} else {
				kept = append(kept, i)
			}
		}
		for _, i := range gone {
			s.on[i] = 0
		}
		live = kept
		if len(gone) == 0 {
			idle++
		} else {
			idle = 0
		}
	}
	return s
}

// around packs the eight neighbours of pixel i into bits, clockwise from the
// one above.
func (s *skeleton) around(i int) uint8 {
	up, mid, down := s.on[i-s.w-1:i-s.w+2], s.on[i-1:i+2], s.on[i+s.w-1:i+s.w+2]
	return up[1] | up[2]<<1 | mid[2]<<2 | down[2]<<3 | down[1]<<4 | down[0]<<5 | mid[0]<<6 | up[0]<<7
}

// guoHall tells for both half rounds whether a pixel with given neighbours
// goes.
var guoHall = func() (table [2][256]bool) {
	for n := range 256 {
		p := func(k int) bool { return n>>(k-2)&1 == 1 } // p(2) above, clockwise to p(9)
		or := func(a, b int) int {
			if p(a) || p(b) {
				return 1
			}
			return 0
		}
		crossings := 0
		for _, c := range [4][3]int{{2, 3, 4}, {4, 5, 6}, {6, 7, 8}, {8, 9, 2}} {
			if !p(c[0]) && (p(c[1]) || p(c[2])) {
				crossings++
			}
		}
		n1 := or(9, 2) + or(3, 4) + or(5, 6) + or(7, 8)
		n2 := or(2, 3) + or(4, 5) + or(6, 7) + or(8, 9)
		few := min(n1, n2)
		thinnable := crossings == 1 && few >= 2 && few <= 3
		table[0][n] = thinnable && !((p(6) || p(7) || !p(9)) && p(8))
		table[1][n] = thinnable && !((p(2) || p(3) || !p(5)) && p(4))
	}
	return table
}()

// crossing is the crossing number (Rutovitz): 1 at the end of a line, 2 on it,
// 3 where it forks.
func crossing(around uint8) int {
	n := 0
	for k := range 8 {
		if around>>k&1 == 0 && around>>((k+1)&7)&1 == 1 {
			n++
		}
	}
	return n
}

// follow walks along a line from pixel i through its neighbour next, for at
// most limit pixels or until the line ends or forks. It returns the last pixel
// and the number of steps.
func (s *skeleton) follow(i, next, limit int) (last, steps int) {
	prev, cur := i, next
	for steps = 1; steps < limit; steps++ {
		if crossing(s.around(cur)) != 2 {
			return cur, steps
		}
		onward := s.onward(prev, cur)
		if onward < 0 {
			return cur, steps
		}
		prev, cur = cur, onward
	}
	return cur, steps
}

// onward is the neighbour of cur that leads away from prev, or -1. Straight
// neighbours go before diagonal ones, so that corners are not cut.
func (s *skeleton) onward(prev, cur int) int {
	w := s.w
	for _, d := range [...]int{-w, 1, w, -1, -w + 1, w + 1, w - 1, -w - 1} {
		n := cur + d
		if n == prev || s.on[n] == 0 || s.touching(n, prev) {
			continue
		}
		return n
	}
	return -1
}

func (s *skeleton) touching(a, b int) bool {
	dx, dy := a%s.w-b%s.w, a/s.w-b/s.w
	return dx >= -1 && dx <= 1 && dy >= -1 && dy <= 1
}

// arms are the neighbours of i that begin its lines: one per run of set
// neighbours.
func (s *skeleton) arms(i int) []int {
	w := s.w
	ring := [8]int{-w, -w + 1, 1, w + 1, w, w - 1, -1, -w - 1}
	n := s.around(i)
	var out []int
	for k := range 8 {
		if n>>k&1 == 0 && n>>((k+1)&7)&1 == 1 {
			first := (k + 1) & 7
			if first&1 == 1 && n>>((first+1)&7)&1 == 1 {
				first = (first + 1) & 7 // prefer the straight neighbour of a run
			}
			out = append(out, i+ring[first])
		}
	}
	return out
}
