package jpegl

import "fmt"

// DecodeHeader reads the segments up to the frame header. It fails as Decode
// does; sizes are not held against any limit.
func DecodeHeader(data []byte) (Header, error) {
	d := decoder{data: data}
	if _, err := d.untilFrame(); err != nil {
		return Header{}, fmt.Errorf("read lossless JPEG header: %w", err)
	}
	if d.hdr.PPI == 0 {
		d.hdr.PPI = commentPPI(d.comments)
	}
	return d.hdr, nil
}

// Decode reads a lossless JPEG file.
//
// It fails with one of the package's Err values, wrapped with the place and
// the figures. The size is held against lim, and against the length of the
// file, before memory is taken for pixels. It is safe for concurrent use.
func Decode(data []byte, lim Limits) (*Image, error) {
	d := decoder{data: data}
	at, err := d.untilFrame()
	if err != nil {
		return nil, fmt.Errorf("decode lossless JPEG header: %w", err)
	}
	if err := d.check(lim); err != nil {
		return nil, fmt.Errorf("decode lossless JPEG header: %w", err)
	}
	if err := d.scans(at); err != nil {
		return nil, fmt.Errorf("decode lossless JPEG pixels: %w", err)
	}
	return d.image(), nil
}

func (d *decoder) untilFrame() (int, error) {
	if len(d.data) < 2 || d.data[0] != 0xff || d.data[1] != markSOI {
		return 0, ErrNotLossless
	}
	for at := 2; ; {
		s, next, err := segmentAt(d.data, at)
		if err != nil {
			return 0, err
		}
		if s.mark == markSOS || s.mark == markEOI {
			return 0, fmt.Errorf("%w: no frame header before byte %d", ErrMalformed, s.at)
		}
		if err := d.take(s); err != nil {
			return 0, err
		}
		if at = next; d.framed {
			return at, nil
		}
	}
}

// scans reads everything behind the frame header. Each component is in one
// scan, alone or with others.
func (d *decoder) scans(at int) error {
	d.done = make([]bool, d.hdr.Components)
	n := d.hdr.Width * d.hdr.Height * d.hdr.Components
	for {
		if d.complete() && at >= len(d.data) {
			d.notes = append(d.notes, "the file ends without its end marker")
			return nil
		}
		s, next, err := segmentAt(d.data, at)
		if err != nil {
			return err
		}
		switch s.mark {
		case markEOI:
			if !d.complete() {
				return fmt.Errorf("%w: a component's scan is missing before the end marker at byte %d", ErrMalformed, s.at)
			}
			if behind := len(d.data) - next; behind > 0 {
				d.notes = append(d.notes, fmt.Sprintf("%d bytes behind the end marker were not read", behind))
			}
			return nil
		case markSOS:
			if d.out.Pix == nil && d.out.Pix16 == nil {
				if d.hdr.BitDepth <= 8 {
					d.out.Pix = make([]uint8, n)
				} else {
					d.out.Pix16 = make([]uint16, n)
				}
			}
			if next, err = d.scan(s, next); err != nil {
				return err
			}
		default:
			if err := d.take(s); err != nil {
				return err
			}
		}
		at = next
	}
}

func (d *decoder) complete() bool {
	for _, ok := range d.done {
		if !ok {
			return false
		}
	}
	return true
}

func (d *decoder) image() *Image {
	h := d.hdr
	if h.PPI == 0 {
		h.PPI = commentPPI(d.comments)
	}
	img := d.out
	img.Width, img.Height, img.Components, img.BitDepth, img.PPI = h.Width, h.Height, h.Components, h.BitDepth, h.PPI
	img.YCbCr, img.Comments, img.Notes = d.ycbcr && h.Components == 3, d.comments, d.notes
	return &img
}
