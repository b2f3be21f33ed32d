package picture

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"

	"golang.org/x/image/bmp"
	"pgregory.net/rapid"
)

// gradient is a picture with every pixel different from its neighbours.
func gradient(w, h int) *image.Gray {
	g := image.NewGray(image.Rect(0, 0, w, h))
	for i := range g.Pix {
		g.Pix[i] = uint8(i*7 + i/w*13)
	}
	return g
}

func mustPNG(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func mustBMP(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := bmp.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func mustJPEG(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// withJFIF puts a JFIF segment behind the start of a JPEG.
func withJFIF(file []byte, unit byte, x, y uint16) []byte {
	app0 := []byte{0xff, 0xe0, 0, 16, 'J', 'F', 'I', 'F', 0, 1, 2, unit, byte(x >> 8), byte(x), byte(y >> 8), byte(y), 0, 0}
	return append(append(append([]byte{}, file[:2]...), app0...), file[2:]...)
}

// withMetre sets a BMP's pixels per metre.
func withMetre(file []byte, x, y uint32) []byte {
	out := bytes.Clone(file)
	for i := range 4 {
		out[38+i], out[42+i] = byte(x>>(8*i)), byte(y>>(8*i))
	}
	return out
}

func TestDecodeFormats(t *testing.T) {
	g := gradient(37, 23)
	png500, err := EncodePNG(g, 500)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, format string
		data         []byte
		ppi          float64
		note         string // part of one note, "" for no notes at all
		exact        bool
	}{
		{"png with pHYs", "png", png500, 500, "", true},
		{"png without", "png", mustPNG(t, g), 0, "", true},
		{"bmp 500", "bmp", withMetre(mustBMP(t, g), 19685, 19685), 500, "", true},
		{"bmp silent", "bmp", mustBMP(t, g), 0, "", true},
		{"bmp unequal", "bmp", withMetre(mustBMP(t, g), 19685, 9843), 500, "unequal", true},
		{"jpeg dpi", "jpeg", withJFIF(mustJPEG(t, g), 1, 500, 500), 500, "JPEG", false},
		{"jpeg dpcm", "jpeg", withJFIF(mustJPEG(t, g), 2, 197, 197), 500.4, "JPEG", false},
		{"jpeg aspect only", "jpeg", withJFIF(mustJPEG(t, g), 0, 1, 1), 0, "JPEG", false},
		{"jpeg screen", "jpeg", withJFIF(mustJPEG(t, g), 1, 96, 96), 96, "96 ppi", false},
		{"tiff gray", "tiff", tiffFile{gray: g, ppi: 500}.bytes(), 500, "", true},
		{"tiff big endian", "tiff", tiffFile{gray: g, ppi: 512, big: true}.bytes(), 512, "", true},
		{"tiff lzw palette", "tiff", tiffFile{gray: g, ppi: 500, lzw: true, palette: true}.bytes(), 500, "", true},
		{"tiff per cm", "tiff", tiffFile{gray: g, ppi: 200, perCm: true}.bytes(), 508, "", true},
		{"tiff two pages", "tiff", tiffFile{gray: g, next: 8}.bytes(), 0, "more than one", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, err := Decode(tt.data, DefaultLimits)
			if err != nil {
				t.Fatal(err)
			}
			if p.Format != tt.format || p.PPI != tt.ppi {
				t.Errorf("got %s at %v ppi, want %s at %v", p.Format, p.PPI, tt.format, tt.ppi)
			}
			if all := strings.Join(p.Notes, "; "); !strings.Contains(all, tt.note) || (tt.note == "") != (all == "") {
				t.Errorf("notes %q, want %q", all, tt.note)
			}
			if tt.exact && !bytes.Equal(p.Gray.Pix, g.Pix) {
				t.Error("pixels differ")
			}
			if p.Gray.Rect != g.Rect || p.Gray.Stride != g.Rect.Dx() {
				t.Errorf("bounds %v, stride %d", p.Gray.Rect, p.Gray.Stride)
			}
		})
	}
}

func TestDecodeToGray(t *testing.T) {
	one := func(set func(image.Rectangle) image.Image) []byte { return mustPNG(t, set(image.Rect(0, 0, 2, 2))) }
	fill := func(img interface {
		image.Image
		Set(x, y int, c color.Color)
	}, c color.Color) image.Image {
		for i := range 4 {
			img.Set(i%2, i/2, c)
		}
		return img
	}
	tests := []struct {
		name string
		data []byte
		want uint8
		note string
	}{
		{"red", one(func(r image.Rectangle) image.Image { return fill(image.NewRGBA(r), color.RGBA{255, 0, 0, 255}) }), 76, noteColour},
		{"green", one(func(r image.Rectangle) image.Image { return fill(image.NewRGBA(r), color.RGBA{0, 255, 0, 255}) }), 150, noteColour},
		{"blue", one(func(r image.Rectangle) image.Image { return fill(image.NewRGBA(r), color.RGBA{0, 0, 255, 255}) }), 29, noteColour},
		{"gray as rgb", one(func(r image.Rectangle) image.Image { return fill(image.NewRGBA(r), color.RGBA{77, 77, 77, 255}) }), 77, ""},
		{"16-bit", one(func(r image.Rectangle) image.Image { return fill(image.NewGray16(r), color.Gray16{0x8080}) }), 128, note16},
		{"clear", one(func(r image.Rectangle) image.Image { return fill(image.NewNRGBA(r), color.NRGBA{0, 0, 0, 0}) }), 255, noteAlpha},
		{"half black", one(func(r image.Rectangle) image.Image { return fill(image.NewNRGBA(r), color.NRGBA{0, 0, 0, 128}) }), 127, noteAlpha},
		{"palette", one(func(r image.Rectangle) image.Image {
			return fill(image.NewPaletted(r, color.Palette{color.Gray{9}, color.Gray{200}}), color.Gray{200})
		}), 200, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, err := Decode(tt.data, DefaultLimits)
			if err != nil {
				t.Fatal(err)
			}
			if got := p.Gray.Pix[3]; got != tt.want {
				t.Errorf("gray %d, want %d", got, tt.want)
			}
			if got := strings.Join(p.Notes, "; "); got != tt.note {
				t.Errorf("notes %q, want %q", got, tt.note)
			}
		})
	}
}

func TestDecodeRefuses(t *testing.T) {
	g := gradient(64, 64)
	file := mustPNG(t, g)
	tif := tiffFile{gray: g, ppi: 500}.bytes()
	tests := []struct {
		name string
		data []byte
		want error
		says string
	}{
		{"nothing", nil, ErrEmpty, "0 bytes"},
		{"pdf", []byte("%PDF-1.7\n"), ErrUnknownFormat, "PDF"},
		{"wsq", []byte("\xff\xa0\xff\xa8\x00\x7aNIST"), ErrTruncated, "wsq"},
		{"text", []byte("name,finger\nA,1\n"), ErrUnknownFormat, "text"},
		{"jpeg 2000", []byte("\x00\x00\x00\x0cjP  \r\n\x87\n"), ErrTruncated, "jp2"},
		{"noise", []byte{1, 2, 3, 4, 5}, ErrUnknownFormat, "01 02 03 04"},
		{"huge png", pngOf(40_000, 40_000), ErrTooLarge, "40000 x 40000"},
		{"many pixels", pngOf(9000, 9000), ErrTooLarge, "limit is 16000000"},
		{"absurd png", pngOf(1<<31-1, 1<<31-1), ErrTooLarge, "2147483647"},
		{"png without pixels", pngOf(0, 5), ErrEmpty, "0 x 5"},
		{"png of lies", pngOf(4000, 4000), ErrTruncated, "4000 x 4000"},
		{"png cut", file[:len(file)*2/3], ErrTruncated, "pixels"},
		{"png cut in header", file[:20], ErrTruncated, "byte 8"},
		{"huge tiff", tiffFile{gray: g, width: 40_000, height: 40_000}.bytes(), ErrTooLarge, "40000 x 40000"},
		{"tiff of lies", tiffFile{gray: g, width: 3000, height: 3000}.bytes(), ErrTruncated, "3000 x 3000"},
		{"tiff cut", tif[:len(tif)-100], ErrTruncated, ""},
		{"tiff strip outside", tiffFile{gray: g, strip: 1 << 30}.bytes(), ErrTruncated, ""},
		{"tiff odd compression", tiffFile{gray: g, compression: 7}.bytes(), ErrUnsupported, "compression"},
		{"bmp cut", mustBMP(t, g)[:2000], ErrTruncated, "64 x 64"},
		{"bmp header cut", mustBMP(t, g)[:30], ErrTruncated, "header"},
		{"jpeg cut", mustJPEG(t, g)[:700], ErrTruncated, ""},
		{"jpeg marker", []byte{0xff, 0xd8, 0xff, 0xe0, 0, 2, 'x', 'x', 0, 0}, ErrMalformed, "byte 6"},
		{"jpeg scans", append(mustJPEG(t, g), bytes.Repeat([]byte{0xff, 0xda}, 200)...), ErrUnsupported, "201 scans"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Decode(tt.data, DefaultLimits)
			if !errors.Is(err, tt.want) || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("got %v, want %v saying %q", err, tt.want, tt.says)
			}
		})
	}
}

func TestDecodeObeysLimits(t *testing.T) {
	file := mustPNG(t, gradient(100, 50))
	for name, lim := range map[string]Limits{"side": {MaxSide: 99}, "pixels": {MaxPixels: 4999}} {
		if _, err := Decode(file, lim); !errors.Is(err, ErrTooLarge) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if _, err := Decode(file, Limits{MaxSide: 100, MaxPixels: 5000}); err != nil {
		t.Error(err)
	}
}

func TestEncodePNGRefuses(t *testing.T) {
	g := gradient(2, 2)
	for name, err := range map[string]error{
		"nil":      second(EncodePNG(nil, 500)),
		"empty":    second(EncodePNG(image.NewGray(image.Rect(0, 0, 0, 3)), 500)),
		"negative": second(EncodePNG(g, -1)),
		"huge":     second(EncodePNG(g, 1e9)),
	} {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func second(_ []byte, err error) error { return err }

func TestEncodePNGRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, h := rapid.IntRange(1, 60).Draw(t, "w"), rapid.IntRange(1, 60).Draw(t, "h")
		g := image.NewGray(image.Rect(0, 0, w, h))
		copy(g.Pix, rapid.SliceOfN(rapid.Byte(), w*h, w*h).Draw(t, "pix"))
		ppi := float64(rapid.IntRange(10, 4000).Draw(t, "ppi"))
		a, err := EncodePNG(g, ppi)
		if err != nil {
			t.Fatal(err)
		}
		if b, _ := EncodePNG(g, ppi); !bytes.Equal(a, b) {
			t.Fatal("two encodings differ")
		}
		p, err := Decode(a, DefaultLimits)
		if err != nil {
			t.Fatal(err)
		}
		if p.PPI != ppi || !bytes.Equal(p.Gray.Pix, g.Pix) {
			t.Fatalf("ppi %v came back as %v, or pixels changed", ppi, p.PPI)
		}
	})
}
