package jpegl

import (
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"

	"convenio/formats/internal/huff"
)

// The second bytes of the markers (T.81, table B.1).
const (
	markSOF3  = 0xc3
	markDHT   = 0xc4
	markRST0  = 0xd0
	markSOI   = 0xd8
	markEOI   = 0xd9
	markSOS   = 0xda
	markDNL   = 0xdc
	markDRI   = 0xdd
	markAPP0  = 0xe0
	markAPP14 = 0xee
	markCOM   = 0xfe
)

// isFrame: SOF0 to SOF15 without DHT (c4), JPG (c8) and DAC (cc).
func isFrame(m byte) bool {
	return m >= 0xc0 && m <= 0xcf && m != markDHT && m != 0xc8 && m != 0xcc
}

// segment is a marker with its parameters; at is the place of its ff byte.
type segment struct {
	mark byte
	at   int
	body []byte
}

// segmentAt reads the segment at byte at, past any fill bytes, and returns the
// place behind it.
func segmentAt(data []byte, at int) (segment, int, error) {
	for at+1 < len(data) && data[at] == 0xff && data[at+1] == 0xff {
		at++
	}
	if at+2 > len(data) {
		return segment{}, 0, fmt.Errorf("%w: no marker at byte %d, the file has %d", ErrTruncated, at, len(data))
	}
	s := segment{mark: data[at+1], at: at}
	if data[at] != 0xff || s.mark < 0xc0 {
		return segment{}, 0, fmt.Errorf("%w: %02x%02x at byte %d is no marker", ErrMalformed, data[at], s.mark, at)
	}
	if s.mark >= markRST0 && s.mark <= markEOI {
		return s, at + 2, nil
	}
	if at+4 > len(data) {
		return segment{}, 0, fmt.Errorf("%w: the segment at byte %d has no length", ErrTruncated, at)
	}
	n := int(binary.BigEndian.Uint16(data[at+2:]))
	if n < 2 {
		return segment{}, 0, fmt.Errorf("%w: the segment at byte %d states a length of %d", ErrMalformed, at, n)
	}
	if at+2+n > len(data) {
		return segment{}, 0, fmt.Errorf("%w: the segment at byte %d needs %d bytes, %d are there", ErrTruncated, at, 2+n, len(data)-at)
	}
	s.body = data[at+4 : at+2+n]
	return s, at + 2 + n, nil
}

func (s segment) want(n int) error {
	if len(s.body) >= n {
		return nil
	}
	return fmt.Errorf("%w: the segment at byte %d has %d bytes of parameters, it needs %d", ErrMalformed, s.at, len(s.body), n)
}

// decoder holds what the segments define, and the samples.
type decoder struct {
	data     []byte
	hdr      Header
	framed   bool
	ids      []byte // of the components
	ycbcr    bool
	restart  int // pixels between restart markers; 0: none
	tables   [4]*huff.Table
	comments []string
	notes    []string
	done     []bool // components whose scan has been read
	out      Image
}

// take reads one segment other than a scan.
func (d *decoder) take(s segment) error {
	switch {
	case s.mark == markSOF3:
		return d.takeFrame(s)
	case isFrame(s.mark):
		return fmt.Errorf("%w: its frame, at byte %d, is of process SOF%d", ErrNotLossless, s.at, s.mark-0xc0)
	case s.mark == markDHT:
		return d.takeTables(s)
	case s.mark == markDRI:
		if err := s.want(2); err != nil {
			return err
		}
		d.restart = int(binary.BigEndian.Uint16(s.body))
	case s.mark == markAPP0:
		d.density(s.body)
	case s.mark == markAPP14:
		if len(s.body) >= 12 && string(s.body[:5]) == "Adobe" {
			d.ycbcr = s.body[11] == 1
		}
	case s.mark == markCOM:
		d.comments = append(d.comments, string(s.body))
	case s.mark == markDNL:
		return fmt.Errorf("%w: number of lines stated at byte %d, behind the frame", ErrUnsupported, s.at)
	case s.mark == markSOI || s.mark >= markRST0 && s.mark < markSOI:
		return fmt.Errorf("%w: marker ff%02x at byte %d is out of place", ErrMalformed, s.mark, s.at)
	}
	return nil
}

// density reads JFIF's resolution (ITU-T T.871, 10.1).
func (d *decoder) density(b []byte) {
	if len(b) < 12 || string(b[:5]) != "JFIF\x00" {
		return
	}
	unit := map[byte]float64{1: 1, 2: 2.54}[b[7]] // 0: aspect ratio only
	d.hdr.PPI = unit * float64(binary.BigEndian.Uint16(b[8:]))
}

func (d *decoder) takeFrame(s segment) error {
	if d.framed {
		return fmt.Errorf("%w: a second frame header at byte %d", ErrMalformed, s.at)
	}
	if err := s.want(6); err != nil {
		return err
	}
	b := s.body
	h := &d.hdr
	h.BitDepth, h.Components = int(b[0]), int(b[5])
	h.Height, h.Width = int(binary.BigEndian.Uint16(b[1:])), int(binary.BigEndian.Uint16(b[3:]))
	switch {
	case h.BitDepth < 2 || h.BitDepth > 16:
		return fmt.Errorf("%w: %d bits a sample at byte %d, 2 to 16 there may be", ErrMalformed, h.BitDepth, s.at)
	case h.Components < 1 || h.Components > 4:
		return fmt.Errorf("%w: %d components at byte %d, 1 to 4 are read", ErrUnsupported, h.Components, s.at)
	}
	if err := s.want(6 + 3*h.Components); err != nil {
		return err
	}
	for i := range h.Components {
		id, sampling := b[6+3*i], b[7+3*i]
		if sampling != b[7] {
			return fmt.Errorf("%w: components of unequal sampling, at byte %d", ErrUnsupported, s.at)
		}
		d.ids = append(d.ids, id)
	}
	d.framed = true
	return nil
}

func (d *decoder) takeTables(s segment) error {
	b := s.body
	for len(b) > 0 {
		at := s.at + 4 + len(s.body) - len(b)
		if len(b) < 1+huff.MaxBits || b[0] > 3 { // class 0, for differences
			return fmt.Errorf("%w: the Huffman table at byte %d", ErrMalformed, at)
		}
		h, n, err := huff.NewTable(b[1:])
		if err != nil {
			return fmt.Errorf("%w: the Huffman table at byte %d %w", ErrMalformed, at, err)
		}
		for _, v := range h.Values() {
			if v > 16 {
				return fmt.Errorf("%w: the Huffman table at byte %d has a difference of %d bits", ErrMalformed, at, v)
			}
		}
		d.tables[b[0]], b = h, b[1+n:]
	}
	return nil
}

// check holds the frame against the limits and the file's length: a sample
// takes at least one bit.
func (d *decoder) check(lim Limits) error {
	if lim.MaxSide <= 0 {
		lim.MaxSide = DefaultLimits.MaxSide
	}
	if lim.MaxPixels <= 0 {
		lim.MaxPixels = DefaultLimits.MaxPixels
	}
	h := d.hdr
	switch {
	case h.Width > 0 && h.Height == 0:
		return fmt.Errorf("%w: the height is stated behind the first scan", ErrUnsupported)
	case h.Width == 0:
		return fmt.Errorf("%w: %d x %d pixels", ErrEmpty, h.Width, h.Height)
	case h.Width > lim.MaxSide || h.Height > lim.MaxSide:
		return fmt.Errorf("%w: %d x %d pixels, the limit is %d a side", ErrTooLarge, h.Width, h.Height, lim.MaxSide)
	case h.Width*h.Height > lim.MaxPixels: // both below 65536
		return fmt.Errorf("%w: %d x %d = %d pixels, the limit is %d", ErrTooLarge, h.Width, h.Height, h.Width*h.Height, lim.MaxPixels)
	case h.Width*h.Height*h.Components > 8*len(d.data):
		return fmt.Errorf("%w: %d x %d pixels need at least %d bytes, the file has %d", ErrTruncated,
			h.Width, h.Height, h.Width*h.Height*h.Components/8, len(d.data))
	}
	return nil
}

// commentPPI looks for the resolution in a NISTCOM comment, where NIST's
// programs write it.
func commentPPI(comments []string) float64 {
	for _, c := range comments {
		if !strings.HasPrefix(c, "NIST_COM") {
			continue
		}
		for line := range strings.Lines(c) {
			if v, ok := strings.CutPrefix(line, "PPI "); ok {
				if ppi, err := strconv.Atoi(strings.TrimSpace(v)); err == nil && ppi > 0 && ppi <= 100_000 {
					return float64(ppi)
				}
			}
		}
	}
	return 0
}
