package inti

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
)

const documentStart = `<?xml version="1.0" encoding="UTF-8"?>
<itl:` + rootElement + ` xmlns:itl="` + nsITL + `" xmlns:biom="` + nsBiom + `" xmlns:nc="` + nsNC + `" xmlns:int-i="` + nsINTI + `">
`

// Write gives the message as XML in UTF-8. It refuses what INT-I would: the
// error lists each fault with its element and wraps ErrInvalid. Country codes
// are held to their form alone; a schema check also holds them to ISO 3166-1.
// The same message gives the same bytes.
func (m *Message) Write() ([]byte, error) {
	if err := errors.Join(m.faults()...); err != nil {
		return nil, err
	}
	w := &builder{depth: 1}
	w.b.WriteString(documentStart)
	w.in("itl:PackageInformationRecord", func() {
		w.put("biom:RecordCategoryCode", "1")
		w.in("biom:Transaction", func() { m.writeTransaction(w) })
	})
	w.in("itl:PackageDescriptiveTextRecord", func() {
		w.put("biom:RecordCategoryCode", "02")
		w.id("biom:ImageReferenceIdentification", "0")
		w.in("itl:UserDefinedDescriptiveDetail", func() {
			w.in("int-i:DomainDefinedDescriptiveDetail", func() { m.writeDetail(w) })
		})
	})
	for _, f := range m.Faces {
		f.write(w)
	}
	for _, f := range m.Fingers {
		f.write(w)
	}
	w.b.WriteString("</itl:" + rootElement + ">\n")
	return []byte(w.b.String()), nil
}

// or is s, or what stands for none.
func or(s, none string) string {
	if s == "" {
		return none
	}
	return s
}

func (m *Message) writeTransaction(w *builder) {
	w.day("biom:TransactionDate", m.Date)
	m.Destination.write(w, "int-i:TransactionDestinationOrganization", true)
	m.Origin.write(w, "int-i:TransactionOriginatingOrganization", true)
	w.moment("biom:TransactionUTCDate", m.UTC)
	w.id("biom:TransactionControlIdentification", m.Control)
	if m.Reference != "" {
		w.id("biom:TransactionControlReferenceIdentification", m.Reference)
	}
	w.in("biom:TransactionDomain", func() {
		w.id("biom:DomainVersionNumberIdentification", or(m.DomainVersion, "06.00"))
		w.put("biom:TransactionDomainName", or(m.Domain, "INT-I"))
	})
	w.in("biom:TransactionImageResolutionDetails", func() {
		w.put("biom:NativeScanningResolutionValue", "00.00")
		w.put("biom:NominalTransmittingResolutionValue", "00.00")
	})
	version := or(m.Version, "0502")
	w.put("biom:TransactionMajorVersionValue", version[:2])
	w.put("biom:TransactionMinorVersionValue", version[2:])
	if m.Priority > 0 {
		w.number("biom:TransactionPriorityValue", m.Priority)
	}
	w.put("int-i:TransactionCategoryCode", string(m.Kind))
	w.in("biom:TransactionContentSummary", func() {
		w.put("biom:ContentFirstRecordCategoryCode", "1")
		w.number("biom:ContentRecordQuantity", 1+len(m.Faces)+len(m.Fingers))
		announce := func(typ, idc int) {
			w.in("biom:ContentRecordSummary", func() {
				w.id("biom:ImageReferenceIdentification", fmt.Sprint(idc))
				w.number("biom:RecordCategoryCode", typ)
			})
		}
		announce(2, 0)
		for _, f := range m.Faces {
			announce(10, f.IDC)
		}
		for _, f := range m.Fingers {
			announce(f.recordType(), f.IDC)
		}
	})
}

// recordType is 13 for a latent, else 14.
func (f Finger) recordType() int {
	if f.Latent {
		return 13
	}
	return 14
}

func (o Organization) write(w *builder, name string, country bool) {
	if o == (Organization{}) {
		return
	}
	w.in(name, func() {
		if o.ID != "" {
			w.id("nc:OrganizationIdentification", o.ID)
		}
		w.may("nc:OrganizationName", o.Name)
		if country {
			w.put("int-i:LocationCountryISO3166Alpha3Code", o.Country)
		}
	})
}

// write puts the elements that the image types share and that stand first, up
// to the vertical scale. category is biom:ImageCategoryCode, empty for none.
func (i Image) write(w *builder, colorSpace, category string) {
	w.b.WriteString(strings.Repeat("  ", w.depth) + "<nc:" + imageElement + ">")
	w.b.WriteString(base64.StdEncoding.EncodeToString(i.Data))
	w.b.WriteString("</nc:" + imageElement + ">\n")
	if i.BitsPerPixel > 0 {
		w.number("biom:ImageBitsPerPixelQuantity", i.BitsPerPixel)
	}
	w.in("biom:ImageCaptureDetail", func() {
		w.day("biom:CaptureDate", i.Captured)
		i.Source.write(w, "biom:CaptureOrganization", false)
		w.may("biom:CaptureDeviceMonitoringModeCode", i.Monitoring)
	})
	w.may("biom:ImageColorSpaceCode", colorSpace)
	w.put("biom:ImageCompressionAlgorithmText", i.Compression)
	w.number("biom:ImageHorizontalLineLengthPixelQuantity", i.Width)
	w.number("biom:ImageHorizontalPixelDensityValue", i.ScaleX)
	w.number("biom:ImageScaleUnitsCode", i.ScaleUnits)
	w.may("biom:ImageCategoryCode", category)
	w.number("biom:ImageVerticalLineLengthPixelQuantity", i.Height)
	w.number("biom:ImageVerticalPixelDensityValue", i.ScaleY)
}

func (f Face) write(w *builder) {
	w.in("itl:PackageFacialAndSMTImageRecord", func() {
		w.put("biom:RecordCategoryCode", "10")
		w.id("biom:ImageReferenceIdentification", fmt.Sprint(f.IDC))
		w.in("biom:FaceImage", func() {
			f.Image.write(w, f.ColorSpace, "FACE")
			w.may("biom:FaceImageAcquisitionProfileCode", f.Profile)
			w.may("biom:FaceImageSubjectPoseCode", f.Pose)
		})
	})
}

func (f Finger) write(w *builder) {
	record, image := "itl:PackageFingerprintImageRecord", "itl:FingerprintImage"
	if f.Latent {
		record, image = "itl:PackageLatentImageRecord", "biom:FingerImpressionImage"
	}
	w.in(record, func() {
		w.number("biom:RecordCategoryCode", f.recordType())
		w.id("biom:ImageReferenceIdentification", fmt.Sprint(f.IDC))
		w.in(image, func() {
			f.Image.write(w, "", "")
			w.number("biom:FingerprintImageImpressionCaptureCategoryCode", f.Impression)
			if f.Technology > 0 {
				w.number("biom:FrictionRidgeCaptureTechnology", f.Technology)
			}
			for _, p := range f.Positions {
				w.number("biom:FingerPositionCode", p)
			}
			for _, g := range f.Missing {
				w.in("biom:FingerprintImageFingerMissing", func() {
					w.number("biom:FingerPositionCode", g.Position)
					w.put("biom:FingerMissingCode", g.Code)
				})
			}
			w.may("biom:FingerprintImageAcquisitionProfileCode", f.Profile)
		})
	})
}
