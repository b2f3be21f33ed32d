package finger

import "fmt"

// Field is a template's coarse field in the open: one node for each square of 16 x 16 pixels at 500 ppi, row by row,
// ceil(width/16) to a row.
type Field struct {
	Orientation []uint8 // of the ridges, 256 steps a half turn, counter-clockwise from +x
	Period      []uint8 // of the ridges, eighths of a pixel, 36..160 where the print is
	Reliable    []uint8 // 0 outside the print, else 1..255: how clearly the image follows ridges
}

// FieldNodes returns how many nodes the field of a template of width x height pixels has across and down.
func FieldNodes(width, height int) (across, down int) { return fieldSide(width), fieldSide(height) }

// Build makes a template of parts that did not come out of an image here: a model's, or another format's. It keeps the
// slices. It fails with ErrTemplate on values that a template's binary form cannot hold.
func Build(width, height int, minutiae []Minutia, f Field, q Quality) (*Template, error) {
	t := &Template{
		Width: width, Height: height, Minutiae: minutiae, Quality: q,
		field: field{w: fieldSide(width), h: fieldSide(height), orientation: f.Orientation, period: f.Period, reliable: f.Reliable},
	}
	if err := t.check(); err != nil {
		return nil, fmt.Errorf("build template: %w", err)
	}
	return t, nil
}

// CoarseField returns the template's coarse field. The slices belong to the template: do not change them.
func (t *Template) CoarseField() Field {
	return Field{Orientation: t.field.orientation, Period: t.field.period, Reliable: t.field.reliable}
}
