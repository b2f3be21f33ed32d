package finger

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// Binary form of a template, version 1. All numbers are big-endian.
//
//	4  magic "cvft"
//	1  version, 1
//	2  width, 2 height, pixels at 500 ppi
//	1  quality score
//	1  number of reasons, then one byte each
//	1  number of minutiae, then for each: 2 x, 2 y (eighths of a pixel), 1 direction, 1 kind, 1 quality
//	   one bit for each node of the coarse field (ceil(width/16) * ceil(height/16), row by row, first node in the top
//	   bit, last byte filled with zeros): 1 if the print covers it; then for each covered node
//	   1 orientation, 1 period, 1 reliability (not 0)
//
// A template has exactly one binary form; ParseTemplate refuses anything else.
const (
	templateMagic   = "cvft"
	templateVersion = 1
	maxReasons      = 8
	// MaxTemplateBytes bounds what ParseTemplate looks at. A template of a usual print has 1 to 2 KiB.
	MaxTemplateBytes = 32 << 10
)

// ErrTemplate says that bytes are not a template of a version known here. The caller refuses the message or the record.
var ErrTemplate = errors.New("not a fingerprint template")

// MarshalBinary returns the template's binary form. It fails if the template could not be parsed back.
func (t *Template) MarshalBinary() ([]byte, error) {
	if err := t.check(); err != nil {
		return nil, fmt.Errorf("marshal template: %w", err)
	}
	b := append(make([]byte, 0, 16+7*len(t.Minutiae)+4*len(t.field.reliable)), templateMagic...)
	b = append(b, templateVersion)
	b = binary.BigEndian.AppendUint16(b, uint16(t.Width))
	b = binary.BigEndian.AppendUint16(b, uint16(t.Height))
	b = append(b, t.Quality.Score, uint8(len(t.Quality.Reasons)))
	for _, r := range t.Quality.Reasons {
		b = append(b, uint8(r))
	}
	b = append(b, uint8(len(t.Minutiae)))
	for _, m := range t.Minutiae {
		b = binary.BigEndian.AppendUint16(b, m.X)
		b = binary.BigEndian.AppendUint16(b, m.Y)
		b = append(b, m.Direction, uint8(m.Kind), m.Quality)
	}
	return t.field.append(b), nil
}

func (f *field) append(b []byte) []byte {
	bits := make([]byte, (len(f.reliable)+7)/8)
	for i, r := range f.reliable {
		if r != 0 {
			bits[i/8] |= 0x80 >> (i % 8)
		}
	}
	b = append(b, bits...)
	for i, r := range f.reliable {
		if r != 0 {
			b = append(b, f.orientation[i], f.period[i], r)
		}
	}
	return b
}

// check tells whether the template's values are within what its binary form can hold.
func (t *Template) check() error {
	switch n := fieldSide(t.Width) * fieldSide(t.Height); {
	case t.Width < MinSide500 || t.Width > MaxSide500 || t.Height < MinSide500 || t.Height > MaxSide500 || t.Width*t.Height > MaxPixels500:
		return fmt.Errorf("%w: size %dx%d", ErrTemplate, t.Width, t.Height)
	case len(t.field.reliable) != n || len(t.field.orientation) != n || len(t.field.period) != n:
		return fmt.Errorf("%w: coarse field does not fit the size", ErrTemplate)
	case t.Quality.Score > 100 || len(t.Quality.Reasons) > maxReasons:
		return fmt.Errorf("%w: quality", ErrTemplate)
	case len(t.Minutiae) > maxMinutiae:
		return fmt.Errorf("%w: %d minutiae", ErrTemplate, len(t.Minutiae))
	}
	for _, r := range t.Quality.Reasons {
		if r == ReasonNone || r >= reasonCount {
			return fmt.Errorf("%w: unknown reason %d", ErrTemplate, r)
		}
	}
	for i, r := range t.field.reliable {
		if p := t.field.period[i]; r != 0 && (p < minPeriod8 || p > maxPeriod8) {
			return fmt.Errorf("%w: ridge period out of range", ErrTemplate)
		}
	}
	for i, m := range t.Minutiae {
		if int(m.X) >= t.Width*unitsPerPixel || int(m.Y) >= t.Height*unitsPerPixel || m.Kind > KindBifurcation || m.Quality > 100 {
			return fmt.Errorf("%w: minutia %d out of range", ErrTemplate, i)
		}
	}
	return nil
}

// ParseTemplate reads a template's binary form. It fails with ErrTemplate on anything that MarshalBinary did not write.
func ParseTemplate(b []byte) (*Template, error) {
	if len(b) > MaxTemplateBytes {
		return nil, fmt.Errorf("%w: %d bytes, at most %d", ErrTemplate, len(b), MaxTemplateBytes)
	}
	r := reader{b: b}
	if string(r.take(len(templateMagic))) != templateMagic {
		return nil, fmt.Errorf("%w: no magic", ErrTemplate)
	}
	if v := r.byte(); v != templateVersion {
		return nil, fmt.Errorf("%w: version %d, known is %d", ErrTemplate, v, templateVersion)
	}
	t := &Template{Width: r.uint16(), Height: r.uint16()}
	t.Quality.Score = r.byte()
	for range r.byte() {
		t.Quality.Reasons = append(t.Quality.Reasons, Reason(r.byte()))
	}
	for range r.byte() {
		t.Minutiae = append(t.Minutiae, Minutia{X: uint16(r.uint16()), Y: uint16(r.uint16()), Direction: r.byte(), Kind: Kind(r.byte()), Quality: r.byte()})
	}
	if t.Width <= MaxSide500 && t.Height <= MaxSide500 {
		t.field = r.field(fieldSide(t.Width), fieldSide(t.Height))
	}
	if r.short || len(r.b) != 0 || r.loose {
		return nil, fmt.Errorf("%w: length or filling does not fit", ErrTemplate)
	}
	if err := t.check(); err != nil {
		return nil, err
	}
	return t, nil
}

// reader takes numbers off a buffer and remembers whether it ran short or met a form that is not the only one.
type reader struct {
	b            []byte
	short, loose bool
}

func (r *reader) take(n int) []byte {
	if len(r.b) < n {
		r.short, r.b = true, nil
		return make([]byte, n)
	}
	v := r.b[:n]
	r.b = r.b[n:]
	return v
}

func (r *reader) byte() uint8 { return r.take(1)[0] }
func (r *reader) uint16() int { return int(binary.BigEndian.Uint16(r.take(2))) }

func (r *reader) field(w, h int) field {
	f := newField(w, h)
	bits := r.take((w*h + 7) / 8)
	for i := range w * h {
		if bits[i/8]>>(7-i%8)&1 == 0 {
			continue
		}
		f.orientation[i], f.period[i], f.reliable[i] = r.byte(), r.byte(), r.byte()
		r.loose = r.loose || f.reliable[i] == 0
		if r.short {
			return f
		}
	}
	if n := w * h % 8; n != 0 && bits[len(bits)-1]<<n != 0 {
		r.loose = true
	}
	return f
}
