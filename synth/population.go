package synth

import "convenio/finger"

// Population is a country of synthetic people whose templates are made without
// drawing a print: tens of thousands a second, each found at once by person,
// finger and impression. It holds nothing but its seed, and is safe for
// concurrent use.
//
// The templates' fingers are not those that NewFingerAt draws: they come from
// the same model of classes, flow and captures, but their minutiae are placed
// by a model instead of grown (README.md, "Templates without drawing").
type Population struct{ seed uint64 }

// NewPopulation returns the population of a seed. The same seed gives the same
// templates on every platform.
func NewPopulation(seed uint64) Population { return Population{seed} }

// Purposes that draws are kept apart by; an impression adds its number.
const (
	forPerson uint64 = iota + 1
	forFinger
	forDetails
	forImpression
)

// Reference is the template of a person's finger as it was enrolled. pos is
// one of the ten fingers, or finger.Unknown for one more finger of no hand.
func (p Population) Reference(person uint64, pos finger.Position) *finger.Template {
	return p.impression(person, pos, 0)
}

// Probe is the template of a later capture of the same finger; impressions
// count from 0, any number may be made.
func (p Population) Probe(person uint64, pos finger.Position, impression int) *finger.Template {
	return p.impression(person, pos, 1+uint64(impression))
}

// Class is the pattern class of a person's finger.
func (p Population) Class(person uint64, pos finger.Position) Class {
	t := p.traits(person)
	d := newDice(p.seed, person, uint64(pos), forFinger)
	return t.class(pos, &d)
}

func (p Population) impression(person uint64, pos finger.Position, n uint64) *finger.Template {
	t := p.traits(person)
	d := newDice(p.seed, person, uint64(pos), forFinger)
	class := t.class(pos, &d)
	var f pattern
	f.draw(class, t, &d)
	details := newDice(p.seed, person, uint64(pos), forDetails)
	f.strew(t, &details)
	i := newDice(p.seed, person, uint64(pos), forImpression+n)
	return f.touch(t, &i)
}

// traits are what the ten fingers of a person have in common.
type traits struct {
	complexity float64 // standard normal: arches at one end, whorls at the other
	moisture   float64 // of the skin, as in Conditions
	clarity    float64 // standard normal: worn skin to crisp ridges
	period     float64 // mean ridge period, pixels
	richness   float64 // of minutiae, 1 on average
}

func (p Population) traits(person uint64) traits {
	d := newDice(p.seed, person, 0, forPerson)
	return traits{
		complexity: d.normal(0, 1),
		moisture:   d.normal(0, 0.3),
		clarity:    d.normal(0, 1),
		period:     max(7.4, min(10.2, d.normal(8.7, 0.55))),
		richness:   max(0.5, d.normal(1, 0.26)),
	}
}

// alike is how far the classes of a person's fingers go together: the
// correlation of what decides between arch, loop and whorl.
const alike = 0.55

// lean is how much more complex the patterns of each finger are: thumbs and
// ring fingers have more whorls, little and middle fingers more loops.
var lean = [...]float64{0, 0.25, 0.05, -0.30, 0.45, -0.45}

// class draws the class of a person's finger: by the natural shares over all
// fingers, alike within a hand, loops open towards the little finger.
func (t traits) class(pos finger.Position, d *dice) Class {
	digit := int(pos)
	if pos >= finger.LeftThumb {
		digit -= int(finger.LeftThumb) - 1
	}
	z := float64(alike*t.complexity) + d.normal(lean[digit%len(lean)], 0.77)
	side := d.unit()
	// The logistic function is near the normal distribution's.
	u := 1 / (1 + exp(-float64(1.702*z)))
	switch {
	case u < classShare[Arch]:
		return Arch
	case u < classShare[Arch]+classShare[TentedArch]:
		return TentedArch
	case u >= 1-classShare[Whorl]:
		return Whorl
	}
	ulnar, radial := RightLoop, LeftLoop
	share := ulnarShare
	switch {
	case pos == finger.Unknown:
		share = classShare[RightLoop] / (classShare[RightLoop] + classShare[LeftLoop])
	case pos >= finger.LeftThumb:
		ulnar, radial = radial, ulnar
	}
	if digit == 2 {
		share = ulnarShareIndex
	}
	if side < share {
		return ulnar
	}
	return radial
}

// How often a loop opens towards the little finger; less often on index
// fingers. As in drawAt.
const (
	ulnarShare      = 0.96
	ulnarShareIndex = 0.65
)
