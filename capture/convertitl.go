package capture

import (
	"fmt"
	"math"

	"convenio/finger"
	"convenio/formats/ansinist"
	"convenio/formats/content"
)

// toITL writes an ANSI/NIST-ITL transaction that asks for a search of the fingers: a Type-14 record for each and, where
// minutiae can be extracted, the Type-9 record (INCITS 378 block) that goes with it.
func toITL(src source, c Conversion) ([]Output, error) {
	s := ansinist.Search{Type: "SRCH", At: c.At, Origin: c.Origin, Destination: c.Destination, Control: c.Control}
	var notes []string
	for _, m := range src.fingers() {
		f, n, err := searchFinger(m, c)
		if err != nil {
			return nil, err
		}
		s.Fingers, notes = append(s.Fingers, f), append(notes, n...)
	}
	if len(s.Fingers) == 0 {
		return nil, fmt.Errorf("%w: no image of a single finger in this %s", ErrConvert, src.file.Title)
	}
	t, err := ansinist.NewSearch(s)
	if err != nil {
		return nil, err
	}
	b, err := t.Encode()
	return []Output{{Data: b, Notes: notes}}, err
}

func searchFinger(m *content.Image, c Conversion) (ansinist.SearchFinger, []string, error) {
	p, err := printOf(m, c.PPI)
	if err != nil {
		return ansinist.SearchFinger{}, nil, err
	}
	f := ansinist.SearchFinger{Position: int(p.Position), Width: p.Image.Width, Height: p.Image.Height, PPI: int(math.Round(p.Image.PPI)),
		Compression: "NONE", Data: p.Image.Pix}
	if p.Position == finger.Unknown {
		f.Position = int(c.Position)
	}
	if m.Codec == "WSQ" && m.Width == f.Width && m.Height == f.Height {
		f.Compression, f.Data = "WSQ20", ansinist.WithoutComments(m.Data)
	}
	t, err := finger.Extract(p.Image, nil)
	if err != nil {
		return f, append(p.Notes, fmt.Sprintf("image %s: no minutiae: %v", m.Name, err)), nil
	}
	f.Minutiae = searchMinutiae(t, p.Image.PPI)
	return f, p.Notes, nil
}

// searchMinutiae brings a template's minutiae to the image's own pixels and to the block's even degrees.
func searchMinutiae(t *finger.Template, ppi float64) []ansinist.M1Minutia {
	scale := ppi / 500
	if scale > 0.99 && scale < 1.01 { // the engine took the image as it is
		scale = 1
	}
	var out []ansinist.M1Minutia
	for _, m := range t.Minutiae {
		x, y := m.Px()
		out = append(out, ansinist.M1Minutia{X: int(x * scale), Y: int(y * scale), Angle: int(math.Round(m.Degrees()/2)) % 180 * 2,
			Type: int(recordKind(m.Kind)), Quality: int(m.Quality)})
	}
	return out
}
