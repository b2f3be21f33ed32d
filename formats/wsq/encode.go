package wsq

import (
	"fmt"
	"math"

	"convenio/formats/internal/huff"
)

// Bit rates, in bits a pixel before the entropy coder's own gain.
const (
	BitRateStandard = 0.75 // about 15:1, what fingerprint exchange asks for
	BitRateHigh     = 2.25 // about 5:1
)

// Options of Encode. The zero value encodes at 0.75 with an unknown resolution.
type Options struct {
	// BitRate is what the quantizer aims at, in bits a pixel, 0.1 to 6; 0 means
	// BitRateStandard.
	BitRate float64
	// PPI is the resolution, in pixels per inch, for the NISTCOM comment; 0:
	// the image's own, or not known.
	PPI float64
	// Comments are added behind the NISTCOM comment, each at most 65,533 bytes.
	Comments []string
}

// MinSide is the shortest side that Encode takes, in pixels: below it some
// subbands have fewer than the three values on which the filters turn round.
const MinSide = 96

// Encode compresses an image, with loss, and states size, resolution and bit
// rate in a NISTCOM comment. It fails with ErrImage.
func Encode(img *Image, o Options) ([]byte, error) {
	if o.BitRate == 0 {
		o.BitRate = BitRateStandard
	}
	if o.PPI == 0 {
		o.PPI = img.PPI
	}
	if err := o.check(img); err != nil {
		return nil, fmt.Errorf("encode WSQ: %w", err)
	}
	plane, f := toPlane(img)
	tr := newTree(img.Width, img.Height)
	analyze(plane, img.Width, img.Height, tr.splits)
	q := chooseBins(plane, img.Width, &tr, o.BitRate)
	coeffs, ends := quantized(plane, img.Width, &tr, &q)

	out := []byte{0xff, markSOI}
	out = appendSegment(out, markCOM, []byte(newNISTCOM(img.Width, img.Height, o.PPI, o.BitRate)))
	for _, c := range o.Comments {
		out = appendSegment(out, markCOM, []byte(c))
	}
	out = appendSegment(out, markDTT, filterTable())
	out = appendSegment(out, markDQT, q.table())
	out = appendSegment(out, markSOF, f.header())
	out = appendBlocks(out, 0, coeffs[:ends[0]])
	out = appendBlocks(out, 1, coeffs[ends[0]:ends[1]], coeffs[ends[1]:])
	return append(out, 0xff, markEOI), nil
}

func (o Options) check(img *Image) error {
	switch {
	case img.Width < MinSide || img.Height < MinSide:
		return fmt.Errorf("%w: %d x %d pixels, at least %d a side", ErrImage, img.Width, img.Height, MinSide)
	case img.Width > math.MaxUint16 || img.Height > math.MaxUint16:
		return fmt.Errorf("%w: %d x %d pixels, at most %d a side", ErrImage, img.Width, img.Height, math.MaxUint16)
	case len(img.Pix) != img.Width*img.Height:
		return fmt.Errorf("%w: %d values for %d x %d pixels", ErrImage, len(img.Pix), img.Width, img.Height)
	case !(o.BitRate >= 0.1 && o.BitRate <= 6):
		return fmt.Errorf("%w: a bit rate of %v, wanted 0.1 to 6", ErrImage, o.BitRate)
	case !(o.PPI >= 0 && o.PPI <= 100_000):
		return fmt.Errorf("%w: %v ppi", ErrImage, o.PPI)
	}
	for i, c := range o.Comments {
		if len(c) > math.MaxUint16-2 {
			return fmt.Errorf("%w: comment %d has %d bytes, at most 65533", ErrImage, i, len(c))
		}
	}
	return nil
}

// toPlane brings the pixels to -128 to 128 around their mean. The frame header
// keeps mean and scale with 16 bits: the rounded values are used here too.
func toPlane(img *Image) ([]float32, frame) {
	sum, least, most := 0, 255, 0
	for _, p := range img.Pix {
		sum += int(p)
		least, most = min(least, int(p)), max(most, int(p))
	}
	mean := float64(sum) / float64(len(img.Pix))
	f := frame{width: img.Width, height: img.Height, white: 255, encoder: 2, shift: stored(mean), scale: 1}
	if span := max(mean-float64(least), float64(most)-mean) / 128; span > 0 {
		f.scale = stored(span)
	}
	plane := make([]float32, len(img.Pix))
	for i, p := range img.Pix {
		plane[i] = (float32(p) - f.shift) / f.scale
	}
	return plane, f
}

// appendBlocks adds a Huffman table made for all the blocks, and the blocks.
func appendBlocks(out []byte, id byte, blocks ...[]int16) []byte {
	var freq [256]int
	for _, coeffs := range blocks {
		symbols(coeffs, func(sym uint8, _ uint16, _ int) { freq[sym]++ })
	}
	if freq == [256]int{} {
		freq[1] = 1 // nothing to code, but a table has to have a code
	}
	book := newCodeBook(freq)
	out = appendSegment(out, markDHT, book.table(id))
	for _, coeffs := range blocks {
		out = appendSegment(out, markSOB, []byte{id})
		w := huff.Writer{Out: out}
		symbols(coeffs, func(sym uint8, extra uint16, bits int) {
			w.Put(uint32(book.code[sym])<<bits|uint32(extra), int(book.bits[sym])+bits)
		})
		w.Flush()
		out = w.Out
	}
	return out
}

// symbols calls emit for each symbol that stands for the coefficients, with
// the bits that follow its code.
func symbols(coeffs []int16, emit func(sym uint8, extra uint16, bits int)) {
	for i := 0; i < len(coeffs); {
		v := int(coeffs[i])
		if v == 0 {
			n := 1
			for i+n < len(coeffs) && coeffs[i+n] == 0 && n < math.MaxUint16 {
				n++
			}
			i += n
			switch {
			case n <= symRunMax:
				emit(uint8(n), 0, 0)
			case n <= 0xff:
				emit(symRun8, uint16(n), 8)
			default:
				emit(symRun16, uint16(n), 16)
			}
			continue
		}
		i++
		switch {
		case v > 0xff:
			emit(symPlus16, uint16(v), 16)
		case v > 74:
			emit(symPlus8, uint16(v), 8)
		case v < -0xff:
			emit(symMinus16, uint16(-v), 16)
		case v < -73:
			emit(symMinus8, uint16(-v), 8)
		default:
			emit(uint8(symZero+v), 0, 0)
		}
	}
}
