package synth

// newRelief puts onto the clean ridges what a skin has besides: ridge edges
// that are not straight, ridges of unequal height, pores, creases. It stays
// the same in every capture of the finger.
func newRelief(ridge []int8, inside []bool, seed uint64) []int8 {
	r := newSource(seed, streamTexture)
	rough := smoothField(r, canvasW, canvasH, 3)
	height := smoothField(r, canvasW, canvasH, 11)
	roughness, unequal := float32(r.between(24, 56)), float32(r.between(10, 26))
	out := make([]int8, len(ridge))
	for i, v := range ridge {
		if !inside[i/canvasW/2*halfW+i%canvasW/2] {
			out[i] = -127
			continue
		}
		h := float32(v) + float32(roughness*rough[i]) + float32(unequal*height[i])
		out[i] = clamp8(h)
	}
	pierce(out, ridge, r)
	crease(out, newSource(seed, streamCreases))
	return out
}

func clamp8(v float32) int8 { return int8(max(-127, min(127, v))) }

// pierce makes the pores: small pits on the middle of the ridges, one in some
// 9 pixels of ridge (Ashbaugh 1999: 9 to 18 in a centimetre of ridge), not all
// open.
func pierce(out, ridge []int8, r source) {
	open, depth := r.between(0.2, 1), r.between(0.6, 1.9)
	for y := 4; y < canvasH-4; y += 8 {
		for x := 4; x < canvasW-4; x += 8 {
			if r.Float64() > open {
				continue
			}
			i := summit(ridge, x+r.IntN(8)-4, y+r.IntN(8)-4)
			deep := float32(depth * r.between(50, 110))
			if ridge[i] < 70 {
				continue
			}
			for dy := -1; dy <= 1; dy++ {
				for dx := -1; dx <= 1; dx++ {
					k := [3]float32{1, 0.55, 0.25}[dx*dx+dy*dy]
					j := i + dy*canvasW + dx
					out[j] = clamp8(float32(out[j]) - float32(deep*k))
				}
			}
		}
	}
}

// summit is the highest pixel within three of (x, y).
func summit(ridge []int8, x, y int) int {
	x, y = max(4, min(canvasW-5, x)), max(4, min(canvasH-5, y))
	best := y*canvasW + x
	for dy := -3; dy <= 3; dy++ {
		for dx := -3; dx <= 3; dx++ {
			if i := (y+dy)*canvasW + x + dx; ridge[i] > ridge[best] {
				best = i
			}
		}
	}
	return best
}

// crease cuts white lines across the ridges. Half of all fingers have none.
func crease(out []int8, r source) {
	if r.Float64() < 0.5 {
		return
	}
	for range 1 + r.IntN(7) {
		x, y := r.between(60, canvasW-60), r.between(120, canvasH-60)
		dir := r.normal(0, 0.45)
		if r.Float64() < 0.25 {
			dir = r.between(-1.5, 1.5)
		}
		curve := r.normal(0, 0.004)
		length, width := r.between(25, 130), r.between(0.9, 2.6)
		for s := 0.0; s < length; s++ {
			sin, cos := sinCos(dir)
			x, y, dir = x+cos, y+sin, dir+curve
			// A crease begins and ends as a fine line.
			ends := float64(smoothstep(0, 12, s) * (1 - smoothstep(length-12, length, s)))
			groove(out, x, y, float64(width*mad(0.65, ends, 0.35)))
		}
	}
}

// groove presses the relief down around (x, y).
func groove(out []int8, x, y, radius float64) {
	for dy := -4; dy <= 4; dy++ {
		for dx := -4; dx <= 4; dx++ {
			u, v := int(x)+dx, int(y)+dy
			if u < 0 || v < 0 || u >= canvasW || v >= canvasH {
				continue
			}
			ex, ey := float64(u)-x, float64(v)-y
			d2 := square(ex, ey) / float64(radius*radius)
			if d2 < 4 {
				low := float32(mad(60, d2, -127))
				if i := v*canvasW + u; float32(out[i]) > low {
					out[i] = clamp8(low)
				}
			}
		}
	}
}
