package ansinist

import (
	"math"
	"strconv"
)

// Image is the image of a record: what the record says of it, what the image's
// own header says, and its bytes as they are in the file.
type Image struct {
	Width, Height int     // pixels, by the record (HLL, VLL); 0: not stated
	PPIX, PPIY    float64 // pixels per inch, by the record; 0: not stated
	BitsPerPixel  int     // by the record; 0: not stated
	Compression   string  // "NONE", "WSQ", "JPEGB", "JPEGL", "JP2", "JP2L", "PNG", or the record's own word
	ColorSpace    string  // "GRAY", "SRGB", ...; empty: not stated
	Kind          string  // "face", "iris", "signature", ...; "friction ridge" for fingers, palms and soles
	Positions     []int   // friction ridge positions, 1 to 10 for the fingers (ANSI/NIST-ITL table 8)
	Data          []byte  // encoded, or raw pixels
	Offset        int     // of Data, in bytes from the beginning of the file
	Found         Found   // what the data's own header says
}

// imageKinds are the record types that carry an image and what of.
var imageKinds = map[int]string{
	3: "friction ridge", 4: "friction ridge", 5: "friction ridge", 6: "friction ridge", 8: "signature",
	10: "face", 13: "friction ridge", 14: "friction ridge", 15: "friction ridge", 16: "test", 17: "iris",
	19: "friction ridge", 20: "source", 21: "context",
}

// Image gives the record's image. ok is false for a record of another sort,
// and for one without data, as a Type-14 that reports an amputated finger.
// Resolutions of binary records stand in the header of the transaction:
// Transaction.Image knows them, Record.Image leaves them 0.
func (r *Record) Image() (img Image, ok bool) {
	kind, carries := imageKinds[r.Type]
	if !carries {
		return Image{}, false
	}
	data := r.dataField()
	if len(data.Value) == 0 {
		return Image{}, false
	}
	img = Image{Kind: kind, Data: data.Value, Offset: data.Offset + len(data.tag), Found: Sniff(data.Value)}
	img.Width, _ = r.Int(6)
	img.Height, _ = r.Int(7)
	switch {
	case r.Type == 8:
		r.signatureImage(&img)
	case r.Binary():
		r.binaryImage(&img)
	default:
		r.taggedImage(&img)
	}
	return img, true
}

// dataField is the field that holds the record's data.
func (r *Record) dataField() Field {
	number := dataField
	if r.Binary() {
		parts := headers[r.Type]
		number = parts[len(parts)-1].number
	}
	f, _ := r.Field(number)
	return f
}

// gcaNames are the compression algorithms by number (field 4.008; 1-2011 table 15).
var gcaNames = []string{"NONE", "WSQ", "JPEGB", "JPEGL", "JP2", "JP2L", "PNG"}

func (r *Record) binaryImage(img *Image) {
	img.BitsPerPixel, img.ColorSpace = 8, "GRAY"
	img.Compression = r.Text(8)
	n, _ := r.Int(8)
	if r.Type >= 5 { // binary images: 0 none, 1 facsimile (ITU-T T.6)
		img.BitsPerPixel = 1
		img.Compression = map[int]string{0: "NONE", 1: "FAX"}[n]
	} else if n < len(gcaNames) {
		img.Compression = gcaNames[n]
	}
	img.Positions = r.positions(4)
}

func (r *Record) signatureImage(img *Image) {
	img.BitsPerPixel = 1
	n, _ := r.Int(4)
	img.Compression = map[int]string{0: "NONE", 1: "FAX", 2: "VECTOR"}[n]
}

// positions reads the finger positions of a field; 255 fills unused places.
func (r *Record) positions(number int) []int {
	f, ok := r.Field(number)
	if !ok {
		return nil
	}
	var out []int
	for _, sub := range f.Items() {
		for i, item := range sub {
			if i >= 6 || len(out) >= 99 {
				break
			}
			if n, isNumber := digits(item); isNumber && n != 255 {
				out = append(out, n)
			}
		}
	}
	return out
}

// compressionNames gives the record's word for a compression its short name.
var compressionNames = map[string]string{
	"0": "NONE", "1": "WSQ", "2": "JPEGB", "3": "JPEGL", "4": "JP2", "5": "JP2L", "6": "PNG",
	"WSQ20": "WSQ", "NONE": "NONE", "JPEGB": "JPEGB", "JPEGL": "JPEGL", "JP2": "JP2", "JP2L": "JP2L", "PNG": "PNG",
}

func (r *Record) taggedImage(img *Image) {
	img.Compression = r.Text(11)
	if name, known := compressionNames[img.Compression]; known {
		img.Compression = name
	}
	switch r.Type {
	case 10:
		img.ColorSpace, img.BitsPerPixel = r.Text(12), colorBits[r.Text(12)]
		if imt := r.Text(3); imt != "FACE" && imt != "" {
			img.Kind = "body part"
		}
	case 16, 17, 20:
		img.BitsPerPixel, _ = r.Int(12)
		img.ColorSpace = r.Text(13)
	case 13, 14, 15, 19:
		img.BitsPerPixel, _ = r.Int(12)
		img.ColorSpace = "GRAY"
		img.Positions = r.positions(13)
	}
	img.PPIX, img.PPIY = r.ppi(9), r.ppi(10)
}

// colorBits is how many bits a pixel takes in Type-10, which does not say so.
var colorBits = map[string]int{"GRAY": 8, "RGB": 24, "SRGB": 24, "YCC": 24, "SYCC": 24}

// ppi reads a pixel scale by the record's unit (xx.008): 1 is pixels per inch,
// 2 is pixels per cm; 0 is an aspect ratio and says nothing.
func (r *Record) ppi(number int) float64 {
	n, ok := r.Int(number)
	unit, _ := r.Int(8)
	switch {
	case ok && unit == 1:
		return float64(n)
	case ok && unit == 2:
		return math.Round(float64(n)*254) / 100
	}
	return 0
}

// Image gives a record's image as Record.Image does, with the resolution of
// the binary records too: by their ISR, the native or the nominal one of the
// transaction (1.011, 1.012, in pixels per mm).
func (t *Transaction) Image(r *Record) (Image, bool) {
	img, ok := r.Image()
	if !ok || !r.Binary() || len(t.Records) == 0 {
		return img, ok
	}
	head := t.Records[0]
	perMM := millimetre(head.Text(11))
	if isr, _ := r.Int(5); isr == 0 {
		if perMM = millimetre(head.Text(12)); perMM == 0 {
			perMM = map[int]float64{3: 9.84, 4: 19.69, 5: 9.84, 6: 19.69}[r.Type]
		}
	}
	img.PPIX = math.Round(perMM * 25.4)
	img.PPIY = img.PPIX
	return img, ok
}

// millimetre reads a resolution "19.69", in pixels per mm; 0 where there is none.
func millimetre(s string) float64 {
	if len(s) > 8 {
		return 0
	}
	v, err := strconv.ParseFloat(s, 64)
	if err != nil || !(v > 0 && v < 1_000) {
		return 0
	}
	return v
}
