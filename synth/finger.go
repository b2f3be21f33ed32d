package synth

import (
	"slices"

	"convenio/finger"
)

// Finger is a synthetic finger: the ridges of its skin and what stays the same
// over all captures of it. It is immutable and safe for concurrent use.
type Finger struct {
	class    Class
	ridge    []int8 // canvas, -127 in a valley to 127 on a ridge
	relief   []int8 // the same with the skin's texture, pores and creases
	minutiae []Minutia
}

// NewFinger grows the finger of a seed. The same seed gives the same finger on
// every platform; different seeds give unrelated fingers, of classes as
// frequent as in nature.
func NewFinger(seed uint64) *Finger {
	return newFinger(seed, drawClass(newSource(seed, streamClass)))
}

// NewFingerAt grows the finger at a position of a person's hand. Its class
// follows the hand: nine loops in ten open towards the little finger, so that
// they are right loops on right hands and left loops on left hands.
func NewFingerAt(person uint64, pos finger.Position) *Finger {
	return newFinger(drawAt(person, pos))
}

// drawAt is the seed and the class of a person's finger.
func drawAt(person uint64, pos finger.Position) (seed uint64, c Class) {
	r := newSource(person, streamPerson+stream(pos)<<8)
	seed = r.Uint64()
	c = drawClass(newSource(seed, streamClass))
	if c != LeftLoop && c != RightLoop || pos == finger.Unknown {
		return seed, c
	}
	ulnar, radial := RightLoop, LeftLoop
	if pos >= finger.LeftThumb {
		ulnar, radial = radial, ulnar
	}
	share := 0.96
	if pos == finger.RightIndex || pos == finger.LeftIndex {
		share = 0.65
	}
	if r.Float64() < share {
		return seed, ulnar
	}
	return seed, radial
}

func newFinger(seed uint64, c Class) *Finger {
	inside := shape()
	p := drawPoles(c, newSource(seed, streamPoles))
	ridge := enlarge(grow(newFlow(p, seed), inside, seed))
	return &Finger{
		class:    c,
		ridge:    ridge,
		relief:   newRelief(ridge, inside, seed),
		minutiae: findMinutiae(thin(ridge, canvasW, canvasH), inside),
	}
}

// Class is the pattern class the finger was grown as.
func (f *Finger) Class() Class { return f.class }

// Minutiae are the true minutiae of the whole finger, in the coordinates of
// Master.
func (f *Finger) Minutiae() []Minutia { return slices.Clone(f.minutiae) }

// Master is the whole skin of the finger without any trace of a capture, 400 x
// 560 pixels at 500 ppi.
func (f *Finger) Master() finger.Image {
	img := finger.Image{Width: canvasW, Height: canvasH, PPI: ppi, Pix: make([]uint8, len(f.ridge))}
	for i, v := range f.ridge {
		img.Pix[i] = uint8(127 - int(v))
	}
	return img
}

// ppi is the resolution of everything here, in pixels per inch.
const ppi = 500
