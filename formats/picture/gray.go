package picture

import (
	"image"
	"image/color"
)

const (
	noteColour = "colour was turned to gray by luma"
	note16     = "16 bits per sample were reduced to 8"
	noteAlpha  = "transparent parts were laid on white"
)

// toGray converts any decoded image to 8-bit gray with bounds at (0, 0), and
// says what was lost, or "".
func toGray(img image.Image) (*image.Gray, string) {
	b := img.Bounds()
	out := image.NewGray(image.Rect(0, 0, b.Dx(), b.Dy()))
	switch src := img.(type) {
	case *image.Gray:
		copyRows(out, src.Pix, src.Stride)
		return out, ""
	case *image.YCbCr: // JPEG: Y is the luma
		copyRows(out, src.Y, src.YStride)
		return out, noteColour
	case *image.Gray16:
		for y := range b.Dy() {
			for x := range b.Dx() {
				out.Pix[y*out.Stride+x] = uint8((uint32(src.Gray16At(b.Min.X+x, b.Min.Y+y).Y) + 128) / 257)
			}
		}
		return out, note16
	case *image.Paletted:
		return out, fromPalette(out, src)
	}
	return out, fromColour(out, img)
}

func copyRows(dst *image.Gray, pix []uint8, stride int) {
	for y := range dst.Rect.Dy() {
		copy(dst.Pix[y*dst.Stride:(y+1)*dst.Stride], pix[y*stride:])
	}
}

func fromPalette(out *image.Gray, src *image.Paletted) string {
	var table [256]uint8
	note := ""
	for i, c := range src.Palette {
		v, coloured, clear := luma(c)
		table[i&255] = v
		if clear {
			note = noteAlpha
		} else if coloured && note == "" {
			note = noteColour
		}
	}
	for y := range out.Rect.Dy() {
		row := src.Pix[y*src.Stride:][:out.Stride]
		for x, v := range row {
			out.Pix[y*out.Stride+x] = table[v]
		}
	}
	return note
}

// fromColour is the general path, pixel by pixel.
func fromColour(out *image.Gray, img image.Image) string {
	b := img.Bounds()
	coloured, clear := false, false
	for y := range b.Dy() {
		for x := range b.Dx() {
			v, col, cl := luma(img.At(b.Min.X+x, b.Min.Y+y))
			out.Pix[y*out.Stride+x] = v
			coloured, clear = coloured || col, clear || cl
		}
	}
	note := ""
	for _, n := range []struct {
		is   bool
		text string
	}{{coloured, noteColour}, {clear, noteAlpha}, {deep(img), note16}} {
		if n.is && note != "" {
			note += "; "
		}
		if n.is {
			note += n.text
		}
	}
	return note
}

func deep(img image.Image) bool {
	switch img.(type) {
	case *image.RGBA64, *image.NRGBA64:
		return true
	}
	return false
}

// luma lays c on white and weighs it by ITU-R BT.601 (0.299, 0.587, 0.114),
// in whole numbers so that every platform gives the same.
func luma(c color.Color) (v uint8, coloured, clear bool) {
	r, g, b, a := c.RGBA()
	white := 0xffff - a
	y := (19595*(r+white) + 38470*(g+white) + 7471*(b+white) + 1<<15) >> 16
	return uint8((y + 128) / 257), r != g || g != b, a != 0xffff
}
