// Package capture turns the bytes of a file with fingerprints, in any format that the project reads, into what the engine
// works on. It is pure: bytes in, values out.
//
// Read gives one print, ReadAll every print of a single finger that a file holds, Template a template of an image or of a
// finger minutiae record. FromView and ToView are the way between records of minutiae and the engine's templates; Convert
// writes one format as another.
package capture

import (
	"errors"
	"fmt"
	"image"
	"slices"
	"strings"

	"convenio/finger"
	"convenio/formats/content"
	"convenio/formats/picture"
)

// DefaultPPI is taken where neither the file nor the caller gives a resolution: 500 pixels per inch,
// the resolution of ISO/IEC 19794-4:2005 setting levels 30 and 31 and of nearly every live scanner.
const DefaultPPI = 500

// Print is one fingerprint image, ready for extraction.
type Print struct {
	Image    finger.Image
	Position finger.Position // as the file states it; Unknown where it does not
	// Notes say what was assumed or changed in reading: a missing resolution, colour turned to gray.
	Notes []string
}

// Kinds of failure.
var (
	// ErrNoPrint says that a file was read and holds no print of a single finger. The caller gives another file.
	ErrNoPrint = errors.New("no image of a single finger")
	// ErrSeveral says that a file holds several prints and none was chosen. The caller names a finger.
	ErrSeveral = errors.New("several fingers")
)

// Read decodes the print of a file: a picture, or the one finger image of a record. givenPPI, where above 0, is used when
// the file does not state its resolution. Of a file with several fingers it takes the one at want; without it fails with
// ErrSeveral. Sizes are checked on headers, before memory is taken.
func Read(data []byte, givenPPI float64, want ...finger.Position) (Print, error) {
	f, err := content.Open(data)
	if err != nil {
		return Print{}, fmt.Errorf("read image: %w", err)
	}
	list := singles(f)
	if len(list) > 1 {
		at := slices.IndexFunc(list, func(m *content.Image) bool {
			return slices.Contains(want, positionOf(m)) && positionOf(m) != finger.Unknown
		})
		if at < 0 {
			return Print{}, fmt.Errorf("read image: %w: %s", ErrSeveral, names(list))
		}
		list = list[at : at+1]
	}
	if len(list) == 0 {
		return Print{}, fmt.Errorf("read image: %w in this %s", ErrNoPrint, f.Title)
	}
	return printOf(list[0], givenPPI)
}

// ReadAll decodes every print of a single finger that a file holds, in its order. It fails with ErrNoPrint where there is
// none, and as Read does where one cannot be decoded.
func ReadAll(data []byte, givenPPI float64) ([]Print, error) {
	f, err := content.Open(data)
	if err != nil {
		return nil, fmt.Errorf("read images: %w", err)
	}
	var out []Print
	for _, m := range singles(f) {
		p, err := printOf(m, givenPPI)
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("read images: %w in this %s", ErrNoPrint, f.Title)
	}
	return out, nil
}

// singles are the images of a file that show one finger, or may.
func singles(f *content.File) []*content.Image {
	var out []*content.Image
	for i := range f.Images {
		m := &f.Images[i]
		single := m.Kind == "picture" || m.Kind == "finger" && len(m.Positions) <= 1
		if single && m.Kind == "finger" && len(m.Positions) == 1 && m.Positions[0] > 12 {
			single = false // plain impressions of several fingers
		}
		if single {
			out = append(out, m)
		}
	}
	return out
}

// positionOf is the finger that an image is stated to show; plain thumbs (11, 12) are thumbs.
func positionOf(m *content.Image) finger.Position {
	if len(m.Positions) != 1 {
		return finger.Unknown
	}
	switch p := m.Positions[0]; {
	case p == 11:
		return finger.RightThumb
	case p == 12:
		return finger.LeftThumb
	case p >= 0 && p <= 10:
		return finger.Position(p)
	}
	return finger.Unknown
}

func names(list []*content.Image) string {
	var out []string
	for _, m := range list {
		out = append(out, positionOf(m).String())
	}
	return strings.Join(out, ", ")
}

func printOf(m *content.Image, givenPPI float64) (Print, error) {
	pic, err := m.Decode()
	if err != nil {
		return Print{}, fmt.Errorf("read image: %w", err)
	}
	p := Print{Position: positionOf(m), Notes: pic.Notes}
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
	return picture.EncodePNG(p.gray(), p.Image.PPI)
}

func (p Print) gray() *image.Gray {
	return &image.Gray{Pix: p.Image.Pix, Stride: p.Image.Width, Rect: image.Rect(0, 0, p.Image.Width, p.Image.Height)}
}
