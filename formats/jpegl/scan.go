package jpegl

import (
	"bytes"
	"fmt"

	"convenio/formats/internal/huff"
)

// scan is one pass over the lines, for one component or several.
type scan struct {
	*decoder
	at        int // of its segment
	comps     []int
	tables    []*huff.Table
	predictor int
	shift     int // point transform: how many low bits were dropped
	bits      huff.Reader
	prev, cur [][]uint16 // a line of each component
}

// scan reads a scan header (T.81, B.2.3) and the coded differences, and
// returns the place behind them.
func (d *decoder) scan(s segment, at int) (int, error) {
	sc := scan{decoder: d, at: s.at}
	if err := sc.header(s); err != nil {
		return 0, err
	}
	sc.bits = huff.NewReader(d.data, at)
	for range sc.comps {
		sc.prev = append(sc.prev, make([]uint16, d.hdr.Width))
		sc.cur = append(sc.cur, make([]uint16, d.hdr.Width))
	}
	if err := sc.lines(); err != nil {
		return 0, err
	}
	// What is left of the last byte is filling.
	rest := bytes.IndexByte(d.data[sc.bits.At():], 0xff)
	if rest < 0 {
		return len(d.data), nil
	}
	return sc.bits.At() + rest, nil
}

func (sc *scan) header(s segment) error {
	if err := s.want(1); err != nil {
		return err
	}
	n := int(s.body[0])
	if n < 1 || n > 4 {
		return fmt.Errorf("%w: a scan of %d components at byte %d", ErrMalformed, n, s.at)
	}
	if err := s.want(4 + 2*n); err != nil {
		return err
	}
	for i := range n {
		id, table := s.body[1+2*i], s.body[2+2*i]>>4
		c := bytes.IndexByte(sc.ids, id)
		switch {
		case c < 0 || sc.done[c]:
			return fmt.Errorf("%w: the scan at byte %d has component %d, which is unknown or was read before", ErrMalformed, s.at, id)
		case table > 3 || sc.decoder.tables[table] == nil:
			return fmt.Errorf("%w: the scan at byte %d uses Huffman table %d, which is not defined", ErrMalformed, s.at, table)
		}
		sc.done[c] = true
		sc.comps, sc.tables = append(sc.comps, c), append(sc.tables, sc.decoder.tables[table])
	}
	b := s.body[1+2*n:]
	sc.predictor, sc.shift = int(b[0]), int(b[2]&15)
	switch {
	case sc.predictor < 1 || sc.predictor > 7:
		return fmt.Errorf("%w: predictor %d in the scan at byte %d, 1 to 7 there may be", ErrMalformed, sc.predictor, s.at)
	case sc.shift >= sc.hdr.BitDepth:
		return fmt.Errorf("%w: the scan at byte %d drops %d of %d bits", ErrMalformed, s.at, sc.shift, sc.hdr.BitDepth)
	case sc.restart%sc.hdr.Width != 0:
		return fmt.Errorf("%w: a restart interval of %d within lines of %d pixels", ErrUnsupported, sc.restart, sc.hdr.Width)
	}
	return nil
}

// lines decodes line by line. Behind a restart marker prediction begins anew,
// as at the top of the image.
func (sc *scan) lines() error {
	every := sc.restart / sc.hdr.Width
	first := true
	for y := range sc.hdr.Height {
		if every > 0 && y > 0 && y%every == 0 {
			if err := sc.restartAt(y / every); err != nil {
				return err
			}
			first = true
		}
		if err := sc.line(first); err != nil {
			return fmt.Errorf("line %d: %w", y, err)
		}
		first = false
		sc.store(y)
		sc.prev, sc.cur = sc.cur, sc.prev
	}
	return nil
}

// restartAt finds the n-th restart marker, counted from 1, behind the bits
// that were read.
func (sc *scan) restartAt(n int) error {
	at, want := sc.bits.At(), byte(markRST0+(n-1)%8)
	for at+1 < len(sc.data) && sc.data[at] == 0xff && sc.data[at+1] == 0xff {
		at++
	}
	if at+1 >= len(sc.data) {
		return fmt.Errorf("%w: no restart marker at byte %d", ErrTruncated, at)
	}
	if sc.data[at] != 0xff || sc.data[at+1] != want {
		return fmt.Errorf("%w: no restart marker ff%02x at byte %d", ErrMalformed, want, at)
	}
	sc.bits = huff.NewReader(sc.data, at+2)
	return nil
}

// line decodes one line of each component: a difference to what the samples
// left and above predict, modulo 65536 (T.81, H.1.2 and H.2.1).
func (sc *scan) line(first bool) error {
	origin := uint16(1) << (sc.hdr.BitDepth - sc.shift - 1)
	for x := range sc.hdr.Width {
		for i, cur := range sc.cur {
			d, err := sc.difference(sc.tables[i])
			if err != nil {
				return err
			}
			prev := sc.prev[i]
			var p uint16
			switch {
			case first && x == 0:
				p = origin
			case first:
				p = cur[x-1]
			case x == 0:
				p = prev[0]
			default:
				p = predict(sc.predictor, int(cur[x-1]), int(prev[x]), int(prev[x-1]))
			}
			cur[x] = p + d
		}
	}
	return nil
}

// predict is table H.1: a left, b above, c above left.
func predict(predictor, a, b, c int) uint16 {
	switch predictor {
	case 1:
		return uint16(a)
	case 2:
		return uint16(b)
	case 3:
		return uint16(c)
	case 4:
		return uint16(a + b - c)
	case 5:
		return uint16(a + (b-c)>>1)
	case 6:
		return uint16(b + (a-c)>>1)
	}
	return uint16((a + b) >> 1)
}

// difference reads the number of bits of a difference and the bits (H.1.2.2);
// 16 stands for 32768, without bits.
func (sc *scan) difference(t *huff.Table) (uint16, error) {
	sc.bits.Fill()
	n, bits := t.Find(sc.bits.Head())
	switch {
	case bits > sc.bits.Left():
		return 0, sc.cut()
	case bits > huff.MaxBits:
		return 0, fmt.Errorf("%w: an undefined code before byte %d", ErrMalformed, sc.bits.At())
	}
	sc.bits.Take(bits)
	var d uint16
	switch {
	case n == 16:
		d = 32768
	case n > 0:
		v := sc.bits.Take(int(n))
		if v>>(n-1) == 0 { // a negative one
			v -= 1<<n - 1
		}
		d = uint16(v)
	}
	if sc.bits.Left() < 0 {
		return 0, sc.cut()
	}
	return d, nil
}

// cut says why the bits ran out: the file ends, or a marker comes too early.
func (sc *scan) cut() error {
	at := sc.bits.At()
	if at+1 >= len(sc.data) {
		return fmt.Errorf("%w: the scan at byte %d ends at byte %d", ErrTruncated, sc.at, at)
	}
	return fmt.Errorf("%w: the scan at byte %d is ended by marker ff%02x at byte %d", ErrMalformed, sc.at, sc.data[at+1], at)
}

// store puts the lines into the image. Samples never have more than BitDepth
// bits there, whatever the differences came to.
func (sc *scan) store(y int) {
	mask := uint16(1<<sc.hdr.BitDepth - 1)
	n := sc.hdr.Components
	for i, c := range sc.comps {
		at := y*sc.hdr.Width*n + c
		for _, v := range sc.cur[i] {
			v = v << sc.shift & mask
			if sc.out.Pix != nil {
				sc.out.Pix[at] = uint8(v)
			} else {
				sc.out.Pix16[at] = v
			}
			at += n
		}
	}
}
