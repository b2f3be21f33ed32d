package picture

import (
	"bytes"
	"fmt"
	"unicode/utf8"

	"convenio/formats/jpegl"
)

var (
	pngMagic  = "\x89PNG\r\n\x1a\n"
	tiffMagic = []string{"II*\x00", "MM\x00*"}
	codecs    = []struct {
		magic string
		codec codec
	}{
		{"\xff\xa0\xff", codec{"wsq", wsqHeader, wsqConfig, wsqPixels}},
		{"\x00\x00\x00\x0cjP  ", codec{"jp2", jp2Header, jp2Config, jp2Pixels}},
		{"\xff\x4f\xff\x51", codec{"jp2", jp2Header, jp2Config, jp2Pixels}},
		{pngMagic, codec{"png", pngHeader, pngConfig, pngPixels}},
		{tiffMagic[0], codec{"tiff", tiffHeader, tiffConfig, tiffPixels}},
		{tiffMagic[1], codec{"tiff", tiffHeader, tiffConfig, tiffPixels}},
		{"BM", codec{"bmp", bmpHeader, bmpConfig, bmpPixels}},
		{"\xff\xd8\xff", codec{"jpeg", jpegHeader, jpegConfig, jpegPixels}},
	}
)

// recognise finds the format by the first bytes; names and media types lie.
func recognise(data []byte) (codec, bool) {
	if jpegl.Is(data) { // begins as any JPEG does
		return codec{"jpegl", losslessHeader, losslessConfig, losslessPixels}, true
	}
	for _, c := range codecs {
		if bytes.HasPrefix(data, []byte(c.magic)) {
			return c.codec, true
		}
	}
	return codec{}, false
}

// others are formats that are taken for pictures, by their first bytes at an
// offset.
var others = []struct {
	at    int
	magic string
	name  string
}{
	{0, "%PDF", "a PDF document"},
	{0, "GIF8", "a GIF image"},
	{8, "WEBP", "a WebP image"},
	{4, "ftyp", "a HEIF, AVIF or MP4 file"},
	{0, "II+\x00", "a BigTIFF image"},
	{0, "MM\x00+", "a BigTIFF image"},
	{0, "FIR\x00", "an ISO/IEC 19794-4 finger image record"},
	{0, "FMR\x00", "an ISO/IEC 19794-2 finger minutiae record"},
	{0, "1.001:", "an ANSI/NIST-ITL record"},
	{0, "1.01:", "an ANSI/NIST-ITL record"},
	{0, "P5", "a PGM image"},
	{0, "PK\x03\x04", "a ZIP archive or office document"},
	{0, "\x1f\x8b", "a gzip file"},
	{0, "<", "an XML, SVG or HTML text"},
	{0, "{", "a JSON text"},
}

// looksLike says in words what bytes that are no picture seem to be.
func looksLike(data []byte) string {
	for _, o := range others {
		if len(data) > o.at && bytes.HasPrefix(data[o.at:], []byte(o.magic)) {
			return "looks like " + o.name
		}
	}
	head := data[:min(len(data), 512)]
	if isText(head, len(data) > len(head)) {
		return "looks like text"
	}
	return fmt.Sprintf("begins with % x", head[:min(len(head), 4)])
}

func isText(b []byte, cut bool) bool {
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n <= 1 {
			return cut && len(b)-i < utf8.UTFMax
		}
		if r < ' ' && r != '\n' && r != '\r' && r != '\t' {
			return false
		}
		i += n
	}
	return true
}
