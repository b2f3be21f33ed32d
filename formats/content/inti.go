package content

import (
	"fmt"

	"convenio/formats/ansinist"
	"convenio/formats/inti"
	"convenio/formats/picture"
	"convenio/formats/sc37"
)

func openINTI(data []byte, _ int) (*File, error) {
	m, err := inti.Read(data, inti.Limits{})
	if err != nil {
		return nil, err
	}
	leaves, err := inti.List(data, inti.Limits{})
	if err != nil {
		return nil, err
	}
	f := &File{Title: fmt.Sprintf("INT-I message in XML, %s", m.Kind)}
	for _, o := range m.Oddities {
		f.Oddities = append(f.Oddities, o.String())
	}
	for _, r := range m.Records {
		rec := Record{Name: fmt.Sprintf("record %d: Type-%d, %s", r.Number, r.Type, r.Name), Offset: int(r.Offset)}
		for _, l := range leaves {
			if l.Record == r.Number {
				rec.Fields = append(rec.Fields, leafField(l))
			}
		}
		f.addRecord(rec)
	}
	for i := range m.Fingers {
		x := &m.Fingers[i]
		out := intiImage(&x.Image, "finger", x.Positions)
		if x.Impression >= 0 && x.Impression <= 0xff {
			out.Impression = sc37.ImpressionName(uint8(x.Impression))
		}
		f.addImage(out)
	}
	for i := range m.Faces {
		f.addImage(intiImage(&m.Faces[i].Image, "face", nil))
	}
	return f, nil
}

// leafField splits a field's "1.005 DAT" and shows an image by its length.
func leafField(l inti.Leaf) Field {
	out := Field{Name: l.Path, Value: value(l.Value)}
	if l.Value == "" && l.Bytes > MaxValue {
		out.Value = fmt.Sprintf("%d characters", l.Bytes)
	}
	_, _ = fmt.Sscanf(l.Field, "%s %s", &out.Number, &out.Mnemonic)
	return out
}

func intiImage(m *inti.Image, kind string, positions []int) Image {
	ppi := m.PPI()
	what := kind
	if len(positions) == 1 {
		what = positionName(positions[0])
	}
	out := Image{Name: fmt.Sprintf("%d-%s", m.Record, slug(what)), Kind: kind, Positions: positions, Width: m.Width, Height: m.Height,
		PPIX: ppi, PPIY: ppi, Codec: m.Compression, Size: len(m.Data), Data: m.Data}
	switch c := codecOf(m.Data); {
	case c != nil:
		out.Codec = c.name
	case m.Compression == "NONE":
		out.Codec = "uncompressed"
		img := ansinist.Image{Width: m.Width, Height: m.Height, BitsPerPixel: m.BitsPerPixel, Data: m.Data}
		out.unpack = func() (picture.Picture, error) { return rawPicture(img) }
	}
	return out
}
