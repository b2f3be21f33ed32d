package finger

const (
	compatOne     = 256
	relaxRounds   = 4
	relTolerance  = 40  // eighths of a pixel, plus a share of the distance
	relShare      = 10  // one part in so many of the distance
	turnTolerance = 24  // 256 a turn: two links' rotations may differ by this
	hypotheses    = 5   // motions tried
	followed      = 2   // of these, worked out in full
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
	var near [topLinks]uint8
	list := c.arms(a, b, c.top)
	clear(c.ties.n[:])
	for i := range list {
		s, n := &list[i], 0
		for j := i + 1; j < len(list); j++ {
			near[n%topLinks] = uint8(j)
			dr := int(int8(s.rot - list[j].rot))
			n += int(uint64(dr*dr-turnTolerance*turnTolerance-1) >> 63)
		}
		for _, j := range near[:n] {
			if v := compatible(s, &list[j]); v > 0 {
				c.ties.add(i, int(j), v)
				c.ties.add(int(j), i, v)
			}
		}
	}
}

// compatible asks whether moving the first link's minutia onto its partner brings the second's near its own.
func compatible(s, t *arm) int32 {
	if s.a == t.a || s.b == t.b {
		return 0
	}
	dr := absInt(int(int8(s.rot - t.rot)))
	if dr > turnTolerance {
		return 0
	}
	rot := int(s.rot)*4 + int(int8(t.rot-s.rot))*2
	ca, sn := icos(rot), isin(rot)
	dx, dy := t.ax-s.ax, t.ay-s.ay
	ex := (dx*ca+dy*sn)/trigOne - (t.bx - s.bx)
	ey := (dy*ca-dx*sn)/trigOne - (t.by - s.by)
	// Most fail here: a bound of the limit spares them the roots.
	if bound := relTolerance*2 + (max(dx, -dx)+max(dy, -dy))*2/relShare; ex > bound || -ex > bound || ey > bound || -ey > bound {
		return 0
	}
	dist := int32(isqrt(int64(dx*dx + dy*dy)))
	limit := relTolerance*2 + dist*2/relShare
	miss := int32(isqrt(int64(ex*ex + ey*ey)))
	if miss >= limit {
		return 0
	}
	return (compatOne * (limit - miss) / limit) * int32(turnTolerance+8-dr) / (turnTolerance + 8)
}

// relax sets support to each link's weight fed by the links it agrees with.
func (c *Comparer) relax() {
	n := len(c.top)
	c.support = resize(c.support, n)
	var next [topLinks]int64
	for i, l := range c.top {
		c.support[i] = l.weight * 16
	}
	for range relaxRounds {
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
		for i := range n {
			c.support[i] = int32(next[i] * 65536 / peak)
		}
	}
}
