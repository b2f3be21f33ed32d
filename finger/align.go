package finger

import "slices"

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

// relate fills the matrix of how well each two links agree on one movement of the print: 0..compatOne.
func (c *Comparer) relate(a, b *Prepared) {
	n := len(c.top)
	c.compat = resize(c.compat, n*n)
	for i := range n {
		c.compat[i*n+i] = 0
		for j := i + 1; j < n; j++ {
			v := compatible(a, b, c.top[i], c.top[j])
			c.compat[i*n+j], c.compat[j*n+i] = v, v
		}
	}
}

// compatible asks whether moving the first link's minutia onto its partner brings the second's near its own.
func compatible(a, b *Prepared, s, t link) int32 {
	if s.a == t.a || s.b == t.b {
		return 0
	}
	sa, sb, ta, tb := &a.points[s.a], &b.points[s.b], &a.points[t.a], &b.points[t.b]
	r1, r2 := int8(sb.dir-sa.dir), int8(tb.dir-ta.dir)
	dr := absInt(int(r1 - r2))
	if dr > turnTolerance {
		return 0
	}
	rot := int(uint8(r1))*4 + int(r2-r1)*2
	ca, sn := icos(rot), isin(rot)
	dx, dy := ta.x-sa.x, ta.y-sa.y
	ex := (dx*ca+dy*sn)/trigOne - (tb.x - sb.x)
	ey := (dy*ca-dx*sn)/trigOne - (tb.y - sb.y)
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

// hypothesis is a motion with what it promises.
type hypothesis struct {
	motion
	promise int32
}

// bestHypothesis relaxes link weights (each is fed by those it agrees with), makes a motion of each of the strongest
// seeds, follows up the two that promise most and keeps the better terms.
func (c *Comparer) bestHypothesis(a, b *Prepared) Terms {
	c.relax()
	var trial [hypotheses]hypothesis
	n := 0
	for n < hypotheses {
		seed := c.takeSeed()
		if seed < 0 {
			break
		}
		m := c.fitMotion(a, b, seed)
		trial[n].motion, trial[n].promise = m, c.promise(a, b, m)
		c.dropFollowers(seed)
		n++
	}
	slices.SortStableFunc(trial[:n], func(x, y hypothesis) int { return int(y.promise - x.promise) })
	best := Terms{Evidence: hopeless}
	c.bestPair = c.bestPair[:0]
	for i, h := range trial[:min(n, followed)] {
		if i > 0 && h.promise*rivalShare < trial[0].promise*100 {
			break
		}
		t := c.evaluate(a, b, h.motion)
		if t.Evidence > best.Evidence {
			best = t
			c.bestPair = append(c.bestPair[:0], c.grown...)
		}
	}
	return best
}

// takeSeed returns the link with most support, or -1.
func (c *Comparer) takeSeed() int {
	seed := 0
	for i, v := range c.support {
		if v > c.support[seed] {
			seed = i
		}
	}
	if c.support[seed] <= 0 {
		return -1
	}
	return seed
}

// dropFollowers takes a seed and all that agree with it out of the running: they say the same.
func (c *Comparer) dropFollowers(seed int) {
	n := len(c.top)
	for i := range c.support {
		if i == seed || c.compat[seed*n+i] > compatOne/8 {
			c.support[i] = 0
		}
	}
}

// relax sets support to each link's weight fed by compatible links.
func (c *Comparer) relax() {
	n := len(c.top)
	c.support = resize(c.support, 2*n)
	cur, next := c.support[:n], c.support[n:]
	for i, l := range c.top {
		cur[i] = l.weight * 16
	}
	for range relaxRounds {
		peak := int64(1)
		for i := range n {
			row := c.compat[i*n : (i+1)*n]
			var acc int64
			for j, v := range row {
				acc += int64(v) * int64(cur[j])
			}
			acc = acc/compatOne + int64(cur[i])/4
			next[i] = int32(min(acc, 1<<30))
			peak = max(peak, acc)
		}
		for i := range n {
			cur[i] = int32(int64(next[i]) * 65536 / peak)
		}
	}
	c.support = c.support[:n]
}
