package wsq

import (
	"fmt"
	"slices"

	"convenio/formats/internal/huff"
)

// Decode reads a WSQ file.
//
// It fails with one of the package's Err values, wrapped with the place and
// the figures. The size is held against lim on the header, before memory is
// taken for pixels, and the plane is only computed once all coefficients have
// been read. It is safe for concurrent use.
func Decode(data []byte, lim Limits) (*Image, error) {
	var t tables
	at, err := t.untilFrame(data)
	if err != nil {
		return nil, fmt.Errorf("decode WSQ header: %w", err)
	}
	if err := t.frame.check(lim); err != nil {
		return nil, fmt.Errorf("decode WSQ header: %w", err)
	}
	tr := newTree(t.frame.width, t.frame.height)
	coeffs, err := t.coefficients(data, at, &tr)
	if err != nil {
		return nil, fmt.Errorf("decode WSQ blocks: %w", err)
	}
	f := t.frame
	img := &Image{
		Width: f.width, Height: f.height, PPI: nistcomNumber(t.comments, "PPI"),
		Pix: make([]uint8, f.width*f.height), Comments: t.comments, Notes: t.oddities(),
	}
	if !slices.ContainsFunc(coeffs, func(c int16) bool { return c != 0 }) { // a flat image takes no plane
		fill(img.Pix, toPixel(0, f.shift, f.scale))
		return img, nil
	}
	plane := t.plane(coeffs, &tr)
	synthesize(plane, f.width, f.height, t.filters, tr.splits)
	for i, v := range plane {
		img.Pix[i] = toPixel(v, f.shift, f.scale)
	}
	return img, nil
}

func fill(pix []uint8, v uint8) {
	for i := range pix {
		pix[i] = v
	}
}

// coefficients reads the blocks behind the frame header. The first block, or a
// segment before it, must have brought all tables.
func (t *tables) coefficients(data []byte, at int, tr *tree) ([]int16, error) {
	var out []int16
	want := -1
	for {
		if at >= len(data) && want >= 0 && len(out) == want {
			t.notes = append(t.notes, "the file ends without its end marker")
			return out, nil
		}
		s, next, err := segmentAt(data, at)
		if err != nil {
			return nil, err
		}
		switch s.mark {
		case markSOB:
			if want < 0 {
				if want, err = t.ready(s, tr); err != nil {
					return nil, err
				}
			}
			if out, next, err = t.block(s, data, next, out, want); err != nil {
				return nil, err
			}
		case markEOI:
			return t.ended(s, out, want, len(data)-next)
		case markDTT, markDQT:
			if want >= 0 {
				return nil, fmt.Errorf("%w: %s at byte %d stands behind a block", ErrMalformed, s, s.at)
			}
			fallthrough
		default:
			if err := t.take(s); err != nil {
				return nil, err
			}
		}
		at = next
	}
}

// ready checks that what the blocks need is defined, and returns how many
// coefficients they hold together.
func (t *tables) ready(s segment, tr *tree) (int, error) {
	if !t.filtered || !t.quanted {
		return 0, fmt.Errorf("%w: the block at byte %d comes before the transform or quantization table", ErrMalformed, s.at)
	}
	want := 0
	for i, r := range tr.bands {
		if t.quant.bin[i] != 0 {
			want += r.area()
		}
	}
	return want, nil
}

func (t *tables) ended(s segment, out []int16, want, behind int) ([]int16, error) {
	if want < 0 {
		return nil, fmt.Errorf("%w: no block before the end marker at byte %d", ErrMalformed, s.at)
	}
	if len(out) != want {
		return nil, fmt.Errorf("%w: %d of %d coefficients before the end marker at byte %d", ErrMalformed, len(out), want, s.at)
	}
	if behind > 0 {
		t.notes = append(t.notes, fmt.Sprintf("%d bytes behind the end marker were not read", behind))
	}
	return out, nil
}

// Codes of the coefficients (IAFIS-IC-0110, table of Huffman input symbols).
const (
	symRunMax  = 100 // 1 to 100: so many zeros
	symPlus8   = 101 // a positive value in 8 bits follows
	symMinus8  = 102
	symPlus16  = 103
	symMinus16 = 104
	symRun8    = 105 // a number of zeros in 8 bits follows
	symRun16   = 106
	symZero    = 180 // 107 to 254: the value + 180
)

// block reads one block's coefficients and returns the place of the marker
// that ends it.
func (t *tables) block(s segment, data []byte, at int, out []int16, want int) ([]int16, int, error) {
	if err := s.want(1); err != nil {
		return nil, 0, err
	}
	id := int(s.body[0])
	if id >= len(t.huffman) || t.huffman[id] == nil {
		return nil, 0, fmt.Errorf("%w: the block at byte %d uses Huffman table %d, which is not defined", ErrMalformed, s.at, id)
	}
	h := t.huffman[id]
	r := huff.NewReader(data, at)
	if out == nil {
		out = make([]int16, 0, min(want, 8*(len(data)-at)))
	}
	for {
		r.Fill()
		sym, bits := h.Find(r.Head())
		if bits > r.Left() { // the marker, or the end of the file, is nearer than the code is long
			return out, r.At(), nil
		}
		if bits > huff.MaxBits {
			return nil, 0, fmt.Errorf("%w: an undefined code before byte %d, in the block at byte %d", ErrMalformed, r.At(), s.at)
		}
		r.Take(bits)
		if sym > symRun16 && sym < 255 && len(out) < want { // by far the commonest
			out = append(out, int16(sym)-symZero)
			continue
		}
		n, value, err := more(&r, sym, s)
		switch {
		case err != nil:
			return nil, 0, err
		case n > want-len(out):
			return nil, 0, fmt.Errorf("%w: more than the %d coefficients of the image before byte %d, in the block at byte %d", ErrMalformed, want, r.At(), s.at)
		case value != 0:
			out = append(out, value)
		default:
			out = appendZeros(out, n)
		}
	}
}

// more reads what follows the code of a run of zeros or of a large value, and
// says how many coefficients of which value they are.
func more(r *huff.Reader, sym uint8, s segment) (n int, value int16, err error) {
	switch {
	case sym == 0 || sym == 255:
		return 0, 0, fmt.Errorf("%w: code value %d before byte %d, in the block at byte %d", ErrMalformed, sym, r.At(), s.at)
	case sym <= symRunMax:
		n = int(sym)
	case sym <= symMinus16:
		n, value = 1, int16(r.Take(8+8*int((sym-symPlus8)/2)))
		if sym == symMinus8 || sym == symMinus16 {
			value = -value
		}
	case sym == symRun8:
		n = int(r.Take(8))
	case sym == symRun16:
		n = int(r.Take(16))
	default:
		n, value = 1, int16(sym)-symZero
	}
	if r.Left() < 0 {
		return 0, 0, fmt.Errorf("%w: a value is cut off at byte %d, in the block at byte %d", ErrTruncated, r.At(), s.at)
	}
	return n, value, nil
}

func appendZeros(out []int16, n int) []int16 {
	if cap(out)-len(out) >= n {
		at := len(out)
		out = out[:at+n]
		clear(out[at:])
		return out
	}
	return append(out, make([]int16, n)...)
}

// plane puts the coefficients back into their subbands, at the place in their
// bin that the table names.
func (t *tables) plane(coeffs []int16, tr *tree) []float32 {
	plane := make([]float32, t.frame.width*t.frame.height)
	for i, r := range tr.bands {
		q, half := t.quant.bin[i], t.quant.zero[i]/2
		if q == 0 {
			continue
		}
		for y := range r.h {
			at := (r.y+y)*t.frame.width + r.x
			row := plane[at : at+r.w]
			for x, c := range coeffs[:r.w] {
				switch {
				case c > 0:
					row[x] = float32(q*(float32(c)-t.quant.centre)) + half
				case c < 0:
					row[x] = float32(q*(float32(c)+t.quant.centre)) - half
				}
			}
			coeffs = coeffs[r.w:]
		}
	}
	return plane
}

// toPixel scales, shifts, rounds and clips.
func toPixel(v, shift, scale float32) uint8 {
	v = float32(v*scale) + shift
	v += 0.5
	switch {
	case v >= 255:
		return 255
	case v > 0:
		return uint8(v)
	}
	return 0
}

func (t *tables) oddities() []string {
	notes := t.notes
	if c := NISTCOM(t.comments); c != nil {
		if w, h := c["PIX_WIDTH"], c["PIX_HEIGHT"]; w != "" && h != "" && (w != fmt.Sprint(t.frame.width) || h != fmt.Sprint(t.frame.height)) {
			notes = append(notes, "the comment states another size than the frame header")
		}
	}
	if t.frame.black != 0 || t.frame.white != 255 {
		notes = append(notes, fmt.Sprintf("the scanner's black is %d and its white %d; the pixels were left as they are", t.frame.black, t.frame.white))
	}
	return notes
}
