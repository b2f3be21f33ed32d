package wsq

import (
	"encoding/binary"
	"fmt"

	"convenio/formats/internal/huff"
)

// tables are what the segments before and between the blocks define.
type tables struct {
	frame    frame
	framed   bool
	filters  filters
	filtered bool
	quant    quant
	quanted  bool
	huffman  [8]*huff.Table // by number
	comments []string
	notes    []string
}

type frame struct {
	width, height int
	black, white  uint8
	shift, scale  float32
	encoder       uint8
	software      uint16
}

// DecodeHeader reads the segments up to the frame header, and takes no memory
// for pixels. It fails as Decode does; sizes are not held against any limit.
func DecodeHeader(data []byte) (Header, error) {
	var t tables
	if _, err := t.untilFrame(data); err != nil {
		return Header{}, fmt.Errorf("read WSQ header: %w", err)
	}
	f := t.frame
	return Header{
		Width: f.width, Height: f.height, PPI: nistcomNumber(t.comments, "PPI"), BitRate: nistcomNumber(t.comments, "WSQ_BITRATE"),
		Black: f.black, White: f.white, Encoder: f.encoder, Software: f.software,
		Shift: float64(f.shift), Scale: float64(f.scale), Comments: t.comments,
	}, nil
}

// untilFrame reads segments up to the frame header and returns the place
// behind it.
func (t *tables) untilFrame(data []byte) (int, error) {
	if !Is(data) {
		if len(data) < 4 && len(data) > 0 && string(data) == "\xff\xa0\xff"[:len(data)] {
			return 0, fmt.Errorf("%w: it has %d bytes", ErrTruncated, len(data))
		}
		return 0, ErrNotWSQ
	}
	for at := 2; ; {
		s, next, err := segmentAt(data, at)
		if err != nil {
			return 0, err
		}
		if err := t.take(s); err != nil {
			return 0, err
		}
		if at = next; s.mark == markSOF {
			return at, nil
		}
	}
}

// take reads one segment of tables, frame header or comment.
func (t *tables) take(s segment) error {
	switch s.mark {
	case markSOF:
		return t.takeFrame(s)
	case markDTT:
		return t.takeFilters(s)
	case markDQT:
		return t.takeQuant(s)
	case markDHT:
		return t.takeHuffman(s)
	case markCOM:
		t.comments = append(t.comments, string(s.body))
		return nil
	case markDRT:
		return fmt.Errorf("%w: restart intervals, at byte %d", ErrUnsupported, s.at)
	}
	return fmt.Errorf("%w: %s at byte %d is out of place", ErrMalformed, s, s.at)
}

func (t *tables) takeFrame(s segment) error {
	if t.framed {
		return fmt.Errorf("%w: a second frame header at byte %d", ErrMalformed, s.at)
	}
	if err := s.want(15); err != nil {
		return err
	}
	b := s.body
	t.frame = frame{
		black: b[0], white: b[1],
		height: int(binary.BigEndian.Uint16(b[2:])), width: int(binary.BigEndian.Uint16(b[4:])),
		shift: decimal(b[6:], 2), scale: decimal(b[9:], 2),
		encoder: b[12], software: binary.BigEndian.Uint16(b[13:]),
	}
	t.framed = true
	return nil
}

// check holds the frame against the limits.
func (f frame) check(lim Limits) error {
	if lim.MaxSide <= 0 {
		lim.MaxSide = DefaultLimits.MaxSide
	}
	if lim.MaxPixels <= 0 {
		lim.MaxPixels = DefaultLimits.MaxPixels
	}
	switch {
	case f.width == 0 || f.height == 0:
		return fmt.Errorf("%w: %d x %d pixels", ErrEmpty, f.width, f.height)
	case f.width > lim.MaxSide || f.height > lim.MaxSide:
		return fmt.Errorf("%w: %d x %d pixels, the limit is %d a side", ErrTooLarge, f.width, f.height, lim.MaxSide)
	case f.width*f.height > lim.MaxPixels: // both below 65536
		return fmt.Errorf("%w: %d x %d = %d pixels, the limit is %d", ErrTooLarge, f.width, f.height, f.width*f.height, lim.MaxPixels)
	}
	return nil
}

// subbands is how many are ever coded; the quantization table has room for
// four more, the highest in both directions, which WSQ always drops.
const (
	subbands     = 60
	quantEntries = 64
)

// quant is the quantization table: for each subband the width of a bin and of
// the bin around zero; a width of 0 says that the subband is not in the file.
type quant struct {
	centre float32 // where in its bin a value is put back, 0 to 1; NIST's encoder writes 0.44
	bin    [quantEntries]float32
	zero   [quantEntries]float32
}

func (t *tables) takeQuant(s segment) error {
	if err := s.want(3 + 6*quantEntries); err != nil {
		return err
	}
	t.quant.centre = decimal(s.body, 2)
	for i := range quantEntries {
		b := s.body[3+6*i:]
		t.quant.bin[i], t.quant.zero[i] = decimal(b, 2), decimal(b[3:], 2)
	}
	t.quanted = true
	return nil
}

// takeHuffman reads one or more tables: a number, how many codes there are of
// each length, and their values (IAFIS-IC-0110, Huffman table specification,
// which is that of ITU-T T.81, B.2.4.2).
func (t *tables) takeHuffman(s segment) error {
	b := s.body
	if len(b) == 0 {
		return s.want(17)
	}
	for len(b) > 0 {
		at := s.at + 4 + len(s.body) - len(b)
		if len(b) < 1+huff.MaxBits {
			return fmt.Errorf("%w: the Huffman table at byte %d needs 17 bytes, %d are there", ErrMalformed, at, len(b))
		}
		id := int(b[0])
		if id >= len(t.huffman) {
			return fmt.Errorf("%w: Huffman table number %d at byte %d, the highest is %d", ErrMalformed, id, at, len(t.huffman)-1)
		}
		h, n, err := huff.NewTable(b[1:])
		if err != nil {
			return fmt.Errorf("%w: the Huffman table at byte %d %w", ErrMalformed, at, err)
		}
		t.huffman[id], b = h, b[1+n:]
	}
	return nil
}
