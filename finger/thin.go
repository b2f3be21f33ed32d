package finger

// binarise marks ridge pixels of the foreground: those the contextual filter left negative.
func binarise(enhanced *plane, foreground *grid) *bitmap {
	b := newBitmap(enhanced.w, enhanced.h)
	eachCell(foreground, func(_, x, y int) {
		for row := y; row < min(y+cellPx, b.h); row++ {
			for col := x; col < min(x+cellPx, b.w); col++ {
				if enhanced.pix[enhanced.at(col, row)] < 0 {
					b.pix[b.at(col, row)] = 1
				}
			}
		}
	})
	return b
}

// neighbourCode packs the eight neighbours of a pixel, bit k for the k-th of bitmap.neighbours.
func neighbourCode(pix []uint8, p, s int) uint8 {
	u, m, d := pix[p-s-1:p-s+2:p-s+2], pix[p-1:p+2:p+2], pix[p+s-1:p+s+2:p+s+2]
	return m[2] | d[2]<<1 | d[1]<<2 | d[0]<<3 | m[0]<<4 | u[0]<<5 | u[1]<<6 | u[2]<<7
}

// thinTable says in bit 0 and 1 whether a pixel with this neighbourhood goes in the first and the second half of an
// iteration of Guo and Hall's thinning (CACM 32(3), 1989, algorithm A1). crossing holds the number of separate
// neighbour runs: 1 at a ridge ending, 3 at a bifurcation (Rutovitz' crossing number).
var (
	thinTable [256]uint8
	crossing  [256]uint8
)

func init() {
	for code := range 256 {
		bit := func(k int) bool { return code>>k&1 == 1 }
		n, ne, e, se, s, sw, w, nw := bit(6), bit(7), bit(0), bit(1), bit(2), bit(3), bit(4), bit(5)
		c := count(!n && (ne || e), !e && (se || s), !s && (sw || w), !w && (nw || n))
		n1 := count(nw || n, ne || e, se || s, sw || w)
		n2 := count(n || ne, e || se, s || sw, w || nw)
		if k := min(n1, n2); c == 1 && k >= 2 && k <= 3 {
			if !((s || sw || !nw) && w) {
				thinTable[code] |= 1
			}
			if !((n || ne || !se) && e) {
				thinTable[code] |= 2
			}
		}
		for k := range 8 {
			if !bit(k) && bit((k+1)&7) {
				crossing[code]++
			}
		}
	}
}

func count(v ...bool) (n int) {
	for _, b := range v {
		if b {
			n++
		}
	}
	return n
}

// thin reduces ridges to lines one pixel wide, in place.
func thin(b *bitmap) {
	var live, doomed []int32
	for p, v := range b.pix {
		if v != 0 {
			live = append(live, int32(p))
		}
	}
	for changed := true; changed; {
		changed = false
		for half := uint8(1); half <= 2; half++ {
			doomed = doomed[:0]
			kept := live[:0]
			for _, p := range live {
				if thinTable[neighbourCode(b.pix, int(p), b.stride)]&half != 0 {
					doomed = append(doomed, p)
				} else {
					kept = append(kept, p)
				}
			}
			live = kept
			for _, p := range doomed {
				b.pix[p] = 0
			}
			changed = changed || len(doomed) > 0
		}
	}
}
