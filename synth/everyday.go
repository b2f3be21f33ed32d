package synth

import "math"

// model is a kind of sensor: what its captures have in common. Ranges are
// from, to; lengths are pixels at 500 ppi, grays 0 to 255.
type model struct {
	width, height   int
	ink, background [2]float64
	noise           [2]float64
	vignette        [2]float64
	stripes         [2]float64
	harsh           [2]float64
	moisture        float64 // mean at which the sensor shows the ridges it gets
	share           float64 // of everyday captures
}

// models are five kinds of flat single-finger sensors in use. Most are too
// small for a whole finger: the print is cut by the image's edge.
var models = [...]model{
	// A bright optical sensor of middle size.
	{388, 374, [2]float64{8, 60}, [2]float64{240, 255}, [2]float64{5, 16}, [2]float64{0, 0.05}, [2]float64{0, 0}, [2]float64{0.1, 0.6}, -0.15, 0.24},
	// A tall optical one with uneven light.
	{264, 490, [2]float64{15, 60}, [2]float64{150, 200}, [2]float64{5, 13}, [2]float64{0.2, 0.5}, [2]float64{0, 0.5}, [2]float64{0, 0.3}, -0.05, 0.19},
	// A small capacitive one: little contrast, columns of unequal gain.
	{300, 300, [2]float64{18, 45}, [2]float64{80, 130}, [2]float64{4, 10}, [2]float64{0, 0.15}, [2]float64{0.5, 3}, [2]float64{0, 0}, 0.1, 0.19},
	// A desktop reader, contrast turned up.
	{320, 350, [2]float64{15, 50}, [2]float64{225, 255}, [2]float64{6, 18}, [2]float64{0, 0.2}, [2]float64{0, 0}, [2]float64{0.2, 0.9}, 0.1, 0.24},
	// A large live scanner.
	{400, 500, [2]float64{15, 85}, [2]float64{205, 255}, [2]float64{2, 9}, [2]float64{0, 0.1}, [2]float64{0, 0}, [2]float64{0, 0.3}, -0.05, 0.14},
}

// DefaultConditions draws an everyday capture: one of several kinds of sensor,
// a finger put on as people do, skin as it is. Mated and non-mated scores,
// minutiae, area, quality and ridge period are near those of the real sets
// that README.md compares with.
func DefaultConditions(seed uint64) Conditions {
	r := newSource(seed, streamConditions+200)
	m := drawModel(r)
	c := Conditions{
		Seed:  seed,
		Width: m.width, Height: m.height,
		OffsetX: r.normal(0, 15), OffsetY: r.normal(0, 22),
		Rotation: r.normal(0, 0.10),
		ContactX: r.normal(0, 13), ContactY: r.normal(18, 27),
		ContactA: r.normal(120, 12), ContactB: r.normal(176, 24),
		ShiftX: r.normal(0, 5), ShiftY: r.normal(0, 6), Torsion: r.normal(0, 0.055),
		Firm: r.between(0.2, 0.5), Plasticity: r.between(0.8, 2),
		Pressure: r.between(0.15, 0.85), Moisture: r.normal(m.moisture, 0.74), Unevenness: r.between(0.4, 1),
		Scratches:  max(0, int(r.normal(0.4, 1.3))),
		Dirt:       math.Abs(r.normal(0, 0.4)),
		Ink:        r.between(m.ink[0], m.ink[1]),
		Background: r.between(m.background[0], m.background[1]),
		Noise:      r.between(m.noise[0], m.noise[1]),
		Vignette:   r.between(m.vignette[0], m.vignette[1]),
		Stripes:    r.between(m.stripes[0], m.stripes[1]),
		Harsh:      r.between(m.harsh[0], m.harsh[1]),
	}
	switch u := r.Float64(); {
	case u < turnedShare:
		c.Rotation = r.normal(0, 0.34)
	case u < turnedShare+offShare: // put on badly: off centre, or only the tip
		c.ContactX, c.ContactY = r.normal(0, 26), r.normal(12, 48)
		c.ContactA, c.ContactB = r.normal(102, 11), r.normal(130, 16)
		c.OffsetX, c.OffsetY = r.normal(0, 34), r.normal(0, 48)
	}
	return c
}

// Shares of everyday captures that are put on turned, and badly.
const (
	turnedShare = 0.14
	offShare    = 0.12
)

func drawModel(r source) *model {
	u := r.Float64()
	for i := range models {
		if u < models[i].share {
			return &models[i]
		}
		u -= models[i].share
	}
	return &models[len(models)-1]
}
