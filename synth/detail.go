package synth

import "math"

const maxDetails = 192

// detail is a minutia of a pattern.
type detail struct {
	x, y     float64 // pixels on the canvas
	angle    float64 // as in Minutia
	strength float64 // standard normal: how surely a capture shows it
	kind     MinutiaType
}

// Settings of where minutiae lie, pixels at 500 ppi.
const (
	needed    = 0.55    // share of the ridges that the flow calls for that begin as minutiae of their own
	free      = 0.00022 // minutiae a square pixel besides
	coreBoost = 0.9     // how many more of them there are at the core
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
		for i := range mapW - 1 {
			x, y := float64(i*mapPx), float64(j*mapPx)
			if outline(x+mapPx/2, y+mapPx/2) > 0.97 {
				continue
			}
			gain, toward, ok := f.gain(j*mapW + i)
			if !ok {
				continue
			}
			dx, dy := x+mapPx/2-f.core.x, y+mapPx/2-f.core.y
			v := l.at(x, y)
			rate := mad(free*mapPx*mapPx*coreBoost, exp(-square(dx, dy)/(2*60*60)), free*mapPx*mapPx)
			rate = float64(float64(rate*t.richness) * max(0.2, mad(0.45, float64(v[0]), 1)))
			must := float64(needed * min(1, gain))
			for range d.events(rate + must) {
				f.place(x+float64(mapPx*d.unit()), y+float64(mapPx*d.unit()), toward, must/(rate+must), d)
			}
		}
	}
}

// gain is how many ridges more leave a cell of the map than enter it, and in
// which direction: the circulation of the wave vector around the cell.
func (f *pattern) gain(n int) (count, toward float64, ok bool) {
	corners := [4]int{n + mapW, n + mapW + 1, n + 1, n} // counter-clockwise as seen
	var kx, ky [4]float64
	c0, s0 := float64(f.cos[n]), float64(f.sin[n])
	toward = atan2(s0, c0) / 2
	for i, m := range corners {
		if f.period[m] == 0 {
			return 0, 0, false
		}
		c, s := float64(f.cos[m]), float64(f.sin[m])
		turn := atan2(float64(s*c0)-float64(c*s0), float64(c*c0)+float64(s*s0)) / 2
		sin, cos := sinCos(toward + turn)
		kx[i], ky[i] = -sin/float64(f.period[m]), cos/float64(f.period[m])
	}
	count = float64((kx[0] + kx[1] - kx[2] - kx[3] + ky[1] + ky[2] - ky[3] - ky[0]) * (mapPx / 2))
	if count < 0 {
		return -count, toward + math.Pi, true
	}
	return count, toward, true
}

// place adds a minutia at (x, y) unless it lies on another. A share of them
// points to where ridges are gained, the rest either way.
func (f *pattern) place(x, y, toward, share float64, d *dice) {
	theta, period, ok := f.flowAt(x, y)
	if !ok || f.count == maxDetails || f.crowded(x, y, d) {
		return
	}
	m := detail{x: x, y: y, angle: theta, strength: d.normal(0, 1)}
	if !d.chance(endings) {
		m.kind = Bifurcation
	}
	if !d.chance(share) {
		toward = theta + float64(math.Pi*float64(d.pcg.Uint64()>>63))
	}
	if opposite(theta, toward) {
		m.angle += math.Pi
	}
	f.details[f.count] = m
	f.count++
	if d.chance(partner) {
		f.face(m, float64(period*d.between(0.8, 3)), d)
	}
}

// face adds a minutia that looks back at m from far along its ridge.
func (f *pattern) face(m detail, far float64, d *dice) {
	sin, cos := sinCos(m.angle)
	o := detail{x: m.x + float64(far*cos), y: m.y - float64(far*sin), strength: m.strength + d.normal(0, 0.5), kind: m.kind}
	theta, _, ok := f.flowAt(o.x, o.y)
	if !ok || f.count == maxDetails || outline(o.x, o.y) > 0.97 {
		return
	}
	o.angle = theta
	if !opposite(m.angle, theta) {
		o.angle += math.Pi
	}
	f.details[f.count] = o
	f.count++
}

// opposite says whether two directions differ by more than a quarter turn.
func opposite(a, b float64) bool {
	t := turnOf(a - b)
	return t > math.Pi/2 && t < 3*math.Pi/2
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
