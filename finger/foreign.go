package finger

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// What FromMinutiae assumes where a record of minutiae says nothing.
const (
	foreignReach    = 32.0 // pixels at 500 ppi around a minutia that count as print: of 32, 44 and 60 the one with the fewest errors
	foreignSpread   = 32.0 // pixels: standard deviation of the weight by which minutiae tell the ridge flow around them
	foreignPeriod   = 9 * 8
	foreignReliable = 32
)

// FromMinutiae makes a template of minutiae alone, as they arrive in a record of ISO/IEC 19794-2 without an image. width
// and height are those of the image in pixels at 500 ppi; quality is 0 to 100.
//
// Such a template lacks what an extraction adds: where the print is, which way its ridges run between the minutiae, and how
// far they are apart. Here the print is taken to reach 32 px around each minutia, the flow is the average of the
// minutiae's directions nearby, and the ridge period is 9 px everywhere. Scores against such a template are less certain,
// and less high, than between two images: of 40 published records of another extractor (FVC2002 DB4 set B) the EER is
// 3.6 % among records and 2.9 % against our templates of the images, where images have 0.0, and the highest of 640
// non-mated scores among records is 36. Of more than 100 minutiae the surest are kept, among
// equals those nearest to the middle of all.
//
// It fails with ErrTemplate where a minutia lies outside the image or the size is none that a template may have.
func FromMinutiae(width, height int, minutiae []Minutia, quality uint8) (*Template, error) {
	t := &Template{Width: width, Height: height, Minutiae: surest(minutiae), Quality: Quality{Score: quality}}
	if width < MinSide500 || height < MinSide500 || width > MaxSide500 || height > MaxSide500 || width*height > MaxPixels500 {
		return nil, fmt.Errorf("template of minutiae: %w: size %dx%d", ErrTemplate, width, height)
	}
	t.field = foreignField(width, height, t.Minutiae)
	if len(t.Minutiae) < 8 {
		t.Quality.Reasons = []Reason{ReasonFewMinutiae}
	}
	if err := t.check(); err != nil {
		return nil, fmt.Errorf("template of minutiae: %w", err)
	}
	return t, nil
}

// surest keeps at most as many minutiae as a template holds.
func surest(list []Minutia) []Minutia {
	out := slices.Clone(list)
	if len(out) <= maxMinutiae {
		return out
	}
	var sx, sy int
	for _, m := range out {
		sx, sy = sx+int(m.X), sy+int(m.Y)
	}
	sx, sy = sx/len(out), sy/len(out)
	from := func(m Minutia) int {
		dx, dy := int(m.X)-sx, int(m.Y)-sy
		return dx*dx + dy*dy
	}
	slices.SortStableFunc(out, func(a, b Minutia) int {
		return cmp.Or(cmp.Compare(b.Quality, a.Quality), cmp.Compare(from(a), from(b)))
	})
	return out[:maxMinutiae]
}

// foreignField fills the nodes near minutiae with the flow that these tell.
func foreignField(width, height int, list []Minutia) field {
	f := newField(fieldSide(width), fieldSide(height))
	for ny := range f.h {
		for nx := range f.w {
			x, y := (nx*fieldPx+fieldPx/2)*unitsPerPixel, (ny*fieldPx+fieldPx/2)*unitsPerPixel
			var c, s int64
			near := false
			for _, m := range list {
				dx, dy := int64(int(m.X)-x), int64(int(m.Y)-y)
				d := dx*dx + dy*dy
				near = near || d <= int64(foreignReach*unitsPerPixel*foreignReach*unitsPerPixel)
				w := int64(foreignWeight(d))
				c += w * int64(icos(int(m.Direction)*(turn/128))) // the doubled angle: a ridge has no sense
				s += w * int64(isin(int(m.Direction)*(turn/128)))
			}
			if !near {
				continue
			}
			i := ny*f.w + nx
			f.orientation[i] = uint8((iatan2(s, c) + 128) >> 8)
			f.period[i] = foreignPeriod
			f.reliable[i] = foreignReliable
		}
	}
	return f
}

// foreignWeight is a Gaussian of the squared distance in eighths of a pixel, 1024 at 0, by the same arithmetic on every
// platform.
func foreignWeight(d int64) int32 {
	e := float64(d) / (2 * foreignSpread * foreignSpread * unitsPerPixel * unitsPerPixel)
	if e > 12 {
		return 0
	}
	return int32(math.RoundToEven(math.Exp(-e) * 1024))
}
