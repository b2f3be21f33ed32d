package synth

// Class is the pattern class of a finger, after Henry.
type Class uint8

// The five classes that the natural frequencies below are known for.
const (
	Arch Class = iota
	TentedArch
	LeftLoop
	RightLoop
	Whorl
	numClasses
)

var classNames = [numClasses]string{"arch", "tented-arch", "left-loop", "right-loop", "whorl"}

// String returns the class's name, such as "left-loop".
func (c Class) String() string {
	if c >= numClasses {
		return "unknown"
	}
	return classNames[c]
}

// classShare is how often each class occurs over all fingers of all people
// (Maltoni, Maio, Jain, Prabhakar, Handbook of Fingerprint Recognition, 2009,
// section 5.2, after Wilson, Candela and Watson 1994).
var classShare = [numClasses]float64{Arch: 0.037, TentedArch: 0.029, LeftLoop: 0.338, RightLoop: 0.317, Whorl: 0.279}

func drawClass(r source) Class {
	u := r.Float64()
	for c := Arch; c < Whorl; c++ {
		if u < classShare[c] {
			return c
		}
		u -= classShare[c]
	}
	return Whorl
}

// point is a place on the finger in pixels at 500 ppi, y downwards.
type point struct{ x, y float64 }

// poles are the singular points of a ridge flow.
type poles struct {
	cores, deltas []point
	loops         []loop // the cores again, with the direction each opens to
	// archHeight is the steepness of an arch without singular points, 0 else.
	archHeight float64
	// level is the height of the pattern's middle, waist that of its foot:
	// below the waist ridges lie flat, above the level they follow the tip.
	level, waist float64
}

// drawPoles places the singular points of a class at random. Distances are
// pixels at 500 ppi.
func drawPoles(c Class, r source) poles {
	mid := point{canvasW/2 + r.normal(0, 9), 232 + r.normal(0, 16)}
	switch c {
	case Arch:
		return poles{archHeight: r.between(0.45, 0.95), level: mid.y + 20, waist: mid.y + r.between(120, 160)}
	case TentedArch:
		d := point{mid.x + r.normal(0, 5), mid.y + r.between(48, 85)}
		return poles{cores: []point{mid}, deltas: []point{d}, level: mid.y, waist: d.y + 40}
	case Whorl:
		return drawWhorl(mid, r)
	}
	side := 1.0 // a left loop's delta lies on the right
	if c == RightLoop {
		side = -1
	}
	d := point{mad(side, r.between(52, 125), mid.x), mid.y + r.between(65, 150)}
	return poles{cores: []point{mid}, deltas: []point{d}, level: mid.y, waist: d.y + 25}
}

func drawWhorl(mid point, r source) poles {
	gap, tilt := r.between(10, 30), r.normal(0, 0.45)
	if r.Float64() < 0.25 { // a double loop
		gap, tilt = r.between(26, 46), r.normal(0, 0.9)
	}
	s, c := sinCos(tilt)
	left := point{mid.x - r.between(68, 135), mid.y + r.between(55, 145)}
	right := point{mid.x + r.between(68, 135), mid.y + r.between(55, 145)}
	return poles{
		cores:  []point{{mid.x + gap*s/2, mid.y - gap*c/2}, {mid.x - gap*s/2, mid.y + gap*c/2}},
		deltas: []point{left, right},
		level:  mid.y,
		waist:  (left.y+right.y)/2 + 25,
	}
}
