package explain

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"

	"convenio/finger"
)

// sight keeps what extraction saw of one print.
type sight struct {
	gray, ridges            finger.Gray
	reliability, foreground finger.Grid
	measures                finger.Measures
}

// Wants implements finger.Tap.
func (s *sight) Wants(step string) bool {
	switch step {
	case "resampled", "skeleton", "reliability", "foreground", "measures":
		return true
	}
	return false
}

// Take implements finger.Tap.
func (s *sight) Take(step string, v any) {
	switch v := v.(type) {
	case finger.Gray:
		v.Pix = bytes.Clone(v.Pix)
		if step == "skeleton" {
			s.ridges = v
		} else {
			s.gray = v
		}
	case finger.Grid:
		v.Values = bytes.Clone(v.Values)
		if step == "foreground" {
			s.foreground = v
		} else {
			s.reliability = v
		}
	case finger.Measures:
		s.measures = v
	}
}

// look extracts one print and keeps what is worth showing of it.
func look(in Input) (Side, *finger.Template, error) {
	var s sight
	t, err := finger.Extract(in.Image, &s)
	if err != nil {
		return Side{}, nil, err
	}
	out := Side{Name: in.Name, WidthPx: t.Width, HeightPx: t.Height, Notes: in.Notes, QualityMap: s.clarity()}
	if out.PNG, err = grayPNG(s.gray); err != nil {
		return Side{}, nil, err
	}
	if out.RidgesPNG, err = ridgesPNG(s.ridges); err != nil {
		return Side{}, nil, err
	}
	out.Quality = Quality{Score: int(t.Quality.Score), Usable: t.Quality.Usable(), AreaMM2: s.measures.AreaMM2, Reasons: []Reason{}}
	for _, r := range t.Quality.Reasons {
		out.Quality.Reasons = append(out.Quality.Reasons, Reason{r.String(), Text{r.Text("es"), r.Text("en")}})
	}
	for _, m := range t.Minutiae {
		x, y := m.Px()
		out.Minutiae = append(out.Minutiae, Minutia{X: x, Y: y, DirectionDeg: m.Degrees(), Kind: m.Kind.String(), Quality: int(m.Quality)})
	}
	return out, t, nil
}

// clarity is the reliability of the ridges, 0 outside the print.
func (s *sight) clarity() Grid {
	g := Grid{s.reliability.Columns, s.reliability.Rows, s.reliability.CellPx, make([]uint8, len(s.reliability.Values))}
	for i, v := range s.reliability.Values {
		if i < len(s.foreground.Values) && s.foreground.Values[i] != 0 {
			g.Values[i] = max(v, 1)
		}
	}
	return g
}

func grayPNG(g finger.Gray) ([]byte, error) {
	if g.Width < 1 || g.Height < 1 {
		return nil, ErrPicture
	}
	return encode(&image.Gray{Pix: g.Pix, Stride: g.Width, Rect: image.Rect(0, 0, g.Width, g.Height)})
}

// ridgesPNG is a picture with two values: nothing, and ridge.
func ridgesPNG(g finger.Gray) ([]byte, error) {
	if g.Width < 1 || g.Height < 1 {
		return nil, ErrPicture
	}
	m := image.NewPaletted(image.Rect(0, 0, g.Width, g.Height), color.Palette{color.NRGBA{}, color.NRGBA{0, 0, 0, 255}})
	for i, v := range g.Pix {
		if v == 0 {
			m.Pix[i] = 1
		}
	}
	return encode(m)
}

func encode(m image.Image) ([]byte, error) {
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		return nil, fmt.Errorf("encode picture: %w", err)
	}
	return b.Bytes(), nil
}
