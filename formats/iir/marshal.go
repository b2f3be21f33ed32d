package iir

import (
	"encoding/binary"
	"fmt"

	"convenio/formats/sc37"
)

// Marshal writes the record as ISO/IEC 19794-6:2011. It is strict: what the standard forbids is refused with
// sc37.ErrWrite, naming image and field. A record of another layout is brought there by Convert.
func (r *Record) Marshal() ([]byte, error) {
	if r.Format != ISO2011 {
		return nil, fmt.Errorf("marshal iris image record: %w: %v is read only; convert it to 2011", sc37.ErrWrite, r.Format)
	}
	if len(r.Images) == 0 || len(r.Images) > 0xffff {
		return nil, fmt.Errorf("marshal iris image record: %w: %d images, 1 to 65535 are possible", sc37.ErrWrite, len(r.Images))
	}
	be := binary.BigEndian
	b := append([]byte(magic), '0', '2', '0', 0, 0, 0, 0, 0)
	b = be.AppendUint16(b, uint16(len(r.Images)))
	b = append(b, 0, r.Eyes)
	if r.Certified {
		b[14] = 1
	}
	for i := range r.Images {
		var err error
		if b, err = r.image(b, i); err != nil {
			return nil, fmt.Errorf("marshal iris image record: %w", err)
		}
	}
	if uint64(len(b)) > 0xffffffff {
		return nil, fmt.Errorf("marshal iris image record: %w: %d bytes, at most 4 GiB", sc37.ErrWrite, len(b))
	}
	be.PutUint32(b[8:], uint32(len(b)))
	return b, nil
}

func (r *Record) image(b []byte, i int) ([]byte, error) {
	m := r.Images[i]
	m.Edition = ISO2011
	if err := m.check(); err != nil {
		return nil, fmt.Errorf("%w: image %d, %w", sc37.ErrWrite, i+1, err)
	}
	be, start := binary.BigEndian, len(b)
	b = append(b, 0, 0, 0, 0)
	b, err := m.Capture.Append(b, r.Certified)
	if err != nil {
		return nil, fmt.Errorf("image %d: %w", i+1, err)
	}
	b = be.AppendUint16(b, m.Number)
	b = append(b, m.Eye, m.Type, uint8(m.Code), uint8(m.Properties))
	b = be.AppendUint16(be.AppendUint16(b, m.Width), m.Height)
	b = append(b, m.Depth)
	for _, n := range []uint16{m.Range, m.Roll, m.RollBand, m.CentreX[0], m.CentreX[1], m.CentreY[0], m.CentreY[1], m.Diameters[0], m.Diameters[1]} {
		b = be.AppendUint16(b, n)
	}
	b = be.AppendUint32(b, uint32(len(m.Data)))
	b = append(b, m.Data...)
	be.PutUint32(b[start:], uint32(len(b)-start))
	return b, nil
}

func (m *Image) check() error {
	switch {
	case m.Eye > 2:
		return fmt.Errorf("eye label: %d", m.Eye)
	case m.Type != 1 && m.Type != 2 && m.Type != 3 && m.Type != 7:
		return fmt.Errorf("image type: %d, one of 1, 2, 3, 7", m.Type)
	case m.Width == 0 || m.Height == 0:
		return fmt.Errorf("image size: %d x %d", m.Width, m.Height)
	case m.stated() == UnknownCodec || m.Code > 0xff:
		return fmt.Errorf("image format: code %d is not in the table", m.Code)
	case m.Properties > 0xff:
		return fmt.Errorf("image properties: %#x, 8 bits", m.Properties)
	case m.Codec() != m.stated():
		return fmt.Errorf("image format: states %v, the image is %v", m.stated(), m.Codec())
	case m.stated() == Raw && len(m.Data) != m.rawBytes():
		return fmt.Errorf("image data: %d bytes, the size needs %d", len(m.Data), m.rawBytes())
	case uint64(len(m.Data)) > 0xffffff00:
		return fmt.Errorf("image data: %d bytes", len(m.Data))
	}
	return nil
}

// Convert returns the record in the layout of 2011, with what that cannot say in notes. Polar images and JPEG-LS have no
// place there and are refused.
func (r *Record) Convert() (*Record, []string, error) {
	out := &Record{Format: ISO2011, Version: [4]byte{'0', '2', '0', 0}, Certified: r.Certified, Eyes: r.Eyes}
	var notes []string
	if r.Format != ISO2011 && r.DeviceID != ([16]byte{}) {
		notes = append(notes, "the device's unique identifier has no place in a record of 2011")
	}
	for i := range r.Images {
		m := r.Images[i]
		if r.Format == IREX2008 && r.Kind == KindPolar {
			return nil, nil, fmt.Errorf("convert iris image record: %w: image %d is polar", sc37.ErrWrite, i+1)
		}
		if r.Format != ISO2011 {
			code, err := m.code2011()
			if err != nil {
				return nil, nil, fmt.Errorf("convert iris image record: %w: image %d: %w", sc37.ErrWrite, i+1, err)
			}
			m.Code, m.Edition, m.Type = code, ISO2011, 1
			m.Properties &= 0x0f // orientations; compression history is not known
			m.Capture.Device = r.Device
			m.Diameters = [2]uint16{r.Diameter, r.Diameter}
		}
		m.Unparsed = nil
		out.Images = append(out.Images, m)
	}
	return out, notes, nil
}

// code2011 is the code of 2011 for what the image is.
func (m *Image) code2011() (uint16, error) {
	c := m.Codec()
	for code, codec := range codes2011 {
		if codec == c && (code%4 == 0) == m.Colour() {
			return code, nil
		}
	}
	return 0, fmt.Errorf("%v has no code", c)
}
