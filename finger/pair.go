package finger

import "slices"

const (
	pairRounds  = 3
	pairTurn    = 21 // 256 a turn: directions may differ by 30 degrees
	bendReachPx = 70 // pairs this near share their displacement
	bendPrior   = 2  // weight of no displacement, in pairs
)

var pairTolerance = [pairRounds]int32{20 * 8, 14 * 8, 10 * 8} // eighths of a pixel, per round

// pairUp moves a's minutiae by the motion and pairs them one to one with b's. After each round the moved minutiae are
// shifted by the mean displacement of the pairs around them, so that pairing follows the skin's distortion, and the
// tolerance shrinks.
func (c *Comparer) pairUp(a, b *Prepared, m motion) {
	c.move(a, m)
	for round := range pairRounds {
		c.pairRound(b, pairTolerance[round])
		if round+1 < pairRounds {
			c.bend(b)
		}
	}
}

// move sets moved to a's minutiae after the motion.
func (c *Comparer) move(a *Prepared, m motion) {
	c.moved = c.moved[:0]
	for _, p := range a.points {
		x, y := m.apply(p.x, p.y)
		c.moved = append(c.moved, point{x, y, p.dir + uint8((m.rot+2)>>2), p.kind, p.quality, p.index})
	}
}

// promise is a quick measure of a motion: the similarity of what pairs at once.
func (c *Comparer) promise(a, b *Prepared, m motion) (sum int32) {
	c.move(a, m)
	c.pairRound(b, pairTolerance[0])
	for _, l := range c.grown {
		sum += l.sim
	}
	return sum
}

// pairRound pairs greedily, cheapest first.
func (c *Comparer) pairRound(b *Prepared, tolerance int32) {
	nb := len(b.points)
	c.grown = c.grown[:0]
	for i, p := range c.moved {
		for j := firstFrom(b.points, p.y-tolerance); j < nb; j++ {
			q := &b.points[j]
			dx, dy := p.x-q.x, p.y-q.y
			if dy < -tolerance {
				break
			}
			if dx > tolerance || dx < -tolerance {
				continue
			}
			turn := int32(absInt(int(int8(p.dir - q.dir))))
			d2 := dx*dx + dy*dy
			if turn > pairTurn || d2 > tolerance*tolerance {
				continue
			}
			cost := d2*1024/(tolerance*tolerance) + turn*turn*1024/(pairTurn*pairTurn)
			sim := c.sim[i*nb+j]
			c.grown = append(c.grown, link{int32(i), int32(j), sim, cost + (simOne-sim)*2})
		}
	}
	slices.SortFunc(c.grown, func(x, y link) int {
		if x.weight != y.weight {
			return int(x.weight - y.weight)
		}
		if x.a != y.a {
			return int(x.a - y.a)
		}
		return int(x.b - y.b)
	})
	c.usedA, c.usedB = resize(c.usedA, len(c.moved)), resize(c.usedB, nb)
	clear(c.usedA)
	clear(c.usedB)
	kept := c.grown[:0]
	for _, l := range c.grown {
		if !c.usedA[l.a] && !c.usedB[l.b] {
			c.usedA[l.a], c.usedB[l.b] = true, true
			kept = append(kept, l)
		}
	}
	c.grown = kept
}

// firstFrom returns the first point at or below y.
func firstFrom(p []point, y int32) int {
	lo, hi := 0, len(p)
	for lo < hi {
		if mid := (lo + hi) / 2; p[mid].y < y {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}

// bend shifts every moved minutia by the weighted mean displacement of the pairs near it.
func (c *Comparer) bend(b *Prepared) {
	const reach = bendReachPx * 8
	type shift struct{ x, y, dx, dy, w int32 }
	var buf [maxMinutiae]shift
	n := 0
	for _, l := range c.grown {
		p, q := c.moved[l.a], b.points[l.b]
		if n < len(buf) {
			buf[n] = shift{p.x, p.y, q.x - p.x, q.y - p.y, l.sim + 64}
			n++
		}
	}
	for i := range c.moved {
		p := &c.moved[i]
		var w, sx, sy int64
		for _, s := range buf[:n] {
			dx, dy := int64(s.x-p.x), int64(s.y-p.y)
			d2 := dx*dx + dy*dy
			if d2 >= 4*reach*reach {
				continue
			}
			k := int64(s.w) * (4*reach*reach - d2) / (4 * reach * reach)
			k = k * (4*reach*reach - d2) / (4 * reach * reach)
			w += k
			sx += k * int64(s.dx)
			sy += k * int64(s.dy)
		}
		w += bendPrior * simOne / 2
		p.x += int32(sx / w)
		p.y += int32(sy / w)
	}
}
