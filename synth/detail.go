package synth

import "math"

const maxDetails = 192

// detail is a minutia of a pattern.
type detail struct {
	x, y     float64 // pixels on the canvas
	along    arrow   // its direction, as in Minutia
	strength float64 // standard normal: how surely a capture shows it
	kind     MinutiaType
}

// Settings of where minutiae lie, pixels at 500 ppi.
const (
	needed    = 0.55    // share of the ridges that the flow calls for that begin as minutiae of their own
	free      = 0.00022 // minutiae a square pixel besides
	coreBoost = 0.9     // how many more of them there are at the core
	coreReach = 95.0    // distance at which a quarter of that is left
	hardCore  = 5.0     // no two lie nearer
	softCore  = 17.0    // and few nearer than this
	endings   = 0.57    // share of ridge endings
	partner   = 0.10    // share that have one facing them: short ridges, islands, enclosures
)

// strew places the minutiae: where the flow spreads, ridges must begin, as
// many as keep the period (the divergence of the flow: Wieditz, Pokern,
// Schuhmacher, Huckemann, arXiv 2009.07910); others lie at random, more of
// them near the core, none on top of each other.
func (f *pattern) strew(t traits, d *dice) {
	var l lattice
	l.fill(d, canvasW, canvasH, 90)
	for j := range mapH - 1 {
		y := float64(j * mapPx)
		l.goTo(y)
		for i := range mapW - 1 {
			x := float64(i * mapPx)
			if outline(x+mapPx/2, y+mapPx/2) > 0.97 {
				continue
			}
			gain, toward, ok := f.gain(j*mapW + i)
			if !ok {
				continue
			}
			must := float64(needed * min(1, gain))
			rate := f.freeRate(x+mapPx/2, y+mapPx/2, float64(t.richness*max(0.2, mad(0.45, float64(l.at(x)[0]), 1))))
			for range d.events(rate + must) {
				f.place(x+float64(mapPx*d.unit()), y+float64(mapPx*d.unit()), toward, must/(rate+must), d)
			}
		}
	}
}

// freeRate is how many minutiae a cell has besides those that the flow calls
// for, on average.
func (f *pattern) freeRate(x, y, richness float64) float64 {
	near := 1 + square(x-f.core.x, y-f.core.y)/(coreReach*coreReach)
	return float64(richness * mad(free*mapPx*mapPx*coreBoost, 1/float64(near*near), free*mapPx*mapPx))
}

// gain is how many ridges more leave a cell of the map than enter it, and in
// which direction: the circulation of the wave vector around the cell.
func (f *pattern) gain(n int) (count float64, toward arrow, ok bool) {
	corners := [4]int{n + mapW, n + mapW + 1, n + 1, n} // counter-clockwise as seen
	var kx, ky [4]float64
	toward = f.along[n]
	for i, m := range corners {
		period := float64(f.period[m])
		if period == 0 {
			return 0, toward, false
		}
		a := f.along[m]
		if a.dot(toward) < 0 {
			a = a.reversed()
		}
		kx[i], ky[i] = -a.y/period, a.x/period
	}
	count = float64((kx[0] + kx[1] - kx[2] - kx[3] + ky[1] + ky[2] - ky[3] - ky[0]) * (mapPx / 2))
	if count < 0 {
		return -count, toward.reversed(), true
	}
	return count, toward, true
}

// place adds a minutia at (x, y) unless it lies on another. A share of them
// points to where ridges are gained, the rest either way.
func (f *pattern) place(x, y float64, toward arrow, share float64, d *dice) {
	along, period, ok := f.flowAt(x, y)
	if !ok || f.count == maxDetails || f.crowded(x, y, d) {
		return
	}
	m := detail{x: x, y: y, along: along, strength: d.normal(0, 1)}
	if !d.chance(endings) {
		m.kind = Bifurcation
	}
	if !d.chance(share) && d.chance(0.5) {
		toward = toward.reversed()
	}
	if along.dot(toward) < 0 {
		m.along = along.reversed()
	}
	f.details[f.count] = m
	f.count++
	if d.chance(partner) {
		f.face(m, float64(period*d.between(0.8, 3)), d)
	}
}

// face adds a minutia that looks back at m from far along its ridge.
func (f *pattern) face(m detail, far float64, d *dice) {
	o := detail{x: m.x + float64(far*m.along.x), y: m.y - float64(far*m.along.y), strength: m.strength + d.normal(0, 0.5), kind: m.kind}
	along, _, ok := f.flowAt(o.x, o.y)
	if !ok || f.count == maxDetails || outline(o.x, o.y) > 0.97 {
		return
	}
	o.along = along
	if along.dot(m.along) > 0 {
		o.along = along.reversed()
	}
	f.details[f.count] = o
	f.count++
}

func (f *pattern) crowded(x, y float64, d *dice) bool {
	nearest := math.Inf(1)
	for i := range f.details[:f.count] {
		nearest = min(nearest, square(f.details[i].x-x, f.details[i].y-y))
	}
	if nearest >= softCore*softCore {
		return false
	}
	return d.unit() > smoothstep(hardCore, softCore, math.Sqrt(nearest))
}
