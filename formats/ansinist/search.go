package ansinist

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// Search is a fingerprint search as a transaction: who asks whom, and the
// fingers. Nothing in it names the person searched for, unless Texts does.
type Search struct {
	Type        string    // 1.004 TOT, 1 to 16 characters, agreed in the domain
	At          time.Time // gives 1.005 and 1.014; UTC, to the second
	Priority    int       // 1.006, 1 to 9; 0: not stated
	Destination string    // 1.007 DAI
	Origin      string    // 1.008 ORI
	Control     string    // 1.009 TCN, at most 40 characters, unique at the origin
	Reference   string    // 1.010 TCR; empty: none
	Domain      string    // 1.013 DNM; empty: not stated
	DomainVer   string    // 1.013 DVN
	Texts       []UserText
	Fingers     []SearchFinger // 1 to 99 images
}

// SearchFinger is one finger of a search: a Type-14 record and, where Minutiae
// has any, the Type-9 record (M1 block) that goes with it.
type SearchFinger struct {
	Position    int       // 0 not known, 1 right thumb to 5 right little, 6 left thumb to 10 left little
	Impression  int       // IMP: 0 live plain, 1 live rolled, 2 nonlive plain, 3 nonlive rolled, 8 swipe, 20 to 29
	Source      string    // 14.004 SRC; empty: the search's origin
	Captured    time.Time // 14.005, a day; zero: the day of the search
	Width       int       // pixels, 10 to 99,999
	Height      int       // pixels
	PPI         int       // 490 to 4,100
	Compression string    // NONE (8-bit gray, row by row), WSQ20, JPEGB, JPEGL, JP2, JP2L or PNG
	Data        []byte    // the image, in that compression
	Quality     []Quality // 14.024
	Minutiae    []M1Minutia
}

// NewSearch builds the transaction of a search: Type-1 (version 0502), one
// Type-2 with Texts, and for each finger a Type-14 and perhaps a Type-9 with
// the same IDC, counted from 1. It is strict: what it refuses it lists, field
// by field, in an error that wraps ErrInvalid. The images are looked at as far
// as their headers go: their signature and size must be those stated.
func NewSearch(s Search) (*Transaction, error) {
	if err := errors.Join(s.faults()...); err != nil {
		return nil, err
	}
	head := Header{
		Version: "0502", Type: s.Type, Date: s.At.UTC(), Priority: s.Priority, Destination: s.Destination,
		Origin: s.Origin, Control: s.Control, Reference: s.Reference, Domain: s.Domain, DomainVer: s.DomainVer, GMT: s.At.UTC(),
	}
	text := NewRecord(2)
	text.SetText(2, "00")
	for _, u := range s.Texts {
		text.SetItems(u.Number, u.Items)
		if f, _ := text.Field(u.Number); !isASCII(f.Value) {
			head.Charset = UTF8
		}
	}
	t := &Transaction{Records: []*Record{head.Record(), text}}
	var images []*Record
	for i, f := range s.Fingers {
		image, err := f.record(s, i+1)
		if err != nil {
			return nil, err
		}
		images = append(images, image)
		if len(f.Minutiae) > 0 {
			minutiae, err := f.minutiae(i + 1)
			if err != nil {
				return nil, err
			}
			t.Records = append(t.Records, minutiae)
		}
	}
	t.Records = append(t.Records, images...)
	t.Announce()
	if err := errors.Join(t.faults()...); err != nil {
		return nil, err
	}
	return t, nil
}

// record makes the Type-14.
func (f SearchFinger) record(s Search, idc int) (*Record, error) {
	source, captured := f.Source, f.Captured
	if source == "" {
		source = s.Origin
	}
	if captured.IsZero() {
		captured = s.At.UTC()
	}
	return FrictionRidge{
		Type: 14, Impression: f.Impression, Positions: []int{f.Position}, Quality: f.Quality,
		Raster: Raster{
			IDC: idc, Source: source, Captured: captured, Width: f.Width, Height: f.Height, ScaleUnits: 1,
			ScaleX: f.PPI, ScaleY: f.PPI, Compression: f.Compression, BitsPerPixel: 8, Data: f.Data,
		},
	}.Record()
}

// minutiae makes the Type-9.
func (f SearchFinger) minutiae(idc int) (*Record, error) {
	return Minutiae{IDC: idc, Impression: f.Impression, M1: &M1{
		FormatOwner: 27, FormatType: 513, Product: "00000000", Certification: "NONE", Equipment: "0",
		Width: f.Width, Height: f.Height, ScaleUnits: 1, ScaleX: f.PPI, ScaleY: f.PPI, Position: f.Position, Minutiae: f.Minutiae,
	}}.Record()
}

// ReadSearch takes a search apart: of a transaction of NewSearch what went in,
// of another its Type-1, the texts of its Type-2 and each finger that is in a
// Type-4 or Type-14 with an image, with the M1 minutiae of the same IDC. The
// error lists what is missing or wrong; what could be read is beside it.
func ReadSearch(t *Transaction) (Search, error) {
	h, err := t.Header()
	faults := []error{err}
	s := Search{
		Type: h.Type, At: h.GMT, Priority: h.Priority, Destination: h.Destination, Origin: h.Origin,
		Control: h.Control, Reference: h.Reference, Domain: h.Domain, DomainVer: h.DomainVer,
	}
	if s.At.IsZero() {
		s.At = h.Date
	}
	for _, r := range t.Of(2) {
		texts, _ := t.UserTexts(r)
		s.Texts = append(s.Texts, texts...)
	}
	minutiae := map[int][]M1Minutia{}
	for _, r := range t.Of(9) {
		m, err := r.Minutiae()
		faults = append(faults, err)
		if m.M1 != nil {
			minutiae[m.IDC] = m.M1.Minutiae
		}
	}
	for _, r := range t.Of(4, 14) {
		img, ok := t.Image(r)
		if !ok {
			continue
		}
		f, err := searchFinger(r, img)
		faults = append(faults, err)
		idc, _ := r.IDC()
		f.Minutiae = minutiae[idc]
		s.Fingers = append(s.Fingers, f)
	}
	if len(s.Fingers) == 0 {
		faults = append(faults, &Error{Offset: -1, Detail: "there is no fingerprint image", Err: ErrMalformed})
	}
	return s, errors.Join(faults...)
}

// searchFinger reads a Type-4 or Type-14.
func searchFinger(r *Record, img Image) (SearchFinger, error) {
	f := SearchFinger{Width: img.Width, Height: img.Height, PPI: int(img.PPIX + 0.5), Compression: img.Compression, Data: img.Data}
	if len(img.Positions) > 0 {
		f.Position = img.Positions[0]
	}
	if f.Compression == "WSQ" {
		f.Compression = "WSQ20"
	}
	if r.Type == 4 {
		x, err := r.FixedImage()
		f.Impression = x.Impression
		return f, err
	}
	x, err := r.FrictionRidge()
	f.Impression, f.Source, f.Captured, f.Quality = x.Impression, x.Source, x.Captured, x.Quality
	return f, err
}

// faults lists what NewSearch refuses.
func (s Search) faults() []error {
	var out []error
	add := func(typ, field int, detail string) {
		out = append(out, &Error{Type: typ, Field: field, Offset: -1, Detail: detail, Err: ErrInvalid})
	}
	for _, x := range []struct {
		field, longest int
		value          string
		needed         bool
	}{
		{4, 16, s.Type, true}, {7, 126, s.Destination, true}, {8, 126, s.Origin, true}, {9, 40, s.Control, true},
		{10, 40, s.Reference, false}, {13, 126, s.Domain, false}, {13, 126, s.DomainVer, s.Domain != "" && s.DomainVer != ""},
	} {
		if !printable(x.value) || len(x.value) > x.longest || x.needed && x.value == "" {
			add(1, x.field, fmt.Sprintf("needed: printable ASCII, at most %d characters", x.longest))
		}
	}
	if y := s.At.UTC().Year(); y < 1900 || y > 9999 {
		add(1, 5, "there is no date of the transaction")
	}
	if s.Priority < 0 || s.Priority > 9 {
		add(1, 6, "priority is not 1 to 9, nor 0 for none")
	}
	seen := map[int]bool{1: true, 2: true}
	for _, u := range s.Texts {
		if u.Number < 3 || u.Number > 9_999 || seen[u.Number] {
			add(2, u.Number, "not a number from 3 to 9999, or given twice")
		}
		seen[u.Number] = true
		for _, sub := range u.Items {
			if slices.ContainsFunc(sub, func(item string) bool { return !clean(item) }) {
				add(2, u.Number, "an item is not valid UTF-8, or has a control character")
			}
		}
	}
	if len(s.Fingers) == 0 || len(s.Fingers) > 99 {
		add(14, 0, "1 to 99 fingers are needed")
	}
	for i, f := range s.Fingers {
		for _, e := range f.faults() {
			add(14, e.Number, fmt.Sprintf("finger %d: %s", i+1, e.Value))
		}
	}
	return out
}
