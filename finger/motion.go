package finger

// motion moves the reference frame of a onto that of b: rotate about (ax, ay), then put that point at (bx, by).
type motion struct {
	rot            int // 1024 a turn, counter-clockwise
	ax, ay, bx, by int32
}

func (m motion) apply(x, y int32) (int32, int32) {
	ca, sn := icos(m.rot), isin(m.rot)
	dx, dy := x-m.ax, y-m.ay
	return m.bx + (dx*ca+dy*sn)/trigOne, m.by + (dy*ca-dx*sn)/trigOne
}

// fitMotion finds the rigid motion of a seed and the links that agree with it, by weighted least squares.
func (c *Comparer) fitMotion(a, b *Prepared, seed int) motion {
	type share struct {
		link   int
		weight int64
	}
	var buf [topLinks + 1]share
	list := append(buf[:0], share{seed, compatOne * int64(c.support[seed]>>8+1)})
	for _, t := range c.ties.of(seed) {
		if t.value >= compatOne/4 {
			list = append(list, share{int(t.other), int64(t.value) * int64(c.support[t.other]>>8+1)})
		}
	}
	var w, ax, ay, bx, by int64
	for _, s := range list {
		p, q, k := &a.points[c.top[s.link].a], &b.points[c.top[s.link].b], s.weight
		w += k
		ax, ay = ax+k*int64(p.x), ay+k*int64(p.y)
		bx, by = bx+k*int64(q.x), by+k*int64(q.y)
	}
	m := motion{ax: int32(ax / w), ay: int32(ay / w), bx: int32(bx / w), by: int32(by / w)}
	var dot, cross int64
	for _, s := range list {
		dot, cross = addTurn(dot, cross, s.weight, m, a.points[c.top[s.link].a], b.points[c.top[s.link].b])
	}
	m.rot = (iatan2(cross, dot) + 32) >> 6
	return m
}

// addTurn adds what one link says of the rotation: its arm about the centre, and its two directions (as an arm of 20 px).
func addTurn(dot, cross, k int64, m motion, p, q point) (int64, int64) {
	px, py := int64(p.x-m.ax), -int64(p.y-m.ay)
	qx, qy := int64(q.x-m.bx), -int64(q.y-m.by)
	dot += k * (px*qx + py*qy)
	cross += k * (px*qy - py*qx)
	const arm = 160 * 160
	d := int(q.dir-p.dir) * 4
	return dot + k*arm*int64(icos(d))/trigOne, cross + k*arm*int64(isin(d))/trigOne
}
