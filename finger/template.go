package finger

// Template holds what a comparison needs of one finger's image, and nothing from which the image could be shown.
type Template struct {
	Width, Height int // pixels at 500 ppi
	Minutiae      []Minutia
	Quality       Quality
	field         field
}

// fieldPx is the side of a node of a template's coarse field, in pixels at 500 ppi.
const fieldPx = 16

// field is the coarse field of a template: one node for each square of fieldPx.
type field struct {
	w, h        int
	orientation []uint8 // 256 steps a half turn, counter-clockwise from +x
	period      []uint8 // eighths of a pixel
	reliable    []uint8 // 0 outside the print, else 1..255
}

func newField(w, h int) field {
	return field{w: w, h: h, orientation: make([]uint8, w*h), period: make([]uint8, w*h), reliable: make([]uint8, w*h)}
}

func fieldSide(px int) int { return (px + fieldPx - 1) / fieldPx }

// node returns the index of the node a place falls in, or -1 outside the print. Units are pixels.
func (f *field) node(x, y int) int {
	if x < 0 || y < 0 {
		return -1
	}
	cx, cy := x/fieldPx, y/fieldPx
	if cx >= f.w || cy >= f.h || f.reliable[cy*f.w+cx] == 0 {
		return -1
	}
	return cy*f.w + cx
}

// coarseField averages the fine fields over each node's cells of the foreground.
func coarseField(r ridges) field {
	const k = fieldPx / cellPx
	f := newField((r.field.w+k-1)/k, (r.field.h+k-1)/k)
	for ny := range f.h {
		for nx := range f.w {
			var n, c, s, period, rel int
			for cy := ny * k; cy < min(ny*k+k, r.field.h); cy++ {
				for cx := nx * k; cx < min(nx*k+k, r.field.w); cx++ {
					i := cy*r.field.w + cx
					if r.foreground.v[i] == 0 {
						continue
					}
					n++
					c += int(icos(int(r.field.v[i]) * 4))
					s += int(isin(int(r.field.v[i]) * 4))
					period += int(r.period.v[i])
					rel += int(r.reliability.v[i])
				}
			}
			if n*2 < k*k {
				continue
			}
			i := ny*f.w + nx
			f.orientation[i] = uint8((iatan2(int64(s), int64(c)) + 128) >> 8)
			f.period[i] = uint8(period / n)
			f.reliable[i] = uint8(max(rel/n, 1))
		}
	}
	return f
}
