package picture

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/png"
)

const (
	inchesPerMetre = 1 / 0.0254
	// maxDeflate is the largest ratio DEFLATE reaches (258 bytes from 2 bits).
	maxDeflate = 1032
)

// pngHeader walks the chunks up to the pixels (PNG, third edition, 5.6 and
// 11.3.4.3 for pHYs).
func pngHeader(data []byte) (header, error) {
	var h header
	for at, seen := len(pngMagic), false; ; {
		if at+12 > len(data) {
			return h, short(fmt.Sprintf("the chunk at byte %d", at), at+12, len(data))
		}
		n := uint64(binary.BigEndian.Uint32(data[at:]))
		kind := string(data[at+4 : at+8])
		if n > uint64(len(data)-at-12) {
			if kind == "IDAT" && seen {
				return h, nil // the pixel decoder tells how far they reach
			}
			return h, short(fmt.Sprintf("the chunk at byte %d", at), at+12+int(n), len(data))
		}
		body := data[at+8 : at+8+int(n)]
		switch {
		case !seen && kind != "IHDR", kind == "IHDR" && len(body) != 13:
			return h, fmt.Errorf("%w: no IHDR chunk at byte %d", ErrMalformed, at)
		case kind == "IHDR":
			seen = true
			h = pngSize(body)
		case kind == "pHYs" && len(body) == 9 && body[8] == 1:
			h.xPPI = float64(binary.BigEndian.Uint32(body)) / inchesPerMetre
			h.yPPI = float64(binary.BigEndian.Uint32(body[4:])) / inchesPerMetre
		case kind == "IDAT", kind == "IEND":
			return h, nil
		}
		at += 12 + int(n)
	}
}

func pngSize(ihdr []byte) header {
	h := header{
		width:  uint64(binary.BigEndian.Uint32(ihdr)),
		height: uint64(binary.BigEndian.Uint32(ihdr[4:])),
	}
	channels := map[byte]uint64{0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[ihdr[9]]
	bitsPerRow := h.width * channels * uint64(ihdr[8])
	if h.width < 1<<24 && h.height < 1<<24 { // else the limits refuse it, and the product might overflow
		h.minBytes = bitsPerRow / 8 * h.height / maxDeflate
	}
	return h
}

func pngPixels(data []byte) (image.Image, error) { return png.Decode(bytes.NewReader(data)) }

func pngConfig(data []byte) (image.Config, error) { return png.DecodeConfig(bytes.NewReader(data)) }
