package synth

import "math"

// The map of a pattern has a node each mapPx pixels of the canvas.
const (
	mapPx = 20
	mapW  = canvasW/mapPx + 1
	mapH  = canvasH/mapPx + 1
)

// pattern is a finger as the template model knows it: the flow of its ridges
// on a coarse map, and its minutiae.
type pattern struct {
	cos, sin [mapH * mapW]float32 // of twice the ridges' direction; both 0 off the finger
	along    [mapH * mapW]arrow   // the ridges' direction, either way
	period   [mapH * mapW]float32 // pixels
	core     point
	details  [maxDetails]detail
	count    int
}

// arrow is a direction as seen: y points up.
type arrow struct{ x, y float64 }

func (a arrow) dot(b arrow) float64 { return float64(a.x*b.x) + float64(a.y*b.y) }

// reversed is the opposite direction.
func (a arrow) reversed() arrow { return arrow{-a.x, -a.y} }

// angle is that of a Minutia, or a turn more or less.
func (a arrow) angle() float64 { return atan2(a.y, a.x) }

// draw makes the flow and the ridge period: those of drawn fingers, with the
// irregularities on a lattice.
func (f *pattern) draw(c Class, t traits, d *dice) {
	r := newSource(d.pcg.Uint64(), streamPoles)
	p := drawPoles(c, r)
	tip := tipShape{steep: d.normal(0.80, 0.11), width: d.normal(97, 14), lean: d.normal(0, 0.08), sag: d.normal(0, 0.16)}
	p.openings(r, tip)
	f.core = point{canvasW / 2, p.level}
	if len(p.cores) > 0 {
		f.core = p.cores[0]
	}
	mean := max(7.2, min(10.6, d.normal(t.period, 0.35)))
	wide, narrow := d.between(0.04, 0.20), d.between(0, 0.08)
	var l lattice
	l.fill(d, canvasW, canvasH, 76)
	for j := range mapH {
		y := float64(j * mapPx)
		l.goTo(y)
		far := mad(-narrow, 1-smoothstep(60, 170, y), mad(wide, smoothstep(p.waist-30, p.waist+60, y), 1))
		for i := range mapW {
			x := float64(i * mapPx)
			if outline(x, y) > 1.9 {
				continue
			}
			v := l.at(x)
			theta := p.angle(mad(8, float64(v[0]), x), mad(8, float64(v[1]), y), tip)
			sin, cos := sinCos(mad(0.085, float64(v[2]), theta))
			n := j*mapW + i
			f.along[n] = arrow{cos, sin}
			f.cos[n], f.sin[n] = float32(float64(cos*cos)-float64(sin*sin)), float32(2*cos*sin)
			f.period[n] = float32(mean * mad(0.05, float64(v[3]), far))
		}
	}
}

// outline is 1 on the outline of the finger, less inside: that of shape.
func outline(x, y float64) float64 {
	u := (x/2 - halfW/2) / (halfW/2 - canvasEdge)
	v := y / 2
	top := max(0, (110-v)/(110-canvasEdge))
	foot := max(0, (v-215)/(halfH-canvasEdge-215))
	return square(u, top) + float64(float64(foot*foot)*foot)
}

// flowAt is the ridges' direction, either way, and their period in pixels at a
// place of the canvas; false off the finger.
func (f *pattern) flowAt(x, y float64) (along arrow, period float64, ok bool) {
	u, v := x/mapPx, y/mapPx
	if u < 0 || v < 0 || u >= mapW-1 || v >= mapH-1 {
		return arrow{}, 0, false
	}
	i, j := int(u), int(v)
	a, b := float32(u-float64(i)), float32(v-float64(j))
	n := j*mapW + i
	wa, wb := float32((1-a)*(1-b)), float32(a*(1-b))
	wc, wd := float32((1-a)*b), float32(a*b)
	c := float32(wa*f.cos[n]) + float32(wb*f.cos[n+1]) + float32(wc*f.cos[n+mapW]) + float32(wd*f.cos[n+mapW+1])
	s := float32(wa*f.sin[n]) + float32(wb*f.sin[n+1]) + float32(wc*f.sin[n+mapW]) + float32(wd*f.sin[n+mapW+1])
	p := float32(wa*f.period[n]) + float32(wb*f.period[n+1]) + float32(wc*f.period[n+mapW]) + float32(wd*f.period[n+mapW+1])
	if p < 6 { // a corner of the cell is off the finger
		return arrow{}, 0, false
	}
	return halved(float64(c), float64(s)), float64(p), true
}

// halved is the direction of half the angle of (c, s).
func halved(c, s float64) arrow {
	r := math.Sqrt(square(c, s))
	if r == 0 {
		return arrow{1, 0}
	}
	c /= r
	a := arrow{math.Sqrt(max(0, 1+c) / 2), math.Sqrt(max(0, 1-c) / 2)}
	if s < 0 {
		a.y = -a.y
	}
	return a
}
