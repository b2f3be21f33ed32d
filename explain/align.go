package explain

import (
	"cmp"
	"math"
	"slices"

	"convenio/finger"
)

// pxPerMM at the 500 pixels per inch of all places in a Report.
const pxPerMM = 500 / 25.4

// Alignment lays the probe on the reference. It is the rigid motion that brings the paired minutiae nearest to each other
// (least squares); the engine itself also follows the skin's distortion, so that RMSPx tells how much the skin was
// stretched rather than how well the prints fit.
type Alignment struct {
	RotationDeg float64 `json:"rotation_deg"` // of the probe, counter-clockwise, about its left top corner
	DX          float64 `json:"dx"`           // then shifted by, pixels
	DY          float64 `json:"dy"`
	RMSPx       float64 `json:"rms_px"` // root mean square distance between the minutiae of a pair, after it
	OverlapMM2  float64 `json:"overlap_mm2"`
	OfProbe     float64 `json:"overlap_of_probe"` // share of the probe's area with ridges, 0..1
	OfReference float64 `json:"overlap_of_reference"`
}

// Apply moves a place of the probe to where it lies on the reference.
func (a Alignment) Apply(x, y float64) (float64, float64) {
	s, c := math.Sincos(a.RotationDeg * math.Pi / 180)
	return x*c + y*s + a.DX, -x*s + y*c + a.DY
}

// back moves a place of the reference to where it lies on the probe.
func (a Alignment) back(x, y float64) (float64, float64) {
	s, c := math.Sincos(a.RotationDeg * math.Pi / 180)
	x, y = x-a.DX, y-a.DY
	return x*c - y*s, x*s + y*c
}

// pair numbers the engine's pairs, most similar first.
func (r *Report) pair(found []finger.Pair) {
	sorted := slices.Clone(found)
	slices.SortStableFunc(sorted, func(a, b finger.Pair) int {
		return cmp.Or(cmp.Compare(b.Similarity, a.Similarity), cmp.Compare(a.Probe, b.Probe))
	})
	r.Pairs = []Pair{}
	for i, p := range sorted {
		m, q := &r.Probe.Minutiae[p.Probe], &r.Reference.Minutiae[p.Reference]
		m.Pair, q.Pair = i+1, i+1
		r.Pairs = append(r.Pairs, Pair{Number: i + 1, Probe: p.Probe, Reference: p.Reference, Similarity: p.Similarity, SameKind: m.Kind == q.Kind})
	}
}

// align fits the motion and finds the overlap under it.
func (r *Report) align() {
	r.Probe.Overlap, r.Reference.Overlap = empty(r.Probe.QualityMap), empty(r.Reference.QualityMap)
	if len(r.Pairs) < 2 {
		return
	}
	a := r.fit()
	sum := 0.0
	for i := range r.Pairs {
		p := &r.Pairs[i]
		x, y := a.Apply(r.Probe.Minutiae[p.Probe].X, r.Probe.Minutiae[p.Probe].Y)
		q := r.Reference.Minutiae[p.Reference]
		p.DistancePx = math.Hypot(x-q.X, y-q.Y)
		sum += p.DistancePx * p.DistancePx
	}
	a.RMSPx = math.Sqrt(sum / float64(len(r.Pairs)))
	var mm2 float64
	mm2, a.OfProbe = overlap(&r.Probe, r.Reference.QualityMap, a.Apply)
	_, a.OfReference = overlap(&r.Reference, r.Probe.QualityMap, a.back)
	a.OverlapMM2 = mm2
	r.Alignment = &a
}

// fit is the least-squares rigid motion of the paired minutiae.
func (r *Report) fit() Alignment {
	var px, py, qx, qy float64
	n := float64(len(r.Pairs))
	for _, p := range r.Pairs {
		m, q := r.Probe.Minutiae[p.Probe], r.Reference.Minutiae[p.Reference]
		px, py, qx, qy = px+m.X/n, py+m.Y/n, qx+q.X/n, qy+q.Y/n
	}
	var dot, cross float64
	for _, p := range r.Pairs {
		m, q := r.Probe.Minutiae[p.Probe], r.Reference.Minutiae[p.Reference]
		ax, ay, bx, by := m.X-px, m.Y-py, q.X-qx, q.Y-qy
		dot += ax*bx + ay*by
		cross += ay*bx - ax*by // y points down: a positive turn is counter-clockwise as seen
	}
	a := Alignment{RotationDeg: math.Atan2(cross, dot) * 180 / math.Pi}
	x, y := a.Apply(px, py)
	a.DX, a.DY = qx-x, qy-y
	return a
}

func empty(g Grid) Grid { return Grid{g.Columns, g.Rows, g.CellPx, make([]uint8, len(g.Values))} }

// overlap marks the cells of a print that lie on ridges of the other. It returns their area and the share they are of the
// print.
func overlap(s *Side, other Grid, move func(x, y float64) (float64, float64)) (mm2, share float64) {
	g, cell := s.QualityMap, float64(s.QualityMap.CellPx)
	both, all := 0, 0
	for i, v := range g.Values {
		if v == 0 {
			continue
		}
		all++
		if other.At(move((float64(i%g.Columns)+0.5)*cell, (float64(i/g.Columns)+0.5)*cell)) != 0 {
			both++
			s.Overlap.Values[i] = 1
		}
	}
	for i := range s.Minutiae {
		m := &s.Minutiae[i]
		m.InOverlap = other.At(move(m.X, m.Y)) != 0
	}
	side := cell / pxPerMM
	return float64(both) * side * side, float64(both) / float64(max(all, 1))
}
