package picture

import (
	"errors"
	"fmt"
	"image"
	"math"
)

// Picture is a decoded file: 8-bit gray pixels and what the file says of them.
type Picture struct {
	// Gray holds the pixels, row by row from the top left, 0 black. Its
	// bounds begin at (0, 0) and its stride is its width.
	Gray *image.Gray
	// PPI is the horizontal resolution in pixels per inch, to 0.1 ppi, or 0
	// if the file does not say.
	PPI float64
	// Format is "png", "tiff", "bmp", "jpeg", "jpegl" (lossless), "jp2" (JPEG
	// 2000) or "wsq".
	Format string
	// Notes tell what was changed or is odd: colour turned to gray, 16 bits
	// reduced to 8, unequal resolutions. Empty for a plain file.
	Notes []string
}

// Limits bound a picture by the size its header states.
type Limits struct {
	MaxSide   int // largest width or height, in pixels; 0 means DefaultLimits.MaxSide
	MaxPixels int // largest width x height, in pixels; 0 means DefaultLimits.MaxPixels
}

// DefaultLimits admit a four-finger slap at 1000 ppi (3200 x 3000) with room
// to spare. At the limit, decoding takes some 200 MB for the worst kind of
// file (16-bit colour, progressive JPEG), and 16 MB stay.
var DefaultLimits = Limits{MaxSide: 10_000, MaxPixels: 16_000_000}

// What can be wrong with a file. Decode wraps them with the place and the
// figures; use errors.Is.
var (
	// ErrUnknownFormat: the bytes are none of the formats. The message
	// says what they look like.
	ErrUnknownFormat = errors.New("not a PNG, TIFF, BMP, JPEG, JPEG 2000 or WSQ picture")
	// ErrUnsupported: one of the formats, in a variant that is not read.
	ErrUnsupported = errors.New("variant not supported")
	// ErrTruncated: the file ends before its picture does. Fetch it again.
	ErrTruncated = errors.New("file is truncated")
	// ErrMalformed: the file contradicts itself or its format.
	ErrMalformed = errors.New("file is malformed")
	// ErrTooLarge: the header states more pixels than the limit.
	ErrTooLarge = errors.New("picture is too large")
	// ErrEmpty: no bytes, or no pixels.
	ErrEmpty = errors.New("picture is empty")
)

// header is what a format's own parser finds before any pixel is decoded.
type header struct {
	width, height uint64
	xPPI, yPPI    float64 // 0: not stated
	notes         []string
	minBytes      uint64 // the fewest bytes that could hold the pixels, 0: no claim
}

// codec is one file format: how to recognise, check and decode it.
type codec struct {
	name   string
	header func([]byte) (header, error)
	config func([]byte) (image.Config, error)
	pixels func([]byte) (image.Image, error)
}

// Decode reads one PNG, TIFF, BMP, JPEG, JPEG 2000 or WSQ file as 8-bit gray.
//
// It fails with one of the package's Err values, wrapped with the format, the
// place and the figures. The size is checked against lim on the header, before
// memory is taken for pixels. It is safe for concurrent use.
func Decode(data []byte, lim Limits) (Picture, error) {
	if len(data) == 0 {
		return Picture{}, fmt.Errorf("decode picture: %w: 0 bytes", ErrEmpty)
	}
	c, ok := recognise(data)
	if !ok {
		return Picture{}, fmt.Errorf("decode picture: %w: %s", ErrUnknownFormat, looksLike(data))
	}
	h, err := c.header(data)
	if err != nil {
		return Picture{}, fmt.Errorf("decode %s header: %w", c.name, err)
	}
	if err := h.check(len(data), lim); err != nil {
		return Picture{}, fmt.Errorf("decode %s header: %w", c.name, err)
	}
	if err := c.agrees(data, h); err != nil {
		return Picture{}, fmt.Errorf("decode %s header: %w", c.name, classify(err))
	}
	img, err := guarded(c.pixels, data)
	if err != nil {
		return Picture{}, fmt.Errorf("decode %s pixels: %w", c.name, classify(err))
	}
	if n, ok := img.(noted); ok {
		img, h.notes = n.Image, append(h.notes, n.notes...)
	}
	gray, note := toGray(img)
	p := Picture{Gray: gray, PPI: roundPPI(h.xPPI), Format: c.name, Notes: h.notes}
	if note != "" {
		p.Notes = append(p.Notes, note)
	}
	p.Notes = append(p.Notes, resolutionNotes(h)...)
	return p, nil
}

// agrees makes sure that the pixel decoder, which is other code, will take
// memory for the size that was checked and for no other.
func (c codec) agrees(data []byte, h header) error {
	cfg, err := guarded(c.config, data)
	if err != nil {
		return err
	}
	if uint64(cfg.Width) != h.width || uint64(cfg.Height) != h.height {
		return fmt.Errorf("%w: it states two sizes, %d x %d and %d x %d", ErrMalformed,
			h.width, h.height, cfg.Width, cfg.Height)
	}
	return nil
}

// check compares the stated size with the limits and with the file's length.
func (h header) check(fileLen int, lim Limits) error {
	if lim.MaxSide <= 0 {
		lim.MaxSide = DefaultLimits.MaxSide
	}
	if lim.MaxPixels <= 0 {
		lim.MaxPixels = DefaultLimits.MaxPixels
	}
	side, pixels := uint64(lim.MaxSide), uint64(lim.MaxPixels)
	switch {
	case h.width == 0 || h.height == 0:
		return fmt.Errorf("%w: %d x %d pixels", ErrEmpty, h.width, h.height)
	case h.width > side || h.height > side:
		return fmt.Errorf("%w: %d x %d pixels, the limit is %d a side", ErrTooLarge, h.width, h.height, side)
	case h.width > pixels/h.height:
		return fmt.Errorf("%w: %d x %d = %d pixels, the limit is %d", ErrTooLarge,
			h.width, h.height, h.width*h.height, pixels)
	case h.minBytes > uint64(fileLen):
		return fmt.Errorf("%w: %d x %d pixels need at least %d bytes, the file has %d", ErrTruncated,
			h.width, h.height, h.minBytes, fileLen)
	}
	return nil
}

// roundPPI removes what storing pixels per metre as whole numbers adds:
// 500 ppi is stored as 19685 per metre, which is 499.999 ppi.
func roundPPI(v float64) float64 {
	if !plausiblePPI(v) {
		return 0
	}
	return math.Round(v*10) / 10
}

// plausiblePPI refuses what no scanner states: it is a broken tag.
func plausiblePPI(v float64) bool { return v >= 9.9 && v <= 100_000 }

func resolutionNotes(h header) []string {
	var notes []string
	switch {
	case h.xPPI == 0 && h.yPPI == 0:
		return nil
	case !plausiblePPI(h.xPPI):
		return []string{"the stated resolution makes no sense and was ignored"}
	}
	if d := math.Abs(h.xPPI - h.yPPI); d > 0.01*h.xPPI {
		notes = append(notes, fmt.Sprintf("unequal resolutions: %.4g ppi across, %.4g ppi down; the first is reported", h.xPPI, h.yPPI))
	}
	if r := roundPPI(h.xPPI); r == 72 || r == 96 {
		notes = append(notes, fmt.Sprintf("%.0f ppi is what programs write that know nothing of the scanner; check the resolution", r))
	}
	return notes
}
