package picture

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/jpeg"
)

// maxScans bounds the passes over a progressive JPEG: each may cost a pass
// over every block for a few bytes. Encoders write about ten.
const maxScans = 100

// jpegHeader walks the segments up to the first scan (ITU-T T.81, annex B):
// APP0 with the JFIF density (ITU-T T.871, 10.1), SOF with the size.
func jpegHeader(data []byte) (header, error) {
	var h header
	for at := 2; ; {
		for at < len(data) && data[at] == 0xff && at+1 < len(data) && data[at+1] == 0xff {
			at++ // fill bytes
		}
		if at+4 > len(data) {
			return h, short(fmt.Sprintf("the segment at byte %d", at), at+4, len(data))
		}
		if data[at] != 0xff {
			return h, fmt.Errorf("%w: no marker at byte %d", ErrMalformed, at)
		}
		marker, n := data[at+1], int(binary.BigEndian.Uint16(data[at+2:]))
		if n < 2 || at+2+n > len(data) {
			return h, short(fmt.Sprintf("the segment at byte %d", at), at+2+n, len(data))
		}
		body := data[at+4 : at+2+n]
		switch {
		case marker == 0xe0:
			h.density(body)
		case isSOF(marker):
			if len(body) < 6 {
				return h, short(fmt.Sprintf("the frame header at byte %d", at), at+10, at+2+n)
			}
			h.height = uint64(binary.BigEndian.Uint16(body[1:]))
			h.width = uint64(binary.BigEndian.Uint16(body[3:]))
			return h.jpegEnd(data, at)
		case marker == 0xda, marker == 0xd9:
			return h, fmt.Errorf("%w: no frame header before byte %d", ErrMalformed, at)
		}
		at += 2 + n
	}
}

// isSOF: SOF0 to SOF15 without DHT (c4), JPG (c8) and DAC (cc).
func isSOF(m byte) bool {
	return m >= 0xc0 && m <= 0xcf && m != 0xc4 && m != 0xc8 && m != 0xcc
}

func (h *header) density(app0 []byte) {
	if len(app0) < 12 || string(app0[:5]) != "JFIF\x00" {
		return
	}
	unit := map[byte]float64{1: 1, 2: 2.54}[app0[7]] // 0: aspect ratio only
	h.xPPI = unit * float64(binary.BigEndian.Uint16(app0[8:]))
	h.yPPI = unit * float64(binary.BigEndian.Uint16(app0[10:]))
}

func (h header) jpegEnd(data []byte, at int) (header, error) {
	if n := bytes.Count(data[at:], []byte{0xff, 0xda}); n > maxScans {
		return h, fmt.Errorf("%w: %d scans, the limit is %d", ErrUnsupported, n, maxScans)
	}
	h.notes = append(h.notes, "JPEG loses detail: prefer PNG, TIFF or WSQ for fingerprints")
	return h, nil
}

func jpegPixels(data []byte) (image.Image, error) { return jpeg.Decode(bytes.NewReader(data)) }

func jpegConfig(data []byte) (image.Config, error) { return jpeg.DecodeConfig(bytes.NewReader(data)) }
