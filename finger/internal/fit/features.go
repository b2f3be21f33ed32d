package main

import "math"

// featureNames name what the score is linear in; see the weights in package finger.
var featureNames = []string{"one", "unpaired", "flow", "period", "linked", "similarity"}

// features turns the terms of a line, in the order of finger.Terms, into those.
func features(t []float64) []float64 {
	return []float64{1, math.Sqrt(t[4]), math.Min(t[6], 0.3), math.Min(t[7], 0.2), math.Sqrt(t[3]), math.Sqrt(t[1])}
}
