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
	maxTurn256     = 64 // minutiae whose directions differ more are not compared: a finger is not captured upside down
)

var sqrtTable [cylinderLayers*52 + 1]int32 // square roots, scale 256

func init() {
	for i := range sqrtTable {
		sqrtTable[i] = int32(math.Sqrt(float64(i)) * 256)
	}
}

// similarity compares two descriptors: the cylinders' normalised distance (the paper's bit form) and the ridge flow's
// mean angle. 0..simOne.
func similarity(a, b *descriptor) int32 {
	v := a.cellValid & b.cellValid
	f := a.flowValid & b.flowValid
	nf := bits.OnesCount64(f)
	if bits.OnesCount64(v) < minCommonCells || nf < minCommonFlow {
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
	cyl := simOne - simOne*sqrtTable[x]/norm
	g := 0
	for k := range a.flow {
		g += bits.OnesCount64((a.flow[k] ^ b.flow[k]) & f)
	}
	flow := max(simOne-int32(g*simOne)/int32(nf), 0)
	return cyl * flow / simOne
}
