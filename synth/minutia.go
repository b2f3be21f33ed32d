package synth

import "math"

// MinutiaType is how a ridge changes at a minutia.
type MinutiaType uint8

// The two types of ISO/IEC 19794-2 that a skeleton shows.
const (
	Ending MinutiaType = iota
	Bifurcation
)

// String returns "ending" or "bifurcation".
func (t MinutiaType) String() string {
	if t == Bifurcation {
		return "bifurcation"
	}
	return "ending"
}

// Minutia is a true minutia: known from the ridges, not found in the image.
type Minutia struct {
	X, Y float64 // pixels from the image's left and top edge
	// Angle is the direction in radians, 0 to 2 Pi, counter-clockwise from the
	// x axis as one sees the image: from an ending back along its ridge, from
	// a bifurcation into the valley between the branches (ISO/IEC
	// 19794-2:2005, 6.4).
	Angle float64
	Type  MinutiaType
}

// Limits of what counts as a minutia, in pixels at 500 ppi.
const (
	spurMax    = 9  // a shorter branch is an artefact of thinning
	islandMax  = 12 // a shorter ridge is a dot
	traceLen   = 12 // length that a direction is taken over
	minApart   = 6  // nearer ones are one event
	edgeMargin = 14 // distance from the finger's outline
)

// findMinutiae reads the true minutiae off the master's skeleton.
func findMinutiae(s skeleton, inside []bool) []Minutia {
	var out []Minutia
	for i, on := range s.on {
		if on == 0 || !deepInside(inside, i%s.w, i/s.w) {
			continue
		}
		n := crossing(s.around(i))
		if n != 1 && n != 3 {
			continue
		}
		m, ok := s.minutia(i, n)
		if ok && !near(out, m) {
			out = append(out, m)
		}
	}
	return out
}

// minutia measures the event at pixel i with n arms; false if it is an
// artefact.
func (s *skeleton) minutia(i, n int) (Minutia, bool) {
	arms := s.arms(i)
	if len(arms) != n {
		return Minutia{}, false
	}
	var dir [3]float64
	for k, a := range arms {
		last, steps := s.follow(i, a, islandMax)
		end := crossing(s.around(last)) == 1
		if n == 1 && steps < islandMax && (end || steps < spurMax) || n == 3 && end && steps < spurMax {
			return Minutia{}, false
		}
		dir[k] = atan2(float64(i/s.w-last/s.w), float64(last%s.w-i%s.w))
	}
	m := Minutia{X: float64(i%s.w) + 0.5, Y: float64(i/s.w) + 0.5, Angle: turnOf(dir[0])}
	if n == 3 {
		m.Type = Bifurcation
		m.Angle = between(dir)
	}
	return m, true
}

// between is the direction into the valley of a fork: half way between the two
// arms that lie closest.
func between(dir [3]float64) float64 {
	best, at := math.Inf(1), 0.0
	for k := range dir {
		a, b := dir[k], dir[(k+1)%3]
		d := turnOf(b - a)
		if d > math.Pi {
			a, d = b, 2*math.Pi-d
		}
		if d < best {
			best, at = d, a+d/2
		}
	}
	return turnOf(at)
}

// turnOf brings an angle into 0 to 2 Pi.
func turnOf(a float64) float64 {
	a -= float64(2 * math.Pi * math.Floor(a/(2*math.Pi)))
	if a >= 2*math.Pi {
		return 0
	}
	return a
}

func near(all []Minutia, m Minutia) bool {
	for _, o := range all {
		dx, dy := o.X-m.X, o.Y-m.Y
		if square(dx, dy) < minApart*minApart {
			return true
		}
	}
	return false
}

// deepInside says whether (x, y) of the canvas lies off the finger's outline.
func deepInside(inside []bool, x, y int) bool {
	for _, d := range [...][2]int{{0, 1}, {0, -1}, {1, 0}, {-1, 0}, {1, 1}, {1, -1}, {-1, 1}, {-1, -1}} {
		u, v := (x+d[0]*edgeMargin)/2, (y+d[1]*edgeMargin)/2
		if u < canvasEdge || v < canvasEdge || u >= halfW-canvasEdge || v >= halfH-canvasEdge || !inside[v*halfW+u] {
			return false
		}
	}
	return true
}
