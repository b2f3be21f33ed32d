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
	stretch float64 // of the ridge period, by pressure and by the sensor's scale
	w, h    int     // nodes of the template's field
	skin    [skinW * skinH]ground
	field   finger.Field
	found   []finger.Minutia
	covered int // nodes
	sum     int // of their reliability
}

// nodePx is the side of a node of a template's coarse field.
const nodePx = 16

// skinW and skinH bound the field's nodes, with one more on each side.
const skinW, skinH = 34, 40

// touch makes the template of a capture under everyday conditions, drawn as
// for drawn prints: what touches the sensor first, then how clear it is where,
// then which minutiae are seen and where they seem to be.
func (f *pattern) touch(t traits, d *dice) *finger.Template {
	c := DefaultConditions(d.pcg.Uint64()).bounded()
	c.Width, c.Height = min(c.Width, (skinW-1)*nodePx), min(c.Height, (skinH-1)*nodePx)
	c.Moisture = mad(0.85, c.Moisture, t.moisture)
	im := impression{c: c, p: newPlacement(c)}
	im.w, im.h = finger.FieldNodes(c.Width, c.Height)
	im.blur.fill(d, c.Width, c.Height, 42)
	im.base = 0.755 - float64(0.05*c.Moisture*c.Moisture) - float64(0.10*c.Unevenness) - float64(0.04*c.Dirt) + float64(0.035*t.clarity) + d.normal(0, 0.05)
	im.stretch = d.normal(1, 0.02)
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
	im.lay()
	for j := range im.h {
		im.blur.goTo(nodeCentre(j))
		for i := range im.w {
			k := j*im.w + i
			g := &im.skin[j*skinW+i]
			if g.far > outermost {
				continue
			}
			noise := im.blur.at(nodeCentre(i))
			if g.far+float64(0.03*float64(noise[2])) > outermost-0.04 {
				continue
			}
			along, period, ok := f.flowAt(g.u, g.v)
			r := int(float64(255 * im.clarity(noise, g.far)))
			if !ok || r < faintest {
				continue
			}
			theta := im.seen(i, j, along).angle() + float64(0.02*float64(noise[3]))
			period = float64(period*mad(0.018, float64(noise[1]), im.stretch)) + d.normal(0, 0.1)
			im.field.Orientation[k] = uint8(int(math.Floor(float64(theta*(256/math.Pi)) + 0.5)))
			im.field.Period[k] = uint8(max(36, min(160, float64(8*period))))
			im.field.Reliable[k] = uint8(min(255, r))
			im.covered++
			im.sum += min(255, r)
		}
	}
}

// ground is the place of the finger that shows at a node of the field, and how
// far that is from the contact's centre.
type ground struct{ u, v, far float64 }

// outermost is how far from the contact's centre ridges are still followed:
// the engine's smoothing reaches a little past the outline.
const outermost = 1.13

func nodeCentre(i int) float64 { return float64(i*nodePx + nodePx/2) }

// lay finds the skin under every node, and under one more on each side so that
// differences can be taken.
func (im *impression) lay() {
	for j := range im.h + 1 {
		for i := range im.w + 1 {
			g := &im.skin[j*skinW+i]
			g.u, g.v, g.far = im.p.finger(nodeCentre(i), nodeCentre(j))
			if i == im.w || j == im.h || nodeCentre(i) >= float64(im.c.Width) || nodeCentre(j) >= float64(im.c.Height) {
				g.far = 9
			}
		}
	}
}

// seen turns a direction on the finger into that in the image at a node: by
// the inverse of how the image's axes lie on the skin there.
func (im *impression) seen(i, j int, a arrow) arrow {
	g := im.skin[j*skinW+i]
	right, below := im.skin[j*skinW+i+1], im.skin[(j+1)*skinW+i]
	ux, vx := right.u-g.u, right.v-g.v
	uy, vy := below.u-g.u, below.v-g.v
	x := float64(vy*a.x) + float64(uy*a.y) // the canvas's y points down, the arrow's up
	y := float64(ux*a.y) + float64(vx*a.x)
	return arrow{x, y}
}

// clarity is how clearly the ridges show, 0 to 1.
func (im *impression) clarity(noise [4]float32, far float64) float64 {
	rough := mad(0.06, im.c.Unevenness, 0.05)
	edge := max(0, far-0.7)
	return im.base + float64(rough*float64(noise[0])) - float64(0.9*edge*edge)
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
	sureness    = 3.2   // logit of an average minutia's being found in a print of average clarity
	byStrength  = 1.1   // change of it by the minutia's strength
	byClarity   = 9.0   // change of it from no to full clarity
	meanClarity = 0.55  // the average meant
	jitter      = 1.25  // pixels, either way
	strayShare  = 0.07  // share that are seen farther away, along the ridge
	strayReach  = 6.0   // pixels
	directional = 0.048 // radians
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
		logit := sureness + float64(byStrength*m.strength) + float64(byClarity*(float64(r)/255-meanClarity))
		if d.unit() > 1/(1+exp(-logit)) {
			continue
		}
		x2, y2 := im.p.spot(m.x+float64(6*m.along.x), m.y-float64(6*m.along.y))
		angle := atan2(y-y2, x2-x)
		if d.chance(strayShare) {
			far := d.normal(0, strayReach/6)
			x, y = x+float64(far*(x2-x)), y+float64(far*(y2-y))
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
func (im *impression) imagine(f *pattern, d *dice) {
	if im.covered == 0 {
		return
	}
	mean := float64(im.sum) / float64(255*im.covered)
	rate := float64(float64(im.covered) * max(0.003, min(0.12, mad(-0.22, mean, 0.145))))
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
