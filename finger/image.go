package finger

import "fmt"

// Image is one finger's capture in 8-bit gray.
type Image struct {
	Width, Height int     // pixels
	PPI           float64 // resolution in pixels per inch; 0 means unknown: 500 unless the ridges say otherwise
	Pix           []uint8 // row by row, top row first, Width*Height values; 0 is black, a ridge is dark
}

// Limits of what Extract looks at. They bound its time and memory before anything is allocated.
const (
	MinPPI        = 190      // below it the ridges of most fingers cannot be told apart
	MaxPPI        = 2000     // above it the resolution given is almost certainly wrong
	MaxSide       = 4000     // pixels, as given
	MaxPixels     = 16 << 20 // pixels, as given
	MinSide500    = 100      // pixels at 500 ppi (5 mm)
	MaxSide500    = 2000     // pixels at 500 ppi (100 mm), more than any finger
	MaxPixels500  = 2 << 20  // pixels at 500 ppi
	standardPPI   = 500      // ISO/IEC 19794-4:2011 and ANSI/NIST-ITL: the resolution all steps work at
	defaultPPI    = standardPPI
	ppiTolerance  = 0.01 // resolutions this close to 500 (as a share) are taken as 500: the error is below the skin's own
	unitsPerPixel = 8    // a minutia's place is kept in eighths of a pixel at 500 ppi
)

// check reports why the image cannot be worked on, or nil.
func (m Image) check() error {
	switch {
	case m.Width <= 0 || m.Height <= 0:
		return &RejectError{Reason: ReasonTooSmall, Detail: "the image is empty"}
	case m.Width > MaxSide || m.Height > MaxSide || m.Width*m.Height > MaxPixels:
		return &RejectError{Reason: ReasonTooLarge, Detail: fmt.Sprintf("%dx%d px, at most %d px a side and %d in all", m.Width, m.Height, MaxSide, MaxPixels)}
	case len(m.Pix) != m.Width*m.Height:
		return &RejectError{Reason: ReasonDamaged, Detail: fmt.Sprintf("%d values for %dx%d px", len(m.Pix), m.Width, m.Height)}
	case m.PPI != 0 && !(m.PPI >= MinPPI && m.PPI <= MaxPPI):
		return &RejectError{Reason: ReasonResolution, Detail: fmt.Sprintf("%.0f ppi, wanted %d to %d", m.PPI, MinPPI, MaxPPI)}
	}
	return m.checkSize()
}

// checkSize looks at the size the image will have at 500 ppi.
func (m Image) checkSize() error {
	w, h := m.size500()
	switch {
	case w < MinSide500 || h < MinSide500:
		return &RejectError{Reason: ReasonTooSmall, Detail: fmt.Sprintf("%dx%d px at 500 ppi, at least %d px a side", w, h, MinSide500)}
	case w > MaxSide500 || h > MaxSide500 || w*h > MaxPixels500:
		return &RejectError{Reason: ReasonTooLarge, Detail: fmt.Sprintf("%dx%d px at 500 ppi: crop it to one finger", w, h)}
	}
	return nil
}

// scale returns how many given pixels one pixel at 500 ppi spans.
func (m Image) scale() float64 {
	ppi := m.PPI
	if ppi == 0 {
		ppi = defaultPPI
	}
	s := ppi / standardPPI
	if s > 1-ppiTolerance && s < 1+ppiTolerance {
		return 1
	}
	return s
}

func (m Image) size500() (w, h int) {
	s := m.scale()
	return int(float64(m.Width) / s), int(float64(m.Height) / s)
}
