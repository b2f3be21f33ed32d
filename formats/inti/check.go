package inti

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"convenio/formats/ansinist"
)

var (
	controlForm = regexp.MustCompile(`^\d{14}[A-HJ-NP-RT-Z]$`) // 1.009, 1.010
	countryForm = regexp.MustCompile(`^[A-Z]{3}$`)
	errorForm   = regexp.MustCompile(`^\d{3}$`)
	versionForm = regexp.MustCompile(`^\d{4}$`)
)

// check gathers what Write refuses.
type check struct{ faults []error }

func (c *check) add(path, detail string) {
	c.faults = append(c.faults, &Error{Path: path, Offset: -1, Detail: detail, Err: ErrInvalid})
}

func (c *check) want(ok bool, path, detail string) {
	if !ok {
		c.add(path, detail)
	}
}

// faults lists what is wrong with a message to be written.
func (m *Message) faults() []error {
	c := &check{}
	m.checkTransaction(c)
	search := m.Kind == NPS || m.Kind == MPS || m.Kind == CPS
	c.want(search || m.Kind == SRE || m.Kind == ERR, "TransactionCategoryCode", "NPS, MPS, CPS, SRE and ERR are written")
	c.want(!search || len(m.Fingers) > 0, "PackageFingerprintImageRecord", "a search needs a fingerprint image")
	c.want(!search || m.Result == nil && len(m.Errors) == 0, "TransactionResponseData", "a search has no answer in it")
	latents := slices.ContainsFunc(m.Fingers, func(f Finger) bool { return f.Latent })
	c.want(m.Kind != MPS || latents, "PackageLatentImageRecord", "an MPS needs a latent")
	c.want(search || m.Reference != "", "TransactionControlReferenceIdentification", "an answer names the TCN that it answers")
	c.want(m.Kind != SRE || m.Result != nil, "RespondentsList", "an SRE has a result")
	c.want(m.Kind != ERR || len(m.Errors) > 0 && m.Result == nil, "ErrorMessage", "an ERR has errors, and no result")
	c.want(len(m.Others) == 0, "Others", "images of records other than Types 10, 13 and 14 are not written")
	m.checkAnswer(c)
	m.checkTexts(c)
	seen := map[[2]int]bool{}
	once := func(typ, idc int, path string) {
		c.want(idc >= 0 && idc <= 99 && !seen[[2]int{typ, idc}], path+"/ImageReferenceIdentification", "IDC is not 0 to 99, or that of another record of the type")
		seen[[2]int{typ, idc}] = true
	}
	for _, f := range m.Faces {
		f.check(c, "FaceImage")
		once(10, f.IDC, "PackageFacialAndSMTImageRecord")
	}
	for _, f := range m.Fingers {
		f.check(c, "FingerprintImage")
		once(f.recordType(), f.IDC, "PackageFingerprintImageRecord")
		c.want(len(f.Positions) > 0 && len(f.Positions) <= 6, "FingerprintImage/FingerPositionCode", "one to six positions are needed")
		c.want(len(f.Missing) <= 5, "FingerprintImage/FingerprintImageFingerMissing", "more than five fingers are missing")
	}
	c.want(len(m.Faces)+len(m.Fingers) <= 998, "TransactionContentSummary", "more than 998 images")
	return c.faults
}

func (m *Message) checkTransaction(c *check) {
	c.want(!m.Date.IsZero() && m.Date.Year() <= 9999, "TransactionDate", "there is no date")
	named := func(o Organization) bool { return o.Name != "" && countryForm.MatchString(o.Country) }
	c.want(named(m.Destination), "TransactionDestinationOrganization", "a name and a country of three capitals are needed")
	c.want(named(m.Origin), "TransactionOriginatingOrganization", "a name and a country of three capitals are needed")
	c.want(controlForm.MatchString(m.Control), "TransactionControlIdentification", "not 14 digits and a check letter")
	c.want(m.Reference == "" || controlForm.MatchString(m.Reference), "TransactionControlReferenceIdentification", "not 14 digits and a check letter")
	c.want(m.Priority >= 0 && m.Priority <= 9, "TransactionPriorityValue", "not 1 to 9, nor 0 for none")
	c.want(m.Version == "" || versionForm.MatchString(m.Version), "TransactionMajorVersionValue", "not four digits")
	c.want(m.Mode == "" || slices.Contains([]string{"AC", "UC", "QS", "CO", "SL"}, m.Mode), "ResultDeterminationMode", "not AC, UC, QS, CO or SL")
}

func (m *Message) checkAnswer(c *check) {
	for _, e := range m.Errors {
		c.want(errorForm.MatchString(e.Code), "ErrorMessage/ErrorCode", "not three digits")
	}
	r := m.Result
	if r == nil {
		return
	}
	c.want(r.Search == NPS || r.Search == MPS || r.Search == CPS, "RespondentsList/TransactionCategoryCode", "the search answered is not NPS, MPS or CPS")
	c.want(!r.Hit || r.Candidate >= 1 && r.Candidate <= r.Total && r.Total <= 99, "RespondentsList/TransactionCandidate", "a hit has a candidate from 1 to its total, at most 99")
}

// checkTexts holds every text of a person's hand to UTF-8 without control
// characters, and codes to their form.
func (m *Message) checkTexts(c *check) {
	text := func(path string, values ...string) {
		for _, v := range values {
			c.want(clean(v), path, "a text is not valid UTF-8, has a control character, or is longer than 65,536 bytes")
		}
	}
	org := func(path string, o Organization) { text(path, o.ID, o.Name) }
	addr := func(path string, a *Address) {
		if a != nil {
			text(path, a.StreetNumber, a.Street, a.City, a.County, a.State, a.PostalCode, a.Full)
			c.want(a.Country == "" || countryForm.MatchString(a.Country), path, "a country is not three capitals")
		}
	}
	text("TransactionDomain", m.Domain, m.DomainVersion)
	org("TransactionDestinationOrganization", m.Destination)
	org("TransactionOriginatingOrganization", m.Origin)
	if a := m.Activity; a != nil {
		org("RecordActivity", a.At)
		addr("RecordActivity", a.Address)
	}
	for _, r := range []*Reason{m.Offence, m.Civil} {
		if r != nil {
			text("RecordOffence or RecordCivil", r.Code, r.Text)
		}
	}
	for _, e := range m.Errors {
		text("ErrorMessage", e.Field, e.Text)
	}
	if s := m.Subject; s != nil {
		addr("RecordSubject", s.BirthPlace)
		for _, n := range append([]*Name{s.Name, s.Father, s.Mother}, pointers(s.Aliases)...) {
			if n != nil {
				text("RecordSubject", n.Prefix, n.Given, n.Middle, n.Sur, n.Suffix, n.Maiden)
				text("RecordSubject", n.Extended...)
			}
		}
		for _, v := range s.Citizenships {
			c.want(countryForm.MatchString(v), "RecordSubject/PersonCitizenshipISO3166Alpha3Code", "not three capitals")
		}
		c.want(s.Sex == "" || slices.Contains([]string{"M", "F", "U", "X"}, s.Sex), "RecordSubject/PersonSexCode", "not M, F, U or X")
	}
	if d := m.Metadata; d != nil {
		text("RecordMetadata", d.Interpol)
		for _, n := range []*Number{d.Person, d.Inquiry, d.Case, d.Business} {
			if n != nil {
				c.want(countryForm.MatchString(n.Country) && n.ID != "" && clean(n.ID), "RecordMetadata/MiscellaneousIdentification", "a number needs a country of three capitals and an identifier")
			}
		}
		for _, o := range d.Other {
			text("RecordMetadata", o.Type, o.ID)
		}
		for _, k := range d.Contacts {
			text("RecordMetadata/ContactInformation", k.Telephone, k.Organization, k.Person, k.Text)
		}
	}
}

func pointers(names []Name) []*Name {
	out := make([]*Name, len(names))
	for i := range names {
		out[i] = &names[i]
	}
	return out
}

// check holds an image to what is said of it.
func (i Image) check(c *check, path string) {
	want, known := expected[i.Compression]
	found := ansinist.Sniff(i.Data)
	c.want(known, path+"/ImageCompressionAlgorithmText", "not NONE, WSQ20, JPEGB, JPEGL, JP2, JP2L or PNG")
	c.want(len(i.Data) > 0, path+"/"+imageElement, "there is no image")
	c.want(!known || want == found.Format, path+"/ImageCompressionAlgorithmText", "the data do not begin as this compression's do")
	c.want(i.Width >= 1 && i.Width <= 99_999 && i.Height >= 1 && i.Height <= 99_999, path+"/ImageHorizontalLineLengthPixelQuantity", "width or height is not 1 to 99,999")
	if found.Width > 0 {
		c.want(found.Width == i.Width && found.Height == i.Height, path+"/ImageHorizontalLineLengthPixelQuantity",
			fmt.Sprintf("%d x %d is stated, the image's own header says %d x %d", i.Width, i.Height, found.Width, found.Height))
	}
	c.want(i.ScaleUnits >= 0 && i.ScaleUnits <= 2, path+"/ImageScaleUnitsCode", "not 0, 1 or 2")
	c.want(i.ScaleX >= 0 && i.ScaleX <= 99_999 && i.ScaleY >= 0 && i.ScaleY <= 99_999, path+"/ImageHorizontalPixelDensityValue", "not 0 to 99,999")
	c.want(i.BitsPerPixel >= 0 && i.BitsPerPixel <= 99, path+"/ImageBitsPerPixelQuantity", "not 0 to 99")
	c.want(clean(i.Source.ID) && clean(i.Source.Name), path+"/CaptureOrganization", "a text is not valid UTF-8, or has a control character")
}

// clean says that s is UTF-8 of the characters that XML 1.0 lets stand, and not too long.
func clean(s string) bool {
	return len(s) <= 1<<16 && utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool {
		return r < 0x20 && r != '\n' && r != '\r' && r != '\t' || r == 0xFFFE || r == 0xFFFF
	})
}
