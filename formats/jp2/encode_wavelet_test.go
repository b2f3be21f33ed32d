package jp2

// forward is the reversible wavelet, level by level, vertically first.
func forward(plane []int32, tc *tileComp) {
	width := tc.area.w()
	for r := tc.levels; r > 0; r-- {
		a := tc.res[r].area
		line := func(n, odd int, at func(int) *int32) {
			if n == 1 {
				if odd == 1 {
					*at(0) *= 2
				}
				return
			}
			v := make([]int32, n)
			for i := range v {
				v[i] = *at(i)
			}
			get := func(i int) int32 {
				if i < 0 {
					i = -i
				}
				if i >= n {
					i = 2*(n-1) - i
				}
				return v[i]
			}
			for i := 1 - odd; i < n; i += 2 {
				v[i] -= (get(i-1) + get(i+1)) >> 1
			}
			for i := odd; i < n; i += 2 {
				v[i] += (get(i-1) + get(i+1) + 2) >> 2
			}
			nLow := (n + 1 - odd) / 2
			for i := range n {
				if (i+odd)%2 == 0 {
					*at((i+odd)/2 - odd) = v[i]
				} else {
					*at(nLow + (i+odd)/2) = v[i]
				}
			}
		}
		for x := range a.w() {
			line(a.h(), a.y0&1, func(i int) *int32 { return &plane[i*width+x] })
		}
		for y := range a.h() {
			line(a.w(), a.x0&1, func(i int) *int32 { return &plane[y*width+i] })
		}
	}
}
