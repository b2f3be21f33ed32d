package synth

import (
	"cmp"
	"slices"

	"convenio/finger"
)

// grade sorts the minutiae as the engine does, drops those that lie on top of
// each other and marks crowded ones down.
func (im *impression) grade() {
	slices.SortFunc(im.found, func(a, b finger.Minutia) int { return cmp.Or(cmp.Compare(a.Y, b.Y), cmp.Compare(a.X, b.X)) })
	const twin, crowd, allowed = 5 * 8, 20 * 8, 3
	kept := im.found[:0]
	for _, m := range im.found {
		double := false
		for k := len(kept) - 1; k >= 0 && int(m.Y)-int(kept[k].Y) < twin; k-- {
			dx, dy := int(m.X)-int(kept[k].X), int(m.Y)-int(kept[k].Y)
			double = double || dx*dx+dy*dy < twin*twin
		}
		if !double {
			kept = append(kept, m)
		}
	}
	im.found = kept
	for i := range kept {
		near := 0
		for k := range kept {
			dx, dy := int(kept[i].X)-int(kept[k].X), int(kept[i].Y)-int(kept[k].Y)
			if k != i && dx*dx+dy*dy < crowd*crowd {
				near++
			}
		}
		if near > allowed {
			kept[i].Quality = uint8(max(1, int(kept[i].Quality)*allowed/near))
		}
	}
}

// quality is the score the engine would give, of area, clarity and minutiae.
func (im *impression) quality() finger.Quality {
	area := float64(float64(im.covered*nodePx*nodePx) * (25.4 / 500 * 25.4 / 500))
	clear := 0.0
	if im.covered > 0 {
		clear = float64(im.sum) / float64(255*im.covered)
	}
	var q finger.Quality
	score := 100.0
	for _, g := range [...]struct {
		value, low, high, floor, named float64
		reason                         finger.Reason
	}{
		{area, 15, 110, 0, 40, finger.ReasonLittleArea},
		{clear, 0.38, 0.66, 0.1, 0.5, finger.ReasonSmeared},
		{float64(len(im.found)), 4, 26, 0.1, 8, finger.ReasonFewMinutiae},
	} {
		share := max(0, min(1, (g.value-g.low)/(g.high-g.low)))
		score = float64(score * mad(1-g.floor, share, g.floor))
		if g.value < g.named {
			q.Reasons = append(q.Reasons, g.reason)
		}
	}
	q.Score = uint8(score + 0.5)
	if !q.Usable() && len(q.Reasons) == 0 {
		q.Reasons = append(q.Reasons, finger.ReasonSmeared)
	}
	return q
}
