package finger

const (
	maskContrast = 25 // percent of the image's high contrast that a cell of the print must have
	maskCloseR   = 3  // cells: holes and notches narrower than twice this are closed
	maskOpenR    = 3  // cells: islands and spikes narrower than twice this are dropped
	maskPartPct  = 20 // percent of the largest part's area that another part must have to be kept
)

// segment returns the first estimate of where the print is: local contrast against the image's high contrast, then
// morphology (after GMFS: Cappelli, IEEE Access 11, 2023, with local deviation in place of gradient magnitude).
func segment(n normalised) *grid {
	m := newGrid(n.contrast.w, n.contrast.h)
	limit := max(n.high*maskContrast/100, minContrast)
	for i, c := range n.contrast.v {
		if int(c) >= limit {
			m.v[i] = 1
		}
	}
	return tidyMask(m)
}

// tidyMask closes, opens, drops small parts and fills holes.
func tidyMask(m *grid) *grid {
	m = erode(dilate(m, maskCloseR), maskCloseR)
	m = dilate(erode(m, maskOpenR), maskOpenR)
	dropSmallParts(m)
	fillHoles(m)
	return m
}

// dilate sets every cell that has a set cell within r columns and rows. Outside the image nothing is set.
func dilate(m *grid, r int) *grid {
	return boxCount(m, r, func(set, area int) bool { return set > 0 })
}

// erode keeps cells whose whole neighbourhood inside the image is set.
func erode(m *grid, r int) *grid {
	return boxCount(m, r, func(set, area int) bool { return set == area })
}

// boxCount sets the cells whose square neighbourhood, cut at the image's edge, passes keep.
func boxCount(m *grid, r int, keep func(set, area int) bool) *grid {
	sum := make([]int32, (m.w+1)*(m.h+1))
	for y := range m.h {
		var rs int32
		for x := range m.w {
			rs += int32(min(m.v[y*m.w+x], 1))
			sum[(y+1)*(m.w+1)+x+1] = sum[y*(m.w+1)+x+1] + rs
		}
	}
	out := newGrid(m.w, m.h)
	for y := range m.h {
		y0, y1 := max(y-r, 0), min(y+r+1, m.h)
		for x := range m.w {
			x0, x1 := max(x-r, 0), min(x+r+1, m.w)
			set := sum[y1*(m.w+1)+x1] - sum[y1*(m.w+1)+x0] - sum[y0*(m.w+1)+x1] + sum[y0*(m.w+1)+x0]
			if keep(int(set), (x1-x0)*(y1-y0)) {
				out.v[y*m.w+x] = 1
			}
		}
	}
	return out
}

// label numbers the 4-connected parts of cells equal to want, from 1, and returns each part's size and whether it
// touches the edge.
func label(m *grid, want uint8) (ids []int32, size []int, edge []bool) {
	ids = make([]int32, len(m.v))
	size, edge = []int{0}, []bool{false}
	var stack []int
	for start := range m.v {
		if m.v[start] != want || ids[start] != 0 {
			continue
		}
		id := int32(len(size))
		size, edge = append(size, 0), append(edge, false)
		ids[start] = id
		stack = append(stack[:0], start)
		for len(stack) > 0 {
			p := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			size[id]++
			x, y := p%m.w, p/m.w
			edge[id] = edge[id] || x == 0 || y == 0 || x == m.w-1 || y == m.h-1
			for _, q := range [4]int{p - 1, p + 1, p - m.w, p + m.w} {
				wrapped := (q == p-1 && x == 0) || (q == p+1 && x == m.w-1)
				if wrapped || q < 0 || q >= len(m.v) || m.v[q] != want || ids[q] != 0 {
					continue
				}
				ids[q] = id
				stack = append(stack, q)
			}
		}
	}
	return ids, size, edge
}

func dropSmallParts(m *grid) {
	ids, size, _ := label(m, 1)
	largest := 0
	for _, s := range size {
		largest = max(largest, s)
	}
	for i, id := range ids {
		if id > 0 && size[id]*100 < largest*maskPartPct {
			m.v[i] = 0
		}
	}
}

func fillHoles(m *grid) {
	ids, _, edge := label(m, 0)
	for i, id := range ids {
		if id > 0 && !edge[id] {
			m.v[i] = 1
		}
	}
}
