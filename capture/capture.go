// Package capture turns the bytes of a fingerprint image, in any format that the project reads,
// into what the engine works on. It is pure: bytes in, values out.
package capture

import (
	"fmt"
	"image"

	"convenio/finger"
	"convenio/formats/picture"
)

// DefaultPPI is taken where neither the file nor the caller gives a resolution: 500 pixels per inch,
// the resolution of ISO/IEC 19794-4:2005 setting levels 30 and 31 and of nearly every live scanner.
const DefaultPPI = 500

// Print is one fingerprint image, ready for extraction.
type Print struct {
	Image finger.Image
	// Notes say what was assumed or changed in reading: a missing resolution, colour turned to gray.
	Notes []string
}

// Read decodes a PNG, TIFF, BMP, JPEG, JPEG 2000 or WSQ image. givenPPI, where above 0, is used when the
// file does not state its resolution. Sizes are checked on the header, before memory is taken.
func Read(data []byte, givenPPI float64) (Print, error) {
	pic, err := picture.Decode(data, picture.DefaultLimits)
	if err != nil {
		return Print{}, fmt.Errorf("read image: %w", err)
	}
	p := Print{Notes: pic.Notes}
	ppi := pic.PPI
	if ppi == 0 {
		if ppi = givenPPI; ppi == 0 {
			ppi = DefaultPPI
			p.Notes = append(p.Notes, fmt.Sprintf("the file states no resolution: %d ppi assumed", DefaultPPI))
		}
	}
	p.Image = fromGray(pic.Gray, ppi)
	return p, nil
}

func fromGray(g *image.Gray, ppi float64) finger.Image {
	b := g.Bounds()
	img := finger.Image{Width: b.Dx(), Height: b.Dy(), PPI: ppi, Pix: make([]uint8, b.Dx()*b.Dy())}
	for y := range img.Height {
		row := g.Pix[y*g.Stride:]
		copy(img.Pix[y*img.Width:(y+1)*img.Width], row[:img.Width])
	}
	return img
}

// PNG encodes the image without loss, with its resolution: the form in which it is stored and sent.
func (p Print) PNG() ([]byte, error) {
	g := &image.Gray{Pix: p.Image.Pix, Stride: p.Image.Width, Rect: image.Rect(0, 0, p.Image.Width, p.Image.Height)}
	return picture.EncodePNG(g, p.Image.PPI)
}
