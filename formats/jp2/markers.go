package jp2

import (
	"encoding/binary"
	"fmt"
)

// Markers (T.800, table A.2).
const (
	markSOC = 0xff4f
	markSIZ = 0xff51
	markCOD = 0xff52
	markCOC = 0xff53
	markQCD = 0xff5c
	markQCC = 0xff5d
	markRGN = 0xff5e
	markPOC = 0xff5f
	markPPM = 0xff60
	markPPT = 0xff61
	markCOM = 0xff64
	markSOT = 0xff90
	markSOP = 0xff91
	markEPH = 0xff92
	markSOD = 0xff93
	markEOC = 0xffd9
)

// segment is a marker with its parameters; at is the place of the marker in
// the code stream.
type segment struct {
	mark int
	at   int
	body []byte
}

// segmentAt reads the marker segment at byte at and returns the place behind
// it. SOC, SOD and EOC have no parameters.
func segmentAt(data []byte, at int) (segment, int, error) {
	if at+2 > len(data) {
		return segment{}, 0, fmt.Errorf("%w: no marker at byte %d of the code stream, which has %d", ErrTruncated, at, len(data))
	}
	s := segment{mark: int(binary.BigEndian.Uint16(data[at:])), at: at}
	if s.mark < 0xff30 {
		return segment{}, 0, fmt.Errorf("%w: %04x at byte %d of the code stream is no marker", ErrMalformed, s.mark, at)
	}
	switch {
	case s.mark == markSOC, s.mark == markSOD, s.mark == markEOC, s.mark == markEPH, s.mark < 0xff40:
		return s, at + 2, nil
	case at+4 > len(data):
		return segment{}, 0, fmt.Errorf("%w: segment %04x at byte %d of the code stream has no length", ErrTruncated, s.mark, at)
	}
	n := int(binary.BigEndian.Uint16(data[at+2:]))
	if n < 2 {
		return segment{}, 0, fmt.Errorf("%w: segment %04x at byte %d of the code stream states a length of %d", ErrMalformed, s.mark, at, n)
	}
	if at+2+n > len(data) {
		return segment{}, 0, fmt.Errorf("%w: segment %04x at byte %d of the code stream needs %d bytes, %d are there", ErrTruncated, s.mark, at, 2+n, len(data)-at)
	}
	s.body = data[at+4 : at+2+n]
	return s, at + 2 + n, nil
}

func (s segment) want(n int) error {
	if len(s.body) >= n {
		return nil
	}
	return fmt.Errorf("%w: segment %04x at byte %d has %d bytes of parameters, it needs %d", ErrMalformed, s.mark, s.at, len(s.body), n)
}

func (s segment) wrong(format string, args ...any) error {
	return fmt.Errorf("%w: segment %04x at byte %d: %s", ErrMalformed, s.mark, s.at, fmt.Sprintf(format, args...))
}

// number reads a component's number, of 1 byte where there are fewer than 257
// components, and always here.
func (s segment) component(at, components int) (int, error) {
	if err := s.want(at + 1); err != nil {
		return 0, err
	}
	if c := int(s.body[at]); c < components {
		return c, nil
	}
	return 0, s.wrong("component %d of %d", s.body[at], components)
}
