package finger

// joinGaps draws a line between endings that face each other across a short break.
func joinGaps(b *bitmap) {
	ends := b.nodes(1)
	type tip struct{ p, x, y, dx, dy int }
	tips := make([]tip, 0, len(ends))
	for _, p := range ends {
		if dx, dy, ok := b.heading(p); ok {
			x, y := b.xy(p)
			tips = append(tips, tip{p, x, y, -dx, -dy})
		}
	}
	for i := range tips {
		for j := i + 1; j < len(tips); j++ {
			s, t := &tips[i], &tips[j]
			if t.y-s.y > gapPx {
				break // tips come row by row
			}
			dx, dy := t.x-s.x, t.y-s.y
			if dx*dx+dy*dy > gapPx*gapPx || s.p < 0 || t.p < 0 {
				continue
			}
			if facing(s.dx, s.dy, dx, dy) && facing(t.dx, t.dy, -dx, -dy) {
				b.line(s.x, s.y, t.x, t.y)
				s.p, t.p = -1, -1
			}
		}
	}
}

func facing(ax, ay, bx, by int) bool {
	dot := int64(ax*bx + ay*by)
	return dot > 0 && dot*dot*10000 >= int64(ax*ax+ay*ay)*int64(bx*bx+by*by)*gapCos*gapCos
}

// heading returns the vector from an ending back along its ridge.
func (b *bitmap) heading(p int) (dx, dy int, ok bool) {
	var br [4]int
	if b.branches(p, &br) != 1 {
		return 0, 0, false
	}
	var buf [tracePx + 4]int
	w := b.walk(p, br[0], tracePx, buf[:0])
	x0, y0 := b.xy(p)
	x1, y1 := b.xy(w.points[len(w.points)-1])
	return x1 - x0, y1 - y0, len(w.points) > 4
}

func (b *bitmap) line(x0, y0, x1, y1 int) {
	n := max(absInt(x1-x0), absInt(y1-y0))
	for k := 1; k < n; k++ {
		b.pix[b.at(x0+((x1-x0)*k*2+n)/(2*n), y0+((y1-y0)*k*2+n)/(2*n))] = 1
	}
}
