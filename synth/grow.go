package synth

// Growth turns a flow into ridges: from scattered seeds, filtering every pixel
// with the Gabor filter of its own direction and period again and again, until
// ridges fill the finger (Cappelli, Erol, Maio, Maltoni, ICPR 2000). Where the
// ridges of two seeds meet out of step, and where the flow spreads, minutiae
// appear by themselves.
const (
	growRounds  = 14
	growGain    = 4   // answer to a faint pattern; clipping holds it down
	ridgeHeight = 120 // of 127: what growth saturates at
	canvasEdge  = bankRadius + 1
)

// grow returns the ridge pattern at half resolution, -127 (valley) to 127.
func grow(f *flow, inside []bool, seed uint64) []int8 {
	bank := gaborBank()
	now, next := sow(inside, seed), make([]int32, halfW*halfH)
	for range growRounds {
		busy := occupied(now)
		for y := canvasEdge; y < halfH-canvasEdge; y++ {
			for x := canvasEdge; x < halfW-canvasEdge; x++ {
				i := y*halfW + x
				if !inside[i] || !busy[y/blockSide*blocksX+x/blockSide] {
					continue
				}
				next[i] = saturate(bank[f.period[i]][f.angle[i]].answer(now, i))
			}
		}
		now, next = next, now
	}
	out := make([]int8, halfW*halfH)
	for i, v := range now {
		out[i] = int8(v)
	}
	return out
}

// answer is the filter's response at pixel i, times unit.
func (k *kernel) answer(img []int32, i int) int32 {
	sum := k.centre * img[i]
	for _, t := range k.taps {
		sum += t.weight * (img[i+int(t.offset)] + img[i-int(t.offset)])
	}
	return sum
}

// saturated is a soft clip, so that ridges keep round profiles that half
// resolution can carry.
var saturated = func() (table [1025]int32) {
	for i := range table {
		table[i] = int32(mad(ridgeHeight, tanh(float64(i)*growGain/(2*ridgeHeight)), 0.5))
	}
	return table
}()

func saturate(sum int32) int32 {
	v := sum / (unit / 2)
	if v < 0 {
		return -saturated[min(-v, 1024)]
	}
	return saturated[min(v, 1024)]
}

// sow scatters the seeds. Few seeds give long unbroken ridges, many give many
// minutiae; people differ in it.
func sow(inside []bool, seed uint64) []int32 {
	r := newSource(seed, streamSeeds)
	img := make([]int32, halfW*halfH)
	for range int(r.between(70, 470)) {
		x, y := canvasEdge+1+r.IntN(halfW-2*canvasEdge-2), canvasEdge+1+r.IntN(halfH-2*canvasEdge-2)
		if !inside[y*halfW+x] {
			continue
		}
		for _, d := range [...]int{-halfW, -1, 0, 1, halfW} {
			img[y*halfW+x+d] = ridgeHeight
		}
	}
	return img
}

// Blocks let growth skip what it has not reached.
const (
	blockSide = 8
	blocksX   = (halfW + blockSide - 1) / blockSide
	blocksY   = (halfH + blockSide - 1) / blockSide
)

// occupied marks the blocks that hold something and their neighbours.
func occupied(img []int32) []bool {
	var has [blocksX * blocksY]bool
	for i, v := range img {
		if v != 0 {
			has[i/halfW/blockSide*blocksX+i%halfW/blockSide] = true
		}
	}
	out := make([]bool, blocksX*blocksY)
	for b, h := range has {
		if !h {
			continue
		}
		for dy := -1; dy <= 1; dy++ {
			for dx := -1; dx <= 1; dx++ {
				x, y := b%blocksX+dx, b/blocksX+dy
				if x >= 0 && y >= 0 && x < blocksX && y < blocksY {
					out[y*blocksX+x] = true
				}
			}
		}
	}
	return out
}

// shape marks the half-resolution canvas inside the finger's outline: half an
// ellipse for the tip, straight sides, a rounded foot.
func shape() []bool {
	in := make([]bool, halfW*halfH)
	for i := range in {
		x := (float64(i%halfW) - halfW/2) / (halfW/2 - canvasEdge)
		y := float64(i / halfW)
		top, foot := 0.0, 0.0
		const tipEnd, footStart = 110, 215
		if y < tipEnd {
			top = (tipEnd - y) / (tipEnd - canvasEdge)
		}
		if y > footStart {
			foot = (y - footStart) / (halfH - canvasEdge - footStart)
		}
		in[i] = float64(x*x)+float64(top*top)+float64(foot*foot*foot) < 1
	}
	return in
}
