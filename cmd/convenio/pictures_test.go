package main

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/png"
	"os"
	"strconv"

	"github.com/rogpeppe/go-internal/testscript"
)

// cmdPicture makes the pictures that a script cannot hold:
//
//	picture header FILE WIDTH HEIGHT   a PNG that states this size, and has next to no pixels
//	picture blank FILE                 a white sheet
//	picture gray16 FILE FROM           a PNG in 16-bit gray
//	picture color FILE FROM            a PNG in colour
//	picture ppi FILE FROM PPI          a PNG that states this resolution
//	picture cut FILE FROM BYTES        its first bytes
func cmdPicture(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: picture KIND FILE ...")
	}
	number := func(i int) int {
		n, err := strconv.Atoi(args[i])
		ts.Check(err)
		return n
	}
	from := func() image.Image {
		img, err := png.Decode(bytes.NewReader([]byte(ts.ReadFile(args[2]))))
		ts.Check(err)
		return img
	}
	var b []byte
	switch args[0] {
	case "header":
		b = pngHeader(uint32(number(2)), uint32(number(3)))
	case "blank":
		b = encode(ts, redraw(image.NewAlpha(image.Rect(0, 0, 300, 400)), func(color.Color) color.Color { return color.Gray{255} }, color.GrayModel))
	case "gray16":
		b = encode(ts, redraw(from(), func(c color.Color) color.Color { return c }, color.Gray16Model))
	case "color":
		b = encode(ts, redraw(from(), func(c color.Color) color.Color {
			y := color.GrayModel.Convert(c).(color.Gray).Y
			return color.RGBA{y, y / 2, y / 3, 255}
		}, color.RGBAModel))
	case "ppi":
		b = withPPI(encode(ts, from()), number(3))
	case "cut":
		b = []byte(ts.ReadFile(args[2]))[:number(3)]
	default:
		ts.Fatalf("picture: no such kind: %s", args[0])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), b, 0o600))
}

// redraw passes every pixel through f into a picture of another colour model.
func redraw(src image.Image, f func(color.Color) color.Color, m color.Model) image.Image {
	r := src.Bounds()
	var dst interface {
		image.Image
		Set(x, y int, c color.Color)
	}
	switch m {
	case color.Gray16Model:
		dst = image.NewGray16(r)
	case color.RGBAModel:
		dst = image.NewRGBA(r)
	default:
		dst = image.NewGray(r)
	}
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			dst.Set(x, y, f(src.At(x, y)))
		}
	}
	return dst
}

func encode(ts *testscript.TestScript, img image.Image) []byte {
	var b bytes.Buffer
	ts.Check(png.Encode(&b, img))
	return b.Bytes()
}

// The PNG signature and the length of an IHDR chunk with its frame (W3C PNG, third edition, 5.2 and 11.2.1).
const (
	pngSignature = "\x89PNG\r\n\x1a\n"
	ihdrBytes    = 4 + 4 + 13 + 4
)

// chunk frames a PNG chunk (5.3).
func chunk(kind string, data []byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
	body := append([]byte(kind), data...)
	return binary.BigEndian.AppendUint32(append(b, body...), crc32.ChecksumIEEE(body))
}

// pngHeader is a picture that promises 8-bit gray of this size and holds a few bytes.
func pngHeader(width, height uint32) []byte {
	h := binary.BigEndian.AppendUint32(nil, width)
	h = append(binary.BigEndian.AppendUint32(h, height), 8, 0, 0, 0, 0)
	b := append([]byte(pngSignature), chunk("IHDR", h)...)
	return append(append(b, chunk("IDAT", []byte{0x78, 0x9c, 3, 0, 0, 0, 0, 1})...), chunk("IEND", nil)...)
}

// withPPI puts a pHYs chunk, which counts pixels per metre (11.3.4.3), behind the header.
func withPPI(b []byte, ppi int) []byte {
	p := uint32(float64(ppi)/0.0254 + 0.5)
	d := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, p), p)
	at := len(pngSignature) + ihdrBytes
	return bytes.Join([][]byte{b[:at], chunk("pHYs", append(d, 1)), b[at:]}, nil)
}
