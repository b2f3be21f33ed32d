package jp2

import "fmt"

// Progression orders (table A.16): L layer, R resolution, C component, P place.
const (
	orderLRCP = iota
	orderRLCP
	orderRPCL
	orderPCRL
	orderCPRL
)

// readAll reads the tile's packets in their order. It says how many of the
// packets there should be did not come.
func (p *packets) readAll(tile rect, changes []change) (missing int, err error) {
	if changes == nil {
		changes = []change{{layer1: p.order.layers, res1: maxLevels + 1, comp1: len(p.comps), progression: p.order.progression}}
	}
	for _, c := range changes {
		w := walk{packets: p, tile: tile, change: c}
		w.layer1, w.comp1 = min(c.layer1, p.order.layers), min(c.comp1, len(p.comps))
		most := 0
		for _, tc := range p.comps {
			most = max(most, len(tc.res))
		}
		w.res1 = min(c.res1, most)
		if done, err := w.run(); err != nil {
			return 0, err
		} else if done {
			break
		}
	}
	came := 0
	for _, tc := range p.comps {
		for i := range tc.res {
			for _, n := range tc.res[i].next {
				came += int(n)
				missing += p.order.layers - int(n)
			}
		}
	}
	if came == 0 && missing > 0 {
		return 0, fmt.Errorf("%w: no packet of %d", ErrTruncated, missing)
	}
	return missing, nil
}

// walk goes through the packets of one progression.
type walk struct {
	*packets
	tile rect
	change
}

// run visits packets until there is none left.
func (w *walk) run() (done bool, err error) {
	switch w.progression {
	case orderLRCP:
		for l := range w.layer1 {
			for r := w.res0; r < w.res1; r++ {
				if done, err := w.everywhere(l, l+1, r); done || err != nil {
					return done, err
				}
			}
		}
	case orderRLCP:
		for r := w.res0; r < w.res1; r++ {
			for l := range w.layer1 {
				if done, err := w.everywhere(l, l+1, r); done || err != nil {
					return done, err
				}
			}
		}
	case orderRPCL:
		for r := w.res0; r < w.res1; r++ {
			if done, err := w.places(w.comp0, w.comp1, r, r+1); done || err != nil {
				return done, err
			}
		}
	case orderPCRL:
		return w.places(w.comp0, w.comp1, w.res0, w.res1)
	case orderCPRL:
		for c := w.comp0; c < w.comp1; c++ {
			if done, err := w.places(c, c+1, w.res0, w.res1); done || err != nil {
				return done, err
			}
		}
	}
	return false, nil
}

// everywhere visits all precincts of a resolution, component by component.
func (w *walk) everywhere(l0, l1, r int) (done bool, err error) {
	if err := w.work.step(1); err != nil {
		return false, err
	}
	for c := w.comp0; c < w.comp1; c++ {
		if r >= len(w.comps[c].res) {
			continue
		}
		for k := range w.comps[c].res[r].next {
			if done, err := w.visit(l0, l1, r, c, k); done || err != nil {
				return done, err
			}
		}
	}
	return false, nil
}

// places goes over the tile point by point, where a precinct may begin, and
// visits the precincts that do.
func (w *walk) places(c0, c1, r0, r1 int) (done bool, err error) {
	if err := w.work.step(16 * max(1, (c1-c0)*(r1-r0))); err != nil {
		return false, err
	}
	stepX, stepY := w.steps(c0, c1, r0, r1)
	if stepX == 0 {
		return false, nil
	}
	for y := w.tile.y0; y < w.tile.y1; y += stepY - y%stepY {
		for x := w.tile.x0; x < w.tile.x1; x += stepX - x%stepX {
			for c := c0; c < c1; c++ {
				for r := r0; r < min(r1, len(w.comps[c].res)); r++ {
					if err := w.work.step(1); err != nil {
						return false, err
					}
					k := w.comps[c].precinctAt(w.tile, r, x, y)
					if k < 0 {
						continue
					}
					if done, err := w.visit(0, w.layer1, r, c, k); done || err != nil {
						return done, err
					}
				}
			}
		}
	}
	return false, nil
}

// steps are the largest distances that miss no precinct's beginning.
func (w *walk) steps(c0, c1, r0, r1 int) (stepX, stepY int) {
	for c := c0; c < c1; c++ {
		tc := w.comps[c]
		for r := r0; r < min(r1, len(tc.res)); r++ {
			down := tc.levels - r
			stepX = gcd(stepX, tc.dx<<(tc.res[r].pw+down))
			stepY = gcd(stepY, tc.dy<<(tc.res[r].ph+down))
		}
	}
	return stepX, stepY
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// precinctAt returns the precinct of resolution r that begins at a point of
// the grid (B.12.1.3), or -1.
func (tc *tileComp) precinctAt(tile rect, r, x, y int) int {
	res, down := &tc.res[r], tc.levels-r
	if res.wide == 0 || res.high == 0 || !begins(y, tile.y0, res.area.y0, tc.dy, res.ph, down) || !begins(x, tile.x0, res.area.x0, tc.dx, res.pw, down) {
		return -1
	}
	px := ceilShift(ceilDiv(x, tc.dx), down)>>res.pw - res.area.x0>>res.pw
	py := ceilShift(ceilDiv(y, tc.dy), down)>>res.ph - res.area.y0>>res.ph
	if px < 0 || py < 0 || px >= res.wide || py >= res.high {
		return -1
	}
	return py*res.wide + px
}

// begins says whether a precinct begins at v: on its raster, or at the tile's
// edge if the tile begins within a precinct.
func begins(v, tile0, area0, d, p, down int) bool {
	return v%(d<<(p+down)) == 0 || v == tile0 && area0<<down%(1<<(p+down)) != 0
}

// visit reads the packets of layers l0 to l1 of one precinct that have not
// come yet. done says that there is no further packet.
func (w *walk) visit(l0, l1, r, c, k int) (done bool, err error) {
	next := &w.comps[c].res[r].next[k]
	for l := max(l0, int(*next)); l < l1; l++ {
		if l != int(*next) {
			return false, nil
		}
		if !w.next() {
			return true, nil
		}
		if err := w.packet(l, r, c, k); err != nil {
			return false, fmt.Errorf("packet of layer %d, resolution %d, component %d, precinct %d: %w", l, r, c, k, err)
		}
		*next++
	}
	return false, w.work.step(1)
}

// step takes steps from the budget.
func (b *budget) step(n int) error {
	if b.steps -= n; b.steps < 0 {
		return fmt.Errorf("%w: more places for packets than a file of this length can fill", ErrTooLarge)
	}
	return nil
}
