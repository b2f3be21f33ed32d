package ansinist

import (
	"fmt"
	"time"
)

// Header is what the Type-1 record says of the transaction (1-2011 §8.1).
type Header struct {
	Version     string    // 1.002, "0502" for Update:2015
	Type        string    // 1.004 TOT, agreed in the domain: "SRCH", "CPS"
	Date        time.Time // 1.005, a day
	Priority    int       // 1.006, 1 (most urgent) to 9; 0: absent
	Destination string    // 1.007 DAI
	Origin      string    // 1.008 ORI
	Control     string    // 1.009 TCN, unique to the transaction at its origin
	Reference   string    // 1.010 TCR: the TCN that this answers; empty: none
	Native      float64   // 1.011 NSR, pixels per mm; 0: no Type-4
	Nominal     float64   // 1.012 NTR, pixels per mm; 0: no Type-4
	Domain      string    // 1.013 DNM; empty: the default domain
	DomainVer   string    // 1.013 DVN
	GMT         time.Time // 1.014; zero: absent
	Charset     Charset   // 1.015
}

// Header reads the Type-1 record. The error names each field at fault; what
// could be read is given beside it.
func (t *Transaction) Header() (Header, error) {
	if len(t.Records) == 0 || t.Records[0].Type != 1 {
		return Header{}, &Error{Record: 1, Offset: -1, Detail: "there is no Type-1 record", Err: ErrMalformed}
	}
	v := &view{r: t.Records[0]}
	h := Header{
		Version: v.text(2), Type: v.text(4), Date: v.date(5), Priority: v.optional(6, 1, 9),
		Destination: v.text(7), Origin: v.text(8), Control: v.text(9), Reference: v.r.Text(10),
		Native: millimetre(v.text(11)), Nominal: millimetre(v.text(12)), Charset: t.Charset(),
	}
	if f, ok := v.r.Field(13); ok {
		items := f.firstItems(3)
		h.Domain, h.DomainVer = items[0], optionalItem(items, 1)
	}
	if s := v.r.Text(14); s != "" {
		at, err := time.Parse(gmtForm, s)
		if err != nil {
			v.fault(14, "not a time of the form YYYYMMDDHHMMSSZ")
		}
		h.GMT = at
	}
	return h, v.err()
}

// Record makes a Type-1 record of the header. Transaction.Announce adds 1.003.
func (h Header) Record() *Record {
	r := NewRecord(1)
	r.SetText(2, h.Version)
	r.SetItems(3, [][]string{{"1", "0"}})
	r.SetText(4, h.Type)
	r.SetText(5, h.Date.Format(dateForm))
	if h.Priority > 0 {
		r.SetInt(6, h.Priority)
	}
	r.SetText(7, h.Destination)
	r.SetText(8, h.Origin)
	r.SetText(9, h.Control)
	if h.Reference != "" {
		r.SetText(10, h.Reference)
	}
	r.SetText(11, fmt.Sprintf("%05.2f", h.Native))
	r.SetText(12, fmt.Sprintf("%05.2f", h.Nominal))
	if h.Domain != "" {
		items := []string{h.Domain}
		if h.DomainVer != "" {
			items = append(items, h.DomainVer)
		}
		r.SetItems(13, [][]string{items})
	}
	if !h.GMT.IsZero() {
		r.SetText(14, h.GMT.UTC().Format(gmtForm))
	}
	if h.Charset != ASCII {
		r.SetItems(15, [][]string{{fmt.Sprintf("%03d", h.Charset), charsetNames[h.Charset]}})
	}
	return r
}

// charsetNames are the names that go with the index in 1.015.
var charsetNames = map[Charset]string{Latin1: "ISO8859-1", UTF16: "UTF-16", UTF8: "UTF-8", UTF32: "UTF-32"}

// UserText is one field of a Type-2 record: what it means is agreed in the
// transaction's domain.
type UserText struct {
	Number int
	Items  [][]string // subfields, and the items of each
}

// UserTexts reads a Type-2 record's user-defined fields, decoded by 1.015. ok
// is false where a byte is not of that encoding.
func (t *Transaction) UserTexts(r *Record) (texts []UserText, ok bool) {
	ok = r.Type == 2
	set := t.Charset()
	for _, f := range r.fields {
		if r.Type != 2 || f.Number <= 2 {
			continue
		}
		u := UserText{Number: f.Number}
		for _, sub := range f.Items() {
			for i, item := range sub {
				s, fine := set.text([]byte(item))
				sub[i], ok = s, ok && fine
			}
			u.Items = append(u.Items, sub)
		}
		texts = append(texts, u)
	}
	return texts, ok
}
