package finger

// Singular is a singular point of the ridge flow.
type Singular struct {
	X, Y  uint16 // eighths of a pixel at 500 ppi, from the image's left and top edge; good to about a ridge period
	Delta bool   // a delta, where three flows meet; else a core, where ridges turn back
}

const (
	singularApart = 2 // nodes: a core and a delta nearer than this are noise, and end each other
	singularWhole = 256
)

// Singularities returns the cores and deltas that the template's coarse field shows, by rising y, then x. The field is
// smoothed, then a point is where the orientation turns by a half turn around it: one way for a core, the other for a
// delta (the Poincare index: Kawagoe and Tojo, Pattern Recognition 17(3), 1984). Points at the edge of the print are not
// seen; an arch has none, a whorl two cores.
func (t *Template) Singularities() []Singular {
	f := t.field.smoothed()
	var found []nodeIndex
	for y := range f.h - 1 {
		for x := range f.w - 1 {
			if n := f.index(x, y); n != 0 && f.index3(x, y) == n {
				found = append(found, nodeIndex{x, y, n})
			}
		}
	}
	var out []Singular
	for _, g := range gather(found) {
		out = append(out, Singular{
			X: uint16((g.sx + g.n) * fieldPx * unitsPerPixel / g.n), Y: uint16((g.sy + g.n) * fieldPx * unitsPerPixel / g.n),
			Delta: g.index < 0,
		})
	}
	return out
}

// nodeIndex is the index of the square whose upper left node is at x, y.
type nodeIndex struct{ x, y, index int }

// group is a run of neighbouring squares with one index.
type group struct{ sx, sy, n, index int }

// gather joins squares of the same index that touch, and drops pairs of opposite ones that lie too near to be true.
func gather(found []nodeIndex) []group {
	var groups []group
next:
	for _, s := range found {
		for i := range groups {
			if g := &groups[i]; g.index == s.index && absInt(g.sx-s.x*g.n) <= 2*g.n && absInt(g.sy-s.y*g.n) <= 2*g.n {
				g.sx, g.sy, g.n = g.sx+s.x, g.sy+s.y, g.n+1
				continue next
			}
		}
		groups = append(groups, group{s.x, s.y, 1, s.index})
	}
	untrue := make([]bool, len(groups))
	for i, a := range groups {
		for j, b := range groups[:i] {
			near := absInt(a.sx*b.n-b.sx*a.n) <= singularApart*a.n*b.n && absInt(a.sy*b.n-b.sy*a.n) <= singularApart*a.n*b.n
			if a.index != b.index && near && !untrue[i] && !untrue[j] {
				untrue[i], untrue[j] = true, true
			}
		}
	}
	kept := groups[:0]
	for i, g := range groups {
		if !untrue[i] {
			kept = append(kept, g)
		}
	}
	return kept
}

// smoothed averages the orientation with its eight neighbours, as doubled angles, by reliability.
func (f *field) smoothed() field {
	out := newField(f.w, f.h)
	for y := range f.h {
		for x := range f.w {
			i := y*f.w + x
			if f.reliable[i] == 0 {
				continue
			}
			var c, s int64
			for ny := max(y-1, 0); ny <= min(y+1, f.h-1); ny++ {
				for nx := max(x-1, 0); nx <= min(x+1, f.w-1); nx++ {
					k := ny*f.w + nx
					w := int64(f.reliable[k])
					if ny == y && nx == x {
						w *= 2
					}
					a := int(f.orientation[k]) * (turn / 256)
					c += w * int64(icos(a))
					s += w * int64(isin(a))
				}
			}
			out.orientation[i] = uint8((iatan2(s, c) + 128) >> 8)
			out.reliable[i] = f.reliable[i]
		}
	}
	return out
}

// ring1 and ring3 are the nodes around a square, counter-clockwise on the picture: its corners, and those one node out.
var (
	ring1 = [][2]int{{0, 0}, {0, 1}, {1, 1}, {1, 0}}
	ring3 = [][2]int{{-1, -1}, {-1, 0}, {-1, 1}, {-1, 2}, {0, 2}, {1, 2}, {2, 2}, {2, 1}, {2, 0}, {2, -1}, {1, -1}, {0, -1}}
)

// index is 1 for a core, -1 for a delta, 0 for neither and where a node is outside the print.
func (f *field) index(x, y int) int  { return f.around(x, y, ring1) }
func (f *field) index3(x, y int) int { return f.around(x, y, ring3) }

func (f *field) around(x, y int, ring [][2]int) int {
	var sum int
	last := ring[len(ring)-1]
	before := f.at(x+last[0], y+last[1])
	for _, d := range ring {
		now := f.at(x+d[0], y+d[1])
		if before < 0 || now < 0 {
			return 0
		}
		sum += int(int8(uint8(now - before)))
		before = now
	}
	return sum / singularWhole
}

// at is the orientation of a node, or -1 outside the print.
func (f *field) at(x, y int) int {
	if x < 0 || y < 0 || x >= f.w || y >= f.h || f.reliable[y*f.w+x] == 0 {
		return -1
	}
	return int(f.orientation[y*f.w+x])
}
