package finger

// Kind is a minutia's type.
type Kind uint8

// Kinds of minutiae (ISO/IEC 19794-2:2005, 6.4.2).
const (
	KindOther Kind = iota
	KindEnding
	KindBifurcation
)

// String returns the kind's name.
func (k Kind) String() string {
	switch k {
	case KindEnding:
		return "ending"
	case KindBifurcation:
		return "bifurcation"
	}
	return "other"
}

// Minutia is a place where a ridge ends or splits.
type Minutia struct {
	X, Y      uint16 // eighths of a pixel at 500 ppi, from the image's left and top edge
	Direction uint8  // 256 steps a turn, counter-clockwise from +x as seen on the picture; from an ending back into its ridge, from a bifurcation into the valley between its branches (ISO/IEC 19794-2:2005, 6.4.4)
	Kind      Kind
	Quality   uint8 // 0..100, higher is surer
}

// Px returns the place in pixels at 500 ppi.
func (m Minutia) Px() (x, y float64) {
	return float64(m.X) / unitsPerPixel, float64(m.Y) / unitsPerPixel
}

// Degrees returns the direction in degrees, 0 <= d < 360, counter-clockwise from +x.
func (m Minutia) Degrees() float64 { return float64(m.Direction) * (360.0 / 256) }

// findMinutiae reads endings and bifurcations off the skeleton. Place and type come from the skeleton, the sense of the
// direction too; its angle comes from the orientation field, which is the steadier of the two.
func findMinutiae(b *bitmap, field *grid) (list []Minutia) {
	for p, v := range b.pix {
		if v == 0 {
			continue
		}
		switch b.degree(p) {
		case 1:
			if dx, dy, ok := b.heading(p); ok {
				list = append(list, b.minutia(p, dx, dy, KindEnding, field))
			}
		case 3:
			if dx, dy, ok := b.fork(p); ok {
				list = append(list, b.minutia(p, dx, dy, KindBifurcation, field))
			}
		}
	}
	return list
}

func (b *bitmap) minutia(p, dx, dy int, kind Kind, field *grid) Minutia {
	x, y := b.xy(p)
	skeleton := uint8(iatan2(int64(-dy), int64(dx)) >> 8)
	a := field.atPx(x, y) >> 1 // to 256 a turn
	if absInt(int(int8(skeleton-a))) > 64 {
		a += 128
	}
	if absInt(int(int8(skeleton-a))) > 40 { // the field cannot follow here (a core): trust the skeleton
		a = skeleton
	}
	return Minutia{X: uint16(x*unitsPerPixel + unitsPerPixel/2), Y: uint16(y*unitsPerPixel + unitsPerPixel/2), Direction: a, Kind: kind}
}

// fork returns the vector from a bifurcation into the valley between the two branches that lie closest together.
func (b *bitmap) fork(p int) (dx, dy int, ok bool) {
	var br [4]int
	if b.branches(p, &br) != 3 {
		return 0, 0, false
	}
	var vx, vy [3]int
	var buf [tracePx + 4]int
	x0, y0 := b.xy(p)
	for k, first := range br[:3] {
		w := b.walk(p, first, tracePx, buf[:0])
		if len(w.points) < 5 {
			return 0, 0, false
		}
		x, y := b.xy(w.points[len(w.points)-1])
		r := int(isqrt(int64((x-x0)*(x-x0)+(y-y0)*(y-y0)))) + 1
		vx[k], vy[k] = (x-x0)*256/r, (y-y0)*256/r
	}
	best, bestDot := 0, -1<<30
	for k := range 3 {
		j := (k + 1) % 3
		if dot := vx[k]*vx[j] + vy[k]*vy[j]; dot > bestDot {
			best, bestDot = k, dot
		}
	}
	j := (best + 1) % 3
	return vx[best] + vx[j], vy[best] + vy[j], true
}
