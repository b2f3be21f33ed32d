package wsq

import "errors"

// Image is a fingerprint in 8-bit gray.
type Image struct {
	Width, Height int     // pixels
	PPI           float64 // pixels per inch; 0: the file does not say
	Pix           []uint8 // row by row from the top left, Width*Height values, 0 is black
	// Comments are the texts of the file's comment segments, in order and as
	// found. They may hold personal data (NISTCOM knows SEX and HISTORY).
	Comments []string
	// Notes tell what is odd about the file, in plain English sentences that
	// carry nothing of its content.
	Notes []string
}

// Header is what a WSQ file says of itself.
type Header struct {
	Width, Height int      // pixels
	PPI           float64  // pixels per inch, from the NISTCOM comment; 0: not stated
	BitRate       float64  // bits a pixel that the encoder was asked for, from the NISTCOM comment; 0: not stated
	Black, White  uint8    // the scanner's black and white, usually 0 and 255; not applied to the pixels
	Encoder       uint8    // number of the encoder's algorithm; NIST's writes 2
	Software      uint16   // certificate number of the encoder's software; 0: none
	Shift, Scale  float64  // pixel = value * Scale + Shift
	Comments      []string // comment segments up to the frame header, as found
}

// Limits bound an image by the size that its header states.
type Limits struct {
	MaxSide   int // largest width or height, in pixels; 0 means DefaultLimits.MaxSide
	MaxPixels int // largest width x height, in pixels; 0 means DefaultLimits.MaxPixels
}

// DefaultLimits admit a four-finger slap at 1000 ppi. Decoding takes about
// 7 bytes a pixel while it works, 1 byte a pixel stays.
var DefaultLimits = Limits{MaxSide: 10_000, MaxPixels: 16_000_000}

// What can be wrong with a file. The functions wrap them with the place and
// the figures; use errors.Is.
var (
	// ErrNotWSQ: the bytes do not begin as a WSQ file does.
	ErrNotWSQ = errors.New("not a WSQ file")
	// ErrTruncated: the file ends before its image does. Fetch it again.
	ErrTruncated = errors.New("WSQ file is truncated")
	// ErrMalformed: the file contradicts itself or its format.
	ErrMalformed = errors.New("WSQ file is malformed")
	// ErrUnsupported: filters that this package does not compute with.
	ErrUnsupported = errors.New("WSQ variant not supported")
	// ErrTooLarge: the header states more pixels than the limit.
	ErrTooLarge = errors.New("WSQ image is too large")
	// ErrEmpty: no pixels.
	ErrEmpty = errors.New("WSQ image is empty")
	// ErrImage: the image or the options given to Encode cannot be encoded.
	ErrImage = errors.New("image cannot be encoded as WSQ")
)

// Is reports whether data begins as a WSQ file does (the SOI marker, ff a0,
// and another marker of the family).
func Is(data []byte) bool {
	return len(data) >= 4 && data[0] == 0xff && data[1] == markSOI && data[2] == 0xff &&
		data[3] >= markSOF && data[3] <= markCOM
}
