package synth

// enlarge doubles the resolution of a half-size canvas with a Lanczos filter
// of three lobes: even pixels are copied, odd ones get six neighbours.
func enlarge(half []int8) []int8 {
	wide := make([]int8, canvasW*halfH)
	for y := range halfH {
		src, dst := half[y*halfW:(y+1)*halfW], wide[y*canvasW:(y+1)*canvasW]
		for x := range halfW {
			dst[2*x] = src[x]
			if x >= 2 && x < halfW-3 {
				dst[2*x+1] = midway(src[x-2], src[x-1], src[x], src[x+1], src[x+2], src[x+3])
			}
		}
	}
	out := make([]int8, canvasW*canvasH)
	for y := range halfH {
		copy(out[2*y*canvasW:], wide[y*canvasW:(y+1)*canvasW])
		if y < 2 || y >= halfH-3 {
			continue
		}
		row := func(d int) []int8 { return wide[(y+d)*canvasW : (y+d+1)*canvasW] }
		a, b, c, d, e, f := row(-2), row(-1), row(0), row(1), row(2), row(3)
		dst := out[(2*y+1)*canvasW : (2*y+2)*canvasW]
		for x := range dst {
			dst[x] = midway(a[x], b[x], c[x], d[x], e[x], f[x])
		}
	}
	return out
}

// midway is the value half way between c and d.
func midway(a, b, c, d, e, f int8) int8 {
	v := 25*(int(a)+int(f)) - 139*(int(b)+int(e)) + 626*(int(c)+int(d))
	return int8(max(-127, min(127, (v+512)>>10)))
}
