package content

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"convenio/formats/fmr"
	"convenio/formats/picture"
)

// File is what a file holds.
type File struct {
	Kind      string     `json:"kind"`  // the format's short name: "fmr", "png"
	Title     string     `json:"title"` // the format's name, with standard and year
	Bytes     int        `json:"bytes"`
	Records   []Record   `json:"records,omitempty"`
	Images    []Image    `json:"images,omitempty"`
	Templates []Template `json:"templates,omitempty"`
	Oddities  []string   `json:"oddities,omitempty"` // what the format forbids and was passed over, with its place
	Notes     []string   `json:"notes,omitempty"`    // what else is worth knowing
}

// Record is one record of a file, or a part that its format calls otherwise.
type Record struct {
	Name   string  `json:"name"`
	Offset int     `json:"offset"` // byte of the file, or of the block that holds it
	Fields []Field `json:"fields,omitempty"`
}

// Field is one field. Mnemonic and number are empty where the format has none.
type Field struct {
	Number   string `json:"number,omitempty"`   // "14.009"
	Mnemonic string `json:"mnemonic,omitempty"` // "BPX"
	Name     string `json:"name"`
	Value    string `json:"value"` // as text, cut to MaxValue characters
}

// MaxListed is how many records, images and templates each a File shows; Notes say so where there are more. MaxFields is
// how many fields of a record.
const (
	MaxListed = 2000
	MaxFields = 2000
)

// room says whether a list has place for one more, and notes once where it has none.
func (f *File) room(n int, what string) bool {
	if n < MaxListed {
		return true
	}
	if n == MaxListed && !slices.Contains(f.Notes, tooMany(what)) {
		f.Notes = append(f.Notes, tooMany(what))
	}
	return false
}

func tooMany(what string) string {
	return fmt.Sprintf("more than %d %s: the rest is not shown", MaxListed, what)
}

func (f *File) addRecord(r Record) {
	if f.room(len(f.Records), "records") {
		if len(r.Fields) > MaxFields {
			r.Fields = append(r.Fields[:MaxFields:MaxFields], Field{Name: "further fields", Value: fmt.Sprintf("%d, not shown", len(r.Fields)-MaxFields)})
		}
		f.Records = append(f.Records, r)
	}
}

func (f *File) addImage(m Image) {
	if f.room(len(f.Images), "images") {
		f.Images = append(f.Images, m)
	}
}

func (f *File) addTemplate(t Template) {
	if f.room(len(f.Templates), "templates") {
		f.Templates = append(f.Templates, t)
	}
}

// MaxValue is how many characters of a field's value are shown.
const MaxValue = 120

// Image is an image in a file.
type Image struct {
	Name       string  `json:"name"`                // unique in the file and fit for a file name: "2-right-index"
	Kind       string  `json:"image_of"`            // "finger", "palm", "iris", "face", "other", "picture"
	Positions  []int   `json:"positions,omitempty"` // friction ridge positions (ANSI/NIST-ITL Table 8)
	Impression string  `json:"impression,omitempty"`
	Width      int     `json:"width"` // pixels, as stated; 0 where they are not
	Height     int     `json:"height"`
	PPIX       float64 `json:"ppi_x,omitempty"` // pixels per inch, as stated; 0 where they are not
	PPIY       float64 `json:"ppi_y,omitempty"`
	Codec      string  `json:"compression"` // "WSQ", "PNG", "uncompressed", ...
	Quality    *int    `json:"quality,omitempty"`
	Offset     int     `json:"offset"` // of Data in the file
	Size       int     `json:"bytes"`
	Data       []byte  `json:"-"` // as it lies in the file

	unpack func() (picture.Picture, error)
}

// Ext is the usual extension of a file with the image as it is, without a dot.
func (m *Image) Ext() string {
	if c := codecOf(m.Data); c != nil && m.unpack == nil {
		return c.ext
	}
	return "raw"
}

// ErrNoDecoder says that no codec of the table reads an image.
var ErrNoDecoder = errors.New("no decoder for this image")

// Decode returns the image in 8-bit gray. The resolution is the record's, else that of the image's own header; Notes say
// what was assumed or changed.
func (m *Image) Decode() (picture.Picture, error) {
	var p picture.Picture
	var err error
	switch c := codecOf(m.Data); {
	case m.unpack != nil:
		p, err = m.unpack()
	case c != nil:
		p, err = c.decode(m.Data)
	default:
		err = fmt.Errorf("%w: stated as %s, begins with % x", ErrNoDecoder, m.Codec, m.Data[:min(len(m.Data), 4)])
	}
	if err != nil {
		return picture.Picture{}, fmt.Errorf("decode image %s: %w", m.Name, err)
	}
	if m.PPIX > 0 {
		if p.PPI != 0 && p.PPI != m.PPIX {
			p.Notes = append(p.Notes, fmt.Sprintf("the record states %v ppi, the image's own header %v; the record is believed", m.PPIX, p.PPI))
		}
		p.PPI = m.PPIX
	}
	if b := p.Gray.Bounds(); m.Width > 0 && (b.Dx() != m.Width || b.Dy() != m.Height) {
		p.Notes = append(p.Notes, fmt.Sprintf("the record states %d x %d pixels, the image has %d x %d", m.Width, m.Height, b.Dx(), b.Dy()))
	}
	return p, nil
}

// Template is a finger's minutiae as a record, converted to ISO/IEC 19794-2:2011 where they came otherwise.
type Template struct {
	Name     string  `json:"name"`
	Position uint8   `json:"position"`
	Minutiae int     `json:"minutiae"`
	Quality  *int    `json:"quality,omitempty"`
	Width    int     `json:"width"`
	Height   int     `json:"height"`
	PPI      int     `json:"ppi"`
	Points   []Point `json:"points,omitempty"` // as the record has them

	View fmr.View `json:"-"` // angles in ISO's steps
}

// Point is a minutia: pixels from the left and top edge, degrees counter-clockwise from the right.
type Point struct {
	X       int     `json:"x"`
	Y       int     `json:"y"`
	Kind    string  `json:"kind"` // "ending", "bifurcation", "other"
	Degrees float64 `json:"degrees"`
	Quality int     `json:"quality"` // 1 to 100; 0, 254 and 255 say that it is not known
}

func point(m fmr.Minutia, degrees float64) Point {
	kind := "other"
	switch m.Kind {
	case fmr.KindEnding:
		kind = "ending"
	case fmr.KindBifurcation:
		kind = "bifurcation"
	}
	return Point{X: int(m.X), Y: int(m.Y), Kind: kind, Degrees: math.Round(degrees*10) / 10, Quality: int(m.Quality)}
}

func intp(n int) *int { return &n }

func value(s string) string {
	r := []rune(s)
	if len(r) > MaxValue {
		return string(r[:MaxValue]) + fmt.Sprintf("... (%d characters)", len(r))
	}
	return s
}

func field(name, format string, a ...any) Field {
	return Field{Name: name, Value: value(fmt.Sprintf(format, a...))}
}
