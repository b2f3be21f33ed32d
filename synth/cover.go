package synth

import (
	"math"

	"convenio/finger"
)

// faintest is the reliability from which the engine takes a place for part of
// the print.
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
			r := int(float64(255 * mad(-0.03, f.wornAt(g.u, g.v), im.clarity(noise, g.far))))
			if !ok || r < faintest {
				continue
			}
			theta := im.seen(i, j, along).angle() + float64(0.015*float64(noise[3]))
			g.spoilt = mad(wornShare, f.wornAt(g.u, g.v), float64(spoiltShare*float64(noise[1])))
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
type ground struct {
	u, v, far float64
	spoilt    float64 // standard normal: how poorly minutiae show there, smooth over the print
}

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

// shown returns the reliability of the node at a place of the image, 0 off
// the print.
func (im *impression) shown(x, y float64) int {
	if x < 0 || y < 0 || x >= float64(im.c.Width) || y >= float64(im.c.Height) {
		return 0
	}
	return int(im.field.Reliable[int(y)/nodePx*im.w+int(x)/nodePx])
}

// under is the skin under the node at a place of the image.
func (im *impression) under(x, y float64) *ground {
	return &im.skin[int(y)/nodePx*skinW+int(x)/nodePx]
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
