package synth

import "convenio/finger"

// Impression captures the finger under conditions c. It returns the image,
// ridges dark on light at 500 ppi, and the true minutiae that lie in it.
// The same finger and conditions give the same image on every platform.
func (f *Finger) Impression(c Conditions) (finger.Image, []Minutia) {
	c = c.bounded()
	p := newPlacement(c)
	ink := f.press(c, &p)
	if c.Smear >= 1 {
		ink = smear(ink, c)
	}
	scratch(ink, c)
	img := finger.Image{Width: c.Width, Height: c.Height, PPI: ppi, Pix: develop(expose(ink, c), c)}
	return img, p.visible(f.minutiae)
}

// bounded keeps every number within what can be drawn, NaN included.
func (c Conditions) bounded() Conditions {
	within := func(lo, hi float64, fields ...*float64) {
		for _, f := range fields {
			if !(*f > lo) { // also NaN
				*f = lo
			}
			*f = min(*f, hi)
		}
	}
	c.Width, c.Height = max(64, min(2000, c.Width)), max(64, min(2000, c.Height))
	c.Scratches = max(0, min(100, c.Scratches))
	within(-1000, 1000, &c.OffsetX, &c.OffsetY, &c.ContactX, &c.ContactY)
	within(-10, 10, &c.Rotation, &c.SmearAngle)
	within(8, 600, &c.ContactA, &c.ContactB)
	within(-60, 60, &c.ShiftX, &c.ShiftY)
	within(-1, 1, &c.Torsion)
	within(0.05, 1, &c.Firm)
	within(0.05, 10, &c.Plasticity)
	within(-3, 3, &c.Moisture)
	within(0, 1, &c.Pressure, &c.Unevenness, &c.Vignette, &c.Harsh)
	within(0, 2, &c.Dirt)
	within(0, 255, &c.Ink, &c.Background)
	within(0, 100, &c.Noise, &c.Smear, &c.Stripes)
	return c
}

// press returns how dark the finger's touch makes each pixel, 0 to 1.
func (f *Finger) press(c Conditions, p *placement) []float32 {
	r := newSource(c.Seed, streamCapture)
	w, h := c.Width, c.Height
	slow := smoothField(r, w, h, 46)  // pressure and moisture over the finger
	patch := smoothField(r, w, h, 15) // small dry or wet places
	grain := smoothField(r, w, h, 2)  // dry skin
	t := newTouch(c)
	ink := make([]float32, w*h)
	g := newMesh(p, w, h)
	for y := range h {
		g.row(y)
		for x := range w {
			u, v, far := g.at(x)
			i := y*w + x
			if far > 1.12 {
				continue
			}
			ink[i] = t.ink(f.height(u, v), far, slow[i], patch[i], grain[i])
		}
	}
	return ink
}

// height is the relief at a place between pixels, -1 to 1.
func (f *Finger) height(u, v float32) float32 {
	if u < 0 || v < 0 || u >= canvasW-1 || v >= canvasH-1 {
		return -1
	}
	x, y := int(u), int(v)
	a, b := u-float32(x), v-float32(y)
	i := y*canvasW + x
	q := f.relief[i : i+canvasW+2]
	top := float32(q[0]) + float32(a*float32(int(q[1])-int(q[0])))
	low := float32(q[canvasW]) + float32(a*float32(int(q[canvasW+1])-int(q[canvasW])))
	return (top + float32(b*(low-top))) / 127
}

// touch turns height into ink: what lies above a level that pressure and
// moisture set touches the sensor.
type touch struct {
	level, soft      float32 // level that is half inked, and the width of the change
	bySlow, byPatch  float32 // how the level varies over the finger
	grain            float32 // how dry skin breaks ridges up
	full, deepenSlow float32 // how dark full contact is, and its variation
	mottle           float32 // how spotted a ridge is within
}

func newTouch(c Conditions) touch {
	dry, wet := float32(max(0, -c.Moisture)), float32(max(0, c.Moisture))
	return touch{
		level:      0.22 - float32(0.55*(float32(c.Pressure)-0.5)) + float32(0.25*dry) - float32(0.55*wet),
		soft:       0.30 + float32(0.10*wet),
		bySlow:     float32(0.20 * c.Unevenness),
		byPatch:    float32(0.27 * c.Unevenness),
		grain:      0.24 + float32(0.34*dry),
		mottle:     0.05 + float32(0.11*float32(c.Unevenness)) + float32(0.06*dry),
		full:       0.94 - float32(0.12*dry),
		deepenSlow: float32(0.10 * c.Unevenness),
	}
}

// ink is the darkness, 0 to 1, of skin of a height at a relative distance far
// from the contact's centre.
func (t *touch) ink(height, far, slow, patch, grain float32) float32 {
	level := t.level + float32(t.bySlow*slow) + float32(t.byPatch*patch)
	// The outline is not an ellipse: it follows the patches; towards it the
	// skin touches ever more lightly.
	if edge := far + float32(0.010*patch) + float32(0.025*slow); edge > 0.72 {
		q := (edge - 0.72) / 0.28
		level += float32(0.55 * q * q * q * q)
		if edge > 1 {
			level += float32(9 * (edge - 1))
		}
	}
	over := (height + float32(t.grain*grain) - level) / t.soft
	v := max(0, min(1, over+0.5))
	v = float32(v * v * (3 - float32(2*v)))
	// Skin just above the level touches less firmly than a ridge's crest.
	crest := float32(0.22 * max(0, min(1, over-0.5)))
	dark := t.full - 0.16 + crest - float32(t.deepenSlow*slow) - float32(t.mottle*grain)
	return float32(v * max(0.2, min(1, dark)))
}
