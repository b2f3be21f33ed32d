package capture

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"convenio/finger"
	"convenio/formats/ansinist"
	"convenio/formats/cbeff"
	"convenio/formats/content"
	"convenio/formats/fir"
	"convenio/formats/fmr"
	"convenio/formats/jpegl"
	"convenio/formats/picture"
	"convenio/formats/sc37"
	"convenio/formats/wsq"
)

// Conversion says what to make of a file.
type Conversion struct {
	To       string          // one of Targets
	Edition  int             // 2005 or 2011, for fmr and fir; 0 is 2011
	Position finger.Position // of several fingers the one to take; Unknown takes all where the target holds several
	PPI      float64         // resolution of images that state none; 0 is DefaultPPI
	BitRate  float64         // of wsq, in bits a pixel; 0 is wsq.BitRateStandard

	Origin, Destination string    // of an2: the agencies of 1.008 and 1.007, as they have agreed
	Control             string    // of an2: 1.009, unique at the origin
	At                  time.Time // of an2: when the transaction is made
}

// Output is one file that Convert made.
type Output struct {
	Name  string // of the image or finger, where there are several: "2-right-index"; else empty
	Ext   string
	Data  []byte
	Notes []string
}

// target is a format that can be written.
type target struct {
	ext  string
	many bool // one file holds several fingers
	make func(src source, c Conversion) ([]Output, error)
}

// targets is the table of formats that can be written, by the name and the extension of a file.
var targets = map[string]target{
	"png":   {"png", false, eachImage(toPNG)},
	"wsq":   {"wsq", false, eachImage(toWSQ)},
	"jpl":   {"jpl", false, eachImage(toLossless)},
	"an2":   {"an2", true, toITL},
	"fmr":   {"fmr", true, toFMR},
	"fir":   {"fir", true, toFIR},
	"cbeff": {"xml", true, toCBEFF},
}

// Targets lists what Convert can make, in alphabetical order.
func Targets() []string {
	var out []string
	for name := range targets {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// TargetOf is the target that a file's extension stands for, or "".
func TargetOf(ext string) string {
	ext = strings.ToLower(strings.TrimPrefix(ext, "."))
	switch ext {
	case "iso-fmr", "iso":
		return "fmr"
	case "xml":
		return "cbeff"
	case "an2k", "nist", "eft", "ebts":
		return "an2"
	}
	if _, ok := targets[ext]; ok {
		return ext
	}
	return ""
}

// ErrConvert says that one format cannot become the other; the text says why and what can.
var ErrConvert = errors.New("no such conversion")

// source is a file that was opened, and what of it was chosen.
type source struct {
	file   *content.File
	images []*content.Image
}

// Convert makes a file of another format of data: images become images of another codec, or records; images become
// minutiae by extraction, minutiae stay minutiae. A target that holds one image becomes one output for each image of the
// file. It fails with ErrConvert, ErrSeveral, or as reading does.
func Convert(data []byte, c Conversion) ([]Output, error) {
	t, ok := targets[c.To]
	if !ok {
		return nil, fmt.Errorf("%w: to %q; %s are written", ErrConvert, c.To, strings.Join(Targets(), ", "))
	}
	if c.Edition == 0 {
		c.Edition = 2011
	}
	if c.Edition != 2005 && c.Edition != 2011 {
		return nil, fmt.Errorf("%w: edition %d; 2005 and 2011 are written", ErrConvert, c.Edition)
	}
	f, err := content.Open(data)
	if err != nil {
		return nil, fmt.Errorf("convert: %w", err)
	}
	src := source{file: f}
	for i := range f.Images {
		m := &f.Images[i]
		if c.Position == finger.Unknown || positionOf(m) == c.Position || m.Kind == "picture" {
			src.images = append(src.images, m)
		}
	}
	out, err := t.make(src, c)
	if err != nil {
		return nil, fmt.Errorf("convert to %s: %w", c.To, err)
	}
	for i := range out {
		if out[i].Ext = t.ext; len(out) == 1 {
			out[i].Name = ""
		}
	}
	return out, nil
}

// eachImage makes one output of each image.
func eachImage(f func(p picture.Picture, ppi float64, c Conversion) ([]byte, error)) func(source, Conversion) ([]Output, error) {
	return func(src source, c Conversion) ([]Output, error) {
		if len(src.images) == 0 {
			return nil, fmt.Errorf("%w: no image in this %s", ErrConvert, src.file.Title)
		}
		var out []Output
		for _, m := range src.images {
			p, err := m.Decode()
			if err != nil {
				return nil, err
			}
			ppi := p.PPI
			if ppi == 0 {
				ppi = c.PPI
			}
			b, err := f(p, ppi, c)
			if err != nil {
				return nil, fmt.Errorf("image %s: %w", m.Name, err)
			}
			out = append(out, Output{Name: m.Name, Data: b, Notes: p.Notes})
		}
		return out, nil
	}
}

func toPNG(p picture.Picture, ppi float64, _ Conversion) ([]byte, error) {
	return picture.EncodePNG(p.Gray, ppi)
}

func toWSQ(p picture.Picture, ppi float64, c Conversion) ([]byte, error) {
	m := fromGray(p.Gray, ppi)
	return wsq.Encode(&wsq.Image{Width: m.Width, Height: m.Height, PPI: ppi, Pix: m.Pix}, wsq.Options{BitRate: c.BitRate, PPI: ppi})
}

func toLossless(p picture.Picture, ppi float64, _ Conversion) ([]byte, error) {
	m := fromGray(p.Gray, ppi)
	return jpegl.Encode(&jpegl.Image{Width: m.Width, Height: m.Height, Components: 1, BitDepth: 8, PPI: ppi, Pix: m.Pix}, jpegl.Options{})
}

// fingers are the images of single fingers among those chosen.
func (s source) fingers() []*content.Image {
	return slices.DeleteFunc(singles(s.file), func(m *content.Image) bool { return !slices.Contains(s.images, m) })
}

// toFMR writes minutiae: those of the file where it holds records of them, else extracted from its images.
func toFMR(src source, c Conversion) ([]Output, error) {
	r := &fmr.Record{Format: fmr.ISO2011}
	var notes []string
	for _, t := range src.file.Templates {
		if c.Position == finger.Unknown || finger.Position(t.Position) == c.Position {
			r.Views = append(r.Views, t.View)
		}
	}
	if len(r.Views) == 0 {
		for _, m := range src.fingers() {
			v, n, err := extractView(m, c)
			if err != nil {
				return nil, err
			}
			r.Views, notes = append(r.Views, v), append(notes, n...)
		}
		number(r.Views)
	}
	if len(r.Views) == 0 {
		return nil, fmt.Errorf("%w: neither minutiae nor an image of a single finger in this %s", ErrConvert, src.file.Title)
	}
	if c.Edition == 2005 {
		old, n, err := r.Convert(fmr.ISO2005)
		if err != nil {
			return nil, err
		}
		r, notes = old, append(notes, n...)
	}
	b, err := r.Marshal()
	return []Output{{Data: b, Notes: notes}}, err
}

func extractView(m *content.Image, c Conversion) (fmr.View, []string, error) {
	p, err := printOf(m, c.PPI)
	if err != nil {
		return fmr.View{}, nil, err
	}
	t, err := finger.Extract(p.Image, nil)
	if err != nil {
		return fmr.View{}, nil, fmt.Errorf("image %s: %w", m.Name, err)
	}
	v := ToView(t)
	v.Position = uint8(p.Position)
	if p.Position == finger.Unknown {
		v.Position = uint8(c.Position)
	}
	return v, p.Notes, nil
}

// number counts the views of each position from 0.
func number(views []fmr.View) {
	seen := map[uint8]uint8{}
	for i := range views {
		views[i].Number = seen[views[i].Position]
		seen[views[i].Position]++
	}
}

// toFIR writes a finger image record. Images in WSQ and gray PNG go in as they are coded, WSQ without its comments; others
// go in as pixels.
func toFIR(src source, c Conversion) ([]Output, error) {
	format := fir.ISO2011
	if c.Edition == 2005 {
		format = fir.ISO2005
	}
	r := &fir.Record{Format: format, Level: 31}
	var notes []string
	for _, m := range src.images {
		if m.Kind != "finger" && m.Kind != "palm" && m.Kind != "picture" {
			notes = append(notes, fmt.Sprintf("image %s shows no friction ridges and was left out", m.Name))
			continue
		}
		img, n, err := recordImage(m, c, format)
		if err != nil {
			return nil, err
		}
		r.Images, notes = append(r.Images, img), append(notes, n...)
	}
	if len(r.Images) == 0 {
		return nil, fmt.Errorf("%w: no image of a finger or palm in this %s", ErrConvert, src.file.Title)
	}
	slices.SortStableFunc(r.Images, func(a, b fir.Image) int { return int(a.Position) - int(b.Position) })
	seen := map[uint8]uint8{}
	for i := range r.Images {
		m := &r.Images[i]
		if seen[m.Position]++; format == fir.ISO2005 {
			m.Number = seen[m.Position]
		} else {
			m.Number = uint8(i)
		}
	}
	b, err := r.Marshal()
	return []Output{{Data: b, Notes: notes}}, err
}

func recordImage(m *content.Image, c Conversion, format fir.Format) (fir.Image, []string, error) {
	p, err := m.Decode()
	if err != nil {
		return fir.Image{}, nil, err
	}
	ppi := p.PPI
	if ppi == 0 {
		if ppi = c.PPI; ppi == 0 {
			ppi = DefaultPPI
			p.Notes = append(p.Notes, fmt.Sprintf("image %s states no resolution: %d ppi assumed", m.Name, DefaultPPI))
		}
	}
	if ppi > 0xffff || ppi < 1 {
		return fir.Image{}, nil, fmt.Errorf("image %s: %v ppi has no place in a record", m.Name, ppi)
	}
	b, dots := p.Gray.Bounds(), uint16(ppi+0.5)
	if b.Dx() > 0xffff || b.Dy() > 0xffff {
		return fir.Image{}, nil, fmt.Errorf("image %s: %d x %d pixels have no place in a record", m.Name, b.Dx(), b.Dy())
	}
	out := fir.Image{Position: uint8(c.Position), Scale: fir.PerInch, ScanX: dots, ScanY: dots, ResX: dots, ResY: dots, Depth: 8,
		Width: uint16(b.Dx()), Height: uint16(b.Dy()), Capture: sc37.Capture{Time: sc37.NoDateTime}, Edition: format, Data: m.Data}
	if len(m.Positions) == 1 && m.Positions[0] >= 0 && m.Positions[0] <= 0xff {
		out.Position = uint8(m.Positions[0])
	}
	if m.Quality != nil {
		out.Capture.Qualities = []sc37.Quality{{Score: uint8(*m.Quality)}}
	}
	codec := out.Codec()
	switch {
	case !asItIs(m, codec):
		codec, out.Data = fir.Raw, fromGray(p.Gray, ppi).Pix
	case codec == fir.WSQ: // comments may say who the person is; the record says what is needed
		out.Data = ansinist.WithoutComments(m.Data)
	}
	out.Compression, _ = format.CodeOf(codec)
	return out, p.Notes, nil
}

// asItIs says whether an image goes into a record without being decoded: it is gray, and in a codec with a code there.
func asItIs(m *content.Image, codec fir.Codec) bool {
	return m.Ext() != "raw" && (codec == fir.WSQ || codec == fir.PNG && grayPNG(m.Data))
}

// grayPNG reports whether a PNG is 8-bit gray (IHDR: depth at byte 24, colour type at 25), as a record states it.
func grayPNG(b []byte) bool { return len(b) > 26 && b[24] == 8 && b[25] == 0 }

// toCBEFF writes one finger image record for each finger, in an XML document as MOSIP has it.
func toCBEFF(src source, c Conversion) ([]Output, error) {
	doc := cbeff.BIR{}
	var notes []string
	for _, m := range src.fingers() {
		one := source{file: src.file, images: []*content.Image{m}}
		out, err := toFIR(one, c)
		if err != nil {
			return nil, err
		}
		notes = append(notes, out[0].Notes...)
		position := positionOf(m)
		if position == finger.Unknown {
			position = c.Position
		}
		info := &cbeff.BDBInfo{Format: &cbeff.RegistryID{Organization: "Mosip", Type: "7"}, Types: []string{"Finger"},
			Subtypes: cbeff.Subtypes(uint8(position)), Level: "Raw"}
		if m.Quality != nil && *m.Quality <= 100 {
			info.Quality = &cbeff.Quality{Algorithm: cbeff.RegistryID{Organization: "unknown", Type: "unknown"}, Score: uint8(*m.Quality)}
		}
		doc.Children = append(doc.Children, cbeff.BIR{Version: &cbeff.Version{Major: 1, Minor: 1}, CBEFFVersion: &cbeff.Version{Major: 1, Minor: 1},
			BDBInfo: info, BDB: out[0].Data})
	}
	if len(doc.Children) == 0 {
		return nil, fmt.Errorf("%w: no image of a single finger in this %s", ErrConvert, src.file.Title)
	}
	b, err := doc.Marshal()
	return []Output{{Data: b, Notes: notes}}, err
}
