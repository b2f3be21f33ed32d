package inti

import (
	"fmt"
	"slices"
	"strconv"

	"convenio/formats/ansinist"
)

// image reads what the image records share, and holds it against what the
// image says of itself.
func (d *decoder) image(rec Record, n *node) (Image, error) {
	img := Image{
		Record: rec.Number, IDC: max(rec.IDC, 0), BitsPerPixel: d.number(n, "ImageBitsPerPixelQuantity"),
		Compression: n.get("ImageCompressionAlgorithmText"),
		Width:       d.number(n, "ImageHorizontalLineLengthPixelQuantity"), Height: d.number(n, "ImageVerticalLineLengthPixelQuantity"),
		ScaleUnits: d.number(n, "ImageScaleUnitsCode"),
		ScaleX:     d.number(n, "ImageHorizontalPixelDensityValue"), ScaleY: d.number(n, "ImageVerticalPixelDensityValue"),
	}
	detail := n.child("ImageCaptureDetail")
	img.Captured = d.date(detail.child("CaptureDate"))
	img.Source = organization(detail.child("CaptureOrganization"))
	img.Monitoring = detail.get("CaptureDeviceMonitoringModeCode")
	data := n.child(imageElement)
	if data == nil {
		return img, nil
	}
	var err error
	if img.Data, err = base64Image(data); err != nil {
		return img, err
	}
	d.checkImage(n, img)
	return img, nil
}

// expected is what data of a compression begins with.
var expected = map[string]ansinist.Format{
	"WSQ20": ansinist.FormatWSQ, "JPEGB": ansinist.FormatJPEG, "JPEGL": ansinist.FormatJPEGL,
	"JP2": ansinist.FormatJP2, "JP2L": ansinist.FormatJP2, "PNG": ansinist.FormatPNG, "NONE": ansinist.FormatUnknown,
}

// checkImage notes where the record and the image's own header differ.
func (d *decoder) checkImage(n *node, img Image) {
	found := ansinist.Sniff(img.Data)
	if found.Width > 0 && (found.Width != img.Width || found.Height != img.Height) {
		d.odd(n, "dimensions", fmt.Sprintf("the record says %d x %d, the image's own header %d x %d", img.Width, img.Height, found.Width, found.Height))
	}
	if want, known := expected[img.Compression]; !known || want != found.Format {
		d.odd(n, "compression", fmt.Sprintf("the record says %.8q, the data begin as %.8q", img.Compression, found.Format))
	}
	switch img.ScaleUnits {
	case 1:
	case 2:
		d.odd(n, "scale-units", fmt.Sprintf("SLC=2 (pixels/cm): HPS=%d means about %.0f ppi", img.ScaleX, img.PPI()))
	default:
		d.odd(n, "scale-units", fmt.Sprintf("SLC=%d (no scale): HPS=%d is not a resolution", img.ScaleUnits, img.ScaleX))
	}
	if n.name != "FaceImage" && img.ScaleUnits == 1 && img.ScaleX < 490 {
		d.odd(n, "resolution", fmt.Sprintf("SLC=1 HPS=%d", img.ScaleX))
	}
}

// PPI is the horizontal resolution in pixels per inch; 0 where the record
// states none.
func (i Image) PPI() float64 {
	switch i.ScaleUnits {
	case 1:
		return float64(i.ScaleX)
	case 2:
		return float64(i.ScaleX) * 2.54
	}
	return 0
}

func (d *decoder) face(rec Record, n *node) error {
	if n == nil {
		return nil // another part of the body: stays unread, and is reported
	}
	img, err := d.image(rec, n)
	if err != nil {
		return err
	}
	_ = n.get("ImageCategoryCode") // FACE
	d.m.Faces = append(d.m.Faces, Face{
		Image: img, ColorSpace: n.get("ImageColorSpaceCode"),
		Profile: n.get("FaceImageAcquisitionProfileCode"), Pose: n.get("FaceImageSubjectPoseCode"),
	})
	return nil
}

func (d *decoder) finger(rec Record, n *node, latent bool) error {
	if n == nil {
		return nil
	}
	img, err := d.image(rec, n)
	if err != nil {
		return err
	}
	f := Finger{
		Image: img, Latent: latent, Technology: d.number(n, "FrictionRidgeCaptureTechnology"),
		Profile: n.get("FingerprintImageAcquisitionProfileCode"),
	}
	for _, name := range []string{"FingerprintImageImpressionCaptureCategoryCode", "FrictionRidgeImageImpressionCaptureCategoryCode"} {
		if n.child(name) != nil {
			f.Impression = d.number(n, name)
		}
	}
	for _, name := range []string{"FingerPositionCode", "FrictionRidgePositionCode"} {
		for _, p := range n.all(name) {
			v, err := strconv.Atoi(p.value())
			if err != nil || v < 0 || v > 99 {
				d.odd(p, "value", "not a position from 0 to 99")
				continue
			}
			f.Positions = append(f.Positions, v)
		}
	}
	for _, g := range n.all("FingerprintImageFingerMissing") {
		f.Missing = append(f.Missing, Gone{d.number(g, "FingerPositionCode"), g.get("FingerMissingCode")})
	}
	d.m.Fingers = append(d.m.Fingers, f)
	return nil
}

// others reads the images of a record that is not read otherwise: what they
// share. Its further elements stay unread, and are reported.
func (d *decoder) others(rec Record, n *node) error {
	for _, c := range n.children {
		holds := func(e *node) bool { return e.name == imageElement }
		if !slices.ContainsFunc(c.children, holds) {
			continue
		}
		c.used = true
		img, err := d.image(rec, c)
		if err != nil {
			return err
		}
		d.m.Others = append(d.m.Others, img)
	}
	return nil
}
