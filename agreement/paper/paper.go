// Package paper sets an agreement on paper: the PDF that people sign. Every language
// stands beside the others, paragraph by paragraph; below each article stand the
// machine terms that carry out its words; the digest of the signed text is at the foot
// of each page, with the page's number, and room for the signatures at the end.
//
// [PDF] is all there is to use. The same agreement gives the same bytes: the file
// knows no clock and no chance. A text that the fonts cannot show as it is written is
// refused, never shown in part.
package paper

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"time"

	"codeberg.org/go-pdf/fpdf"

	"convenio/agreement"
)

// MaxLanguages is how many languages stand side by side on paper.
const MaxLanguages = 4

// ErrNotSet is returned for an agreement that cannot be set on paper as it is written.
var ErrNotSet = errors.New("the agreement cannot be set on paper")

// PDF sets an agreement on A4 paper: upright for up to two languages, across for three
// or four. [ErrNotSet] says that there are more, or which character of which article
// the fonts do not have.
func PDF(a *agreement.Agreement) ([]byte, error) {
	p := a.Page()
	if len(p.Langs) > MaxLanguages {
		return nil, fmt.Errorf("%w: %d languages do not fit side by side, %d do; print the HTML page", ErrNotSet, len(p.Langs), MaxLanguages)
	}
	s := newSetter(&p)
	s.opening()
	for i := range p.Articles {
		s.article(&p.Articles[i])
	}
	s.lists()
	s.signatures()
	if s.err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotSet, s.err)
	}
	s.draw(s.pages())
	var b bytes.Buffer
	if err := s.pdf.Output(&b); err != nil {
		return nil, fmt.Errorf("write the PDF of %s: %w", a.ID, err)
	}
	return undated(b.Bytes()), nil
}

// dates are the two entries of a PDF that say when the file was made; both are
// optional (ISO 32000-1:2008, 14.3.3).
var dates = regexp.MustCompile(`\n/(Creation|Mod)Date \(D:19700101000000\)`)

// undated takes out the times that the library writes, which would say something
// untrue: what has a date is the text. Spaces keep every offset where it is.
func undated(pdf []byte) []byte {
	at := bytes.LastIndex(pdf, []byte("/CreationDate"))
	if at < 1 {
		return pdf
	}
	tail := dates.ReplaceAllFunc(pdf[at-1:], func(b []byte) []byte { return append([]byte{'\n'}, bytes.Repeat([]byte{' '}, len(b)-1)...) })
	return append(pdf[:at-1:at-1], tail...)
}

// newPDF is an empty document with the fonts in it.
func newPDF(p *agreement.Page, w, h float64) *fpdf.Fpdf {
	f := fpdf.NewCustom(&fpdf.InitType{UnitStr: "pt", Size: fpdf.SizeType{Wd: w, Ht: h}})
	f.SetAutoPageBreak(false, 0)
	f.SetCatalogSort(true)
	f.SetCreationDate(time.Unix(0, 0).UTC())
	f.SetModificationDate(time.Unix(0, 0).UTC())
	f.SetProducer("Convenio", false)
	f.SetTitle(p.Columns[0].Title, true)
	f.SetSubject("SHA-256 "+p.Digest, false)
	f.SetLang(p.Langs[0])
	for _, x := range fonts {
		f.AddUTF8FontFromBytes(x.family, x.style, x.ttf)
	}
	return f
}
