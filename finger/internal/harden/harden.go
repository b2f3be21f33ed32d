package main

import (
	"image"
	"math"
	"math/rand/v2"
)

// harden returns the picture at 500 pixels per inch, as a worse capture would show it. scale is source pixels a pixel.
func harden(src *image.Gray, scale, strength float64, r *rand.Rand) *image.Gray {
	w, h := int(float64(src.Rect.Dx())/scale), int(float64(src.Rect.Dy())/scale)
	cx, cy := centre(src)
	b := newBend(cx/scale, cy/scale, strength, r)
	part := newPart(cx/scale, cy/scale, strength, r)
	moist := newWaves(60, r)
	grain := newWaves(3, r)
	light := float64(lightest(src))
	noise := strength * (3 + 9*r.Float64())
	dry := strength * r.Float64()
	out := image.NewGray(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			u, v := b.source(float64(x), float64(y))
			g := sample(src, u*scale, v*scale)
			m := moist.at(u, v)
			switch {
			case m < 0: // dry: ridges break into grains
				g += (light - g) * min(1, -m*dry*1.4*max(0, grain.at(u, v)+0.4))
			default: // wet: valleys fill
				g = g*(1-m*0.6*dry) + darkest(src, u*scale, v*scale, scale)*m*0.6*dry
			}
			g += (light - g) * part.outside(float64(x), float64(y))
			out.Pix[y*out.Stride+x] = uint8(min(max(g+noise*r.NormFloat64(), 0), 255))
		}
	}
	return out
}

// bend turns the finger and slides its loose outer skin against the pressed middle (after Cappelli, Maio, Maltoni,
// ICAPR 2001).
type bend struct{ x, y, turn, dx, dy, twist, firm float64 }

func newBend(x, y, s float64, r *rand.Rand) bend {
	return bend{x, y, s * (r.Float64() - 0.5) * 40 * math.Pi / 180, s * r.NormFloat64() * 6, s * r.NormFloat64() * 6, s * r.NormFloat64() * 0.05, 35 + 30*r.Float64()}
}

func (b bend) source(x, y float64) (u, v float64) {
	dx, dy := x-b.x, y-b.y
	slip := min(max((math.Hypot(dx, dy)-b.firm)/110, 0), 1)
	slip = (1 - math.Cos(math.Pi*slip)) / 2
	sin, cos := math.Sincos(b.turn + slip*b.twist)
	return b.x + dx*cos - dy*sin + slip*b.dx, b.y + dx*sin + dy*cos + slip*b.dy
}

// part is the piece of the finger that touches.
type part struct{ x, y, a, b, turn float64 }

func newPart(x, y, s float64, r *rand.Rand) part {
	return part{x + s*r.NormFloat64()*28, y + s*r.NormFloat64()*32, (75 + 55*r.Float64()) / max(s, 0.5), (85 + 80*r.Float64()) / max(s, 0.5), r.Float64() * math.Pi}
}

func (p part) outside(x, y float64) float64 {
	sin, cos := math.Sincos(p.turn)
	u, v := (x-p.x)*cos+(y-p.y)*sin, (y-p.y)*cos-(x-p.x)*sin
	return min(max((math.Hypot(u/p.a, v/p.b)-1)*10, 0), 1)
}

// waves is a smooth random field of about -1..1.
type waves struct{ kx, ky, phase [8]float64 }

func newWaves(length float64, r *rand.Rand) (f waves) {
	for i := range f.kx {
		sin, cos := math.Sincos(2 * math.Pi * r.Float64())
		k := 2 * math.Pi / (length * (0.7 + r.Float64()))
		f.kx[i], f.ky[i], f.phase[i] = k*cos, k*sin, 2*math.Pi*r.Float64()
	}
	return f
}

func (f waves) at(x, y float64) (v float64) {
	for i := range f.kx {
		v += math.Sin(f.kx[i]*x + f.ky[i]*y + f.phase[i])
	}
	return v / math.Sqrt(float64(len(f.kx)))
}

func centre(m *image.Gray) (x, y float64) {
	var n float64
	light := float64(lightest(m))
	for j := range m.Rect.Dy() {
		for i := range m.Rect.Dx() {
			if d := light - float64(m.Pix[j*m.Stride+i]); d > 40 {
				n, x, y = n+d, x+d*float64(i), y+d*float64(j)
			}
		}
	}
	if n == 0 {
		return float64(m.Rect.Dx()) / 2, float64(m.Rect.Dy()) / 2
	}
	return x / n, y / n
}

func lightest(m *image.Gray) (v uint8) {
	var count [256]int
	for _, p := range m.Pix {
		count[p]++
	}
	rest := len(m.Pix) / 20
	for v = 255; v > 0; v-- {
		if rest -= count[v]; rest < 0 {
			break
		}
	}
	return v
}

func pixel(m *image.Gray, x, y int) float64 {
	return float64(m.Pix[min(max(y, 0), m.Rect.Dy()-1)*m.Stride+min(max(x, 0), m.Rect.Dx()-1)])
}

func sample(m *image.Gray, x, y float64) float64 {
	i, j := int(math.Floor(x)), int(math.Floor(y))
	a, b := x-float64(i), y-float64(j)
	return (pixel(m, i, j)*(1-a)+pixel(m, i+1, j)*a)*(1-b) + (pixel(m, i, j+1)*(1-a)+pixel(m, i+1, j+1)*a)*b
}

func darkest(m *image.Gray, x, y, scale float64) float64 {
	v := 255.0
	for _, d := range [5][2]float64{{0, 0}, {1.5, 0}, {-1.5, 0}, {0, 1.5}, {0, -1.5}} {
		v = min(v, sample(m, x+d[0]*scale, y+d[1]*scale))
	}
	return v
}
