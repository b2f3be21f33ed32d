package synth

import (
	"math"

	"convenio/finger"
)

// Settings of how minutiae are seen.
const (
	sureness    = 3.6   // logit of an average minutia's being found in a print of average clarity
	byStrength  = 0.6   // change of it by the minutia's strength
	byClarity   = 9.0   // change of it from no to full clarity
	bySpoilt    = 1.5   // change of it by where it lies in the print
	wornShare   = 0.8   // how much of that the finger keeps
	spoiltShare = 0.6   // and how much changes with the capture
	meanClarity = 0.55  // the average meant
	jitter      = 1.25  // pixels, either way
	strayShare  = 0.07  // share that are seen farther away, along the ridge
	strayReach  = 6.0   // pixels
	strayTurn   = 0.08  // radians that as many are turned
	directional = 0.036 // radians
	flipped     = 0.15  // share whose kind is mistaken
)

// find sees the pattern's minutiae through the capture.
func (im *impression) find(f *pattern, d *dice) {
	for i := range f.details[:f.count] {
		m := &f.details[i]
		x, y := im.p.spot(m.x, m.y)
		r := im.shown(x, y)
		if r == 0 {
			continue
		}
		logit := sureness + float64(byStrength*m.strength) + float64(byClarity*(float64(r)/255-meanClarity)) - float64(bySpoilt*im.under(x, y).spoilt)
		if d.unit() > 1/(1+exp(-logit)) {
			continue
		}
		x2, y2 := im.p.spot(m.x+float64(6*m.along.x), m.y-float64(6*m.along.y))
		angle := atan2(y-y2, x2-x)
		if d.chance(strayShare) {
			far := d.normal(0, strayReach/6)
			x, y = x+float64(far*(x2-x)), y+float64(far*(y2-y))
		}
		if d.chance(strayShare) {
			angle += d.normal(0, strayTurn)
		}
		kind := m.kind
		if d.chance(flipped) {
			kind = Bifurcation - kind
		}
		im.see(x+d.normal(0, jitter), y+d.normal(0, jitter), angle+d.normal(0, directional), kind, d.normal(float64(5*m.strength)-24, 13))
	}
}

// imagine adds minutiae that are none: breaks of dry ridges, bridges over
// filled valleys, more of them where little is clear, often two facing.
func (im *impression) imagine(d *dice) {
	if im.covered == 0 {
		return
	}
	mean := float64(im.sum) / float64(255*im.covered)
	rate := float64(float64(im.covered) * max(0.003, min(0.12, mad(-0.22, mean, 0.145))))
	for range d.events(min(20, rate)) {
		x, y, worst := 0.0, 0.0, -9.0
		for range 4 { // of four places the poorest
			k := int(d.pcg.Uint64() % uint64(im.w*im.h))
			if g := &im.skin[k/im.w*skinW+k%im.w]; im.field.Reliable[k] > 0 && g.spoilt > worst {
				worst = g.spoilt
				x, y = float64(k%im.w*nodePx)+float64(nodePx*d.unit()), float64(k/im.w*nodePx)+float64(nodePx*d.unit())
			}
		}
		if worst == -9 || im.shown(x, y) == 0 {
			continue
		}
		angle := float64(float64(im.field.Orientation[int(y)/nodePx*im.w+int(x)/nodePx]) * (math.Pi / 256))
		angle = angle + float64(math.Pi*float64(d.pcg.Uint64()>>63)) + d.normal(0, 0.1)
		kind := MinutiaType(d.pcg.Uint64() >> 63)
		im.see(x, y, angle, kind, d.normal(-40, 13))
		if d.chance(0.4) {
			far := d.between(9, 24)
			sin, cos := sinCos(angle)
			im.see(x+float64(far*cos), y-float64(far*sin), angle+math.Pi+d.normal(0, 0.1), kind, d.normal(-40, 13))
		}
	}
}

// see notes a minutia, unless it lies at the edge or there are too many.
func (im *impression) see(x, y, angle float64, kind MinutiaType, sure float64) {
	const most = 100
	r := im.shown(x, y)
	if r == 0 || len(im.found) == most || !im.inside(x, y, angle, kind) {
		return
	}
	if im.found == nil {
		im.found = make([]finger.Minutia, 0, 64)
	}
	m := finger.Minutia{
		X: uint16(8 * x), Y: uint16(8 * y),
		Direction: uint8(int(math.Floor(float64(angle*(128/math.Pi)) + 0.5))),
		Kind:      finger.KindEnding,
		Quality:   uint8(max(1, min(100, (r*6/10-16+int(sure))*100/120))), // as the engine maps reliability, which dips at minutiae
	}
	if kind == Bifurcation {
		m.Kind = finger.KindBifurcation
	}
	im.found = append(im.found, m)
}
