package finger

import "slices"

// Minutiae returns the minutiae that a comparison works with, by rising y and then in the template's order: those of the
// template, at most 100.
func (p *Prepared) Minutiae() []Minutia {
	points := slices.Clone(p.points)
	slices.SortFunc(points, func(a, b point) int {
		if a.y != b.y {
			return int(a.y - b.y)
		}
		return int(a.index) - int(b.index)
	})
	out := make([]Minutia, len(points))
	for i, q := range points {
		out[i] = Minutia{X: uint16(q.x), Y: uint16(q.y), Direction: q.dir, Kind: q.kind, Quality: q.quality}
	}
	return out
}

// CoarseField returns the template's coarse field and how many nodes it has across. The slices belong to the template:
// do not change them.
func (p *Prepared) CoarseField() (f Field, across int) {
	return Field{Orientation: p.field.orientation, Period: p.field.period, Reliable: p.field.reliable}, p.field.w
}
