package ansinist

import (
	"fmt"
	"strings"
)

// Resolutions that scanners of friction ridges have (1-2011 §7.7.6): 500 ppi
// at least, commonly 1000; latents up to 4000. Below lowest, or at a value
// that is the smallest a figure can be, the field says something else.
const lowestRidgePPI = 490

// checkImage holds what a record says of its image against what the image
// says of itself.
func (rd *reader) checkImage(r *Record) {
	switch {
	case r.Type == 9:
		rd.checkM1Scale(r)
	case !r.Binary():
		rd.checkScale(r)
	}
	img, ok := rd.tx.Image(r)
	if !ok {
		return
	}
	found := img.Found
	if found.Width > 0 && (found.Width != img.Width || found.Height != img.Height) {
		f, _ := r.Field(6)
		rd.oddField(r, f, OddDimensions, fmt.Sprintf("HLL=%d VLL=%d, the image's own header says %d x %d",
			img.Width, img.Height, found.Width, found.Height))
	}
	rd.checkCompression(r, img)
	if img.Compression == "NONE" && found.Format == FormatUnknown {
		rd.checkSize(r, img)
	}
	rd.checkComment(r, img)
	if r.Type == 4 && img.PPIX < lowestRidgePPI {
		f, _ := r.Field(5)
		rd.oddField(r, f, OddResolution, fmt.Sprintf("%.0f ppi by 1.011 and 1.012, and a Type-4 has 500 at least", img.PPIX))
	}
}

// checkComment holds a NISTCOM comment against the record and the image.
func (rd *reader) checkComment(r *Record, img Image) {
	c := img.Found.Comment
	if c == nil {
		return
	}
	say := func(detail string) { rd.odd(r.Number, r.Type, dataNumber(r), img.Offset, OddComment, detail) }
	if c.PPI > 0 && img.PPIX > 0 && !near(float64(c.PPI), img.PPIX) {
		say(fmt.Sprintf("the image's comment says %d ppi, the record %.0f", c.PPI, img.PPIX))
	}
	if c.Width > 0 && c.Height > 0 && img.Found.Width > 0 && (c.Width != img.Found.Width || c.Height != img.Found.Height) {
		say(fmt.Sprintf("the image's comment says %d x %d, its header %d x %d", c.Width, c.Height, img.Found.Width, img.Found.Height))
	}
	if len(c.Repeated) > 0 {
		say("the image's comment repeats " + strings.Join(c.Repeated, ", "))
	}
	if len(c.Further) > 0 {
		say("the image's comment says more than how it is coded: " + strings.Join(c.Further, ", "))
	}
}

// dataNumber is the number of the record's data field.
func dataNumber(r *Record) int { return r.dataField().Number }

// near says that two resolutions are the same within 3 in 100.
func near(a, b float64) bool { return a > 0.97*b && a < 1.03*b }

// checkM1Scale looks at the scale of a Type-9 of INCITS 378.
func (rd *reader) checkM1Scale(r *Record) {
	f, ok := r.Field(130)
	if scale, isNumber := r.Int(131); ok && isNumber && f.Text() == "2" {
		rd.oddField(r, f, OddScaleUnits, fmt.Sprintf("SLC=2 (pixels/cm): HPS=%d means about %.0f ppi", scale, float64(scale)*2.54))
	}
}

// checkScale looks at SLC, HPS and VPS of a tagged image record.
func (rd *reader) checkScale(r *Record) {
	if _, carries := imageKinds[r.Type]; !carries {
		return
	}
	slc, hasSLC := r.Field(8)
	hps, hasHPS := r.Field(9)
	if !hasSLC || !hasHPS {
		return
	}
	unit, unitOK := slc.Int()
	scale, scaleOK := hps.Int()
	if !unitOK || unit > 2 {
		rd.oddField(r, slc, OddValue, "SLC is not 0, 1 or 2")
		return
	}
	if !scaleOK {
		rd.oddField(r, hps, OddValue, "HPS is not a number")
		return
	}
	friction := imageKinds[r.Type] == "friction ridge"
	switch {
	case unit == 0:
		rd.oddField(r, slc, OddScaleUnits, fmt.Sprintf("SLC=0 (no scale): HPS=%d is an aspect ratio, not a resolution", scale))
	case unit == 2:
		rd.oddField(r, slc, OddScaleUnits, fmt.Sprintf("SLC=2 (pixels/cm): HPS=%d means about %.0f ppi", scale, r.ppi(9)))
		if friction && r.ppi(9) < lowestRidgePPI {
			rd.oddField(r, hps, OddResolution, fmt.Sprintf("SLC=2 HPS=%d: about %.0f ppi", scale, r.ppi(9)))
		}
	case scale == 0, friction && scale < lowestRidgePPI:
		rd.oddField(r, hps, OddResolution, fmt.Sprintf("SLC=1 HPS=%d", scale))
	}
	if vps, ok := r.Int(10); ok && vps != scale && unit != 0 {
		f, _ := r.Field(10)
		rd.oddField(r, f, OddResolution, fmt.Sprintf("HPS=%d VPS=%d: unequal", scale, vps))
	}
}

// expectedFormat is what data of a compression begins with.
var expectedFormat = map[string]Format{
	"WSQ": FormatWSQ, "JPEGB": FormatJPEG, "JPEGL": FormatJPEGL, "JP2": FormatJP2, "JP2L": FormatJP2, "PNG": FormatPNG,
}

func (rd *reader) checkCompression(r *Record, img Image) {
	number := 11
	if r.Type == 8 {
		number = 4
	} else if r.Binary() {
		number = 8
	}
	f, ok := r.Field(number)
	if !ok {
		return
	}
	want, known := expectedFormat[img.Compression]
	switch {
	case known && img.Found.Format != want:
		rd.oddField(r, f, OddCompression, fmt.Sprintf("the record says %s, the data begin as %s", img.Compression, formatName(img.Found.Format)))
	case img.Compression == "NONE" && img.Found.Format != FormatUnknown:
		rd.oddField(r, f, OddCompression, fmt.Sprintf("the record says uncompressed, the data begin as %s", img.Found.Format))
	case !known && img.Compression != "NONE" && img.Compression != "VECTOR" && img.Compression != "FAX":
		rd.oddField(r, f, OddCompression, "the compression is not one that the standard names")
	}
}

func formatName(f Format) string {
	if f == FormatUnknown {
		return "no known format"
	}
	return string(f)
}

// checkSize holds uncompressed data against the size stated.
func (rd *reader) checkSize(r *Record, img Image) {
	if img.Width == 0 || img.Height == 0 || img.BitsPerPixel == 0 {
		return
	}
	row := (int64(img.Width)*int64(img.BitsPerPixel) + 7) / 8
	if need := row * int64(img.Height); need != int64(len(img.Data)) {
		rd.odd(r.Number, r.Type, dataNumber(r), img.Offset, OddDataSize,
			fmt.Sprintf("%d x %d pixels of %d bits are %d bytes, the record has %d", img.Width, img.Height, img.BitsPerPixel, need, len(img.Data)))
	}
}
