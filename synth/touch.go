package synth

import (
	"cmp"
	"math"
	"slices"

	"convenio/finger"
)

// impression is one capture of a pattern in the making.
type impression struct {
	c       Conditions
	p       placement
	blur    lattice // channels: clarity in large, in small, outline, direction
	base    float64 // clarity of the whole, 0 to 1
	w, h    int     // nodes of the template's field
	field   finger.Field
	found   []finger.Minutia
	covered int // nodes
	sum     int // of their reliability
}

// nodePx is the side of a node of a template's coarse field.
const nodePx = 16

// touch makes the template of a capture under everyday conditions, drawn as
// for drawn prints: what touches the sensor first, then how clear it is where,
// then which minutiae are seen and where they seem to be.
func (f *pattern) touch(t traits, d *dice) *finger.Template {
	c := DefaultConditions(d.pcg.Uint64()).bounded()
	c.Moisture = mad(0.85, c.Moisture, t.moisture)
	im := impression{c: c, p: newPlacement(c)}
	im.w, im.h = finger.FieldNodes(c.Width, c.Height)
	im.blur.fill(d, c.Width, c.Height, 42)
	im.base = 0.74 - float64(0.10*c.Moisture*c.Moisture) - float64(0.14*c.Unevenness) - float64(0.06*c.Dirt) + float64(0.035*t.clarity) + d.normal(0, 0.03)
	im.cover(f, d)
	im.find(f, d)
	im.imagine(f, d)
	im.grade()
	out, err := finger.Build(c.Width, c.Height, im.found, im.field, im.quality())
	if err != nil {
		panic(err) // the model keeps within what a template holds
	}
	return out
}

// clearest and faintest are the reliability of a node in the best and in the
// poorest print that the engine still follows.
const faintest = 72

// cover fills the coarse field where skin touches and can be read.
func (im *impression) cover(f *pattern, d *dice) {
	n := im.w * im.h
	all := make([]uint8, 3*n)
	im.field = finger.Field{Orientation: all[:n:n], Period: all[n : 2*n : 2*n], Reliable: all[2*n:]}
	for j := range im.h {
		for i := range im.w {
			x, y := float64(i*nodePx+nodePx/2), float64(j*nodePx+nodePx/2)
			if x >= float64(im.c.Width) || y >= float64(im.c.Height) {
				continue
			}
			u, v, far := im.p.finger(x, y)
			if far > 1 {
				continue
			}
			noise := im.blur.at(x, y)
			if far+float64(0.03*float64(noise[2])) > 0.96 {
				continue
			}
			theta, period, ok := f.flowAt(u, v)
			if !ok {
				continue
			}
			r := int(float64(255 * im.clarity(noise, far)))
			if r < faintest {
				continue
			}
			k := j*im.w + i
			theta += im.turned(x, y) + float64(0.025*float64(noise[3]))
			im.field.Orientation[k] = uint8(int(math.Floor(float64(theta*(256/math.Pi)) + 0.5)))
			im.field.Period[k] = uint8(max(36, min(160, float64(8*period)+d.normal(0, 1))))
			im.field.Reliable[k] = uint8(min(255, r))
			im.covered++
			im.sum += min(255, r)
		}
	}
}

// clarity is how clearly the ridges show, 0 to 1.
func (im *impression) clarity(noise [4]float32, far float64) float64 {
	rough := mad(0.06, im.c.Unevenness, 0.05)
	edge := max(0, far-0.7)
	return im.base + float64(rough*float64(noise[0])) - float64(0.9*edge*edge)
}

// turned is how far the ridges at a place of the image are turned.
func (im *impression) turned(x, y float64) float64 {
	return im.c.Rotation + float64(im.c.Torsion*im.p.looseness(x, y))
}

// looseness is how much of the skin's slide is reached at a place of the
// image, 0 to 1.
func (p *placement) looseness(x, y float64) float64 {
	dx, dy := x-p.imgX, y-p.imgY
	rx := float64(dx*p.cos) - float64(dy*p.sin)
	ry := float64(dx*p.sin) + float64(dy*p.cos)
	return smoothstep(0, p.c.Plasticity, math.Sqrt(mad(rx, rx/p.firmA2, float64(ry*ry/p.firmB2)))-1)
}

// spot is where a place of the canvas shows in the image: like image, as far
// as template minutiae need it.
func (p *placement) spot(u, v float64) (x, y float64) {
	rx, ry := u-p.midX, v-p.midY
	for range 3 {
		sx, sy := p.slide(rx, ry)
		rx, ry = u-p.midX-sx, v-p.midY-sy
	}
	return p.imgX + float64(rx*p.cos) + float64(ry*p.sin), p.imgY + float64(ry*p.cos) - float64(rx*p.sin)
}

// shown returns the reliability of the node at a place of the image, 0 off
// the print.
func (im *impression) shown(x, y float64) int {
	if x < 0 || y < 0 || x >= float64(im.c.Width) || y >= float64(im.c.Height) {
		return 0
	}
	return int(im.field.Reliable[int(y)/nodePx*im.w+int(x)/nodePx])
}

// inside says whether a minutia seen at (x, y) would be taken for one: not for
// the end of the print.
func (im *impression) inside(x, y, angle float64, kind MinutiaType) bool {
	const ahead, around = 12, 8
	sin, cos := sinCos(angle)
	if kind == Ending {
		return im.shown(x-float64(ahead*cos), y+float64(ahead*sin)) > 0
	}
	ex, ey := float64(around*cos), float64(around*sin)
	return im.shown(x+ex, y-ey) > 0 && im.shown(x-ex, y+ey) > 0 && im.shown(x+ey, y+ex) > 0 && im.shown(x-ey, y-ex) > 0
}

// Settings of how minutiae are seen.
const (
	sureness    = 2.6   // logit of an average minutia's being found in a print of average clarity
	byStrength  = 1.1   // change of it by the minutia's strength
	byClarity   = 9.0   // change of it from no to full clarity
	meanClarity = 0.55  // the average meant
	jitter      = 1.5   // pixels, either way
	strayShare  = 0.07  // share that are seen farther away, along the ridge
	strayReach  = 6.0   // pixels
	directional = 0.075 // radians
	flipped     = 0.18  // share whose kind is mistaken
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
		logit := sureness + float64(byStrength*m.strength) + float64(byClarity*(float64(r)/255-meanClarity))
		if d.unit() > 1/(1+exp(-logit)) {
			continue
		}
		angle := m.angle + im.turned(x, y)
		sin, cos := sinCos(angle)
		if d.chance(strayShare) {
			far := d.normal(0, strayReach)
			x, y = x+float64(far*cos), y-float64(far*sin)
		}
		kind := m.kind
		if d.chance(flipped) {
			kind = Bifurcation - kind
		}
		im.see(x+d.normal(0, jitter), y+d.normal(0, jitter), angle+d.normal(0, directional), kind)
	}
}

// imagine adds minutiae that are none: breaks of dry ridges, bridges over
// filled valleys, more of them where little is clear, often two facing.
func (im *impression) imagine(f *pattern, d *dice) {
	if im.covered == 0 {
		return
	}
	mean := float64(im.sum) / float64(255*im.covered)
	rate := float64(float64(im.covered) * max(0.004, min(0.12, mad(-0.25, mean, 0.165))))
	for range d.events(min(20, rate)) {
		x, y, low := 0.0, 0.0, 256
		for range 3 { // of three places the least clear
			k := int(d.pcg.Uint64() % uint64(im.w*im.h))
			if r := int(im.field.Reliable[k]); r > 0 && r < low {
				low = r
				x, y = float64(k%im.w*nodePx)+float64(nodePx*d.unit()), float64(k/im.w*nodePx)+float64(nodePx*d.unit())
			}
		}
		if low == 256 || im.shown(x, y) == 0 {
			continue
		}
		angle := float64(float64(im.field.Orientation[int(y)/nodePx*im.w+int(x)/nodePx]) * (math.Pi / 256))
		angle = angle + float64(math.Pi*float64(d.pcg.Uint64()>>63)) + d.normal(0, 0.1)
		kind := MinutiaType(d.pcg.Uint64() >> 63)
		im.see(x, y, angle, kind)
		if d.chance(0.4) {
			far := d.between(9, 24)
			sin, cos := sinCos(angle)
			im.see(x+float64(far*cos), y-float64(far*sin), angle+math.Pi+d.normal(0, 0.1), kind)
		}
	}
}

// see notes a minutia, unless it lies at the edge or there are too many.
func (im *impression) see(x, y, angle float64, kind MinutiaType) {
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
		Quality:   uint8(max(1, min(100, (r-80)*100/120))), // as the engine maps reliability
	}
	if kind == Bifurcation {
		m.Kind = finger.KindBifurcation
	}
	im.found = append(im.found, m)
}

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
	good := 0
	for _, m := range im.found {
		if m.Quality >= 40 {
			good++
		}
	}
	var q finger.Quality
	score := 100.0
	for _, g := range [...]struct {
		value, low, high, floor, named float64
		reason                         finger.Reason
	}{
		{area, 15, 110, 0, 40, finger.ReasonLittleArea},
		{clear, 0.38, 0.66, 0.1, 0.5, finger.ReasonSmeared},
		{float64(good), 4, 26, 0.1, 8, finger.ReasonFewMinutiae},
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
