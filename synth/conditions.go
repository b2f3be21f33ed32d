package synth

import "math"

// Conditions say how one capture of a finger is made. Lengths are pixels at
// 500 ppi, angles radians. Start from DefaultConditions and change what you
// study; the zero value is not useful.
type Conditions struct {
	Seed uint64 // of all noise of this capture

	Width, Height    int     // of the image
	OffsetX, OffsetY float64 // of the contact's centre from the image's centre
	Rotation         float64 // of the finger, counter-clockwise

	// ContactX, ContactY is the place of the finger that touches at the
	// contact's centre, from the middle of the pattern; ContactA and ContactB
	// are the half axes of the touching area, across and along the finger.
	ContactX, ContactY float64
	ContactA, ContactB float64

	// Skin that slides before it stops: shift and turn of the loose outer
	// skin against the firmly pressed middle, which is Firm (0 to 1) of the
	// contact's half axes; Plasticity is how gradually one becomes the other.
	ShiftX, ShiftY, Torsion float64
	Firm, Plasticity        float64

	Pressure   float64 // 0 light, 0.5 normal, 1 heavy: ridges widen
	Moisture   float64 // -1 dry (ridges break up), 0 normal, 1 wet (valleys fill)
	Unevenness float64 // 0 to 1: how much pressure and moisture vary over the finger
	Scratches  int     // lines across the image
	Dirt       float64 // 0 clean, 1 filthy sensor

	Ink        float64 // gray of a full ridge, 0 to 255
	Background float64 // gray of the empty sensor, 0 to 255
	Noise      float64 // standard deviation of the sensor's noise, gray levels
	Smear      float64 // length of a sliding blur
	SmearAngle float64 // its direction

	// What some sensors add; 0 is none of it.
	Vignette float64 // 0 to 1: how much darker the corners are
	Stripes  float64 // standard deviation of the columns' offsets, gray levels
	Harsh    float64 // 0 to 1: contrast turned up until grays clip
}

// CooperativeConditions draws a capture of a willing person by a trained
// operator on a large sensor: most are good, some a little dry, wet, turned or
// off centre. They are easier to compare than the real sets' captures.
func CooperativeConditions(seed uint64) Conditions {
	r := newSource(seed, streamConditions)
	c := Conditions{
		Seed:  seed,
		Width: 368, Height: 448,
		OffsetX: r.normal(0, 13), OffsetY: r.normal(0, 17),
		Rotation: r.normal(0, 0.16),
		ContactX: r.normal(0, 12), ContactY: r.normal(18, 21),
		ContactA: r.normal(121, 11), ContactB: r.normal(168, 19),
		ShiftX: r.normal(0, 4.5), ShiftY: r.normal(0, 5.5), Torsion: r.normal(0, 0.05),
		Firm: r.between(0.2, 0.5), Plasticity: r.between(0.8, 2),
		Pressure: r.between(0.25, 0.8), Moisture: r.normal(-0.08, 0.42), Unevenness: r.between(0.2, 1),
		Scratches:  max(0, int(r.normal(0.2, 1.2))),
		Dirt:       math.Abs(r.normal(0, 0.25)),
		Ink:        r.between(15, 85),
		Background: r.between(205, 255),
		Noise:      r.between(1.5, 6),
	}
	if r.Float64() < careless {
		c.ContactX, c.ContactY = r.normal(0, 26), r.normal(18, 40)
		c.ContactA, c.ContactB = r.normal(100, 9), r.normal(135, 12)
	}
	return c
}

// careless is the share of cooperative captures that are put on badly.
const careless = 0.06

// PoorConditions draws a capture that a quality check must refuse: too dry and
// faint, too small a contact, or smeared.
func PoorConditions(seed uint64) Conditions {
	c := CooperativeConditions(seed)
	r := newSource(seed, streamConditions+100)
	switch r.IntN(3) {
	case 0:
		c.Moisture, c.Pressure, c.Unevenness = -1.6, 0.05, 1
		c.Ink, c.Background, c.Noise = 165, 205, 9
	case 1:
		c.ContactA, c.ContactB = r.between(28, 42), r.between(30, 48)
		c.OffsetX, c.OffsetY = r.normal(0, 40), r.normal(0, 50)
	default:
		c.Smear, c.SmearAngle = r.between(50, 80), r.between(0.6, 2.5)
		c.Moisture, c.Pressure, c.Dirt = 1.5, 1, 1
	}
	return c
}
