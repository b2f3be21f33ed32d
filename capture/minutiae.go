package capture

import (
	"errors"
	"fmt"
	"math"

	"convenio/finger"
	"convenio/formats/fmr"
	"convenio/formats/sc37"
)

// unitsPerPixel is the unit of a template's places: eighths of a pixel at 500 ppi.
const unitsPerPixel = 8

// perCm500 is 500 pixels per inch in the whole pixels per centimetre of a finger minutiae record.
const perCm500 = 197

// unknownQuality is taken for a minutia whose record does not state one: the middle of what the engine's own have.
const unknownQuality = 40

// ErrTemplate says that a view of a finger minutiae record cannot be compared with: it states no size or resolution, or
// has too few minutiae. The caller asks for an image.
var ErrTemplate = errors.New("no usable template")

// FromView makes a template for the engine of a view of a finger minutiae record: places are brought from the record's
// pixels to 500 ppi, angles from the format's steps to the engine's, and minutiae without a stated quality get a middling
// one. See finger.FromMinutiae for what such a template lacks. It fails with ErrTemplate.
func FromView(v *fmr.View, f fmr.Format) (*finger.Template, error) {
	switch {
	case v.Width == 0 || v.Height == 0 || v.XPerCm == 0 || v.YPerCm == 0:
		return nil, fmt.Errorf("%w: image size or resolution is not stated", ErrTemplate)
	case len(v.Minutiae) < 2:
		return nil, fmt.Errorf("%w: %d minutiae", ErrTemplate, len(v.Minutiae))
	}
	sx, sy := scale500(v.XPerCm), scale500(v.YPerCm)
	w, h := int(math.Ceil(float64(v.Width)*sx)), int(math.Ceil(float64(v.Height)*sy))
	list := make([]finger.Minutia, 0, len(v.Minutiae))
	for _, m := range v.Minutiae {
		if m.X >= v.Width || m.Y >= v.Height {
			continue // an oddity of the record: it cannot lie on the print
		}
		list = append(list, finger.Minutia{X: place500(m.X, sx, w), Y: place500(m.Y, sy, h), Direction: direction(f.Degrees(m.Angle)),
			Kind: kindOf(m.Kind), Quality: qualityOf(m.Quality)})
	}
	quality, ok := v.Quality()
	if !ok {
		quality = unknownQuality
	}
	t, err := finger.FromMinutiae(w, h, list, quality)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrTemplate, err)
	}
	return t, nil
}

// scale500 is how many pixels at 500 ppi a pixel of the record makes. A resolution in whole pixels per centimetre is
// known to 0.25 %; 197 means 500 ppi.
func scale500(perCm uint16) float64 {
	if perCm == perCm500 {
		return 1
	}
	return 500 / (float64(perCm) * 2.54)
}

// place500 brings the middle of a pixel to the engine's units.
func place500(p uint16, scale float64, side int) uint16 {
	u := int(math.Round((float64(p) + 0.5) * scale * unitsPerPixel))
	return uint16(min(u, side*unitsPerPixel-1))
}

func direction(degrees float64) uint8 { return uint8(int(math.Round(degrees*256/360)) & 0xff) }

func kindOf(k uint8) finger.Kind {
	switch k {
	case fmr.KindEnding:
		return finger.KindEnding
	case fmr.KindBifurcation:
		return finger.KindBifurcation
	}
	return finger.KindOther
}

func qualityOf(q uint8) uint8 {
	if q == 0 || q > 100 {
		return unknownQuality
	}
	return q
}

// ToView writes a template's minutiae as a view of a finger minutiae record at 500 ppi. Position is unknown and the view
// number 0; the caller sets what is known.
func ToView(t *finger.Template) fmr.View {
	v := fmr.View{Width: uint16(t.Width), Height: uint16(t.Height), XPerCm: perCm500, YPerCm: perCm500,
		Capture: sc37.Capture{Time: sc37.NoDateTime, Qualities: []sc37.Quality{{Score: t.Quality.Score}}}}
	for _, m := range t.Minutiae {
		v.Minutiae = append(v.Minutiae, fmr.Minutia{X: m.X / unitsPerPixel, Y: m.Y / unitsPerPixel, Kind: recordKind(m.Kind),
			Angle: m.Direction, Quality: max(m.Quality, 1)}) // 0 would say "not stated"
	}
	v.Extended = extended(t)
	return v
}

func recordKind(k finger.Kind) uint8 {
	switch k {
	case finger.KindEnding:
		return fmr.KindEnding
	case finger.KindBifurcation:
		return fmr.KindBifurcation
	}
	return fmr.KindOther
}
