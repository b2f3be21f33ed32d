package capture

import (
	"convenio/finger"
	"convenio/formats/fmr"
)

// extended says what a template knows beyond its minutiae, for a record: ridges between neighbours, cores and deltas.
func extended(t *finger.Template) []fmr.Area {
	var out []fmr.Area
	if counts := ridgeCounts(t); len(counts) > 0 {
		out = append(out, fmr.Area{Type: fmr.AreaRidgeCounts, RidgeCounts: &fmr.RidgeCounts{Counts: counts}})
	}
	points := &fmr.CoresDeltas{}
	for _, s := range t.Singularities() {
		x, y := s.X/unitsPerPixel, s.Y/unitsPerPixel
		if s.Delta {
			points.Deltas = append(points.Deltas, fmr.Delta{X: x, Y: y})
		} else {
			points.Cores = append(points.Cores, fmr.Core{X: x, Y: y})
		}
	}
	if len(points.Cores)+len(points.Deltas) > 0 {
		out = append(out, fmr.Area{Type: fmr.AreaCoresDeltas, CoresDeltas: points})
	}
	return out
}

// ridgeCounts estimates the ridges between each minutia and its nearest neighbour up, down, left and right of it, each
// pair once. Minutiae are numbered from 1. The record says that the choice of neighbours follows no method of the standard.
func ridgeCounts(t *finger.Template) (out []fmr.RidgeCount) {
	list := t.Minutiae[:min(len(t.Minutiae), 255)]
	seen := map[[2]int]bool{}
	for i, m := range list {
		for _, j := range neighbours(list, i) {
			pair := [2]int{min(i, j), max(i, j)}
			if j < 0 || seen[pair] {
				continue
			}
			seen[pair] = true
			if n, ok := t.RidgesBetween(m, list[j]); ok && n < 256 {
				out = append(out, fmr.RidgeCount{From: uint8(pair[0] + 1), To: uint8(pair[1] + 1), Count: uint8(n)})
			}
		}
	}
	return out
}

// neighbours are the nearest minutiae in the four quadrants between the diagonals, or -1.
func neighbours(list []finger.Minutia, i int) [4]int {
	best, out := [4]int{}, [4]int{-1, -1, -1, -1}
	for j, o := range list {
		dx, dy := int(o.X)-int(list[i].X), int(o.Y)-int(list[i].Y)
		d := dx*dx + dy*dy
		if d == 0 {
			continue
		}
		q := 0
		if dx > dy {
			q |= 1
		}
		if dx > -dy {
			q |= 2
		}
		if out[q] < 0 || d < best[q] {
			best[q], out[q] = d, j
		}
	}
	return out
}
