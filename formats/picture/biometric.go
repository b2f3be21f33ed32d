package picture

import (
	"errors"
	"image"
	"image/color"
	"math"

	"convenio/formats/jp2"
	"convenio/formats/jpegl"
	"convenio/formats/wsq"
)

// The formats of fingerprint exchange have packages of their own, which bound
// themselves. By the time pixels are asked for, the header's size has been
// held against the caller's limits: these only keep it from growing.
const (
	anySide   = 1 << 16
	anyPixels = math.MaxInt32
)

// noted is an image with what its decoder found odd.
type noted struct {
	image.Image
	notes []string
}

// ownFault gives an error of these packages the kind that it has here, or nil.
func ownFault(err error) error {
	for _, k := range []struct{ theirs, ours error }{
		{wsq.ErrTruncated, ErrTruncated}, {jp2.ErrTruncated, ErrTruncated}, {jpegl.ErrTruncated, ErrTruncated},
		{wsq.ErrMalformed, ErrMalformed}, {jp2.ErrMalformed, ErrMalformed}, {jpegl.ErrMalformed, ErrMalformed},
		{wsq.ErrUnsupported, ErrUnsupported}, {jp2.ErrUnsupported, ErrUnsupported}, {jpegl.ErrUnsupported, ErrUnsupported},
		{wsq.ErrTooLarge, ErrTooLarge}, {jp2.ErrTooLarge, ErrTooLarge}, {jpegl.ErrTooLarge, ErrTooLarge},
		{wsq.ErrEmpty, ErrEmpty}, {jp2.ErrEmpty, ErrEmpty}, {jpegl.ErrEmpty, ErrEmpty},
	} {
		if errors.Is(err, k.theirs) {
			return k.ours
		}
	}
	return nil
}

func stated(w, h int, ppi float64, err error) (header, error) {
	if err != nil {
		return header{}, classify(err)
	}
	return header{width: uint64(w), height: uint64(h), xPPI: ppi, yPPI: ppi}, nil
}

func wsqHeader(data []byte) (header, error) {
	h, err := wsq.DecodeHeader(data)
	return stated(h.Width, h.Height, h.PPI, err)
}

func wsqConfig(data []byte) (image.Config, error) {
	h, err := wsq.DecodeHeader(data)
	return image.Config{ColorModel: color.GrayModel, Width: h.Width, Height: h.Height}, err
}

func wsqPixels(data []byte) (image.Image, error) {
	img, err := wsq.Decode(data, wsq.Limits{MaxSide: anySide, MaxPixels: anyPixels})
	if err != nil {
		return nil, err
	}
	return noted{&image.Gray{Pix: img.Pix, Stride: img.Width, Rect: image.Rect(0, 0, img.Width, img.Height)}, img.Notes}, nil
}

func jp2Header(data []byte) (header, error) {
	h, err := jp2.DecodeHeader(data)
	return stated(h.Width, h.Height, h.PPI, err)
}

func jp2Config(data []byte) (image.Config, error) {
	h, err := jp2.DecodeHeader(data)
	return image.Config{Width: h.Width, Height: h.Height}, err
}

func jp2Pixels(data []byte) (image.Image, error) {
	img, err := jp2.Decode(data, jp2.Limits{MaxSide: anySide, MaxPixels: anyPixels})
	if err != nil {
		return nil, err
	}
	s := samples{img.Width, img.Height, img.Components, img.BitDepth, img.YCbCr, img.Pix, img.Pix16}
	return s.gray(img.Notes), nil
}

func losslessHeader(data []byte) (header, error) {
	h, err := jpegl.DecodeHeader(data)
	return stated(h.Width, h.Height, h.PPI, err)
}

func losslessConfig(data []byte) (image.Config, error) {
	h, err := jpegl.DecodeHeader(data)
	return image.Config{Width: h.Width, Height: h.Height}, err
}

func losslessPixels(data []byte) (image.Image, error) {
	img, err := jpegl.Decode(data, jpegl.Limits{MaxSide: anySide, MaxPixels: anyPixels})
	if err != nil {
		return nil, err
	}
	s := samples{img.Width, img.Height, img.Components, img.BitDepth, img.YCbCr, img.Pix, img.Pix16}
	return s.gray(img.Notes), nil
}

// samples are what jp2 and jpegl give: up to four components of up to 16 bits,
// pixel by pixel, in one of two slices.
type samples struct {
	w, h, components, depth int
	ycbcr                   bool
	pix                     []uint8
	pix16                   []uint16
}

// gray makes 8-bit gray of them, and adds to the notes what that changed.
func (s samples) gray(notes []string) image.Image {
	out := &image.Gray{Pix: s.pix, Stride: s.w, Rect: image.Rect(0, 0, s.w, s.h)}
	if s.components == 1 && s.depth == 8 {
		return noted{out, notes}
	}
	colour := s.components >= 3
	out.Pix = make([]uint8, s.w*s.h)
	for i := range out.Pix {
		at := i * s.components
		v := s.sample(at)
		if colour && !s.ycbcr {
			v = (19595*v + 38470*s.sample(at+1) + 7471*s.sample(at+2) + 1<<15) >> 16 // ITU-R BT.601
		}
		out.Pix[i] = uint8((v + 128) / 257)
	}
	if s.components == 2 || s.components == 4 {
		notes = append(notes, "a further component was left out")
	}
	if colour {
		notes = append(notes, noteColour)
	}
	if s.depth > 8 {
		notes = append(notes, note16)
	}
	return noted{out, notes}
}

// sample brings one value to 16 bits.
func (s samples) sample(i int) uint32 {
	var v uint32
	if s.pix != nil {
		v = uint32(s.pix[i])
	} else {
		v = uint32(s.pix16[i])
	}
	return v * 0xffff / (1<<s.depth - 1)
}
