package picture

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/png"
	"math"
)

// EncodePNG writes g as an 8-bit gray PNG. ppi, in pixels per inch, goes into
// a pHYs chunk; 0 leaves the chunk out. The same pixels and ppi give the same
// bytes. It fails with ErrEmpty for a picture without pixels, and for a ppi
// outside 10 to 100,000.
func EncodePNG(g *image.Gray, ppi float64) ([]byte, error) {
	if g == nil || g.Rect.Empty() {
		return nil, fmt.Errorf("encode png: %w", ErrEmpty)
	}
	if ppi != 0 && !plausiblePPI(ppi) {
		return nil, fmt.Errorf("encode png: %v ppi is outside 10 to 100000 (0: unknown)", ppi)
	}
	var buf bytes.Buffer
	if err := png.Encode(&buf, g); err != nil {
		return nil, fmt.Errorf("encode png: %w", err)
	}
	if ppi == 0 {
		return buf.Bytes(), nil
	}
	const afterIHDR = 8 + 25
	file := buf.Bytes()
	out := make([]byte, 0, len(file)+21)
	out = append(out, file[:afterIHDR]...)
	out = appendPHYs(out, uint32(math.Round(ppi*inchesPerMetre)))
	return append(out, file[afterIHDR:]...), nil
}

// appendPHYs adds the chunk of physical pixel dimensions (PNG, third edition,
// 11.3.4.3), the same both ways, in pixels per metre.
func appendPHYs(out []byte, perMetre uint32) []byte {
	body := append([]byte("pHYs"), make([]byte, 9)...)
	binary.BigEndian.PutUint32(body[4:], perMetre)
	binary.BigEndian.PutUint32(body[8:], perMetre)
	body[12] = 1 // metre
	out = binary.BigEndian.AppendUint32(out, 9)
	out = append(out, body...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(body))
}
