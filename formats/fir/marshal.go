package fir

import (
	"encoding/binary"
	"fmt"

	"convenio/formats/sc37"
)

// Marshal writes the record in its ISO layout. It is strict: what the standard forbids is refused with sc37.ErrWrite,
// naming image and field. A record of ANSI 381 is written after Format is set to an ISO one.
func (r *Record) Marshal() ([]byte, error) {
	var b []byte
	var err error
	v := standardVersion(r.Format)
	b = append(append(b, magic...), v[:]...)
	switch r.Format {
	case ISO2005:
		b, err = r.marshal2005(b)
	case ISO2011:
		b, err = r.marshal2011(b)
	default:
		err = fmt.Errorf("%w: %v is read only; set Format to an ISO layout", sc37.ErrWrite, r.Format)
	}
	if err != nil {
		return nil, fmt.Errorf("marshal finger image record: %w", err)
	}
	return b, nil
}

func bad(image int, field, format string, a ...any) error {
	return fmt.Errorf("%w: image %d, %s: %s", sc37.ErrWrite, image+1, field, fmt.Sprintf(format, a...))
}

func (r *Record) marshal2005(b []byte) ([]byte, error) {
	if len(r.Images) == 0 {
		return nil, fmt.Errorf("%w: no images", sc37.ErrWrite)
	}
	views, fingers := map[uint8]int{}, 0
	for i := range r.Images {
		if views[r.Images[i].Position]++; views[r.Images[i].Position] == 1 {
			fingers++
		} else if r.Images[i-1].Position != r.Images[i].Position {
			return nil, bad(i, "position", "images of one position lie together in a record of 2005")
		}
	}
	be, first := binary.BigEndian, &r.Images[0]
	b = append(b, 0, 0, 0, 0, 0, 0)
	b = be.AppendUint16(b, r.Device)
	b = be.AppendUint16(b, r.Level)
	b = append(b, uint8(fingers), first.Scale)
	for _, n := range []uint16{first.ScanX, first.ScanY, first.ResX, first.ResY} {
		b = be.AppendUint16(b, n)
	}
	b = append(b, first.Depth, first.Compression, 0, 0)
	for i := range r.Images {
		m := &r.Images[i]
		if m.Scale != first.Scale || m.ScanX != first.ScanX || m.ScanY != first.ScanY || m.ResX != first.ResX || m.ResY != first.ResY ||
			m.Depth != first.Depth || m.Compression != first.Compression {
			return nil, bad(i, "resolution, depth or compression", "differs from the first image's; a record of 2005 has one for all")
		}
		if err := r.check(i); err != nil {
			return nil, err
		}
		if len(m.Data) > 0xffffffff-viewHeader || views[m.Position] > 255 {
			return nil, bad(i, "length", "%d bytes, %d views", len(m.Data), views[m.Position])
		}
		quality, _ := m.Quality()
		b = be.AppendUint32(b, uint32(viewHeader+len(m.Data)))
		b = append(b, m.Position, uint8(views[m.Position]), m.Number, quality, m.Impression)
		b = be.AppendUint16(b, m.Width)
		b = be.AppendUint16(b, m.Height)
		b = append(append(b, 0), m.Data...)
	}
	be.PutUint16(b[8:], uint16(uint64(len(b))>>32))
	be.PutUint32(b[10:], uint32(len(b)))
	return b, nil
}

func (r *Record) marshal2011(b []byte) ([]byte, error) {
	if len(r.Images) == 0 || len(r.Images) > 0xffff {
		return nil, fmt.Errorf("%w: %d images, 1 to 65535 are possible", sc37.ErrWrite, len(r.Images))
	}
	positions := map[uint8]bool{}
	for i := range r.Images {
		positions[r.Images[i].Position] = true
	}
	be := binary.BigEndian
	b = append(b, 0, 0, 0, 0)
	b = be.AppendUint16(b, uint16(len(r.Images)))
	b = append(b, 0, uint8(len(positions)))
	if r.Certified {
		b[14] = 1
	}
	for i := range r.Images {
		var err error
		if b, err = r.image2011(b, i); err != nil {
			return nil, err
		}
	}
	if uint64(len(b)) > 0xffffffff {
		return nil, fmt.Errorf("%w: %d bytes, at most 4 GiB", sc37.ErrWrite, len(b))
	}
	be.PutUint32(b[8:], uint32(len(b)))
	return b, nil
}

func (r *Record) image2011(b []byte, i int) ([]byte, error) {
	if err := r.check(i); err != nil {
		return nil, err
	}
	be, m, start := binary.BigEndian, &r.Images[i], len(b)
	b = append(b, 0, 0, 0, 0)
	b, err := m.Capture.Append(b, r.Certified)
	if err != nil {
		return nil, fmt.Errorf("image %d: %w", i+1, err)
	}
	b = append(b, m.Position, m.Number, m.Scale)
	for _, n := range []uint16{m.ScanX, m.ScanY, m.ResX, m.ResY} {
		b = be.AppendUint16(b, n)
	}
	b = append(b, m.Depth, m.Compression, m.Impression)
	b = be.AppendUint16(b, m.Width)
	b = be.AppendUint16(b, m.Height)
	b = be.AppendUint32(b, uint32(len(m.Data)))
	b = append(b, m.Data...)
	for _, a := range m.Extended {
		if b, err = sc37.AppendArea(b, a.Type, a.Data, m.LengthRule); err != nil {
			return nil, fmt.Errorf("image %d: %w", i+1, err)
		}
	}
	if uint64(len(b)-start) > 0xffffffff {
		return nil, bad(i, "length", "over 4 GiB")
	}
	be.PutUint32(b[start:], uint32(len(b)-start))
	return b, nil
}

func (r *Record) check(i int) error {
	m := r.Images[i]
	m.Edition = r.Format // the code is written in this record's edition
	switch {
	case !sc37.PositionKnown(m.Position):
		return bad(i, "position", "%d is not in the table", m.Position)
	case !sc37.ImpressionKnown(m.Impression):
		return bad(i, "impression type", "%d is not in the table", m.Impression)
	case m.Width == 0 || m.Height == 0:
		return bad(i, "image size", "%d x %d", m.Width, m.Height)
	case m.Scale != PerInch && m.Scale != PerCm:
		return bad(i, "scale units", "%d, 1 (inch) or 2 (centimetre)", m.Scale)
	case m.ResX == 0 || m.ResY == 0:
		return bad(i, "image resolution", "%d x %d", m.ResX, m.ResY)
	case m.Depth < 1 || m.Depth > 16:
		return bad(i, "pixel depth", "%d bits, 1 to 16", m.Depth)
	case m.Stated() == UnknownCodec:
		return bad(i, "compression", "code %d is not in the table", m.Compression)
	case m.Codec() != m.Stated():
		return bad(i, "compression", "states %v, the image is %v", m.Stated(), m.Codec())
	case m.Stated() == Raw && len(m.Data) != m.rawBytes():
		return bad(i, "image data", "%d bytes, the size needs %d", len(m.Data), m.rawBytes())
	}
	return nil
}

// CodeOf returns the compression code of a codec in this edition; ok is false where it has none.
func (f Format) CodeOf(c Codec) (code uint8, ok bool) {
	switch {
	case c >= Raw && c <= JPEG2000:
		return uint8(c - Raw), true
	case c == JPEG2000LL && f == ISO2011:
		return 5, true
	case c == JPEG2000LL:
		return 4, true
	case c == PNG && f == ISO2011:
		return 6, true
	case c == PNG:
		return 5, true
	}
	return 0, false
}
