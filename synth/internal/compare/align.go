package main

import (
	"math"

	"convenio/finger"
)

// fit is what is left between paired minutiae after the best rigid motion.
type fit struct {
	turn       float64 // of one print against the other, degrees, absolute
	misfit     float64 // root mean square distance, pixels
	local      float64 // the same of neighbours' difference, pixels: without the smooth part, per minutia
	directions float64 // root mean square difference of directions, degrees
}

// align finds the least-squares rotation and shift of paired minutiae.
func align(a, b *finger.Template, pairs []finger.Pair) (f fit) {
	n := float64(len(pairs))
	if n < 4 {
		return f
	}
	xy := func(m finger.Minutia) complex128 { x, y := m.Px(); return complex(x, -y) }
	var ca, cb complex128
	for _, p := range pairs {
		ca += xy(a.Minutiae[p.Probe]) / complex(n, 0)
		cb += xy(b.Minutiae[p.Reference]) / complex(n, 0)
	}
	var turn complex128
	for _, p := range pairs {
		u, v := xy(a.Minutiae[p.Probe])-ca, xy(b.Minutiae[p.Reference])-cb
		turn += complex(real(u), -imag(u)) * v
	}
	angle := math.Atan2(imag(turn), real(turn))
	rot := complex(math.Cos(angle), math.Sin(angle))
	left := make([]complex128, len(pairs))
	for i, p := range pairs {
		left[i] = (xy(a.Minutiae[p.Probe])-ca)*rot - (xy(b.Minutiae[p.Reference]) - cb)
		f.misfit += real(left[i])*real(left[i]) + imag(left[i])*imag(left[i])
		d := math.Remainder(a.Minutiae[p.Probe].Degrees()+angle*180/math.Pi-b.Minutiae[p.Reference].Degrees(), 360)
		f.directions += d * d
	}
	near := 0.0
	for i, p := range pairs {
		best, at := math.Inf(1), 0
		for k, q := range pairs {
			u := xy(a.Minutiae[p.Probe]) - xy(a.Minutiae[q.Probe])
			if d := real(u)*real(u) + imag(u)*imag(u); k != i && d < best {
				best, at = d, k
			}
		}
		d := left[i] - left[at]
		near += (real(d)*real(d) + imag(d)*imag(d)) / 2
	}
	f.turn = math.Abs(angle) * 180 / math.Pi
	f.misfit, f.local, f.directions = math.Sqrt(f.misfit/n), math.Sqrt(near/n), math.Sqrt(f.directions/n)
	return f
}
