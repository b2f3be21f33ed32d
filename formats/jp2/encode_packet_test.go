package jp2

import "math/bits"

// bitWriter writes a packet header.
type bitWriter struct {
	out  []byte
	left int
}

func (w *bitWriter) put(v, n int) {
	for n--; n >= 0; n-- {
		if w.left == 0 {
			w.left = 8
			if len(w.out) > 0 && w.out[len(w.out)-1] == 0xff {
				w.left = 7
			}
			w.out = append(w.out, 0)
		}
		w.left--
		w.out[len(w.out)-1] |= byte(v>>n&1) << w.left
	}
}

func (w *bitWriter) end() []byte {
	if len(w.out) > 0 && w.out[len(w.out)-1] == 0xff {
		w.out = append(w.out, 0)
	}
	return w.out
}

// encodePacket includes every code-block that is not all zero.
func encodePacket(tc *tileComp, plane []int32, r, k int) (header, body []byte) {
	w := &bitWriter{}
	w.put(1, 1)
	for i := range tc.res[r].bands {
		b := &tc.res[r].bands[i]
		bs := tc.blocks(r, k, b)
		in, zeros := make([]int, len(bs.list)), make([]int, len(bs.list))
		coded := make([]codedBlock, len(bs.list))
		for j := range bs.list {
			a := bs.list[j].area
			at := (b.y+a.y0-b.area.y0)*tc.area.w() + b.x + a.x0 - b.area.x0
			coded[j] = encodeBlock(plane[at:], tc.area.w(), a.w(), a.h(), b.kind, tc.style)
			zeros[j] = b.planes + tc.shift - coded[j].planes
			if coded[j].planes == 0 {
				in[j], zeros[j] = 1, 0
			}
		}
		incl, miss := newTreeWriter(in, bs.wide, bs.high), newTreeWriter(zeros, bs.wide, bs.high)
		for j := range bs.list {
			x, y := j%bs.wide, j/bs.wide
			incl.put(w, x, y, 1)
			if in[j] == 1 {
				continue
			}
			miss.put(w, x, y, zeros[j]+1)
			putPasses(w, len(coded[j].ends))
			body = append(body, coded[j].put(w, tc.style)...)
		}
	}
	return w.end(), body
}

func putPasses(w *bitWriter, n int) {
	switch {
	case n == 1:
		w.put(0, 1)
	case n == 2:
		w.put(2, 2)
	case n <= 5:
		w.put(3<<2|(n-3), 4)
	case n <= 36:
		w.put(15<<5|(n-6), 9)
	default:
		w.put(511<<7|(n-37), 16)
	}
}

// put writes the lengths and returns the bytes.
func (c *codedBlock) put(w *bitWriter, style byte) []byte {
	lengths, each := []int{len(c.data)}, bits.Len(uint(len(c.ends)))-1
	if style&styleTerminate != 0 {
		lengths, each = nil, 0
		before := 0
		for _, e := range c.ends {
			lengths = append(lengths, e-before)
			before = e
		}
	}
	lblock := 3
	for _, n := range lengths {
		for n >= 1<<(lblock+each) {
			lblock++
			w.put(1, 1)
		}
	}
	w.put(0, 1)
	for _, n := range lengths {
		w.put(n, lblock+each)
	}
	return c.data
}

// treeWriter writes a tag tree.
type treeWriter struct {
	wide   []int
	values [][]int
	low    [][]int
	known  [][]bool
}

func newTreeWriter(leaves []int, w, h int) *treeWriter {
	t := &treeWriter{}
	for {
		t.wide = append(t.wide, w)
		t.values, t.low, t.known = append(t.values, leaves), append(t.low, make([]int, len(leaves))), append(t.known, make([]bool, len(leaves)))
		if w*h <= 1 {
			return t
		}
		pw, ph := (w+1)/2, (h+1)/2
		up := make([]int, pw*ph)
		for i := range up {
			up[i] = 1 << 20
		}
		for i, v := range leaves {
			j := i/w/2*pw + i%w/2
			up[j] = min(up[j], v)
		}
		leaves, w, h = up, pw, ph
	}
}

func (t *treeWriter) put(w *bitWriter, x, y, limit int) {
	low := 0
	for i := len(t.wide) - 1; i >= 0; i-- {
		n := y>>i*t.wide[i] + x>>i
		t.low[i][n] = max(t.low[i][n], low)
		for !t.known[i][n] && t.low[i][n] < limit {
			if t.low[i][n] == t.values[i][n] {
				t.known[i][n] = true
				w.put(1, 1)
			} else {
				t.low[i][n]++
				w.put(0, 1)
			}
		}
		low = t.low[i][n]
	}
}
