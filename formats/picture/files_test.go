package picture

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// pngOf is a PNG whose header states a size and whose pixels are missing.
func pngOf(w, h uint32) []byte {
	ihdr := append([]byte("IHDR"), make([]byte, 13)...)
	binary.BigEndian.PutUint32(ihdr[4:], w)
	binary.BigEndian.PutUint32(ihdr[8:], h)
	ihdr[12] = 8
	out := append([]byte(pngMagic), 0, 0, 0, 13)
	out = append(out, ihdr...)
	out = binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(ihdr))
	end := []byte("IEND")
	out = append(append(out, 0, 0, 0, 0), end...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(end))
}

// tiffFile describes a small one-strip TIFF, true or lying.
type tiffFile struct {
	gray              *image.Gray
	ppi               uint32
	perCm, big        bool
	lzw, palette      bool
	width, height     uint32 // what the header states; 0: the truth
	strip, next       uint32 // offset of the strip and of a second directory; 0: the truth
	compression, bits uint32
}

func (f tiffFile) bytes() []byte {
	var order binary.AppendByteOrder = binary.LittleEndian
	out := []byte("II*\x00")
	if f.big {
		order, out = binary.BigEndian, []byte("MM\x00*")
	}
	pix := f.gray.Pix
	or := func(v, truth uint32) uint32 {
		if v != 0 {
			return v
		}
		return truth
	}
	compression := or(f.compression, 1)
	if f.lzw {
		pix, compression = lzwLiterals(pix), 5
	}
	photometric, unit := uint32(1), uint32(2)
	if f.palette {
		photometric = 3
	}
	if f.perCm {
		unit = 3
	}
	const pixAt = 8 + 8 + 6*256
	out = order.AppendUint32(out, uint32(pixAt+len(pix)))
	out = order.AppendUint32(out, f.ppi)
	out = order.AppendUint32(out, 1)
	for range 3 {
		for v := range 256 {
			out = order.AppendUint16(out, uint16(v*257))
		}
	}
	out = append(out, pix...)
	b := f.gray.Bounds()
	entries := [][4]uint32{
		{tagWidth, typeLong, 1, or(f.width, uint32(b.Dx()))},
		{tagLength, typeLong, 1, or(f.height, uint32(b.Dy()))},
		{tagBits, typeLong, 1, or(f.bits, 8)},
		{tagCompression, typeLong, 1, compression},
		{262, typeLong, 1, photometric},
		{273, typeLong, 1, or(f.strip, pixAt)},
		{279, typeLong, 1, uint32(len(pix))},
		{tagXResolution, typeRational, 1, 8},
		{tagYResolution, typeRational, 1, 8},
		{tagUnit, typeLong, 1, unit},
		{320, typeShort, 768, 16},
	}
	out = order.AppendUint16(out, uint16(len(entries)))
	for _, e := range entries {
		out = order.AppendUint16(out, uint16(e[0]))
		out = order.AppendUint16(out, uint16(e[1]))
		out = order.AppendUint32(out, e[2])
		out = order.AppendUint32(out, e[3])
	}
	return order.AppendUint32(out, f.next)
}

// lzwLiterals packs bytes as TIFF LZW without looking for repeats: 9-bit
// literals, and a clear code before the codes would grow to 10 bits.
func lzwLiterals(pix []byte) []byte {
	var out []byte
	var acc, bits uint32
	put := func(code uint32) {
		for acc, bits = acc<<9|code, bits+9; bits >= 8; bits -= 8 {
			out = append(out, byte(acc>>(bits-8)))
		}
	}
	for i, v := range pix {
		if i%200 == 0 {
			put(256)
		}
		put(uint32(v))
	}
	put(257)
	return append(out, byte(acc<<(8-bits)))
}

// realFiles finds the published fingerprint images that are measured on; they
// are never part of this repository.
func realFiles(t *testing.T, pattern string) []string {
	t.Helper()
	root := os.Getenv("CONVENIO_DATA")
	if root == "" {
		root = "../../../shared/data"
	}
	files, _ := filepath.Glob(filepath.Join(root, "fingerprints", pattern))
	if len(files) == 0 {
		t.Skip("no real fingerprint images: set CONVENIO_DATA to the folder that holds fingerprints/")
	}
	return files
}

func TestDecodeRealTIFF(t *testing.T) {
	for _, name := range realFiles(t, "tiff/*.tif") {
		p := decodeFile(t, name)
		twin := strings.TrimSuffix(filepath.Base(name), ".tif") + ".png"
		for _, set := range []string{"fvc2002_db1_b", "uareu_25"} {
			data, err := os.ReadFile(filepath.Join(filepath.Dir(name), "..", set, twin))
			if err != nil {
				continue
			}
			q, err := Decode(data, DefaultLimits)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(p.Gray.Pix, q.Gray.Pix) {
				t.Errorf("%s: TIFF and PNG of the same image differ", filepath.Base(name))
			}
		}
		if p.Format != "tiff" {
			t.Errorf("format %s", p.Format)
		}
	}
}

func TestDecodeRealPNG(t *testing.T) {
	for _, name := range realFiles(t, "*/*_1.png") {
		if p := decodeFile(t, name); p.Format != "png" || p.PPI != 0 || len(p.Notes) != 0 {
			t.Errorf("%s: %s, %v ppi, %v", filepath.Base(name), p.Format, p.PPI, p.Notes)
		}
	}
}

func decodeFile(t *testing.T, name string) Picture {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	p, err := Decode(data, DefaultLimits)
	if err != nil {
		t.Fatalf("%s: %v", filepath.Base(name), err)
	}
	return p
}
