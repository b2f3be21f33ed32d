package jpegl

import (
	"encoding/binary"
	"fmt"
	"math/bits"

	"convenio/formats/internal/huff"
)

// Options of Encode.
type Options struct {
	Predictor int // 1 to 7 (T.81, table H.1); 0 means 7, the mean of left and above
	Shift     int // point transform: low bits that are dropped, which loses them; 0: lossless
	Restart   int // lines between restart markers; 0: none
}

// Encode writes the image as one interleaved scan, with its resolution in a
// JFIF segment. It fails with ErrImage.
func Encode(img *Image, o Options) ([]byte, error) {
	if o.Predictor == 0 {
		o.Predictor = 7
	}
	if err := o.check(img); err != nil {
		return nil, fmt.Errorf("encode lossless JPEG: %w", err)
	}
	out := []byte{0xff, markSOI}
	if ppi := uint16(img.PPI + 0.5); ppi > 0 {
		app0 := append([]byte("JFIF\x00\x01\x02\x01"), byte(ppi>>8), byte(ppi), byte(ppi>>8), byte(ppi), 0, 0)
		out = appendSegment(out, markAPP0, app0)
	}
	frame := []byte{byte(img.BitDepth), byte(img.Height >> 8), byte(img.Height), byte(img.Width >> 8), byte(img.Width), byte(img.Components)}
	scan := []byte{byte(img.Components)}
	for c := range img.Components {
		frame = append(frame, byte(c+1), 0x11, 0)
		scan = append(scan, byte(c+1), 0)
	}
	out = appendSegment(out, markSOF3, frame)
	out = appendSegment(out, markDHT, plainTable)
	if o.Restart > 0 {
		out = appendSegment(out, markDRI, binary.BigEndian.AppendUint16(nil, uint16(o.Restart*img.Width)))
	}
	out = appendSegment(out, markSOS, append(scan, byte(o.Predictor), 0, byte(o.Shift)))
	return append(img.appendLines(out, o), 0xff, markEOI), nil
}

func (o Options) check(img *Image) error {
	n := img.Width * img.Height * img.Components
	switch {
	case img.Width < 1 || img.Height < 1 || img.Width > 65535 || img.Height > 65535:
		return fmt.Errorf("%w: %d x %d pixels, 1 to 65535 a side", ErrImage, img.Width, img.Height)
	case img.Components < 1 || img.Components > 4 || img.BitDepth < 2 || img.BitDepth > 16:
		return fmt.Errorf("%w: %d components of %d bits", ErrImage, img.Components, img.BitDepth)
	case img.BitDepth <= 8 && len(img.Pix) != n || img.BitDepth > 8 && len(img.Pix16) != n:
		return fmt.Errorf("%w: %d and %d samples, wanted %d", ErrImage, len(img.Pix), len(img.Pix16), n)
	case o.Predictor < 1 || o.Predictor > 7 || o.Shift < 0 || o.Shift >= img.BitDepth:
		return fmt.Errorf("%w: predictor %d, %d bits dropped", ErrImage, o.Predictor, o.Shift)
	case o.Restart < 0 || o.Restart*img.Width > 65535:
		return fmt.Errorf("%w: a restart every %d lines", ErrImage, o.Restart)
	case !(img.PPI >= 0 && img.PPI < 65535):
		return fmt.Errorf("%w: %v ppi", ErrImage, img.PPI)
	}
	return nil
}

// plainTable is one Huffman code for all images, table 0: differences of 2, 3,
// 1, 4 and 0 bits have codes of 3 bits, longer ones more.
var plainTable = append([]byte{0, 0, 0, 5, 2, 2, 2, 2, 1, 1, 1, 1, 0, 0, 0, 0, 0},
	2, 3, 1, 4, 0, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16)

func appendSegment(out []byte, mark byte, body []byte) []byte {
	out = append(out, 0xff, mark)
	out = binary.BigEndian.AppendUint16(out, uint16(len(body)+2))
	return append(out, body...)
}

func (img *Image) sample(x, y, c, shift int) int {
	at := (y*img.Width+x)*img.Components + c
	if img.BitDepth <= 8 {
		return int(img.Pix[at]) & (1<<img.BitDepth - 1) >> shift
	}
	return int(img.Pix16[at]) & (1<<img.BitDepth - 1) >> shift
}

func (img *Image) appendLines(out []byte, o Options) []byte {
	w := writer{huff.Writer{Out: out}, codesOf(plainTable)}
	top := 0
	for y := range img.Height {
		if o.Restart > 0 && y > 0 && y%o.Restart == 0 {
			w.Flush()
			w.Out = append(w.Out, 0xff, byte(markRST0+(y/o.Restart-1)%8))
			top = y
		}
		for x := range img.Width {
			for c := range img.Components {
				var p uint16
				switch {
				case y == top && x == 0:
					p = 1 << (img.BitDepth - o.Shift - 1)
				case y == top:
					p = uint16(img.sample(x-1, y, c, o.Shift))
				case x == 0:
					p = uint16(img.sample(0, y-1, c, o.Shift))
				default:
					p = predict(o.Predictor, img.sample(x-1, y, c, o.Shift), img.sample(x, y-1, c, o.Shift), img.sample(x-1, y-1, c, o.Shift))
				}
				w.difference(uint16(img.sample(x, y, c, o.Shift)) - p)
			}
		}
	}
	w.Flush()
	return w.Out
}

type code struct {
	code uint32
	bits int
}

// codesOf numbers the codes of a table in order (T.81, annex C).
func codesOf(table []byte) (codes [17]code) {
	values, next := table[17:], uint32(0)
	for n := 1; n <= 16; n++ {
		for range table[n] {
			codes[values[0]] = code{next, n}
			values = values[1:]
			next++
		}
		next <<= 1
	}
	return codes
}

// writer writes differences.
type writer struct {
	huff.Writer
	codes [17]code
}

func (w *writer) difference(d uint16) {
	v := int(int16(d))
	n := bits.Len(uint(max(v, -v)))
	w.Put(w.codes[n].code, w.codes[n].bits)
	if n == 16 || n == 0 {
		return
	}
	if v < 0 {
		v += 1<<n - 1
	}
	w.Put(uint32(v), n)
}
