package content

import (
	"fmt"

	"convenio/formats/iir"
	"convenio/formats/picture"
)

func openIIR(data []byte, _ int) (*File, error) {
	r, err := iir.Parse(data)
	if err != nil {
		return nil, err
	}
	f := &File{Title: "iris image record, " + r.Format.String(), Oddities: oddities(r.Oddities)}
	head := Record{Name: "header", Fields: []Field{field("format", "%v", r.Format), field("version", "%q", r.Version[:]),
		field("eyes", "%d", r.Eyes), field("images", "%d", len(r.Images))}}
	if r.Format != iir.ISO2011 {
		head.Fields = append(head.Fields, field("capture device", "%#04x", r.Device), field("iris diameter", "%d pixels", r.Diameter))
	}
	if r.Format == iir.IREX2008 {
		head.Fields = append(head.Fields, field("kind of imagery", "%#02x", r.Kind))
	}
	f.addRecord(head)
	if len(r.Images) > MaxListed {
		f.Notes = append(f.Notes, tooMany("images"))
		r.Images = r.Images[:MaxListed]
	}
	for i := range r.Images {
		m := &r.Images[i]
		rec := Record{Name: fmt.Sprintf("image %d: %s", i+1, m.EyeName()), Offset: m.Offset, Fields: []Field{
			field("eye", "%d, %s", m.Eye, m.EyeName()), field("number", "%d", m.Number)}}
		if r.Format == iir.ISO2011 {
			rec.Fields = append(rec.Fields, field("image type", "%d, %s", m.Type, m.TypeName()))
		}
		rec.Fields = append(rec.Fields, field("image size", "%d x %d pixels of %d bits", m.Width, m.Height, m.Depth),
			field("image format", "code %d, %v", m.Code, m.Codec()), field("image data", "%d bytes at byte %d", len(m.Data), m.Offset))
		rec.Fields = append(rec.Fields, captureFields(m.Capture)...)
		f.addRecord(rec)
		f.addImage(irisImage(m, i))
	}
	return f, nil
}

func irisImage(m *iir.Image, i int) Image {
	out := Image{Name: fmt.Sprintf("%d-%s", i+1, slug(m.EyeName())), Kind: "iris", Width: int(m.Width), Height: int(m.Height),
		Codec: m.Codec().String(), Offset: m.Offset, Size: len(m.Data), Data: m.Data}
	if q, ok := m.Quality(); ok {
		out.Quality = intp(int(q))
	}
	if m.Codec() == iir.Raw {
		out.unpack = func() (picture.Picture, error) {
			pix, err := m.Gray()
			return grayPicture(pix, int(m.Width), int(m.Height), err)
		}
	}
	return out
}
