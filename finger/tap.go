package finger

// Tap watches the engine at work. After each step Extract asks Wants and, only if that is true, hands the step's result
// to Take. What Take gets is valid during the call only and must not be changed.
//
// Keys and values, in the order they come:
//
//	resampled    Gray      image at 500 ppi
//	normalised   Gray      local mean removed, local contrast evened (128 is the mean)
//	mask         Grid      1 where there is a print, first estimate, cells of CellPx
//	orientation  Grid      ridge orientation, 256 steps a half turn, counter-clockwise from +x; last pass
//	period       Grid      ridge period in eighths of a pixel
//	enhanced     Gray      after contextual filtering (128 is between ridge and valley)
//	reliability  Grid      0..255, how well the image follows the ridges that the filter expects
//	foreground   Grid      1 where minutiae are taken from
//	binary       Gray      0 ridge, 255 valley
//	skeleton     Gray      0 on the thinned ridges as cleaned, 255 elsewhere
//	candidates   []Minutia all minutiae found on the skeleton
//	minutiae     []Minutia those kept, with their quality
//	measures     Measures  what the quality score is made of
type Tap interface {
	Wants(step string) bool
	Take(step string, v any)
}

// Gray is a picture handed to a Tap.
type Gray struct {
	Width, Height int
	Pix           []uint8
}

// Grid is a coarse field handed to a Tap: one value for each cell of CellPx x CellPx pixels.
type Grid struct {
	Columns, Rows int
	CellPx        int
	Values        []uint8
}

func tapGray(t Tap, step string, p *plane, shift uint) {
	if t == nil || !t.Wants(step) {
		return
	}
	g := Gray{Width: p.w, Height: p.h, Pix: make([]uint8, p.w*p.h)}
	for y := range p.h {
		row := p.row(y)
		for x, v := range row {
			g.Pix[y*p.w+x] = uint8(min(max(int(v)>>shift+128, 0), 255))
		}
	}
	t.Take(step, g)
}

func tapBits(t Tap, step string, b *bitmap) {
	if t == nil || !t.Wants(step) {
		return
	}
	g := Gray{Width: b.w, Height: b.h, Pix: make([]uint8, b.w*b.h)}
	for y := range b.h {
		for x := range b.w {
			if b.pix[b.at(x, y)] == 0 {
				g.Pix[y*b.w+x] = 255
			}
		}
	}
	t.Take(step, g)
}

func tapGrid(t Tap, step string, g *grid) {
	if t == nil || !t.Wants(step) {
		return
	}
	t.Take(step, Grid{Columns: g.w, Rows: g.h, CellPx: cellPx, Values: append([]uint8(nil), g.v...)})
}

func tapMinutiae(t Tap, step string, m []Minutia) {
	if t != nil && t.Wants(step) {
		t.Take(step, append([]Minutia(nil), m...))
	}
}
