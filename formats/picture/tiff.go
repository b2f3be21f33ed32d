package picture

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"

	"golang.org/x/image/tiff"
)

// TIFF 6.0 tags and field types.
const (
	tagWidth       = 256
	tagLength      = 257
	tagBits        = 258
	tagCompression = 259
	tagOrientation = 274
	tagSamples     = 277
	tagXResolution = 282
	tagYResolution = 283
	tagUnit        = 296

	typeShort    = 3
	typeLong     = 4
	typeRational = 5

	// maxPacked is above the largest ratio of LZW and DEFLATE.
	maxPacked = 5000
)

// tiffDir reads the values of one image file directory.
type tiffDir struct {
	data  []byte
	order binary.ByteOrder
	field map[uint16][]byte // the 12 bytes of each entry
	next  uint32            // offset of the next directory, 0: none
}

// tiffHeader reads the first directory (TIFF 6.0, section 2).
func tiffHeader(data []byte) (header, error) {
	d, err := readTIFFDir(data)
	if err != nil {
		return header{}, err
	}
	h := header{width: d.number(tagWidth, 0), height: d.number(tagLength, 0)}
	unit := map[uint64]float64{1: 0, 2: 1, 3: 2.54}[d.number(tagUnit, 2)]
	h.xPPI, h.yPPI = unit*d.rational(tagXResolution), unit*d.rational(tagYResolution)
	if h.yPPI == 0 {
		h.yPPI = h.xPPI
	}
	if d.next != 0 {
		h.notes = append(h.notes, "the file holds more than one picture; the first was read")
	}
	if o := d.number(tagOrientation, 1); o != 1 {
		h.notes = append(h.notes, fmt.Sprintf("the file asks to be shown turned (orientation %d); the pixels were left as stored", o))
	}
	if h.width >= 1<<24 || h.height >= 1<<24 {
		return h, nil // the limits refuse it, and the product below might overflow
	}
	raw := (h.width*min(d.number(tagBits, 1), 64)*min(d.number(tagSamples, 1), 8) + 7) / 8 * h.height
	switch d.number(tagCompression, 1) {
	case 1:
		h.minBytes = raw
	case 5, 8, 32946:
		h.minBytes = raw / maxPacked
	}
	return h, nil
}

func readTIFFDir(data []byte) (tiffDir, error) {
	d := tiffDir{data: data, order: binary.LittleEndian, field: map[uint16][]byte{}}
	if data[0] == 'M' {
		d.order = binary.BigEndian
	}
	if len(data) < 8 {
		return d, short("the file header", 8, len(data))
	}
	at := uint64(d.order.Uint32(data[4:]))
	if at+2 > uint64(len(data)) {
		return d, short("the directory", int(at)+2, len(data))
	}
	n := int(d.order.Uint16(data[at:]))
	end := int(at) + 2 + 12*n
	if end > len(data) {
		return d, short(fmt.Sprintf("the directory of %d entries at byte %d", n, at), end, len(data))
	}
	for i := range n {
		f := data[int(at)+2+12*i:][:12]
		tag := d.order.Uint16(f)
		if _, dup := d.field[tag]; dup && (tag == tagWidth || tag == tagLength) {
			// Two readers might take different ones; the size must be one.
			return d, fmt.Errorf("%w: tag %d stands twice in the directory", ErrMalformed, tag)
		}
		d.field[tag] = f
	}
	if end+4 <= len(data) {
		d.next = d.order.Uint32(data[end:])
	}
	return d, nil
}

// number is the first value of a SHORT or LONG field, or fallback.
func (d tiffDir) number(tag uint16, fallback uint64) uint64 {
	f, ok := d.field[tag]
	if !ok {
		return fallback
	}
	kind, count := d.order.Uint16(f[2:]), d.order.Uint32(f[4:])
	value := f[8:12]
	inline := map[uint16]uint32{typeShort: 2, typeLong: 1}[kind]
	if at := uint64(d.order.Uint32(value)); count > inline && at+4 <= uint64(len(d.data)) {
		value = d.data[at:]
	}
	switch kind {
	case typeShort:
		return uint64(d.order.Uint16(value))
	case typeLong:
		return uint64(d.order.Uint32(value))
	}
	return fallback
}

// rational is the first value of a RATIONAL field, or 0.
func (d tiffDir) rational(tag uint16) float64 {
	f, ok := d.field[tag]
	if !ok || d.order.Uint16(f[2:]) != typeRational {
		return 0
	}
	at := uint64(d.order.Uint32(f[8:]))
	if at+8 > uint64(len(d.data)) {
		return 0
	}
	num, den := d.order.Uint32(d.data[at:]), d.order.Uint32(d.data[at+4:])
	if den == 0 {
		return 0
	}
	return float64(num) / float64(den)
}

func tiffPixels(data []byte) (image.Image, error) { return tiff.Decode(bytes.NewReader(data)) }

func tiffConfig(data []byte) (image.Config, error) { return tiff.DecodeConfig(bytes.NewReader(data)) }
