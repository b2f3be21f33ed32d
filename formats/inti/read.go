package inti

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Read takes a message apart. Images are copied out of their base64; nothing
// else of data is kept. Memory taken is about twice the size of data, and some
// MiB more for documents of nothing but elements.
func Read(data []byte, limits Limits) (*Message, error) {
	limits = limits.withDefaults()
	root, err := parse(data, limits)
	if err != nil {
		return nil, err
	}
	d := &decoder{m: &Message{}, limits: limits}
	root.used = true
	if err := d.records(root); err != nil {
		return nil, err
	}
	d.unread(root)
	return d.m, nil
}

// decoder reads a tree into a message.
type decoder struct {
	m      *Message
	limits Limits
	record int // being read
	listed [][2]int
	count  int // 1.003
	texts  int // Type-2 records met
}

// odd notes an oddity, up to the limit.
func (d *decoder) odd(n *node, kind, detail string) {
	if len(d.m.Oddities) < d.limits.MaxOddities {
		d.m.Oddities = append(d.m.Oddities, Oddity{d.record, n.path(), n.offset, kind, detail})
	}
}

// child finds an element below n by a path of local names, "A/B"; nil if there
// is none. What it passes counts as read.
func (n *node) child(path string) *node {
	if n == nil {
		return nil
	}
	name, rest, more := strings.Cut(path, "/")
	for _, c := range n.children {
		if c.name != name {
			continue
		}
		c.used = true
		if !more {
			return c
		}
		if found := c.child(rest); found != nil {
			return found
		}
	}
	return nil
}

// all are the elements of a name directly below n.
func (n *node) all(name string) []*node {
	var out []*node
	if n == nil {
		return nil
	}
	for _, c := range n.children {
		if c.name == name {
			c.used = true
			out = append(out, c)
		}
	}
	return out
}

// value is an element's text without white space around it.
func (n *node) value() string {
	if n == nil {
		return ""
	}
	return strings.TrimSpace(string(n.text))
}

func (n *node) get(path string) string { return n.child(path).value() }

// number reads a number of at most six digits; 0 where there is none.
func (d *decoder) number(n *node, path string) int {
	c := n.child(path)
	if c == nil || c.value() == "" {
		return 0
	}
	v, err := strconv.Atoi(c.value())
	if err != nil || v < 0 || v > 999_999 {
		d.odd(c, "value", "not a number from 0 to 999,999")
		return 0
	}
	return v
}

// Forms of dates in XML (xs:date, xs:dateTime); Go reads a fraction of a
// second where its form has none.
var timeForms = []string{"2006-01-02", time.RFC3339, "2006-01-02T15:04:05"}

// date reads nc:Date or nc:DateTime below n.
func (d *decoder) date(n *node) time.Time {
	c := n.child("Date")
	if c == nil {
		c = n.child("DateTime")
	}
	if c == nil || c.value() == "" {
		return time.Time{}
	}
	for _, form := range timeForms {
		if t, err := time.Parse(form, c.value()); err == nil {
			return t
		}
	}
	d.odd(c, "value", "not a date of the form 2026-01-31, nor a date and time")
	return time.Time{}
}

// records reads each record.
func (d *decoder) records(root *node) error {
	for i, r := range root.children {
		r.used, d.record = true, i+1
		rec := Record{Number: i + 1, Name: r.name, IDC: -1, Offset: r.offset, Type: d.number(r, "RecordCategoryCode")}
		if id := r.child("ImageReferenceIdentification/IdentificationID"); id != nil {
			rec.IDC = d.number(r, "ImageReferenceIdentification/IdentificationID")
		}
		d.m.Records = append(d.m.Records, rec)
		var err error
		switch r.name {
		case "PackageInformationRecord":
			d.header(r.child("Transaction"))
		case "PackageDescriptiveTextRecord":
			if d.texts++; d.texts == 1 { // a further one stays unread, and is reported
				d.descriptive(r.child("UserDefinedDescriptiveDetail/DomainDefinedDescriptiveDetail"))
			}
		case "PackageFacialAndSMTImageRecord":
			err = d.face(rec, r.child("FaceImage"))
		case "PackageFingerprintImageRecord":
			err = d.finger(rec, oneOf(r, "FingerprintImage", "FingerImpressionImage"), false)
		case "PackageLatentImageRecord":
			err = d.finger(rec, oneOf(r, "FingerImpressionImage", "FingerprintImage", "FrictionRidgeImage"), true)
		default:
			err = d.others(rec, r)
		}
		if err != nil {
			return err
		}
	}
	if len(d.m.Records) == 0 || d.m.Records[0].Name != "PackageInformationRecord" {
		return &Error{Offset: root.offset, Detail: "the first record is not PackageInformationRecord", Err: ErrMalformed}
	}
	if d.m.Kind == "" {
		return &Error{Path: "PackageInformationRecord", Offset: root.children[0].offset, Detail: "there is no TransactionCategoryCode", Err: ErrMalformed}
	}
	d.compareContents(root)
	return nil
}

// oneOf is the first of several elements that is there.
func oneOf(n *node, names ...string) *node {
	for _, name := range names {
		if c := n.child(name); c != nil {
			return c
		}
	}
	return nil
}

// header reads Type-1.
func (d *decoder) header(t *node) {
	m := d.m
	m.Kind = Kind(t.get("TransactionCategoryCode"))
	m.Date = d.date(t.child("TransactionDate"))
	m.UTC = d.date(t.child("TransactionUTCDate"))
	m.Destination = organization(t.child("TransactionDestinationOrganization"))
	m.Origin = organization(t.child("TransactionOriginatingOrganization"))
	m.Control = t.get("TransactionControlIdentification/IdentificationID")
	m.Reference = t.get("TransactionControlReferenceIdentification/IdentificationID")
	m.Domain = t.get("TransactionDomain/TransactionDomainName")
	m.DomainVersion = t.get("TransactionDomain/DomainVersionNumberIdentification/IdentificationID")
	m.Version = t.get("TransactionMajorVersionValue") + t.get("TransactionMinorVersionValue")
	m.Priority = d.number(t, "TransactionPriorityValue")
	_ = t.get("TransactionImageResolutionDetails/NativeScanningResolutionValue") // 00.00 without Type-4
	_ = t.get("TransactionImageResolutionDetails/NominalTransmittingResolutionValue")
	set := t.child("TransactionCharacterSetDirectory")
	_, _, _ = set.get("CharacterSetCommonNameCode"), set.get("CharacterSetIndexCode"), set.get("CharacterSetVersionIdentification/IdentificationID")
	summary := t.child("TransactionContentSummary")
	_ = summary.get("ContentFirstRecordCategoryCode")
	d.count = d.number(summary, "ContentRecordQuantity")
	for _, c := range summary.all("ContentRecordSummary") {
		d.listed = append(d.listed, [2]int{d.number(c, "RecordCategoryCode"), d.number(c, "ImageReferenceIdentification/IdentificationID")})
	}
	if m.Kind != "" && !known(m.Kind) {
		d.odd(t.child("TransactionCategoryCode"), "value", "not a transaction of INT-I v6")
	}
}

// known says that the kind is one of INT-I v6.
func known(k Kind) bool {
	switch k {
	case NPS, MPS, CPS, ATP, SRE, ERR:
		return true
	}
	return false
}

// compareContents holds 1.003 against the records.
func (d *decoder) compareContents(root *node) {
	d.record = 1
	at := root.children[0]
	if d.count != len(d.m.Records)-1 || len(d.listed) != d.count {
		d.odd(at, "record-count", fmt.Sprintf("1.003 counts %d and lists %d records, there are %d", d.count, len(d.listed), len(d.m.Records)-1))
	}
	for i, l := range d.listed {
		if i+1 >= len(d.m.Records) {
			return
		}
		if r := d.m.Records[i+1]; l != [2]int{r.Type, max(r.IDC, 0)} {
			d.record = r.Number
			d.odd(root.children[i+1], "idc", fmt.Sprintf("1.003 announces Type-%d with IDC %d, the record is Type-%d with IDC %d", l[0], l[1], r.Type, r.IDC))
		}
	}
}

func organization(n *node) Organization {
	o := Organization{ID: n.get("OrganizationIdentification/IdentificationID"), Name: n.get("OrganizationName")}
	o.Country = n.get("LocationCountryISO3166Alpha3Code")
	return o
}

// base64Image decodes an image's characters; white space in them is let pass.
func base64Image(n *node) ([]byte, error) {
	packed := make([]byte, 0, len(n.text))
	for _, c := range n.text {
		if c != ' ' && c != '\n' && c != '\r' && c != '\t' {
			packed = append(packed, c)
		}
	}
	out := make([]byte, base64.StdEncoding.DecodedLen(len(packed)))
	size, err := base64.StdEncoding.Decode(out, packed)
	if err != nil {
		return nil, &Error{Path: n.path(), Offset: n.offset, Detail: "the image is not base64", Err: ErrMalformed}
	}
	return out[:size:size], nil
}

// unread lists the elements that nothing has read.
func (d *decoder) unread(n *node) {
	for i, c := range n.children {
		if n.parent == nil {
			d.record = i + 1
		}
		if !c.used {
			d.odd(c, "unread", fmt.Sprintf("element %s is not read", c.name))
			continue
		}
		d.unread(c)
	}
}
