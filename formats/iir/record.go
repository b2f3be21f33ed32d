package iir

import (
	"errors"
	"fmt"

	"convenio/formats/sc37"
)

// Format is one of the layouts of an iris image record.
type Format uint8

// Layouts.
const (
	ISO2005  Format = iota + 1 // ISO/IEC 19794-6:2005, rectilinear
	IREX2008                   // the draft used in NIST's IREX evaluation of 2008
	ISO2011                    // ISO/IEC 19794-6:2011
)

// String returns the standard's name with its year.
func (f Format) String() string {
	return [...]string{"unknown", "ISO/IEC 19794-6:2005", "ISO/IEC 19794-6 draft (IREX 2008)", "ISO/IEC 19794-6:2011"}[f]
}

// Record is an iris image record.
type Record struct {
	Format         Format
	Version        [4]byte
	Certified      bool  // 2011: the certification flag
	Eyes           uint8 // eyes that the header announces; 0 unknown
	Kind           uint8 // IREX: kind of imagery; 0x10 is unsegmented polar
	Device         uint16
	DeviceID       [16]byte // 2005, IREX: device unique identifier
	Diameter       uint16   // 2005, IREX: iris diameter in pixels
	Transformation uint8    // 2005, IREX: 1 is polar to rectilinear
	Images         []Image
	Trailing       []byte // bytes after the last image; not written
	Oddities       []sc37.Oddity
}

// KindPolar is IREX' kind of unsegmented polar images.
const KindPolar uint8 = 0x10

// Image is one image of one eye.
type Image struct {
	Eye        uint8 // 0 undefined, 1 right, 2 left
	Number     uint16
	Type       uint8 // 2011: 1 uncropped, 2 VGA, 3 cropped, 7 cropped and masked
	Code       uint16
	Edition    Format // of the table that Code is of: the record's Format
	Properties uint16 // bit field as it lies in the record: bits 0-1 horizontal, 2-3 vertical orientation
	Width      uint16
	Height     uint16
	Depth      uint8 // bits per pixel, all channels together
	Capture    sc37.Capture

	Range          uint16 // 2011: millimetres from the lens; 0 unassigned, 1 failed
	Roll, RollBand uint16 // roll angle of the eye and its uncertainty; 65535 undefined
	CentreX        [2]uint16
	CentreY        [2]uint16 // 2011: smallest and largest place of the iris' centre, 0 undefined
	Diameters      [2]uint16 // 2011: smallest and largest expected diameter

	Masks    [3]uint8  // IREX: upper eyelid, lower eyelid, sclera
	Polar    [6]uint16 // IREX: samples along a radius and around, centre x and y, inner and outer radius
	Ellipses [12]uint16
	Boundary [2][]byte // IREX: Freeman codes of the pupil's and the sclera's border
	Data     []byte
	Offset   int    // of Data in the file
	Unparsed []byte // 2011: bytes after the image; not written

}

// EyeName names the eye.
func (m *Image) EyeName() string {
	switch m.Eye {
	case 0:
		return "eye not stated"
	case 1:
		return "right eye"
	case 2:
		return "left eye"
	}
	return fmt.Sprintf("eye %d (not in the table)", m.Eye)
}

// TypeName names the kind of image of a record of 2011.
func (m *Image) TypeName() string {
	switch m.Type {
	case 0:
		return "not stated"
	case 1:
		return "uncropped"
	case 2:
		return "VGA"
	case 3:
		return "cropped"
	case 7:
		return "cropped and masked"
	}
	return fmt.Sprintf("type %d (not in the table)", m.Type)
}

// Quality returns the image's quality, 0 to 100; ok is false where none is stated.
func (m *Image) Quality() (score uint8, ok bool) {
	for _, q := range m.Capture.Qualities {
		if q.Score <= 100 {
			return q.Score, true
		}
	}
	return 0, false
}

// Codec says how an image is compressed.
type Codec uint8

// Codecs.
const (
	UnknownCodec Codec = iota
	Raw                // one byte a channel and pixel
	JPEG
	JPEGLS
	JPEG2000
	PNG
)

// String names the codec.
func (c Codec) String() string {
	return [...]string{"unknown", "uncompressed", "JPEG", "JPEG-LS", "JPEG 2000", "PNG"}[c]
}

// codes by edition (ISO/IEC 19794-6:2005, Table 5; 2011, Table 4). An even code is gray where it is 2, 6, 10, 14 and
// colour where it is 4, 8, 12, 16. The same code means another codec in the other edition.
var (
	codes2005 = map[uint16]Codec{2: Raw, 4: Raw, 6: JPEG, 8: JPEG, 10: JPEGLS, 12: JPEGLS, 14: JPEG2000, 16: JPEG2000}
	codes2011 = map[uint16]Codec{2: Raw, 4: Raw, 6: JPEG, 8: JPEG, 10: JPEG2000, 12: JPEG2000, 14: PNG, 16: PNG}
)

func (m *Image) stated() Codec {
	if m.Edition == ISO2011 {
		return codes2011[m.Code]
	}
	return codes2005[m.Code]
}

// Colour reports whether the code is one of three channels.
func (m *Image) Colour() bool { return m.Code%4 == 0 }

func (m *Image) rawBytes() int {
	n := int(m.Width) * int(m.Height)
	if m.Colour() {
		n *= 3
	}
	return n
}

// Codec returns what the image is by its first bytes, and where they say nothing what the record states.
func (m *Image) Codec() Codec {
	if found := sniff(m.Data); found != UnknownCodec && !(m.stated() == Raw && len(m.Data) == m.rawBytes()) {
		return found
	}
	return m.stated()
}

func sniff(b []byte) Codec {
	starts := func(s string) bool { return len(b) >= len(s) && string(b[:len(s)]) == s }
	switch {
	case starts("\x89PNG\r\n\x1a\n"):
		return PNG
	case starts("\xff\xd8\xff\xf7"):
		return JPEGLS
	case starts("\xff\xd8\xff"):
		return JPEG
	case starts("\x00\x00\x00\x0cjP  \r\n\x87\n"), starts("\xff\x4f\xff\x51"):
		return JPEG2000
	}
	return UnknownCodec
}

// ErrCompressed says that an image's pixels are compressed: Codec says with which codec the caller decodes Data.
var ErrCompressed = errors.New("the image is compressed")

// Gray returns the pixels of an uncompressed image as 8-bit gray, row by row; colour becomes luma (ITU-R BT.601).
func (m *Image) Gray() ([]uint8, error) {
	if c := m.Codec(); c != Raw {
		return nil, fmt.Errorf("unpack iris image: %w: %v", ErrCompressed, c)
	}
	if need := m.rawBytes(); len(m.Data) < need {
		return nil, fmt.Errorf("unpack iris image: %d bytes, %d x %d pixels need %d", len(m.Data), m.Width, m.Height, need)
	}
	out := make([]uint8, int(m.Width)*int(m.Height))
	if !m.Colour() {
		copy(out, m.Data)
		return out, nil
	}
	for i := range out {
		r, g, b := int(m.Data[3*i]), int(m.Data[3*i+1]), int(m.Data[3*i+2])
		out[i] = uint8((299*r + 587*g + 114*b + 500) / 1000)
	}
	return out, nil
}
