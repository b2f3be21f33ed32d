package inti

import "time"

// Kind is the type of transaction, 1.004.
type Kind string

// The transactions of INT-I v6.
const (
	NPS Kind = "NPS" // a person's prints are searched for, outside a criminal matter
	MPS Kind = "MPS" // a latent is searched for
	CPS Kind = "CPS" // a person's prints are searched for, in a criminal matter
	ATP Kind = "ATP" // prints are added to a collection; read, not written
	SRE Kind = "SRE" // search result
	ERR Kind = "ERR" // error
)

// Message is one INT-I transaction.
type Message struct {
	Kind          Kind         // 1.004 TOT
	Date          time.Time    // 1.005 DAT: local; a day where it has no time
	UTC           time.Time    // 1.014 GMT; zero: absent
	Destination   Organization // 1.007 DAI
	Origin        Organization // 1.008 ORI
	Control       string       // 1.009 TCN: 14 digits and a check letter
	Reference     string       // 1.010 TCR: the TCN answered; empty: none
	Domain        string       // 1.013 DNM, "INT-I"; empty is written so
	DomainVersion string       // 1.013 DVN, "06.00"; empty is written so
	Priority      int          // 1.006 PRY, 1 to 9; 0: not stated
	Version       string       // 1.002 VER, "0502"; empty is written so
	Mode          string       // ResultDeterminationMode: AC, UC, QS, CO, SL; empty: not stated

	Activity *Activity // when and where the prints were taken
	Subject  *Subject  // who, as far as is said
	Offence  *Reason   // 2.021: why, if an offence
	Civil    *Reason   // why, if not
	Metadata *Metadata // numbers, contacts, dates of the record

	Result *Result        // of SRE
	Errors []ErrorMessage // of ERR, and of SRE perhaps

	Faces   []Face   // Type-10
	Fingers []Finger // Type-14, and Type-13 of fingers

	Others []Image // of further records (palms, irises, ...): read, not written

	Records  []Record // each record as it stands in the document, in order
	Oddities []Oddity // what was not read or contradicts itself; not written
}

// Record is one record of a document that was read.
type Record struct {
	Number int    // from 1
	Name   string // element, "PackageFingerprintImageRecord"
	Type   int    // RecordCategoryCode
	IDC    int    // -1: none
	Offset int64  // bytes from the beginning of the document
}

// Organization is who sends or receives.
type Organization struct {
	ID      string // within its country, "BKA"; empty: none
	Name    string
	Country string // ISO 3166-1 alpha-3, or XPO for INTERPOL
}

// Activity is the taking of the prints.
type Activity struct {
	Recorded time.Time
	At       Organization
	Address  *Address
}

// Address of a place.
type Address struct {
	StreetNumber, Street, City, County, State, Country, PostalCode string
	Full                                                           string // as one text, in place of the parts or beside them
}

// Subject is the person.
type Subject struct {
	Birth        time.Time // 2.035 DOB, a day
	BirthPlace   *Address  // 2.037 POB
	Citizenships []string  // 2.038 NAT, ISO 3166-1 alpha-3
	Name         *Name     // 2.030 NAM
	Aliases      []Name    // 2.034 AKA
	Sex          string    // 2.039 SEX: M, F, U, X
	Father       *Name     // 2.075 FFN
	Mother       *Name     // 2.076 MMN
	BirthFrom    time.Time // 2.036 DBR, a day; zero: none
	BirthTo      time.Time
}

// Name of a person.
type Name struct {
	Prefix, Given, Middle, Sur, Suffix, Maiden string
	Extended                                   []string // names of another form
}

// Reason is a code of INT-I's lists and a text.
type Reason struct{ Code, Text string }

// Metadata is what the sender says of the record.
type Metadata struct {
	Interpol string     // reference number at INTERPOL
	Person   *Number    // of the person, in the country
	Inquiry  *Number    // of the inquiry about the person
	Case     *Number    // 2.007 CNO
	Business *Number    // reference of the sender's own
	Other    [5]OtherID // 2.012 to 2.016; empty: none
	Contacts []Contact  // 2.063 INF
	Expires  time.Time  // a day
	Created  time.Time  // a day
	Updated  time.Time  // a day
}

// Number is a number given by a country.
type Number struct{ Country, ID string }

// OtherID is a number of a type that the sender names.
type OtherID struct{ Type, ID string }

// Contact is whom to ask.
type Contact struct{ Telephone, Organization, Person, Text string }

// Result is the outcome of a search, 2.064. Where there was no hit, Candidate,
// Verified and Total say nothing; they are written as 0, false, 0, since the
// schema wants them.
type Result struct {
	Hit       bool // I or N
	Candidate int  // number of the candidate in this message, from 1
	Total     int  // candidates in all; each comes in a message of its own
	Verified  bool // by a person
	Search    Kind // the search that this answers
}

// ErrorMessage is 2.074.
type ErrorMessage struct {
	Code  string // three digits, of INT-I's list
	Field string // mnemonic of the field at fault; empty: none
	Text  string
}

// Image is what the image records share.
type Image struct {
	Record        int // number of its record in the document that was read, from 1; not written
	IDC           int
	Data          []byte
	BitsPerPixel  int       // 0: not stated
	Captured      time.Time // a day
	Source        Organization
	Monitoring    string // CONTROLLED, ASSISTED, OBSERVED, UNATTENDED, UNKNOWN; empty: not stated
	Compression   string // NONE, WSQ20, JPEGB, JPEGL, JP2, JP2L, PNG
	Width, Height int    // HLL, VLL, pixels
	ScaleUnits    int    // SLC: 0 aspect ratio, 1 pixels per inch, 2 pixels per cm
	ScaleX        int    // THPS
	ScaleY        int    // TVPS
}

// Face is a Type-10 record with a face.
type Face struct {
	Image
	ColorSpace string // GRAY, SRGB, ...
	Profile    string // subject acquisition profile; empty: not stated
	Pose       string // F, L, R, A, D; empty: not stated
}

// Finger is a Type-14 record, or a Type-13 of fingers.
type Finger struct {
	Image
	Latent     bool   // Type-13
	Impression int    // IMP
	Technology int    // FCT, 14.901; 0 unknown or not stated
	Positions  []int  // FGP, 1 to 6 of them
	Missing    []Gone // 14.018
	Profile    string // fingerprint acquisition profile; empty: not stated
}

// Gone is a finger that is not in the image, and why: XX amputated, UP bandaged.
type Gone struct {
	Position int
	Code     string
}
