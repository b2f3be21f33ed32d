package picture

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"

	"golang.org/x/image/bmp"
)

// bmpHeader reads BITMAPFILEHEADER and BITMAPINFOHEADER (little endian):
// size at 18, bits at 28, compression at 30, pixels per metre at 38.
func bmpHeader(data []byte) (header, error) {
	const need = 54
	if len(data) < need {
		return header{}, short("the header", need, len(data))
	}
	le := binary.LittleEndian
	if n := le.Uint32(data[14:]); n < 40 {
		return header{}, fmt.Errorf("%w: header of %d bytes (OS/2)", ErrUnsupported, n)
	}
	width, height := int64(int32(le.Uint32(data[18:]))), int64(int32(le.Uint32(data[22:])))
	if height < 0 {
		height = -height // rows from the top
	}
	if width < 0 {
		return header{}, fmt.Errorf("%w: width %d at byte 18", ErrMalformed, width)
	}
	h := header{
		width:  uint64(width),
		height: uint64(height),
		xPPI:   float64(int32(le.Uint32(data[38:]))) / inchesPerMetre,
		yPPI:   float64(int32(le.Uint32(data[42:]))) / inchesPerMetre,
	}
	if le.Uint32(data[30:]) == 0 && h.width < 1<<28 { // uncompressed: rows padded to 4 bytes
		row := (h.width*uint64(le.Uint16(data[28:])) + 31) / 32 * 4
		h.minBytes = need + row*h.height
	}
	return h, nil
}

func bmpPixels(data []byte) (image.Image, error) { return bmp.Decode(bytes.NewReader(data)) }

func bmpConfig(data []byte) (image.Config, error) { return bmp.DecodeConfig(bytes.NewReader(data)) }
