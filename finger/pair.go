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

// target is the print that is paired with: its points row by row of rowPx pixels, and where each row begins.
type target struct {
	points []point
	place  []uint8 // in the Prepared
	rows   [rowCount + 1]uint8
}

const (
	rowPx    = 16
	rowCount = MaxSide500/rowPx + 1
)

func rowOf(y int32) int { return min(max(int(y)/(rowPx*unitsPerPixel), 0), rowCount-1) }

// set sorts the points by row, by counting.
func (t *target) set(b *Prepared) {
	n := len(b.points)
	t.points, t.place = resize(t.points, n), resize(t.place, n)
	clear(t.rows[:])
	for i := range b.points {
		t.rows[rowOf(b.points[i].y)+1]++
	}
	for r := range rowCount {
		t.rows[r+1] += t.rows[r]
	}
	var next [rowCount]uint8
	copy(next[:], t.rows[:])
	for i := range b.points {
		r := rowOf(b.points[i].y)
		k := next[r]
		next[r]++
		t.points[k], t.place[k] = b.points[i], uint8(i)
	}
}

// pairRound pairs greedily, cheapest first. A possible pair is a number: its cost, then the minutiae's places.
func (c *Comparer) pairRound(b *Prepared, tolerance int32) {
	c.keys = c.nearPairs(c.keys[:0], tolerance)
	nb := len(b.points)
	for k, ij := range c.keys {
		i, j := int(ij>>7&127), int(ij&127)
		p, q := &c.moved[i], &b.points[j]
		dx, dy, turn := p.x-q.x, p.y-q.y, int32(int8(p.dir-q.dir))
		cost := (dx*dx+dy*dy)*1024/(tolerance*tolerance) + turn*turn*1024/(pairTurn*pairTurn) + (simOne-c.sim[i*nb+j])*2
		c.keys[k] = uint32(cost)<<14 | ij
	}
	slices.Sort(c.keys)
	c.usedA, c.usedB = bitset{}, bitset{}
	c.grown = c.grown[:0]
	for _, k := range c.keys {
		i, j := int32(k>>7&127), int32(k&127)
		if !c.usedA.has(i) && !c.usedB.has(j) {
			c.usedA.add(i)
			c.usedB.add(j)
			c.grown = append(c.grown, link{i, j, c.sim[int(i)*nb+int(j)], 0})
		}
	}
}

// nearPairs appends the places of minutiae that lie within the tolerance and point the same way.
func (c *Comparer) nearPairs(out []uint32, tolerance int32) []uint32 {
	t := &c.target
	var found room[uint32]
	reach := int64(tolerance) * int64(tolerance)
	for i := range c.moved {
		p := &c.moved[i]
		lo, hi := int(t.rows[rowOf(p.y-tolerance)]), int(t.rows[rowOf(p.y+tolerance)+1])
		n := 0
		points, place := t.points[lo:hi], t.place[lo:hi]
		for k := range points {
			q := &points[k]
			dx, dy, turn := int64(p.x-q.x), int64(p.y-q.y), int64(int8(p.dir-q.dir))
			found[n&127] = uint32(i)<<7 | uint32(place[k])
			n += int(uint64((dx*dx+dy*dy-reach-1)&(turn*turn-pairTurn*pairTurn-1)) >> 63)
		}
		out = append(out, found[:n]...)
	}
	return out
}

// bendWeight falls from simOne to 0 over twice bendReachPx, by squared distance: (1 - d2/r2) squared.
var bendWeight [bendSteps]int32

const (
	bendShift = 10 // squared distances are taken in steps of so many bits
	bendSteps = (2*bendReachPx*unitsPerPixel)*(2*bendReachPx*unitsPerPixel)>>bendShift + 1
)

func init() {
	for i := range bendWeight {
		k := int64(bendSteps - i)
		bendWeight[i] = int32(simOne * k * k / (bendSteps * bendSteps))
	}
}

// bend shifts every moved minutia by the weighted mean displacement of the pairs near it.
func (c *Comparer) bend(b *Prepared) {
	type shift struct{ x, y, dx, dy, w int32 }
	var buf [maxMinutiae]shift
	n := 0
	for _, l := range c.grown {
		p, q := &c.moved[l.a], &b.points[l.b]
		if n < len(buf) {
			buf[n] = shift{p.x, p.y, q.x - p.x, q.y - p.y, l.sim + 64}
			n++
		}
	}
	for i := range c.moved {
		p := &c.moved[i]
		var w, sx, sy int32
		for k := range buf[:n] {
			s := &buf[k]
			dx, dy := s.x-p.x, s.y-p.y
			near := (dx*dx + dy*dy) >> bendShift
			if near >= bendSteps {
				continue
			}
			m := s.w * bendWeight[near] / simOne
			w += m
			sx += m * s.dx
			sy += m * s.dy
		}
		w += bendPrior * simOne / 2
		p.x += sx / w
		p.y += sy / w
	}
}
