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
	n := len(c.top)
	var w, ax, ay, bx, by int64
	weight := func(i int) int64 {
		v := int64(c.compat[seed*n+i])
		if i == seed {
			v = compatOne
		}
		if v < compatOne/4 {
			return 0
		}
		return v * int64(c.support[i]>>8+1)
	}
	for i, l := range c.top {
		if k := weight(i); k > 0 {
			w += k
			ax += k * int64(a.points[l.a].x)
			ay += k * int64(a.points[l.a].y)
			bx += k * int64(b.points[l.b].x)
			by += k * int64(b.points[l.b].y)
		}
	}
	m := motion{ax: int32(ax / w), ay: int32(ay / w), bx: int32(bx / w), by: int32(by / w)}
	var dot, cross int64
	for i, l := range c.top {
		k := weight(i)
		if k == 0 {
			continue
		}
		dot, cross = addTurn(dot, cross, k, m, a.points[l.a], b.points[l.b])
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
