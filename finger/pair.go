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
	c.moved = resize(c.moved, len(a.points))
	ca, sn := icos(m.rot), isin(m.rot)
	turned := uint8((m.rot + 2) >> 2)
	for i := range a.points {
		p := &a.points[i]
		dx, dy := p.x-m.ax, p.y-m.ay
		c.moved[i] = point{m.bx + (dx*ca+dy*sn)/trigOne, m.by + (dy*ca-dx*sn)/trigOne, p.dir + turned, p.kind, p.quality, p.index}
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

// rowIndex tells where the points of each row of 16 pixels begin in a list by rising y.
type rowIndex [MaxSide500/rowPx + 2]uint8

const rowPx = 16

// layRows indexes b's points.
func (c *Comparer) layRows(b *Prepared) {
	row := 0
	for j := range b.points {
		for ; row <= int(b.points[j].y)/(rowPx*unitsPerPixel); row++ {
			c.rows[row%len(c.rows)] = uint8(j)
		}
	}
	for ; row < len(c.rows); row++ {
		c.rows[row] = uint8(len(b.points))
	}
}

// from returns a place in the list before which all points lie above y.
func (r *rowIndex) from(y int32) int {
	return int(r[min(max(int(y)/(rowPx*unitsPerPixel), 0), len(r)-1)])
}

// pairRound pairs greedily, cheapest first. A possible pair is a number: its cost, then the minutiae's places.
func (c *Comparer) pairRound(b *Prepared, tolerance int32) {
	nb := len(b.points)
	keys := c.keys[:0]
	points := b.points
	for i := range c.moved {
		p := &c.moved[i]
		for j := c.rows.from(p.y - tolerance); j < len(points); j++ {
			q := &points[j]
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
			cost := d2*1024/(tolerance*tolerance) + turn*turn*1024/(pairTurn*pairTurn) + (simOne-c.sim[i*nb+j])*2
			keys = append(keys, uint32(cost)<<14|uint32(i)<<7|uint32(j))
		}
	}
	c.keys = keys
	slices.Sort(keys)
	c.usedA, c.usedB = bitset{}, bitset{}
	c.grown = c.grown[:0]
	for _, k := range keys {
		i, j := int32(k>>7&127), int32(k&127)
		if !c.usedA.has(i) && !c.usedB.has(j) {
			c.usedA.add(i)
			c.usedB.add(j)
			c.grown = append(c.grown, link{i, j, c.sim[int(i)*nb+int(j)], 0})
		}
	}
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
