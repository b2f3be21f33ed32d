package jp2

import (
	"bytes"
	"errors"
)

// Image is a decoded picture.
type Image struct {
	Width, Height int     // pixels
	Components    int     // 1 gray, 3 colour; 2 and 4 occur, the last is then opacity or unknown
	BitDepth      int     // bits a sample, 1 to 16
	Signed        bool    // samples were stored with a sign; half the range was added to them
	PPI           float64 // pixels per inch across; 0: the file does not say
	// Pix holds the samples where BitDepth is 8 or less, Pix16 where it is
	// more; the other is nil. Row by row from the top left, the components of
	// a pixel side by side.
	Pix   []uint8
	Pix16 []uint16
	// YCbCr: the file says that the components are luma and chroma, otherwise
	// three of them are red, green and blue.
	YCbCr    bool
	Comments []string // texts of the comment segments, as found; they may hold personal data
	Notes    []string // what is odd about the file, without anything of its content
}

// Header is what a file says of itself.
type Header struct {
	Width, Height int     // pixels
	Components    int     // 1 to 4
	BitDepth      int     // 1 to 16
	PPI           float64 // pixels per inch across; 0: not stated
	Lossless      bool    // coded with the reversible wavelet; layers may still have been cut off
	Levels        int     // how often the image can be halved by DecodeReduced
	Tiles         int
	Layers        int
}

// Limits bound an image by the size that its header states.
type Limits struct {
	MaxSide   int // largest width or height, in pixels; 0 means DefaultLimits.MaxSide
	MaxPixels int // largest width x height, in pixels; 0 means DefaultLimits.MaxPixels
}

// DefaultLimits admit a four-finger slap at 1000 ppi. Decoding takes some 6
// bytes a sample while it works, 1 or 2 stay.
var DefaultLimits = Limits{MaxSide: 10_000, MaxPixels: 16_000_000}

// What can be wrong with a file. The functions wrap them with the place and
// the figures; use errors.Is.
var (
	// ErrNotJPEG2000: the bytes are neither a JP2 file nor a code stream.
	ErrNotJPEG2000 = errors.New("not a JPEG 2000 file")
	// ErrTruncated: the file ends before its image does. Fetch it again.
	ErrTruncated = errors.New("JPEG 2000 file is truncated")
	// ErrMalformed: the file contradicts itself or its format.
	ErrMalformed = errors.New("JPEG 2000 file is malformed")
	// ErrUnsupported: palettes, unequal or too many components, deep samples.
	ErrUnsupported = errors.New("JPEG 2000 variant not supported")
	// ErrTooLarge: the header states more pixels than the limit, or decoding
	// would take far more work than the file's length can call for.
	ErrTooLarge = errors.New("JPEG 2000 image is too large")
	// ErrEmpty: no pixels.
	ErrEmpty = errors.New("JPEG 2000 image is empty")
)

const (
	magicFile   = "\x00\x00\x00\x0cjP  \r\n\x87\n"
	magicStream = "\xff\x4f\xff\x51"
)

// Is reports whether data begins as a JP2 file or a code stream does.
func Is(data []byte) bool {
	return bytes.HasPrefix(data, []byte(magicFile)) || bytes.HasPrefix(data, []byte(magicStream))
}
