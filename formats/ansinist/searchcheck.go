package ansinist

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// faults lists what is wrong with a finger to be searched for: field and
// detail, in a Field each.
func (f SearchFinger) faults() []Field {
	var out []Field
	add := func(number int, detail string) { out = append(out, Field{Number: number, Value: []byte(detail)}) }
	if f.Position < 0 || f.Position > 10 {
		add(13, "position is not 0 to 10: one finger in each image")
	}
	if f.Impression < 0 || f.Impression > 29 {
		add(3, "impression type is not 0 to 29")
	}
	if !printable(f.Source) || len(f.Source) > 126 {
		add(4, "source is not printable ASCII of at most 126 characters")
	}
	if f.Width < 10 || f.Width > 99_999 || f.Height < 10 || f.Height > 99_999 {
		add(6, "width or height is not 10 to 99,999 pixels")
	}
	if f.PPI < lowestRidgePPI || f.PPI > 4_100 {
		add(9, fmt.Sprintf("resolution is not %d to 4,100 ppi", lowestRidgePPI))
	}
	if len(f.Data) > 1<<28 {
		add(dataField, "the image has more than 256 MiB")
	}
	for _, q := range f.Quality {
		if q.Position < 0 || q.Position > 99 || q.Score < 0 || q.Score > 255 || q.Product < 0 || q.Product > 65535 || !hex4(q.Vendor) {
			add(24, "quality is not a position, a score of 0 to 100, 254 or 255, a vendor of four hexadecimal digits and a product")
		}
	}
	for _, m := range f.Minutiae {
		if m.X < 0 || m.Y < 0 || m.X >= f.Width || m.Y >= f.Height || m.Angle < 0 || m.Angle > 359 || m.Type < 0 || m.Type > 2 || m.Quality < 0 || m.Quality > 255 {
			add(0, "a minutia (9.137) is outside the image, or its angle, type or quality out of range")
			break
		}
	}
	if len(f.Minutiae) > 9_999 {
		add(0, "more than 9,999 minutiae (9.137)")
	}
	return append(out, f.imageFaults()...)
}

// imageFaults holds the image's header against what is stated.
func (f SearchFinger) imageFaults() []Field {
	fault := func(number int, detail string) []Field { return []Field{{Number: number, Value: []byte(detail)}} }
	name, known := compressionNames[f.Compression]
	if !known || len(f.Compression) == 1 {
		return fault(11, "compression is not NONE, WSQ20, JPEGB, JPEGL, JP2, JP2L or PNG")
	}
	if len(f.Data) == 0 {
		return fault(dataField, "there is no image")
	}
	if name == "NONE" {
		if need := f.Width * f.Height; len(f.Data) != need {
			return fault(dataField, fmt.Sprintf("%d x %d pixels of 8 bits are %d bytes, there are %d", f.Width, f.Height, need, len(f.Data)))
		}
		return nil
	}
	found := Sniff(f.Data)
	if found.Format != expectedFormat[name] {
		return fault(11, fmt.Sprintf("the compression is stated as %s, the data begin as %s", f.Compression, formatName(found.Format)))
	}
	if c := found.Comment; c != nil && len(c.Further) > 0 {
		return fault(dataField, "the image's comment says more than how it is coded ("+strings.Join(c.Further, ", ")+"); see WithoutComments")
	}
	if found.Width != f.Width || found.Height != f.Height {
		return fault(6, fmt.Sprintf("%d x %d is stated, the image's own header says %d x %d", f.Width, f.Height, found.Width, found.Height))
	}
	return nil
}

// printable says that s is ASCII without control characters.
func printable(s string) bool {
	for i := range len(s) {
		if s[i] < 0x20 || s[i] > 0x7E {
			return false
		}
	}
	return true
}

// clean says that s is UTF-8 without control characters but line ends and tabs.
func clean(s string) bool {
	for _, r := range s {
		if r < 0x20 && r != '\n' && r != '\r' && r != '\t' {
			return false
		}
	}
	return utf8.ValidString(s)
}

func hex4(s string) bool {
	if len(s) != 4 {
		return false
	}
	for i := range 4 {
		c := s[i]
		if (c < '0' || c > '9') && (c < 'A' || c > 'F') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}
