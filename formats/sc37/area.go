package sc37

import (
	"encoding/binary"
	"fmt"
)

// LengthRule says what the length field of an extended data area counts. Two published parsers of ISO/IEC 19794-2:2005
// disagree: one counts the area's type and length fields (4 bytes) in, one does not.
type LengthRule uint8

// Rules of length.
const (
	LengthWithHeader LengthRule = iota // type and length fields are counted: the usual one
	LengthDataAlone                    // only what follows the length field is counted
)

// String names the rule.
func (r LengthRule) String() string {
	if r == LengthDataAlone {
		return "length of the data alone"
	}
	return "length with its 4-byte header"
}

// RawArea is one extended data area as it lies in the record.
type RawArea struct {
	Type   uint16
	Data   []byte
	Offset int // of the type field in the file
}

// MaxAreas is how many areas a block is divided into; one that has more is not divided.
const MaxAreas = 256

// SplitAreas cuts a block into areas. stated is the block's own length field; block is what there is of it, which is
// shorter where the record ends early. Both rules are tried; ok says that one of them fills the block exactly.
func SplitAreas(block []byte, stated, base int) (areas []RawArea, rule LengthRule, ok bool) {
	for _, r := range []LengthRule{LengthWithHeader, LengthDataAlone} {
		if areas, ok = splitAreas(block, stated, base, r); ok {
			return areas, r, true
		}
	}
	return nil, LengthWithHeader, false
}

func splitAreas(block []byte, stated, base int, rule LengthRule) (areas []RawArea, ok bool) {
	at := 0
	for at < stated {
		if at+4 > len(block) || len(areas) == MaxAreas {
			return nil, false
		}
		n := int(binary.BigEndian.Uint16(block[at+2:]))
		if rule == LengthWithHeader {
			n -= 4
		}
		if n < 0 || at+4+n > stated {
			return nil, false
		}
		end := min(at+4+n, len(block))
		areas = append(areas, RawArea{Type: binary.BigEndian.Uint16(block[at:]), Data: block[at+4 : end : end], Offset: base + at})
		at += 4 + n
	}
	return areas, true
}

// AppendArea writes one area.
func AppendArea(b []byte, typ uint16, data []byte, rule LengthRule) ([]byte, error) {
	n := len(data)
	if rule == LengthWithHeader {
		n += 4
	}
	if n > 0xffff {
		return nil, fmt.Errorf("%w: extended data area %#04x of %d bytes, at most 65535", ErrWrite, typ, n)
	}
	b = binary.BigEndian.AppendUint16(b, typ)
	b = binary.BigEndian.AppendUint16(b, uint16(n))
	return append(b, data...), nil
}
