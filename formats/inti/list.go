package inti

import "bytes"

// Leaf is one element of a document that has text and no elements within.
type Leaf struct {
	Record int    // from 1
	Path   string // elements below the record, "Transaction/TransactionDate/Date"
	Field  string // number and mnemonic of the field, "1.005 DAT"; empty: not known here
	Value  string // its text; empty for an image
	Bytes  int    // length of the text in the document
	Offset int64  // bytes from the beginning of the document
}

// List gives every element of a document that has text of its own, in order,
// whether Read makes something of it or not: for looking at a document. It
// fails as Read does where the document is not XML within the limits.
func List(data []byte, limits Limits) ([]Leaf, error) {
	root, err := parse(data, limits.withDefaults())
	if err != nil {
		return nil, err
	}
	var out []Leaf
	for i, r := range root.children {
		for _, c := range r.children {
			out = c.leaves(i+1, c.name, out)
		}
	}
	return out, nil
}

func (n *node) leaves(record int, path string, out []Leaf) []Leaf {
	for _, c := range n.children {
		out = c.leaves(record, path+"/"+c.name, out)
	}
	if len(n.children) > 0 || len(n.text) == 0 {
		return out
	}
	leaf := Leaf{Record: record, Path: path, Bytes: len(n.text), Offset: n.offset, Field: fieldOf(record, path)}
	if n.name != imageElement {
		leaf.Value = n.value()
	}
	return append(out, leaf)
}

// fieldOf finds the field of a leaf by the longest beginning or end of its
// path that is known.
func fieldOf(record int, path string) string {
	if record == 1 {
		for _, f := range headerFields {
			if len(path) >= len(f.path) && path[:len(f.path)] == f.path {
				return f.field
			}
		}
		return ""
	}
	for _, f := range otherFields {
		if within(path, f.path) {
			return f.field
		}
	}
	return ""
}

// within says that the element is one of those of the path.
func within(path, element string) bool {
	for start := 0; start <= len(path); {
		end := start
		for end < len(path) && path[end] != '/' {
			end++
		}
		if path[start:end] == element {
			return true
		}
		start = end + 1
	}
	return false
}

// elementField is an element and the field that it stands for, without the
// record type where several have it.
type elementField struct{ path, field string }

// headerFields are those of Type-1, by the beginning of the path.
var headerFields = []elementField{
	{"RecordCategoryCode", "1 RCC"},
	{"Transaction/TransactionMajorVersionValue", "1.002 VER"},
	{"Transaction/TransactionMinorVersionValue", "1.002 VER"},
	{"Transaction/TransactionContentSummary", "1.003 CNT"},
	{"Transaction/TransactionCategoryCode", "1.004 TOT"},
	{"Transaction/TransactionDate", "1.005 DAT"},
	{"Transaction/TransactionPriorityValue", "1.006 PRY"},
	{"Transaction/TransactionDestinationOrganization", "1.007 DAI"},
	{"Transaction/TransactionOriginatingOrganization", "1.008 ORI"},
	{"Transaction/TransactionControlIdentification", "1.009 TCN"},
	{"Transaction/TransactionControlReferenceIdentification", "1.010 TCR"},
	{"Transaction/TransactionImageResolutionDetails/NativeScanningResolutionValue", "1.011 NSR"},
	{"Transaction/TransactionImageResolutionDetails/NominalTransmittingResolutionValue", "1.012 NTR"},
	{"Transaction/TransactionDomain", "1.013 DOM"},
	{"Transaction/TransactionUTCDate", "1.014 GMT"},
	{"Transaction/TransactionCharacterSetDirectory", "1.015 DCS"},
	{"Transaction/TransactionApplicationProfile", "1.016 APS"},
}

// otherFields are those of the other records, by an element of the path. The
// first that fits counts.
var otherFields = []elementField{
	{"RecordCategoryCode", "RCC"},
	{"ImageReferenceIdentification", "002 IDC"},
	{"PersonFather", "2.075 FFN"}, {"PersonMother", "2.076 MMN"}, {"PersonAliases", "2.034 AKA"},
	{"PersonName", "2.030 NAM"}, {"PersonBirthDate", "2.035 DOB"}, {"PersonBirthDateRange", "2.036 DBR"},
	{"PersonBirthLocation", "2.037 POB"}, {"PersonCitizenshipISO3166Alpha3Code", "2.038 NAT"}, {"PersonSexCode", "2.039 SEX"},
	{"NationalCaseIdentifier", "2.007 CNO"}, {"MiscellaneousIdentificationID1", "2.012 MN1"},
	{"MiscellaneousIdentificationID2", "2.013 MN2"}, {"MiscellaneousIdentificationID4", "2.015 MN4"},
	{"MiscellaneousIdentificationID5", "2.016 MN5"}, {"ContactInformation", "2.063 INF"},
	{"RespondentsList", "2.064 RLS"}, {"ErrorMessage", "2.074 ERM"}, {"LatentMatchingPosition", "2.077 LMP"},
	{"CaptureDate", "005 date of capture"}, {"CaptureOrganization", "004 SRC"},
	{"CaptureDeviceMonitoringModeCode", "030 DMM"}, {"ImageCompressionAlgorithmText", "011 CGA"},
	{"ImageHorizontalLineLengthPixelQuantity", "006 HLL"}, {"ImageVerticalLineLengthPixelQuantity", "007 VLL"},
	{"ImageScaleUnitsCode", "008 SLC"}, {"ImageHorizontalPixelDensityValue", "009 THPS"},
	{"ImageVerticalPixelDensityValue", "010 TVPS"}, {"ImageBitsPerPixelQuantity", "012 BPX"},
	{"ImageColorSpaceCode", "012 CSP"}, {"ImageCategoryCode", "003 IMT"},
	{"FingerprintImageImpressionCaptureCategoryCode", "003 IMP"}, {"FrictionRidgeImageImpressionCaptureCategoryCode", "003 IMP"},
	{"FrictionRidgeCaptureTechnology", "901 FCT"}, {"FingerprintImageFingerMissing", "018 AMP"},
	{"FingerPositionCode", "013 FGP"}, {"FrictionRidgePositionCode", "013 FGP"},
	{"FingerprintImageAcquisitionProfileCode", "031 FAP"}, {"FaceImageAcquisitionProfileCode", "013 SAP"},
	{"FaceImageSubjectPoseCode", "020 POS"}, {imageElement, "999 DATA"},
}

// IsPackage says that data begins as an ANSI/NIST-ITL package in XML does, of
// whatever edition: Read tells the editions apart.
func IsPackage(data []byte) bool {
	const head = 4_096
	start := bytes.TrimLeft(data[:min(len(data), head)], "\ufeff \t\r\n")
	return bytes.HasPrefix(start, []byte("<")) && bytes.Contains(start, []byte(rootElement))
}
