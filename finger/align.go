package finger

const (
	compatOne     = 256
	relaxRounds   = 4
	relTolerance  = 40  // eighths of a pixel, plus a share of the distance
	relShare      = 10  // one part in so many of the distance
	turnTolerance = 24  // 256 a turn: two links' rotations may differ by this
	hypotheses    = 3   // motions tried; one or two of them are worked out in full
	rivalShare    = 125 // the second only if its promise times this is at least 100 times the first's
)

// tie is a link another one agrees with on one movement of the print, and how well: 1..compatOne.
type tie struct{ other, value uint16 }

// ties holds for each link those it agrees with. Two strangers' links hardly ever agree, so most lists are short.
type ties struct {
	list [topLinks][topLinks]tie
	n    [topLinks]uint8
}

func (t *ties) of(i int) []tie { return t.list[i][:t.n[i]] }

func (t *ties) add(i, j int, value int32) {
	t.list[i][t.n[i]%topLinks] = tie{uint16(j), uint16(value)}
	t.n[i]++
}

// arm is a link with its minutiae's places and what the print turns between them.
type arm struct {
	ax, ay, bx, by int32
	a, b           uint8
	rot            uint8
}

// arms fills in a list of links; it belongs to the Comparer until the next call.
func (c *Comparer) arms(a, b *Prepared, links []link) []arm {
	c.armed = c.armed[:0]
	for _, l := range links {
		p, q := &a.points[l.a], &b.points[l.b]
		c.armed = append(c.armed, arm{p.x, p.y, q.x, q.y, uint8(l.a), uint8(l.b), q.dir - p.dir})
	}
	return c.armed
}

// relate notes how well each two links agree on one movement of the print.
func (c *Comparer) relate(a, b *Prepared) {
	var turned, near [topLinks]uint8
	list := c.arms(a, b, c.top)
	clear(c.ties.n[:])
	for i := range list {
		s, n := &list[i], 0
		for j := i + 1; j < len(list); j++ {
			turned[n%topLinks] = uint8(j)
			dr := int(int8(s.rot - list[j].rot))
			n += int(uint64(dr*dr-turnTolerance*turnTolerance-1) >> 63)
		}
		m := 0
		for _, j := range turned[:n] {
			near[m%topLinks] = j
			m += miss(s, &list[j]).within()
		}
		for _, j := range near[:m] {
			if v := compatible(s, &list[j]); v > 0 {
				c.ties.add(i, int(j), v)
				c.ties.add(int(j), i, v)
			}
		}
	}
}

// offset is where a link's minutia comes to lie from its partner when another link is moved onto its own: ex, ey; and how
// far that minutia was from the other: dx, dy. Eighths of a pixel.
type offset struct{ ex, ey, dx, dy int32 }

// miss moves by the mean turn of both links.
func miss(s, t *arm) offset {
	rot := int(s.rot)*4 + int(int8(t.rot-s.rot))*2
	ca, sn := icos(rot), isin(rot)
	dx, dy := t.ax-s.ax, t.ay-s.ay
	return offset{(dx*ca+dy*sn)/trigOne - (t.bx - s.bx), (dy*ca-dx*sn)/trigOne - (t.by - s.by), dx, dy}
}

// within is 1 where the offset may be within the tolerance: a bound that needs no root, and no branch.
func (o offset) within() int {
	bound := int64(relTolerance*2 + (max(o.dx, -o.dx)+max(o.dy, -o.dy))*2/relShare)
	return int(uint64((int64(o.ex)*int64(o.ex)-bound*bound-1)&(int64(o.ey)*int64(o.ey)-bound*bound-1)) >> 63)
}

// compatible asks whether moving the first link's minutia onto its partner brings the second's near its own.
func compatible(s, t *arm) int32 {
	dr := absInt(int(int8(s.rot - t.rot)))
	if dr > turnTolerance || s.a == t.a || s.b == t.b {
		return 0
	}
	o := miss(s, t)
	if o.within() == 0 {
		return 0
	}
	dist := int32(isqrt(int64(o.dx*o.dx + o.dy*o.dy)))
	limit := relTolerance*2 + dist*2/relShare
	far := int32(isqrt(int64(o.ex*o.ex + o.ey*o.ey)))
	if far >= limit {
		return 0
	}
	return (compatOne * (limit - far) / limit) * int32(turnTolerance+8-dr) / (turnTolerance + 8)
}

// relax sets support to each link's weight fed by the links it agrees with. It returns the greatest support of the first
// round, whose size says whether there is anything to align; the later ones only sharpen the differences.
func (c *Comparer) relax() (strongest int64) {
	n := len(c.top)
	c.support = resize(c.support, n)
	var next [topLinks]int64
	for i, l := range c.top {
		c.support[i] = l.weight * 16
	}
	for round := range relaxRounds {
		peak := int64(1)
		for i := range n {
			var acc int64
			for _, t := range c.ties.of(i) {
				acc += int64(t.value) * int64(c.support[t.other])
			}
			acc = acc/compatOne + int64(c.support[i])/4
			next[i] = min(acc, 1<<30)
			peak = max(peak, acc)
		}
		if round == 0 {
			strongest = peak
		}
		for i := range n {
			c.support[i] = int32(next[i] * 65536 / peak)
		}
	}
	return strongest
}
