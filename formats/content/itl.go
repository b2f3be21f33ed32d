package content

import (
	"errors"
	"fmt"
	"image"
	"math"
	"strings"

	"convenio/formats/ansinist"
	"convenio/formats/fmr"
	"convenio/formats/picture"
	"convenio/formats/sc37"
)

func openITL(data []byte, _ int) (*File, error) {
	t, err := ansinist.Read(data, ansinist.Limits{})
	if err != nil && t == nil {
		return nil, err
	}
	f := &File{Title: "ANSI/NIST-ITL transaction, traditional encoding"}
	if err != nil { // what was read before is shown
		f.Oddities = append(f.Oddities, "the file cannot be read to its end: "+err.Error())
	}
	for _, o := range t.Oddities {
		f.Oddities = append(f.Oddities, o.String())
	}
	if h, err := t.Header(); err == nil {
		f.Title += fmt.Sprintf(", version %s, %d records", h.Version, len(t.Records))
	}
	if len(t.Records) > MaxListed {
		f.Notes = append(f.Notes, tooMany("records"))
		t.Records = t.Records[:MaxListed]
	}
	for _, r := range t.Records {
		f.addRecord(itlRecord(t, r))
		if img, ok := t.Image(r); ok {
			whole := itlImage(r, img)
			f.addImage(whole)
			f.segments(r, whole)
		}
		if tmpl, ok := itlTemplate(r); ok {
			f.addTemplate(tmpl)
		}
	}
	return f, nil
}

func itlRecord(t *ansinist.Transaction, r *ansinist.Record) Record {
	rec := Record{Name: fmt.Sprintf("record %d: Type-%d, %s", r.Number, r.Type, ansinist.RecordName(r.Type)), Offset: r.Offset}
	fields := r.Fields()
	for i, d := range fields {
		if i == MaxFields {
			rec.Fields = append(rec.Fields, field("further fields", "%d, not shown", len(fields)-i))
			break
		}
		name, _ := ansinist.Describe(r.Type, d.Number)
		out := Field{Number: fmt.Sprintf("%d.%03d", r.Type, d.Number), Mnemonic: name.Mnemonic, Name: name.Name}
		if r.IsData(d.Number) {
			out.Value = fmt.Sprintf("%d bytes", len(d.Value))
		} else {
			text, _ := t.Text(d.Value[:min(len(d.Value), 8*MaxValue)])
			out.Value = value(separated(text))
		}
		rec.Fields = append(rec.Fields, out)
	}
	return rec
}

// separated shows the information separators as signs that people use between items.
var separators = strings.NewReplacer("\x1f", " / ", "\x1e", " ; ", "\x1d", " | ", "\x1c", " # ")

func separated(s string) string { return separators.Replace(s) }

func itlImage(r *ansinist.Record, img ansinist.Image) Image {
	out := Image{Kind: img.Kind, Positions: img.Positions, Width: img.Width, Height: img.Height, PPIX: img.PPIX, PPIY: img.PPIY,
		Codec: itlCodec(img), Offset: img.Offset, Size: len(img.Data), Data: img.Data}
	what := img.Kind
	if img.Kind == "friction ridge" {
		out.Kind = "finger"
		if r.Type == 15 || len(img.Positions) > 0 && img.Positions[0] >= 20 && img.Positions[0] <= 86 {
			out.Kind = "palm"
		}
		if r.Type == 19 {
			out.Kind = "other"
		}
		if what = out.Kind; len(img.Positions) == 1 {
			what = positionName(img.Positions[0])
		}
		itlRidges(r, &out)
	}
	out.Name = fmt.Sprintf("%d-%s", r.Number, slug(what))
	if img.Found.Format == ansinist.FormatUnknown && img.Compression == "NONE" {
		out.unpack = func() (picture.Picture, error) { return rawPicture(img) }
	}
	return out
}

// itlPositions are friction ridge positions that ANSI/NIST-ITL 1-2011 (Table 8) has beyond ISO's.
var itlPositions = map[int]string{16: "right extra digit", 17: "left extra digit", 18: "unknown friction ridge", 19: "EJI or tip",
	37: "right grasp", 38: "left grasp", 60: "unknown sole", 61: "sole right foot", 62: "sole left foot", 63: "unknown toe"}

func positionName(p int) string {
	if s, ok := itlPositions[p]; ok {
		return s
	}
	if p >= 0 && p <= 0xff && sc37.PositionKnown(uint8(p)) {
		return sc37.PositionName(uint8(p))
	}
	return fmt.Sprintf("position %d", p)
}

// segments adds the single fingers that a record says lie within its image of several (14.021), each cut out on demand.
func (f *File) segments(r *ansinist.Record, whole Image) {
	if r.Type != 14 {
		return
	}
	fr, err := r.FrictionRidge()
	if err != nil {
		return
	}
	for _, s := range fr.Segments {
		at := image.Rect(s.Left, s.Top, s.Right, s.Bottom)
		if s.Position < 1 || s.Position > 10 || s.Left >= s.Right || s.Top >= s.Bottom || !at.In(image.Rect(0, 0, whole.Width, whole.Height)) {
			f.Oddities = append(f.Oddities, fmt.Sprintf("record %d (Type-14), field 14.021: the segment of position %d is no rectangle of the image", r.Number, s.Position))
			continue
		}
		part := whole
		part.Name = fmt.Sprintf("%d-segment-%s", r.Number, slug(positionName(s.Position)))
		part.Positions, part.Width, part.Height = []int{s.Position}, at.Dx(), at.Dy()
		part.Codec, part.Quality, part.Data, part.Size = "segment of "+whole.Codec, nil, nil, 0
		part.unpack = func() (picture.Picture, error) {
			p, err := whole.Decode()
			if err != nil {
				return p, err
			}
			if !at.In(p.Gray.Bounds()) {
				return p, errors.New("the segment lies outside the image")
			}
			return cut(p, at), nil
		}
		f.addImage(part)
	}
}

// cut takes a rectangle out of a picture.
func cut(p picture.Picture, at image.Rectangle) picture.Picture {
	g := image.NewGray(image.Rect(0, 0, at.Dx(), at.Dy()))
	for y := range at.Dy() {
		row := p.Gray.Pix[p.Gray.PixOffset(at.Min.X, at.Min.Y+y):]
		copy(g.Pix[y*g.Stride:], row[:at.Dx()])
	}
	p.Gray = g
	return p
}

// itlCodec says what the image is, by its own first bytes where they say it.
func itlCodec(img ansinist.Image) string {
	if c := codecOf(img.Data); c != nil {
		return c.name
	}
	if img.Compression == "NONE" {
		return "uncompressed"
	}
	return img.Compression
}

// itlRidges adds impression and quality.
func itlRidges(r *ansinist.Record, out *Image) {
	if r.Binary() {
		if fi, err := r.FixedImage(); err == nil && fi.Impression >= 0 && fi.Impression <= 0xff {
			out.Impression = sc37.ImpressionName(uint8(fi.Impression))
		}
		return
	}
	fr, err := r.FrictionRidge()
	if err != nil {
		return
	}
	if fr.Impression >= 0 && fr.Impression <= 0xff {
		out.Impression = sc37.ImpressionName(uint8(fr.Impression))
	}
	for _, q := range fr.Quality {
		if q.Score >= 0 && q.Score <= 100 {
			out.Quality = intp(q.Score)
			break
		}
	}
}

// rawPicture reads uncompressed pixels: 8-bit gray, or 24-bit colour, which becomes luma (ITU-R BT.601).
func rawPicture(img ansinist.Image) (picture.Picture, error) {
	w, h := img.Width, img.Height
	l := picture.DefaultLimits
	if w <= 0 || h <= 0 || w > l.MaxSide || h > l.MaxSide || w*h > l.MaxPixels {
		return picture.Picture{}, fmt.Errorf("%w: %d x %d pixels", picture.ErrTooLarge, w, h)
	}
	switch {
	case len(img.Data) >= 3*w*h && (img.BitsPerPixel == 24 || img.ColorSpace != "" && img.ColorSpace != "GRAY"):
		g := image.NewGray(image.Rect(0, 0, w, h))
		for i := range g.Pix {
			r, gr, b := int(img.Data[3*i]), int(img.Data[3*i+1]), int(img.Data[3*i+2])
			g.Pix[i] = uint8((299*r + 587*gr + 114*b + 500) / 1000)
		}
		return picture.Picture{Gray: g, Format: "raw", Notes: []string{"colour was turned to gray by luma"}}, nil
	case len(img.Data) >= w*h && (img.BitsPerPixel == 8 || img.BitsPerPixel == 0):
		return grayPicture(img.Data[:w*h:w*h], w, h, nil)
	case img.BitsPerPixel != 8 && img.BitsPerPixel != 0 && img.BitsPerPixel != 24:
		return picture.Picture{}, fmt.Errorf("%w: %d bits a pixel without compression", ErrNoDecoder, img.BitsPerPixel)
	}
	return picture.Picture{}, errors.New("fewer bytes than the stated size needs")
}

// itlTemplate makes a template of a Type-9 record's M1 block (INCITS 378 as fields).
func itlTemplate(r *ansinist.Record) (Template, bool) {
	if r.Type != 9 {
		return Template{}, false
	}
	m, err := r.Minutiae()
	if err != nil || m.M1 == nil || m.M1.Width <= 0 || m.M1.Height <= 0 || m.M1.Width > 0x3fff || m.M1.Height > 0x3fff || m.M1.ScaleX <= 0 || m.M1.ScaleX > 5000 {
		return Template{}, false
	}
	perCm := func(scale int) uint16 {
		if m.M1.ScaleUnits == 2 {
			return uint16(scale)
		}
		return uint16(math.Round(float64(scale) / 2.54))
	}
	v := fmr.View{Width: uint16(m.M1.Width), Height: uint16(m.M1.Height), XPerCm: perCm(m.M1.ScaleX), YPerCm: perCm(min(max(m.M1.ScaleY, 0), 5000)),
		Capture: sc37.Capture{Time: sc37.NoDateTime}}
	if m.M1.Position >= 0 && m.M1.Position <= 10 {
		v.Position = uint8(m.M1.Position)
	}
	for _, q := range m.M1.Quality {
		if q.Score >= 0 && q.Score <= 100 {
			v.Capture.Qualities = append(v.Capture.Qualities, sc37.Quality{Score: uint8(q.Score)})
		}
	}
	var points []Point
	for _, p := range m.M1.Minutiae {
		if len(v.Minutiae) == 255 || p.X < 0 || p.X >= m.M1.Width || p.Y < 0 || p.Y >= m.M1.Height {
			continue
		}
		n := fmr.Minutia{X: uint16(p.X), Y: uint16(p.Y), Angle: uint8(int(math.Round(float64(p.Angle)*256/360)) & 0xff), Quality: 254}
		if p.Type == 1 || p.Type == 2 {
			n.Kind = uint8(p.Type)
		}
		if p.Quality >= 0 && p.Quality <= 100 {
			n.Quality = uint8(p.Quality)
		}
		v.Minutiae = append(v.Minutiae, n)
		points = append(points, point(n, float64(p.Angle)))
	}
	t, ok := templateOf(v, 0)
	t.Points = points
	t.Name = fmt.Sprintf("%d-minutiae", r.Number)
	return t, ok
}
