package jp2

// tagTree tells numbers of a two-dimensional field, coarse before fine, each
// only as far as it is asked for (T.800, B.10.2).
type tagTree struct {
	levels []treeLevel // the leaves first
}

type treeLevel struct {
	wide  int
	nodes []treeNode
}

type treeNode struct {
	low   int32 // the value is at least this
	known bool  // and it is this
}

func newTagTree(w, h int) *tagTree {
	t := &tagTree{}
	for {
		t.levels = append(t.levels, treeLevel{w, make([]treeNode, w*h)})
		if w*h <= 1 {
			return t
		}
		w, h = (w+1)/2, (h+1)/2
	}
}

// below reads as many bits as it takes to say whether the value of leaf x, y
// is below limit.
func (t *tagTree) below(bits *headerBits, x, y, limit int) bool {
	low := int32(0)
	for i := len(t.levels) - 1; i >= 0; i-- {
		l := &t.levels[i]
		n := &l.nodes[y>>i*l.wide+x>>i]
		n.low = max(n.low, low)
		for !n.known && int(n.low) < limit {
			if bits.bit() == 1 {
				n.known = true
			} else {
				n.low++
			}
		}
		low = n.low
	}
	n := t.levels[0].nodes[y*t.levels[0].wide+x]
	return n.known && int(n.low) < limit
}

// value reads the value of a leaf, up to most; above it says most+1.
func (t *tagTree) value(bits *headerBits, x, y, most int) int {
	for v := 0; v <= most; v++ {
		if t.below(bits, x, y, v+1) {
			return v
		}
	}
	return most + 1
}
