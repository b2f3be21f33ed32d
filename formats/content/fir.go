package content

import (
	"fmt"
	"image"

	"convenio/formats/fir"
	"convenio/formats/picture"
	"convenio/formats/sc37"
)

func openFIR(data []byte, _ int) (*File, error) {
	r, err := fir.Parse(data)
	if err != nil {
		return nil, err
	}
	f := &File{Title: "finger image record, " + r.Format.String(), Oddities: oddities(r.Oddities)}
	head := Record{Name: "header", Fields: []Field{field("format", "%v", r.Format), field("version", "%q", r.Version[:]),
		field("fingers or palms", "%d", r.Fingers), field("images", "%d", len(r.Images))}}
	if r.Product != (fir.Product{}) {
		head.Fields = append(head.Fields, field("CBEFF product identifier", "%#04x %#04x", r.Product.Owner, r.Product.Type))
	}
	if r.Format != fir.ISO2011 {
		head.Fields = append(head.Fields, field("capture device", "%#04x", r.Device), field("image acquisition level", "%d", r.Level))
	}
	f.addRecord(head)
	if len(r.Images) > MaxListed {
		f.Notes = append(f.Notes, tooMany("images"))
		r.Images = r.Images[:MaxListed]
	}
	for i := range r.Images {
		m := &r.Images[i]
		f.addRecord(fingerRecord(m, i))
		f.addImage(fingerImage(m, i))
	}
	return f, nil
}

func fingerRecord(m *fir.Image, i int) Record {
	x, y := m.PPI()
	unit := "inch"
	if m.Scale == fir.PerCm {
		unit = "cm"
	}
	rec := Record{Name: fmt.Sprintf("image %d: %s", i+1, sc37.PositionName(m.Position)), Offset: m.Offset, Fields: []Field{
		field("position", "%d, %s", m.Position, sc37.PositionName(m.Position)),
		field("view number", "%d", m.Number),
		field("impression type", "%d, %s", m.Impression, sc37.ImpressionName(m.Impression)),
		field("image size", "%d x %d pixels of %d bits", m.Width, m.Height, m.Depth),
		field("scan resolution", "%d x %d pixels per %s", m.ScanX, m.ScanY, unit),
		field("image resolution", "%d x %d pixels per %s (%v x %v ppi)", m.ResX, m.ResY, unit, x, y),
		field("compression", "code %d, %v", m.Compression, m.Codec()),
		field("image data", "%d bytes at byte %d", len(m.Data), m.Offset)}}
	rec.Fields = append(rec.Fields, captureFields(m.Capture)...)
	for k, a := range m.Extended {
		if k == maxShown {
			rec.Fields = append(rec.Fields, field("further areas", "%d", len(m.Extended)-k))
			break
		}
		rec.Fields = append(rec.Fields, field(a.Name(), "type %#04x, %d bytes", a.Type, len(a.Data)))
	}
	return rec
}

func fingerImage(m *fir.Image, i int) Image {
	x, y := m.PPI()
	out := Image{Name: fmt.Sprintf("%d-%s", i+1, slug(sc37.PositionName(m.Position))), Kind: kindOfPosition(m.Position), Positions: []int{int(m.Position)},
		Impression: sc37.ImpressionName(m.Impression), Width: int(m.Width), Height: int(m.Height), PPIX: x, PPIY: y, Codec: m.Codec().String(),
		Offset: m.Offset, Size: len(m.Data), Data: m.Data}
	if q, ok := m.Quality(); ok {
		out.Quality = intp(int(q))
	}
	if c := m.Codec(); c == fir.Raw || c == fir.Packed {
		out.unpack = func() (picture.Picture, error) {
			pix, err := m.Gray()
			return grayPicture(pix, int(m.Width), int(m.Height), err)
		}
	}
	return out
}

// grayPicture wraps unpacked pixels, within the limits that hold for every picture.
func grayPicture(pix []uint8, w, h int, err error) (picture.Picture, error) {
	if err != nil {
		return picture.Picture{}, err
	}
	if l := picture.DefaultLimits; w <= 0 || h <= 0 || w > l.MaxSide || h > l.MaxSide || w*h > l.MaxPixels {
		return picture.Picture{}, fmt.Errorf("%w: %d x %d pixels", picture.ErrTooLarge, w, h)
	}
	return picture.Picture{Gray: &image.Gray{Pix: pix, Stride: w, Rect: image.Rect(0, 0, w, h)}, Format: "raw"}, nil
}

func kindOfPosition(p uint8) string {
	if p >= 20 && p <= 36 {
		return "palm"
	}
	return "finger"
}
