package synth

import "math"

// placement maps pixels of the image to places on the finger.
type placement struct {
	c              Conditions
	sin, cos       float64 // of the rotation
	tSin, tCos     float64 // of the torsion
	midX, midY     float64 // contact's centre on the canvas
	imgX, imgY     float64 // the same in the image
	firmA2, firmB2 float64 // squared half axes of the firmly pressed middle
}

// patternX, patternY are where Conditions place things from: the middle of the
// pattern on the canvas.
const patternX, patternY = canvasW / 2, 240

func newPlacement(c Conditions) placement {
	p := placement{c: c, midX: patternX + c.ContactX, midY: patternY + c.ContactY}
	p.sin, p.cos = sinCos(c.Rotation)
	p.tSin, p.tCos = sinCos(c.Torsion)
	p.imgX, p.imgY = float64(c.Width)/2+c.OffsetX, float64(c.Height)/2+c.OffsetY
	a, b := max(1, float64(c.ContactA*c.Firm)), max(1, float64(c.ContactB*c.Firm))
	p.firmA2, p.firmB2 = float64(a*a), float64(b*b)
	return p
}

// finger returns the canvas place that shows at (x, y) of the image, and how
// far that is from the contact's centre: 1 on the contact's outline.
func (p *placement) finger(x, y float64) (u, v, far float64) {
	dx, dy := x-p.imgX, y-p.imgY
	// Undo the counter-clockwise turn; y points down.
	rx := float64(dx*p.cos) - float64(dy*p.sin)
	ry := float64(dx*p.sin) + float64(dy*p.cos)
	ea, eb := rx/p.c.ContactA, ry/p.c.ContactB
	// Between an ellipse and its box, as a finger pad is.
	ea, eb = float64(ea*ea), float64(eb*eb)
	far = math.Sqrt(math.Sqrt(float64(ea*ea) + float64(eb*eb) + float64(1.1*ea*eb)))
	sx, sy := p.slide(rx, ry)
	return p.midX + rx + sx, p.midY + ry + sy, far
}

// slide is the skin's distortion at (x, y) from the contact's centre: none
// inside the firm ellipse, and from there gradually the whole shift and turn
// (Cappelli, Maio, Maltoni, Modelling Plastic Distortion in Fingerprint
// Images, ICAPR 2001).
func (p *placement) slide(x, y float64) (dx, dy float64) {
	shape := math.Sqrt(mad(x, x/p.firmA2, float64(y*y/p.firmB2))) - 1
	if shape <= 0 {
		return 0, 0
	}
	brake := 1.0
	if k := p.c.Plasticity; shape < k {
		_, cos := sinCos(math.Pi * shape / k)
		brake = (1 - cos) / 2
	}
	tx := float64(x*p.tCos) + float64(y*p.tSin) - x + p.c.ShiftX
	ty := float64(y*p.tCos) - float64(x*p.tSin) - y + p.c.ShiftY
	return float64(brake * tx), float64(brake * ty)
}

// image is the inverse of finger: the place in the image at which (u, v) of
// the canvas shows, found by correcting a guess.
func (p *placement) image(u, v float64) (x, y float64) {
	x, y = p.imgX, p.imgY
	for range 12 {
		gu, gv, _ := p.finger(x, y)
		eu, ev := u-gu, v-gv
		x += float64(eu*p.cos) + float64(ev*p.sin)
		y += float64(ev*p.cos) - float64(eu*p.sin)
	}
	return x, y
}

// visible returns the true minutiae of a capture: those of the finger that lie
// in the contact and in the image.
func (p *placement) visible(master []Minutia) []Minutia {
	const margin, step = 8, 5
	var out []Minutia
	for _, m := range master {
		x, y := p.image(m.X-0.5, m.Y-0.5)
		if _, _, far := p.finger(x, y); far > 0.95 {
			continue
		}
		if x < margin || y < margin || x > float64(p.c.Width-margin) || y > float64(p.c.Height-margin) {
			continue
		}
		sin, cos := sinCos(m.Angle)
		x2, y2 := p.image(mad(step, cos, m.X-0.5), mad(-step, sin, m.Y-0.5))
		out = append(out, Minutia{X: x + 0.5, Y: y + 0.5, Angle: turnOf(atan2(y-y2, x2-x)), Type: m.Type})
	}
	return out
}
