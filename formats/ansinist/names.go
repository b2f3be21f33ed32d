package ansinist

import "strings"

// Name is a field's mnemonic and name in English.
type Name struct {
	Mnemonic string // "HLL"; empty: none is registered
	Name     string // "Horizontal line length"
}

// recordNames are the record types of 1-2011 Update:2015, table 3, and of the
// editions before.
var recordNames = map[int]string{
	1: "Transaction information", 2: "User-defined descriptive text", 3: "Low-resolution grayscale fingerprint image",
	4: "High-resolution grayscale fingerprint image", 5: "Low-resolution binary fingerprint image",
	6: "High-resolution binary fingerprint image", 7: "User-defined image", 8: "Signature image", 9: "Minutiae",
	10: "Photographic body part imagery, face and SMT included", 11: "Forensic and investigatory voice",
	12: "Forensic dental and oral", 13: "Variable-resolution latent friction ridge image",
	14: "Variable-resolution fingerprint image", 15: "Variable-resolution palm print image",
	16: "User-defined testing image", 17: "Iris image", 18: "DNA", 19: "Variable-resolution plantar image",
	20: "Source representation", 21: "Associated context", 22: "Non-photographic imagery",
	98: "Information assurance", 99: "CBEFF biometric data",
}

// RecordName is what a record type holds; empty for a reserved one.
func RecordName(typ int) string { return recordNames[typ] }

// Describe gives a field's mnemonic and name. A field of a block that is set
// aside for users or vendors is named as such; ok is false for one that the
// standard does not know.
func Describe(typ, number int) (Name, bool) {
	if n, ok := fieldNames[typ][number]; ok {
		return n, true
	}
	if typ >= 9 {
		if n, ok := commonNames[number]; ok {
			return n, true
		}
	}
	for _, b := range blocks {
		if (b.typ == typ || b.typ == 0 && typ >= 10 && typ < 98) && number >= b.from && number <= b.to {
			return Name{Name: b.name}, true
		}
	}
	return Name{}, false
}

// commonNames are the fields that Types 9 and above share.
var commonNames = names(`
1 LEN Record length
2 IDC Information designation character
902 ANN Annotation information
903 DUI Device unique identifier
904 MMS Make, model and serial number
993 SAN Source agency name
994 EFR External file reference
995 ASC Associated context
996 HAS Hash
997 SOR Source representation
998 GEO Geographic sample acquisition location
999 DATA Data`)

// block is a run of field numbers set aside.
type block struct {
	typ, from, to int // typ 0: Types 10 to 97
	name          string
}

var blocks = []block{
	{2, 3, 99_999, "User-defined field"},
	{7, 3, 99_999, "User-defined field"},
	{9, 13, 30, "FBI (IAFIS) features"},
	{9, 31, 55, "Cogent features"},
	{9, 56, 70, "Motorola features"},
	{9, 71, 99, "Sagem (Morpho) features"},
	{9, 100, 125, "NEC features"},
	{9, 151, 175, "Identix (L1) features"},
	{9, 176, 225, "Other features"},
	{16, 3, 998, "User-defined field"},
	{0, 200, 900, "User-defined field"},
}

// names reads a table of lines "number MNEMONIC name".
func names(table string) map[int]Name {
	out := map[int]Name{}
	for line := range strings.Lines(strings.TrimSpace(table)) {
		number, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		mnemonic, name, _ := strings.Cut(rest, " ")
		n, ok := digits(number)
		if !ok {
			panic("ansinist: a line of a table of names has no number: " + line)
		}
		out[n] = Name{mnemonic, name}
	}
	return out
}
