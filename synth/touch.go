package synth

import "convenio/finger"

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
	im.base = 0.75 - float64(0.05*c.Moisture*c.Moisture) - float64(0.10*c.Unevenness) - float64(0.04*c.Dirt) + float64(0.035*t.clarity) + d.normal(0, 0.04)
	im.stretch = d.normal(1, 0.02)
	im.cover(f, d)
	im.find(f, d)
	im.imagine(d)
	im.grade()
	out, err := finger.Build(c.Width, c.Height, im.found, im.field, im.quality())
	if err != nil {
		panic(err) // the model keeps within what a template holds
	}
	return out
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
