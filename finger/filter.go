package finger

import (
	"cmp"
	"slices"
)

const (
	edgePx        = 12  // an ending whose ridge leaves the foreground within this is the print's edge, not a minutia
	sidePx        = 8   // a bifurcation nearer to the edge is dropped
	crowdPx       = 20  // minutiae with many neighbours this near are likely noise
	crowdFree     = 3   // neighbours that cost nothing
	twinPx        = 5   // of two minutiae nearer than this the poorer goes
	maxMinutiae   = 100 // kept, best first
	reliabilityLo = 80  // reliability where quality is 0
	reliabilityHi = 200 // and where it is 100
)

// filterMinutiae drops those the print's edge makes, sets each one's quality and keeps the best.
func filterMinutiae(all []Minutia, foreground, reliable *grid) []Minutia {
	kept := make([]Minutia, 0, len(all))
	for _, m := range all {
		if !atEdge(m, foreground) {
			kept = append(kept, m)
		}
	}
	for i := range kept {
		kept[i].Quality = minutiaQuality(kept, i, reliable)
	}
	kept = dropTwins(kept)
	slices.SortFunc(kept, func(a, b Minutia) int {
		return cmp.Or(cmp.Compare(b.Quality, a.Quality), cmp.Compare(a.Y, b.Y), cmp.Compare(a.X, b.X))
	})
	kept = kept[:min(len(kept), maxMinutiae)]
	slices.SortFunc(kept, func(a, b Minutia) int { return cmp.Or(cmp.Compare(a.Y, b.Y), cmp.Compare(a.X, b.X)) })
	return kept
}

// atEdge looks ahead of an ending (and a little to the sides), all around a bifurcation.
func atEdge(m Minutia, foreground *grid) bool {
	x, y := int(m.X)/unitsPerPixel, int(m.Y)/unitsPerPixel
	reach, lo, hi := sidePx, 0, 256
	if m.Kind == KindEnding {
		reach, lo, hi = edgePx, 128-40, 128+40
	}
	for d := lo; d < hi; d += 20 {
		a := (int(m.Direction) + d) * (turn / 256)
		for r := 4; r <= reach; r += 4 {
			px, py := x+r*int(icos(a))/trigOne, y-r*int(isin(a))/trigOne
			if px < 0 || py < 0 || foreground.atPx(px, py) == 0 {
				return true
			}
		}
	}
	return false
}

func minutiaQuality(all []Minutia, i int, reliable *grid) uint8 {
	x, y := int(all[i].X)/unitsPerPixel, int(all[i].Y)/unitsPerPixel
	r := int(reliable.atPx(x, y))
	q := min(max((r-reliabilityLo)*100/(reliabilityHi-reliabilityLo), 1), 100)
	near := 0
	for j := range all {
		if j != i && dist2(all[i], all[j]) < crowdPx*crowdPx*unitsPerPixel*unitsPerPixel {
			near++
		}
	}
	if near > crowdFree {
		q = q * crowdFree / near
	}
	return uint8(max(q, 1))
}

func dist2(a, b Minutia) int {
	dx, dy := int(a.X)-int(b.X), int(a.Y)-int(b.Y)
	return dx*dx + dy*dy
}

func dropTwins(m []Minutia) []Minutia {
	out := m[:0]
	for _, c := range m {
		twin := false
		for k := range out {
			if dist2(c, out[k]) < twinPx*twinPx*unitsPerPixel*unitsPerPixel {
				if c.Quality > out[k].Quality {
					out[k] = c
				}
				twin = true
				break
			}
		}
		if !twin {
			out = append(out, c)
		}
	}
	return out
}
