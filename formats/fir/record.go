package fir

import (
	"math"

	"convenio/formats/sc37"
)

// Format is one of the layouts of a finger image record.
type Format uint8

// Layouts.
const (
	ISO2005  Format = iota + 1 // ISO/IEC 19794-4:2005
	ISO2011                    // ISO/IEC 19794-4:2011
	ANSI2004                   // ANSI INCITS 381-2004
)

// String returns the standard's name with its year.
func (f Format) String() string {
	switch f {
	case ISO2005:
		return "ISO/IEC 19794-4:2005"
	case ISO2011:
		return "ISO/IEC 19794-4:2011"
	case ANSI2004:
		return "ANSI INCITS 381-2004"
	}
	return "unknown"
}

// Record is a finger image record.
type Record struct {
	Format    Format
	Version   [4]byte // as found; Marshal writes the standard's own
	Certified bool    // 2011: the certification flag
	Product   Product // ANSI only
	Device    uint16  // 2004 and 2005: capture device; in 2011 each image has its own in Image.Capture
	Level     uint16  // 2004 and 2005: image acquisition setting level (10, 20, 30, 31, 35, 40, 41); 31 is 500 ppi
	Fingers   uint8   // fingers or palms that the header announces; Marshal counts them itself
	Images    []Image
	Trailing  []byte // bytes after the last image; not written
	Oddities  []sc37.Oddity
}

// Product is the CBEFF product identifier of ANSI 381.
type Product struct{ Owner, Type uint16 }

// Scale units of resolutions.
const (
	PerInch uint8 = 1
	PerCm   uint8 = 2
)

// Image is one image of one finger, of several, or of a palm. In a record of 2004 or 2005 all images have the same
// resolutions, depth and compression.
type Image struct {
	Position     uint8 // sc37.PositionName
	Views        uint8 // 2004 and 2005: how many images of this position there are
	Number       uint8 // of this position's images, from 1; 2011: representation number, from 0
	Impression   uint8 // sc37.ImpressionName
	Scale        uint8 // PerInch or PerCm
	ScanX, ScanY uint16
	ResX, ResY   uint16 // of the image, in pixels per unit of Scale
	Depth        uint8  // bits per pixel, 1 to 16
	Compression  uint8  // the record's code; Codec gives it a meaning
	Edition      Format // of the table that Compression is a code of: the record's Format
	Width        uint16 // pixels
	Height       uint16
	Capture      sc37.Capture
	Data         []byte // the image as it lies in the record
	Offset       int    // of Data in the file
	Extended     []Area // 2011: segmentation, annotation, comment, vendors' data
	LengthRule   sc37.LengthRule
	Unparsed     []byte // 2011: bytes after the image that are not areas; not written

}

// Area is one extended data area of a record of 2011.
type Area struct {
	Type uint16
	Data []byte
}

// Name names the area's type (ISO/IEC 19794-4:2011, 8.4).
func (a Area) Name() string {
	switch {
	case a.Type == 1:
		return "segmentation"
	case a.Type == 2:
		return "annotation"
	case a.Type == 3:
		return "comment"
	case a.Type>>8 != 0:
		return "vendor data"
	}
	return "reserved"
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

// PPI returns the image's resolution in pixels per inch across and down, rounded as far as a field in pixels per
// centimetre allows (197 is 500); 0 where none is stated.
func (m *Image) PPI() (x, y float64) {
	return m.inches(m.ResX), m.inches(m.ResY)
}

func (m *Image) inches(v uint16) float64 {
	if m.Scale != PerCm {
		return float64(v)
	}
	ppi := float64(v) * 2.54
	if near := math.Round(ppi/250) * 250; math.Abs(near-ppi) <= 1.27 { // half a pixel per cm
		return near
	}
	return math.Round(ppi*100) / 100
}

// Codec says how an image is compressed.
type Codec uint8

// Codecs.
const (
	Raw        Codec = iota + 1 // one byte a pixel, two above 8 bits
	Packed                      // bits one after another
	WSQ                         // Wavelet Scalar Quantization
	JPEG                        // lossy or, by its own header, lossless
	JPEG2000                    // lossy
	JPEG2000LL                  // lossless
	PNG
	UnknownCodec
)

// String names the codec.
func (c Codec) String() string {
	return [...]string{"", "uncompressed", "bit packed", "WSQ", "JPEG", "JPEG 2000", "JPEG 2000 lossless", "PNG", "unknown"}[c]
}

// Stated returns what the record's compression code stands for. From 5 on the editions differ: 5 is PNG in 2004 and
// 2005, and JPEG 2000 lossless in 2011, where PNG is 6.
func (m *Image) Stated() Codec {
	switch {
	case m.Compression <= 4:
		return Raw + Codec(m.Compression)
	case m.Compression == 5 && m.Edition == ISO2011:
		return JPEG2000LL
	case m.Compression == 5, m.Compression == 6:
		return PNG
	}
	return UnknownCodec
}

// Codec returns what the image is by its first bytes, and where they say nothing what the record states.
func (m *Image) Codec() Codec {
	found := sniff(m.Data)
	stated := m.Stated()
	switch {
	case found == JPEG2000 && stated == JPEG2000LL:
		return JPEG2000LL
	case found != UnknownCodec && !m.rawSize():
		return found
	}
	return stated
}

// rawSize says that the bytes are as many as the pixels need without compression.
func (m *Image) rawSize() bool {
	return m.Stated() == Raw && len(m.Data) == m.rawBytes()
}

func (m *Image) rawBytes() int {
	n := int(m.Width) * int(m.Height)
	if m.Depth > 8 {
		n *= 2
	}
	return n
}

func sniff(b []byte) Codec {
	starts := func(s string) bool { return len(b) >= len(s) && string(b[:len(s)]) == s }
	switch {
	case starts("\xff\xa0"):
		return WSQ
	case starts("\xff\xd8\xff"):
		return JPEG
	case starts("\x00\x00\x00\x0cjP  \r\n\x87\n"), starts("\xff\x4f\xff\x51"):
		return JPEG2000
	case starts("\x89PNG\r\n\x1a\n"):
		return PNG
	}
	return UnknownCodec
}
