package synth

import "math"

// smear slides the touch over the sensor.
func smear(ink []float32, c Conditions) []float32 {
	out := make([]float32, len(ink))
	sin, cos := sinCos(c.SmearAngle)
	n := int(c.Smear)
	total := float32((n/2 + 1) * (n/2 + n%2)) // of the triangle's shares
	for y := range c.Height {
		for x := range c.Width {
			var sum float32
			for k := range n {
				d := float64(k) - c.Smear/2
				share := float32(min(k+1, n-k)) // a triangle: a box would leave a turned picture
				u, v := int(math.Floor(mad(d, cos, float64(x)))), int(math.Floor(mad(-d, sin, float64(y))))
				if u >= 0 && v >= 0 && u < c.Width && v < c.Height {
					sum += float32(share * ink[v*c.Width+u])
				}
			}
			out[y*c.Width+x] = sum / total
		}
	}
	return out
}

// scratch draws fine bright lines and, on the free sensor too, dark specks.
func scratch(ink []float32, c Conditions) {
	r := newSource(c.Seed, streamSensor)
	for range c.Scratches {
		x, y := r.between(0, float64(c.Width)), r.between(0, float64(c.Height))
		dir, bend := r.between(0, math.Pi), r.normal(0, 0.003)
		keep := float32(r.between(0, 0.6))
		for range int(r.between(30, 160)) {
			sin, cos := sinCos(dir)
			x, y, dir = x+cos, y+sin, dir+bend
			stain(ink, c, x, y, 0.9, func(v float32) float32 { return float32(v * keep) })
		}
	}
	for range int(60 * c.Dirt) {
		x, y := r.between(0, float64(c.Width)), r.between(0, float64(c.Height))
		radius, dark := r.between(0.4, 1.6), float32(r.between(0.1, 0.6))
		if r.Float64() < 0.08 {
			radius = float64(3 * radius)
		}
		stain(ink, c, x, y, radius, func(v float32) float32 { return max(v, dark) })
	}
}

// stain changes the pixels within radius of (x, y).
func stain(ink []float32, c Conditions, x, y, radius float64, change func(float32) float32) {
	n := int(math.Ceil(radius))
	for dy := -n; dy <= n; dy++ {
		for dx := -n; dx <= n; dx++ {
			u, v := int(x)+dx, int(y)+dy
			ex, ey := float64(u)-x, float64(v)-y
			if u >= 0 && v >= 0 && u < c.Width && v < c.Height && square(ex, ey) <= radius*radius {
				ink[v*c.Width+u] = change(ink[v*c.Width+u])
			}
		}
	}
}

// expose turns ink into gray: the lens's blur, the uneven light, grease on the
// glass, the sensor's noise.
func expose(ink []float32, c Conditions) []uint8 {
	r := newSource(c.Seed, streamSensor+100)
	w, h := c.Width, c.Height
	light := smoothField(r, w, h, 150)
	grease := smoothField(r, w, h, 24)
	deep := float32(c.Background - c.Ink)
	unevenLight, greasy := float32(r.between(1, 6)), float32(6*c.Dirt)
	noise := float32(c.Noise * 1.22) // two uniform bytes: standard deviation 0.41 of their range
	pix := make([]uint8, w*h)
	blurred := blur(ink, w, h)
	var bits uint64
	for i, v := range blurred {
		if i%4 == 0 {
			bits = r.Uint64()
		}
		n := float32(int(bits&255)+int(bits>>8&255)-255) / 128
		bits >>= 16
		g := float32(c.Background) - float32(deep*v) + float32(unevenLight*light[i]) - float32(greasy*max(0, grease[i]-0.4)) + float32(noise*n)
		pix[i] = uint8(max(0, min(255, g+0.5)))
	}
	return pix
}

// blur is a 3 x 3 binomial filter; the outermost pixels keep their value.
func blur(src []float32, w, h int) []float32 {
	wide := make([]float32, len(src))
	for y := range h {
		s, d := src[y*w:(y+1)*w], wide[y*w:(y+1)*w]
		d[0], d[w-1] = s[0], s[w-1]
		for x := 1; x < w-1; x++ {
			d[x] = (s[x-1] + s[x] + s[x] + s[x+1]) / 4
		}
	}
	out := make([]float32, len(src))
	copy(out[:w], wide[:w])
	copy(out[(h-1)*w:], wide[(h-1)*w:])
	for y := 1; y < h-1; y++ {
		a, b, c := wide[(y-1)*w:y*w], wide[y*w:(y+1)*w], wide[(y+1)*w:(y+2)*w]
		d := out[y*w : (y+1)*w]
		for x := range d {
			d[x] = (a[x] + b[x] + b[x] + c[x]) / 4
		}
	}
	return out
}
