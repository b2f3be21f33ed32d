package finger

import (
	"math"
	"math/bits"
)

// simOne is the similarity of two equal descriptors.
const simOne = 1024

const (
	minCommonCells = 20 // valid cells two descriptors must share
	minCommonFlow  = 16
	maxTurn256     = 64         // minutiae whose directions differ more are not compared unless asked for: a finger is seldom captured upside down
	simFloor       = simOne / 8 // less alike than this is no link
)

var (
	sqrtTable  [cylinderLayers*52 + 1]int32 // square roots, scale 256
	flowShares [65]uint32                   // simOne over a count of places, scale 65536
)

func init() {
	for i := range sqrtTable {
		sqrtTable[i] = int32(math.Sqrt(float64(i)) * 256)
	}
	for n := 1; n < len(flowShares); n++ {
		flowShares[n] = uint32((simOne<<16 + n - 1) / n)
	}
}

// candidate is a pair of minutiae alike enough to be a link.
type candidate struct {
	a, b uint8
	sim  uint16
}

// similarities fills the matrix of local similarities of minutiae whose directions differ by at most turn, its row and column sums, and the list of candidates.
func (c *Comparer) similarities(a, b *Prepared, turn int) {
	na, nb := len(a.points), len(b.points)
	c.sim = resize(c.sim, na*nb)
	clear(c.sim)
	clear(c.colSum[:nb])
	c.similar = c.similar[:0]
	var near room[alike]
	c.turned.set(b.points)
	for i := range na {
		row := c.sim[i*nb : (i+1)*nb]
		d := &a.desc[i]
		var sum int32
		for _, k := range near[:c.flowing(d, b, int(a.points[i].dir), turn, &near)] {
			s := cylinders(d, &b.desc[k.b]) * k.flow / simOne
			row[k.b] = s
			sum += s
			c.colSum[k.b] += s
			if s >= simFloor {
				c.similar = append(c.similar, candidate{uint8(i), uint8(k.b), uint16(s)})
			}
		}
		c.rowSum[i] = sum
	}
}

// alike is a minutia of the other print whose direction and ridge flow allow it to be the same.
type alike struct{ b, flow int32 }

// room holds a list of a template's minutiae; its size is a power of two, so that a place in it needs no test.
type room[T any] [128]T

// turnIndex tells where each direction begins in a list of points by rising direction.
type turnIndex [257]uint8

func (t *turnIndex) set(points []point) {
	dir := 0
	for i := range points {
		for ; dir <= int(points[i].dir); dir++ {
			t[dir] = uint8(i)
		}
	}
	for ; dir < len(t); dir++ {
		t[dir] = uint8(len(points))
	}
}

// flowing lists b's minutiae around which the ridges flow much as they do around a's minutia of descriptor d and
// direction dir that differs by at most turn, with how much: simOne less the mean angle between the two. It returns their number. Most pairs end
// here, which is why this comes before the cylinders.
func (c *Comparer) flowing(d *descriptor, b *Prepared, dir, turn int, out *room[alike]) int {
	t := &c.turned
	first, last := dir-turn, dir+turn
	if turn >= 128 {
		first, last = 0, 255
	}
	n := flowingAmong(d, b, t[max(first, 0)], t[min(last+1, 256)], out, 0)
	switch { // directions go round
	case first < 0:
		n = flowingAmong(d, b, t[first+256], t[256], out, n)
	case last > 255:
		n = flowingAmong(d, b, 0, t[last-255], out, n)
	}
	for k := range out[:n] {
		nf, g := out[k].flow>>16, uint32(out[k].flow&0xffff)
		out[k].flow = simOne - int32(g*flowShares[nf]>>16)
	}
	return n
}

// flowingAmong appends to the n listed those of b's minutiae from lo to hi whose flow is comparable and not across.
func flowingAmong(d *descriptor, b *Prepared, lo, hi uint8, out *room[alike], n int) int {
	desc := b.desc[lo:hi]
	for j := range desc {
		e := &desc[j]
		f := d.flowValid & e.flowValid
		nf := bits.OnesCount64(f) & 127
		g := bits.OnesCount64((d.flow[0]^e.flow[0])&f) + bits.OnesCount64((d.flow[1]^e.flow[1])&f) +
			bits.OnesCount64((d.flow[2]^e.flow[2])&f) + bits.OnesCount64((d.flow[3]^e.flow[3])&f)
		out[n&127] = alike{int32(lo) + int32(j), int32(nf<<16 | g)}
		// Both must hold: a sign bit each, so that the processor need not guess.
		n += int(uint64((minCommonFlow-1-nf)&(g-nf)) >> 63)
	}
	return n
}

// cylinders is one less the cylinders' normalised distance (the paper's bit form), 0..simOne.
func cylinders(a, b *descriptor) int32 {
	v := a.cellValid & b.cellValid
	if bits.OnesCount64(v) < minCommonCells {
		return 0
	}
	var x, na, nb int
	for k := range cylinderLayers {
		va, vb := a.cells[k]&v, b.cells[k]&v
		x += bits.OnesCount64(va ^ vb)
		na += bits.OnesCount64(va)
		nb += bits.OnesCount64(vb)
	}
	norm := sqrtTable[na] + sqrtTable[nb]
	if norm == 0 {
		return 0
	}
	return simOne - int32(simOne*uint32(sqrtTable[x])/uint32(norm))
}
