package jpegl

import "errors"

// Image is a decoded picture.
type Image struct {
	Width, Height int     // pixels
	Components    int     // 1 gray, 3 colour; 2 and 4 occur
	BitDepth      int     // bits a sample, 2 to 16
	PPI           float64 // pixels per inch across; 0: the file does not say
	// Pix holds the samples where BitDepth is 8 or less, Pix16 where it is
	// more; the other is nil. Row by row from the top left, the components of
	// a pixel side by side.
	Pix   []uint8
	Pix16 []uint16
	// YCbCr: an Adobe segment says that the three components are luma and
	// chroma, otherwise they are red, green and blue.
	YCbCr    bool
	Comments []string // texts of the comment segments, as found; they may hold personal data
	Notes    []string // what is odd about the file, without anything of its content
}

// Header is what a file says of itself.
type Header struct {
	Width, Height int     // pixels
	Components    int     // 1 to 4
	BitDepth      int     // 2 to 16
	PPI           float64 // pixels per inch across; 0: not stated
}

// Limits bound an image by the size that its header states.
type Limits struct {
	MaxSide   int // largest width or height, in pixels; 0 means DefaultLimits.MaxSide
	MaxPixels int // largest width x height, in pixels; 0 means DefaultLimits.MaxPixels
}

// DefaultLimits admit a four-finger slap at 1000 ppi. Decoding takes the memory
// of the samples and no more.
var DefaultLimits = Limits{MaxSide: 10_000, MaxPixels: 16_000_000}

// What can be wrong with a file. The functions wrap them with the place and
// the figures; use errors.Is.
var (
	// ErrNotLossless: the bytes are no JPEG file, or one of another process.
	ErrNotLossless = errors.New("not a lossless JPEG file")
	// ErrTruncated: the file ends before its image does. Fetch it again.
	ErrTruncated = errors.New("lossless JPEG file is truncated")
	// ErrMalformed: the file contradicts itself or its format.
	ErrMalformed = errors.New("lossless JPEG file is malformed")
	// ErrUnsupported: subsampled components, or a height that is stated later.
	ErrUnsupported = errors.New("lossless JPEG variant not supported")
	// ErrTooLarge: the header states more pixels than the limit.
	ErrTooLarge = errors.New("lossless JPEG image is too large")
	// ErrEmpty: no pixels.
	ErrEmpty = errors.New("lossless JPEG image is empty")
	// ErrImage: the image or the options given to Encode cannot be encoded.
	ErrImage = errors.New("image cannot be encoded as lossless JPEG")
)

// Is reports whether data begins as a JPEG file whose frame header is that of
// the lossless process.
func Is(data []byte) bool {
	if len(data) < 3 || data[0] != 0xff || data[1] != markSOI {
		return false
	}
	for at := 2; ; {
		s, next, err := segmentAt(data, at)
		if err != nil || s.mark == markSOS {
			return false
		}
		if isFrame(s.mark) {
			return s.mark == markSOF3
		}
		at = next
	}
}
