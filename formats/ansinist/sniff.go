package ansinist

import (
	"bytes"
	"encoding/binary"
)

// Format is what an image's own first bytes say it is.
type Format string

// The formats that the standard's compression codes stand for.
const (
	FormatUnknown  Format = ""     // no signature: raw pixels, or something else
	FormatWSQ      Format = "WSQ"  // FBI IAFIS-IC-0110
	FormatJPEG     Format = "JPEG" // ISO/IEC 10918-1, any process but lossless
	FormatJPEGL    Format = "JPEGL"
	FormatJP2      Format = "JP2" // ISO/IEC 15444-1, with or without the file format around it
	FormatPNG      Format = "PNG"
	FormatTIFF     Format = "TIFF"
	FormatFMR      Format = "FMR" // ISO/IEC 19794-2 template: no image
	FormatISOImage Format = "FIR" // ISO/IEC 19794-4, -5, -6 image record
)

// Found is what an image's own header states.
type Found struct {
	Format        Format
	Width, Height int      // pixels; 0: not found
	Comment       *Comment // of WSQ or JPEG; nil: none
}

// Sniff looks at an image's signature and, in the formats that the standard
// names, at the size in its header. It decodes nothing and never fails.
func Sniff(data []byte) Found {
	switch {
	case bytes.HasPrefix(data, []byte{0xFF, 0xA0}):
		return markers(data, FormatWSQ)
	case bytes.HasPrefix(data, []byte{0xFF, 0xD8, 0xFF}):
		return markers(data, FormatJPEG)
	case bytes.HasPrefix(data, []byte("\x89PNG\r\n\x1a\n")):
		f := Found{Format: FormatPNG}
		if len(data) >= 24 && string(data[12:16]) == "IHDR" {
			f.Width, f.Height = be32(data[16:]), be32(data[20:])
		}
		return f
	case bytes.HasPrefix(data, []byte("\x00\x00\x00\x0cjP  \r\n\x87\n")):
		return jp2Boxes(data)
	case bytes.HasPrefix(data, []byte{0xFF, 0x4F, 0xFF, 0x51}):
		return codestream(data)
	case bytes.HasPrefix(data, []byte("II*\x00")), bytes.HasPrefix(data, []byte("MM\x00*")):
		return Found{Format: FormatTIFF}
	case bytes.HasPrefix(data, []byte("FMR\x00")):
		return Found{Format: FormatFMR}
	case bytes.HasPrefix(data, []byte("FIR\x00")), bytes.HasPrefix(data, []byte("FAC\x00")), bytes.HasPrefix(data, []byte("IIR\x00")):
		return Found{Format: FormatISOImage}
	}
	return Found{}
}

func be32(b []byte) int { return int(binary.BigEndian.Uint32(b)) }
func be16(b []byte) int { return int(binary.BigEndian.Uint16(b)) }

// markers walks the marker segments that JPEG and WSQ share, up to the frame
// header: SOF of WSQ is FFA2 (black, white, Y, X), of JPEG FFC0 to FFCF
// (precision, Y, X) without DHT, JPG and DAC.
func markers(data []byte, format Format) Found {
	f := Found{Format: format}
	const most = 1_000
	for at, n := 2, 0; at+4 <= len(data) && n < most; n++ {
		if data[at] != 0xFF {
			return f
		}
		code, size := data[at+1], be16(data[at+2:])
		if code == 0xFF { // fill byte
			at++
			continue
		}
		if size < 2 {
			return f
		}
		body := data[at+4 : min(at+2+size, len(data))]
		switch {
		case format == FormatWSQ && code == 0xA2 && len(body) >= 6:
			f.Height, f.Width = be16(body[2:]), be16(body[4:])
			return f
		case format == FormatWSQ && code == 0xA8, format == FormatJPEG && code == 0xFE:
			if c := readComment(body); c != nil && f.Comment == nil {
				f.Comment = c
			} else if c != nil {
				f.Comment.Repeated = append(f.Comment.Repeated, "NIST_COM")
			}
		case format == FormatJPEG && code >= 0xC0 && code <= 0xCF && code != 0xC4 && code != 0xC8 && code != 0xCC && len(body) >= 5:
			f.Height, f.Width = be16(body[1:]), be16(body[3:])
			if code == 0xC3 {
				f.Format = FormatJPEGL
			}
			return f
		case code == 0xDA:
			return f
		}
		at += 2 + size
	}
	return f
}

// jp2Boxes looks for the image header in a JP2 file (ISO/IEC 15444-1 Annex I).
func jp2Boxes(data []byte) Found {
	f := Found{Format: FormatJP2}
	const most = 100
	for at, n := 0, 0; at+8 <= len(data) && n < most; n++ {
		size, kind := be32(data[at:]), string(data[at+4:at+8])
		switch kind {
		case "jp2h":
			at += 8
			continue
		case "ihdr":
			if at+16 <= len(data) {
				f.Height, f.Width = be32(data[at+8:]), be32(data[at+12:])
			}
			return f
		case "jp2c":
			return codestream(data[at+8:])
		}
		if size < 8 {
			return f
		}
		at += size
	}
	return f
}

// codestream reads SIZ of a JPEG 2000 codestream (ISO/IEC 15444-1 A.5.1).
func codestream(data []byte) Found {
	f := Found{Format: FormatJP2}
	if len(data) >= 24 && data[2] == 0xFF && data[3] == 0x51 {
		f.Width, f.Height = be32(data[8:])-be32(data[16:]), be32(data[12:])-be32(data[20:])
		if f.Width < 0 || f.Height < 0 {
			f.Width, f.Height = 0, 0
		}
	}
	return f
}
