package finger

const (
	ridgeStep    = 2 * unitsPerPixel // length of a step, eighths of a pixel
	ridgeMissing = 4                 // one part in so many of the way may lie outside the print
)

// RidgesBetween estimates how many ridges lie on the straight way between two minutiae of the template (as
// ISO/IEC 19794-2:2005, 7.5.2 counts them: those crossed, without the two that the minutiae are on). It follows the
// coarse field: each step crosses as many ridges as its length across them has periods. It is not a count on the image,
// and is wrong by about one in ten. ok is false where too much of the way lies outside the print.
func (t *Template) RidgesBetween(a, b Minutia) (ridges int, ok bool) {
	dx, dy := int64(b.X)-int64(a.X), int64(b.Y)-int64(a.Y)
	length := isqrt(dx*dx + dy*dy)
	steps := max(length/ridgeStep, 1)
	heading := iatan2(-dy, dx) // 65536 a turn, y upwards
	var crossed, seen int64    // crossed: 1 << 14 a ridge, times steps
	for i := range steps {
		x, y := int64(a.X)+dx*(2*i+1)/(2*steps), int64(a.Y)+dy*(2*i+1)/(2*steps)
		n := t.field.node(int(x/unitsPerPixel), int(y/unitsPerPixel))
		if n < 0 || t.field.period[n] == 0 {
			continue
		}
		seen++
		between := heading/(65536/turn) - int(t.field.orientation[n])*(turn/512)
		across := int64(isin(between))
		crossed += max(across, -across) * length / int64(t.field.period[n])
	}
	if seen*ridgeMissing < steps*(ridgeMissing-1) {
		return 0, false
	}
	// What is crossed between the middles of two ridges is one period more than the ridges between them.
	return int(max((crossed/seen+trigOne/2)/trigOne-1, 0)), true
}
