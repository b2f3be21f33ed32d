package finger

// Lengths below which a feature of the skeleton is an artefact, in pixels at 500 ppi (a ridge period is about 9).
const (
	spurPx     = 8  // side branch
	fragmentPx = 16 // free piece of ridge
	lakePx     = 16 // each side of a hole in a ridge
	bridgePx   = 9  // link between neighbouring ridges
	gapPx      = 10 // break in a ridge
	gapCos     = 88 // percent: cosine of the angle a joined gap may turn
	tracePx    = 14 // length over which a ridge's direction is read
)

// branches lists the first pixel of each ridge that leaves pixel p: one for each run of neighbours.
func (b *bitmap) branches(p int, out *[4]int) int {
	nb := b.neighbours()
	n := 0
	for k := range 8 {
		if b.pix[p+nb[k]] != 0 && b.pix[p+nb[(k+7)&7]] == 0 {
			best := k
			if k&1 == 1 && b.pix[p+nb[(k+1)&7]] != 0 { // prefer the neighbour that shares a side
				best = (k + 1) & 7
			}
			if n < len(out) {
				out[n] = p + nb[best]
				n++
			}
		}
	}
	return n
}

func (b *bitmap) degree(p int) int { return int(crossing[neighbourCode(b.pix, p, b.stride)]) }

// path is a piece of skeleton walked from a node, the node itself first.
type path struct {
	points []int
	end    int // crossing number of the last point: 1 ending, 3 or more bifurcation, 2 cut at the limit
}

// walk follows the skeleton from node through first for at most limit pixels or to the next node.
func (b *bitmap) walk(node, first, limit int, buf []int) path {
	pts := append(buf[:0], node, first)
	prev, cur := node, first
	for len(pts) <= limit {
		if d := b.degree(cur); d != 2 {
			return path{pts, d}
		}
		next := b.step(cur, prev)
		if next < 0 || next == node {
			return path{pts, 2}
		}
		prev, cur = cur, next
		pts = append(pts, cur)
	}
	if d := b.degree(cur); d != 2 {
		return path{pts, d}
	}
	return path{pts, 2}
}

// step returns the pixel after cur when coming from prev, or -1.
func (b *bitmap) step(cur, prev int) int {
	var br [4]int
	n := b.branches(cur, &br)
	next, far := -1, -1
	for _, q := range br[:n] {
		if q == prev {
			continue
		}
		if d := b.dist2(q, prev); d > far {
			next, far = q, d
		}
	}
	if far <= 1 && n > 1 { // only a pixel beside prev is left: the walk would turn back
		return -1
	}
	return next
}

func (b *bitmap) dist2(p, q int) int {
	px, py := b.xy(p)
	qx, qy := b.xy(q)
	return (px-qx)*(px-qx) + (py-qy)*(py-qy)
}

// nodes returns the pixels of the given crossing number (3: three or more).
func (b *bitmap) nodes(degree int) (list []int) {
	for p, v := range b.pix {
		if v == 0 {
			continue
		}
		if d := b.degree(p); d == degree || (degree == 3 && d > 3) {
			list = append(list, p)
		}
	}
	return list
}

// cleanSkeleton removes what noise and thinning leave behind, in place.
func cleanSkeleton(b *bitmap, field *grid) {
	removeSpurs(b)
	removeLoops(b)
	removeBridges(b, field)
	joinGaps(b)
	removeSpurs(b)
	removeFragments(b)
}

// removeSpurs erases side branches that end within spurPx.
func removeSpurs(b *bitmap) {
	buf := make([]int, 0, 64)
	for _, p := range b.nodes(1) {
		if b.pix[p] == 0 {
			continue
		}
		var br [4]int
		if b.branches(p, &br) != 1 {
			continue
		}
		if w := b.walk(p, br[0], spurPx, buf); w.end >= 3 {
			for _, q := range w.points[:len(w.points)-1] {
				b.pix[q] = 0
			}
		}
	}
}

func removeFragments(b *bitmap) {
	buf := make([]int, 0, 64)
	for _, p := range b.nodes(1) {
		var br [4]int
		if b.pix[p] == 0 || b.branches(p, &br) != 1 {
			continue
		}
		if w := b.walk(p, br[0], fragmentPx, buf); w.end == 1 {
			for _, q := range w.points {
				b.pix[q] = 0
			}
		}
	}
}

// removeLoops opens small closed loops: two branches of a bifurcation that meet again at one node.
func removeLoops(b *bitmap) {
	bufs := [3][]int{make([]int, 0, 64), make([]int, 0, 64), make([]int, 0, 64)}
	for _, p := range b.nodes(3) {
		var br [4]int
		n := b.branches(p, &br)
		if b.pix[p] == 0 || n < 3 {
			continue
		}
		var paths [3]path
		for k := range 3 {
			paths[k] = b.walk(p, br[k], lakePx, bufs[k])
		}
		for k := range 3 {
			u, v := paths[k], paths[(k+1)%3]
			if u.end >= 3 && v.end >= 3 && b.dist2(u.points[len(u.points)-1], v.points[len(v.points)-1]) <= 2 {
				longer := u
				if len(v.points) > len(u.points) {
					longer = v
				}
				b.erase(longer.points)
				break
			}
		}
	}
}

// erase removes a path between two nodes, leaving the nodes.
func (b *bitmap) erase(points []int) {
	for _, q := range points[1 : len(points)-1] {
		b.pix[q] = 0
	}
}

// removeBridges erases short links between two bifurcations that stand across the ridges.
func removeBridges(b *bitmap, field *grid) {
	buf := make([]int, 0, 64)
	for _, p := range b.nodes(3) {
		var br [4]int
		n := b.branches(p, &br)
		if n < 3 {
			continue
		}
		for _, first := range br[:n] {
			w := b.walk(p, first, bridgePx, buf)
			if w.end < 3 || len(w.points) < 3 {
				continue
			}
			x0, y0 := b.xy(p)
			x1, y1 := b.xy(w.points[len(w.points)-1])
			if acrossRidge(x1-x0, y1-y0, field.atPx((x0+x1)/2, (y0+y1)/2)) {
				b.erase(w.points)
				break
			}
		}
	}
}

// acrossRidge tells whether a step deviates more than 35 degrees from the ridge orientation.
func acrossRidge(dx, dy int, orientation uint8) bool {
	a := uint8(iatan2(int64(-dy), int64(dx)) >> 7)
	return halfTurnDiff(a, orientation) > 50
}
