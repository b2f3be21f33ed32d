package jp2

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
)

// file is what the boxes of a JP2 file say (T.800, annex I).
type file struct {
	stream []byte // the code stream
	at     int    // its place in the file
	ppi    float64
	ycbcr  bool
	notes  []string
}

// Enumerated colour spaces (I.5.3.3).
const (
	colourGray = 17
	colourYCC  = 18
)

// parseFile finds the code stream, which may stand alone.
func parseFile(data []byte) (file, error) {
	if bytes.HasPrefix(data, []byte(magicStream)) {
		return file{stream: data}, nil
	}
	if !bytes.HasPrefix(data, []byte(magicFile)) {
		if n := len(data); n > 0 && (n < len(magicFile) && string(data) == magicFile[:n] || n < len(magicStream) && string(data) == magicStream[:n]) {
			return file{}, fmt.Errorf("%w: it has %d bytes", ErrTruncated, n)
		}
		return file{}, ErrNotJPEG2000
	}
	var f file
	err := eachBox(data, len(magicFile), len(data), func(b box) (bool, error) {
		switch b.kind {
		case "jp2h":
			return false, eachBox(data, b.at, b.end, f.headerBox(data))
		case "jp2c":
			f.stream, f.at = data[b.at:b.end], b.at
			return true, nil
		}
		return false, nil
	})
	if err != nil {
		return file{}, err
	}
	if f.stream == nil {
		return file{}, fmt.Errorf("%w: no code stream in %d bytes", ErrTruncated, len(data))
	}
	return f, nil
}

type box struct {
	kind    string
	at, end int // of its content
}

// eachBox calls visit for the boxes from byte at to end, until it says stop.
func eachBox(data []byte, at, end int, visit func(box) (stop bool, err error)) error {
	for at < end {
		if end-at < 8 {
			return fmt.Errorf("%w: the box at byte %d needs 8 bytes, %d are there", ErrTruncated, at, end-at)
		}
		size, head := uint64(binary.BigEndian.Uint32(data[at:])), 8
		kind := string(data[at+4 : at+8])
		switch size {
		case 1:
			if end-at < 16 {
				return fmt.Errorf("%w: the box at byte %d needs 16 bytes, %d are there", ErrTruncated, at, end-at)
			}
			size, head = binary.BigEndian.Uint64(data[at+8:]), 16
		case 0:
			size = uint64(end - at)
		}
		switch {
		case size < uint64(head):
			return fmt.Errorf("%w: the box at byte %d states a length of %d", ErrMalformed, at, size)
		case size > uint64(end-at) && kind == "jp2c":
			// The code stream has its own end and says itself what is missing.
			size = uint64(end - at)
		case size > uint64(end-at):
			return fmt.Errorf("%w: the box at byte %d needs %d bytes, %d are there", ErrTruncated, at, size, end-at)
		}
		if stop, err := visit(box{kind, at + head, at + int(size)}); stop || err != nil {
			return err
		}
		at += int(size)
	}
	return nil
}

// headerBox reads the boxes inside the header box. Size and depth are taken
// from the code stream, which decides.
func (f *file) headerBox(data []byte) func(box) (bool, error) {
	return func(b box) (bool, error) {
		body := data[b.at:b.end]
		switch b.kind {
		case "colr":
			if len(body) >= 7 && body[0] == 1 {
				f.ycbcr = binary.BigEndian.Uint32(body[3:]) == colourYCC
			}
		case "pclr":
			return false, fmt.Errorf("%w: a palette, at byte %d", ErrUnsupported, b.at)
		case "cdef":
			f.notes = append(f.notes, "what each component stands for is stated, and was not looked at")
		case "res ":
			return false, eachBox(data, b.at, b.end, func(r box) (bool, error) {
				// Capture resolution is preferred to the one for display.
				if v := statedPPI(data[r.at:r.end]); v > 0 && (r.kind == "resc" || r.kind == "resd" && f.ppi == 0) {
					f.ppi = v
				}
				return false, nil
			})
		}
		return false, nil
	}
}

// statedPPI reads the horizontal resolution (I.5.3.7): a fraction times a
// power of ten, in samples per metre. It returns pixels per inch, to 0.1, or 0.
func statedPPI(b []byte) float64 {
	if len(b) < 10 {
		return 0
	}
	num, den := float64(binary.BigEndian.Uint16(b[4:])), float64(binary.BigEndian.Uint16(b[6:]))
	if den == 0 {
		return 0
	}
	ppi := num / den * math.Pow10(int(int8(b[9]))) * 0.0254
	if !(ppi >= 9.9 && ppi <= 100_000) {
		return 0
	}
	return math.Round(ppi*10) / 10
}
