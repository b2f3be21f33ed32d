package picture

import (
	"image"
	"image/color"
	"testing"
)

// fuzzSeeds are small files of each format and variant, all made here.
func fuzzSeeds(t testing.TB) [][]byte {
	g := gradient(20, 11)
	phys, err := EncodePNG(g, 500)
	if err != nil {
		t.Fatal(err)
	}
	rgba := image.NewNRGBA64(g.Rect)
	pal := image.NewPaletted(g.Rect, color.Palette{color.Black, color.White, color.Transparent})
	ycc := image.NewYCbCr(g.Rect, image.YCbCrSubsampleRatio420)
	return [][]byte{
		phys, mustPNG(t, rgba), mustPNG(t, pal), pngOf(40_000, 40_000),
		mustBMP(t, g), withMetre(mustBMP(t, rgba), 19685, 9000),
		mustJPEG(t, g), withJFIF(mustJPEG(t, ycc), 1, 500, 500),
		tiffFile{gray: g, ppi: 500}.bytes(), tiffFile{gray: g, big: true, bits: 16}.bytes(),
		tiffFile{gray: g, lzw: true, palette: true}.bytes(), tiffFile{gray: g, compression: 8}.bytes(),
		[]byte("%PDF-1.7"),
		wsqOf(t, 96, 97), blankJP2(20, 11), lossless(t, 3, 8, 1, 2, 3, 4, 5, 6), lossless(t, 1, 12, 1, 2, 3),
	}
}

func FuzzDecode(f *testing.F) {
	for _, s := range fuzzSeeds(f) {
		f.Add(s)
	}
	lim := Limits{MaxSide: 512, MaxPixels: 1 << 16}
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := Decode(data, lim)
		if err != nil {
			if p.Gray != nil {
				t.Error("a picture beside an error")
			}
			return
		}
		b := p.Gray.Bounds()
		if b.Empty() || b.Dx() > 512 || b.Dy() > 512 || b.Dx()*b.Dy() > 1<<16 || len(p.Gray.Pix) != b.Dx()*b.Dy() {
			t.Errorf("bounds %v with %d pixels", b, len(p.Gray.Pix))
		}
		if p.PPI != 0 && !plausiblePPI(p.PPI) {
			t.Errorf("%v ppi", p.PPI)
		}
		if _, err := EncodePNG(p.Gray, p.PPI); err != nil {
			t.Error(err)
		}
	})
}
