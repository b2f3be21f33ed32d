package fmr

import (
	"encoding/binary"
	"fmt"

	"convenio/formats/sc37"
)

// Marshal writes the record in its ISO layout. It is strict: what the standard forbids (a minutia outside its image, a
// quality over 100, views of different size in a record of 2005) is refused with sc37.ErrWrite, naming view and field.
// ANSI records are converted first: see Convert.
func (r *Record) Marshal() ([]byte, error) {
	if r.Format != ISO2005 && r.Format != ISO2011 {
		return nil, fmt.Errorf("marshal finger minutiae record: %w: %v is read only; convert it to an ISO layout", sc37.ErrWrite, r.Format)
	}
	b := append([]byte(nil), magic...)
	v := standardVersion(r.Format)
	b = append(b, v[:]...)
	b = append(b, 0, 0, 0, 0)
	var err error
	if r.Format == ISO2005 {
		b, err = r.marshal2005(b)
	} else {
		b, err = r.marshal2011(b)
	}
	if err != nil {
		return nil, fmt.Errorf("marshal %v: %w", r.Format, err)
	}
	binary.BigEndian.PutUint32(b[8:], uint32(len(b)))
	return b, nil
}

func bad(view int, field, format string, a ...any) error {
	return fmt.Errorf("%w: view %d, %s: %s", sc37.ErrWrite, view+1, field, fmt.Sprintf(format, a...))
}

func (r *Record) marshal2005(b []byte) ([]byte, error) {
	if len(r.Views) == 0 || len(r.Views) > 255 {
		return nil, fmt.Errorf("%w: %d views, 1 to 255 are possible", sc37.ErrWrite, len(r.Views))
	}
	if r.Equipment.Certification > 15 || r.Equipment.Device > 0x0fff {
		return nil, fmt.Errorf("%w: capture equipment %d/%d: 4 and 12 bits", sc37.ErrWrite, r.Equipment.Certification, r.Equipment.Device)
	}
	be, first := binary.BigEndian, &r.Views[0]
	b = be.AppendUint16(b, uint16(r.Equipment.Certification)<<12|r.Equipment.Device)
	for _, n := range []uint16{first.Width, first.Height, first.XPerCm, first.YPerCm} {
		b = be.AppendUint16(b, n)
	}
	b = append(b, uint8(len(r.Views)), 0)
	for i := range r.Views {
		v := &r.Views[i]
		if v.Width != first.Width || v.Height != first.Height || v.XPerCm != first.XPerCm || v.YPerCm != first.YPerCm {
			return nil, bad(i, "image size", "differs from the first view's; a record of 2005 has one for all")
		}
		if v.Number > 15 || v.Impression > 15 {
			return nil, bad(i, "view number or impression type", "%d, %d: 4 bits each", v.Number, v.Impression)
		}
		quality, _ := v.Quality()
		b = append(b, v.Position, v.Number<<4|v.Impression, quality, uint8(len(v.Minutiae)))
		var err error
		if b, err = r.body(b, i); err != nil {
			return nil, err
		}
	}
	return b, nil
}

func (r *Record) marshal2011(b []byte) ([]byte, error) {
	if len(r.Views) == 0 || len(r.Views) > 0xffff {
		return nil, fmt.Errorf("%w: %d views, 1 to 65535 are possible", sc37.ErrWrite, len(r.Views))
	}
	be := binary.BigEndian
	b = be.AppendUint16(b, uint16(len(r.Views)))
	if r.Certified {
		b = append(b, 1)
	} else {
		b = append(b, 0)
	}
	for i := range r.Views {
		v, start := &r.Views[i], len(b)
		b = append(b, 0, 0, 0, 0)
		var err error
		if b, err = v.Capture.Append(b, r.Certified); err != nil {
			return nil, fmt.Errorf("view %d: %w", i+1, err)
		}
		b = append(b, v.Position, v.Number)
		b = be.AppendUint16(b, v.XPerCm)
		b = be.AppendUint16(b, v.YPerCm)
		b = append(b, v.Impression)
		b = be.AppendUint16(b, v.Width)
		b = be.AppendUint16(b, v.Height)
		size := uint8(6)
		if v.NoMinutiaQuality {
			size = 5
		}
		if v.EndingType > 15 {
			return nil, bad(i, "ridge ending type", "%d: 4 bits", v.EndingType)
		}
		b = append(b, size<<4|v.EndingType, uint8(len(v.Minutiae)))
		if b, err = r.body(b, i); err != nil {
			return nil, err
		}
		be.PutUint32(b[start:], uint32(len(b)-start))
	}
	return b, nil
}

// body writes a view's minutiae and extended data.
func (r *Record) body(b []byte, i int) ([]byte, error) {
	v := &r.Views[i]
	if err := v.check(i); err != nil {
		return nil, err
	}
	for k, m := range v.Minutiae {
		if err := v.checkMinutia(m); err != nil {
			return nil, bad(i, fmt.Sprintf("minutia %d", k), "%v", err)
		}
		b = binary.BigEndian.AppendUint16(b, uint16(m.Kind)<<14|m.X)
		b = binary.BigEndian.AppendUint16(b, m.Y)
		if b = append(b, m.Angle); !v.NoMinutiaQuality {
			b = append(b, m.Quality)
		}
	}
	at := len(b)
	b = append(b, 0, 0)
	for _, a := range v.Extended {
		var err error
		if b, err = sc37.AppendArea(b, a.Type, a.bytes(r.Format), v.LengthRule); err != nil {
			return nil, fmt.Errorf("view %d: %w", i+1, err)
		}
	}
	n := len(b) - at - 2
	if n > 0xffff {
		return nil, bad(i, "extended data", "%d bytes, at most 65535", n)
	}
	binary.BigEndian.PutUint16(b[at:], uint16(n))
	return b, nil
}

func (v *View) check(i int) error {
	switch {
	case v.Position > 10:
		return bad(i, "finger position", "%d is not a single finger", v.Position)
	case !sc37.ImpressionKnown(v.Impression):
		return bad(i, "impression type", "%d is not in the table", v.Impression)
	case v.Width == 0 || v.Height == 0 || v.Width > 0x3fff || v.Height > 0x3fff:
		return bad(i, "image size", "%d x %d, 1 to 16383 are possible", v.Width, v.Height)
	case v.XPerCm < 98 || v.YPerCm < 98:
		return bad(i, "resolution", "%d x %d pixels per cm, at least 98 (250 ppi)", v.XPerCm, v.YPerCm)
	case len(v.Minutiae) > 255:
		return bad(i, "minutiae", "%d, at most 255", len(v.Minutiae))
	}
	for _, a := range v.Extended {
		if cd := a.CoresDeltas; cd != nil && (len(cd.Cores) > 255 || len(cd.Deltas) > 255) {
			return bad(i, "cores and deltas", "%d and %d, at most 255 each", len(cd.Cores), len(cd.Deltas))
		}
		if a.Type == 0 {
			return bad(i, "extended data", "type 0 is reserved")
		}
	}
	return nil
}

func (v *View) checkMinutia(m Minutia) error {
	switch {
	case m.X >= v.Width || m.Y >= v.Height:
		return fmt.Errorf("at %d, %d of %d x %d pixels", m.X, m.Y, v.Width, v.Height)
	case m.Kind > KindBifurcation:
		return fmt.Errorf("type %d", m.Kind)
	case m.Quality > 100 && m.Quality < 254:
		return fmt.Errorf("quality %d", m.Quality)
	}
	return nil
}
