package cbeff

import (
	"slices"
	"strings"

	"convenio/formats/sc37"
)

// Namespace is that of the XML elements (ISO/IEC 19785-3, second edition).
const Namespace = "http://standards.iso.org/iso-iec/19785/-3/ed-2/"

// Limits of what Parse looks at.
const (
	MaxDepth   = 16       // nested records
	MaxRecords = 10_000   // in one document
	MaxBytes   = 64 << 20 // of a document
)

// Document is what Parse read.
type Document struct {
	BIR      BIR
	Oddities []sc37.Oddity // Record is the element's path, Field its name
}

// BIR is a biometric information record. Those that hold others are containers; those that hold a BDB are the records
// themselves.
type BIR struct {
	Version      *Version
	CBEFFVersion *Version
	Info         Info
	BDBInfo      *BDBInfo
	SBFormat     *RegistryID // format of the security block
	Children     []BIR
	BDB          []byte // biometric data block
	SB           []byte // security block
	Others       []Entry
}

// Version is a version of two numbers.
type Version struct{ Major, Minor uint32 }

// Info says who made the record and when. Dates are xs:dateTime, empty where absent.
type Info struct {
	Creator                                     string
	Index                                       string // UUID
	Payload                                     []byte
	Integrity                                   bool
	CreationDate, NotValidBefore, NotValidAfter string
}

// BDBInfo describes the biometric data block.
type BDBInfo struct {
	ChallengeResponse                           []byte
	Index                                       string // UUID
	Format                                      *RegistryID
	Encryption                                  *bool
	CreationDate, NotValidBefore, NotValidAfter string
	Types                                       []string // "Finger", "Iris", "Face", ...
	Subtypes                                    []string // "Left", "RingFinger", ...
	Level                                       string   // Raw, Intermediate, Processed
	Product, CaptureDevice                      *RegistryID
	FeatureExtraction, Comparison, Compression  *RegistryID
	Purpose                                     string // Verify, Identify, Enroll, EnrollVerify, EnrollIdentify, Audit
	Quality                                     *Quality
}

// RegistryID names something registered: an organization and a type within it. For a format of ISO/IEC JTC 1/SC 37 the
// organization is "Mosip" or "257", and the type 2 finger minutiae, 7 finger image, 8 face image, 9 iris image.
type RegistryID struct{ Organization, Type string }

// Quality is a score of 0 to 100, or why none could be computed.
type Quality struct {
	Algorithm RegistryID
	Score     uint8
	Failed    string // where not empty the score does not count
}

// Entry is one of MOSIP's further facts.
type Entry struct{ Key, Value string }

// Other returns the value of a further fact; ok is false where there is none of that key.
func (b *BIR) Other(key string) (value string, ok bool) {
	for _, e := range b.Others {
		if e.Key == key {
			return e.Value, true
		}
	}
	return "", false
}

// Leaves returns the records that hold a biometric data block, in the order of the document.
func (d *Document) Leaves() []*BIR { return d.BIR.leaves(nil) }

func (b *BIR) leaves(out []*BIR) []*BIR {
	if len(b.BDB) > 0 {
		out = append(out, b)
	}
	for i := range b.Children {
		out = b.Children[i].leaves(out)
	}
	return out
}

var fingers = []string{"Thumb", "IndexFinger", "MiddleFinger", "RingFinger", "LittleFinger"}

// Position returns the finger position (ANSI/NIST-ITL Table 8: 1 right thumb to 10 left little) of a record of one
// finger; ok is false where it is none or the subtypes do not name one.
func (b *BIR) Position() (position uint8, ok bool) {
	if b.BDBInfo == nil || !slices.Contains(b.BDBInfo.Types, "Finger") {
		return 0, false
	}
	s := b.BDBInfo.Subtypes
	left, right := slices.Contains(s, "Left"), slices.Contains(s, "Right")
	if left == right {
		return 0, false
	}
	for i, f := range fingers {
		if slices.Contains(s, f) {
			if ok {
				return 0, false
			}
			position, ok = uint8(i+1), true
			if left {
				position += 5
			}
		}
	}
	return position, ok
}

// Subtypes returns the subtypes of a finger position of 1 to 10, or nil.
func Subtypes(position uint8) []string {
	switch {
	case position >= 1 && position <= 5:
		return []string{"Right", fingers[position-1]}
	case position >= 6 && position <= 10:
		return []string{"Left", fingers[position-6]}
	}
	return nil
}

// Title says in a few words what the record holds: "Finger, Left RingFinger".
func (b *BIR) Title() string {
	if b.BDBInfo == nil {
		return "record"
	}
	parts := []string{strings.Join(b.BDBInfo.Types, " "), strings.Join(b.BDBInfo.Subtypes, " ")}
	return strings.Trim(strings.Join(parts, ", "), ", ")
}
