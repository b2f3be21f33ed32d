package main

import "math"

func unit(degrees float64) (x, y float64) {
	s, c := math.Sincos(degrees * math.Pi / 180)
	return c, s
}
