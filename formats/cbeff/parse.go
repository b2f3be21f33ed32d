package cbeff

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"convenio/formats/sc37"
)

// Is reports whether the bytes look like XML whose first element is a BIR.
func Is(data []byte) bool {
	d := newDecoder(data[:min(len(data), 4096)])
	for range 50 {
		t, err := d.RawToken()
		if err != nil {
			return false
		}
		if s, ok := t.(xml.StartElement); ok {
			return s.Name.Local == "BIR"
		}
	}
	return false
}

func newDecoder(data []byte) *xml.Decoder {
	d := xml.NewDecoder(bytes.NewReader(data)) // tokens alone, into our own types, within limits; no entity is known
	d.Entity = map[string]string{}
	d.CharsetReader = func(charset string, in io.Reader) (io.Reader, error) {
		if strings.EqualFold(charset, "us-ascii") {
			return in, nil
		}
		return nil, fmt.Errorf("encoding %q, UTF-8 is read", charset)
	}
	return d
}

// Parse reads a document. It fails with sc37.ErrFormat where the first element is not a BIR, with sc37.ErrTruncated where
// the XML ends early, and with sc37.ErrMalformed where it is not XML or over a limit; errors name path and byte.
func Parse(data []byte) (*Document, error) {
	if len(data) > MaxBytes {
		return nil, fmt.Errorf("parse CBEFF XML: %w: %d bytes, at most %d", sc37.ErrMalformed, len(data), MaxBytes)
	}
	p := parser{d: newDecoder(data)}
	root, err := p.root()
	if err != nil {
		return nil, fmt.Errorf("parse CBEFF XML: %w", err)
	}
	doc := &Document{}
	p.bir(root, &doc.BIR)
	if p.err != nil {
		return nil, fmt.Errorf("parse CBEFF XML: %w", p.err)
	}
	doc.Oddities = p.odd
	return doc, nil
}

type parser struct {
	d       *xml.Decoder
	path    []string
	odd     []sc37.Oddity
	records int
	foreign bool // another namespace was reported
	err     error
}

func (p *parser) oddity(field, format string, a ...any) {
	if len(p.odd) > sc37.MaxOddities {
		return
	}
	p.odd = sc37.AppendOddities(p.odd, sc37.Oddity{Record: strings.Join(p.path, "/"), Field: field, Offset: int(p.d.InputOffset()), Text: fmt.Sprintf(format, a...)})
}

// fail keeps the first error with its place.
func (p *parser) fail(kind error, format string, a ...any) {
	if p.err == nil {
		p.err = fmt.Errorf("%w: %s (byte %d): %s", kind, strings.Join(p.path, "/"), p.d.InputOffset(), fmt.Sprintf(format, a...))
	}
}

func (p *parser) token() xml.Token {
	t, err := p.d.Token()
	var syntax *xml.SyntaxError
	switch {
	case err == nil:
		return t
	case errors.Is(err, io.EOF), errors.As(err, &syntax) && strings.Contains(syntax.Msg, "unexpected EOF"):
		p.fail(sc37.ErrTruncated, "the document ends early")
	default:
		p.fail(sc37.ErrMalformed, "not XML: %v", err)
	}
	return nil
}

// root finds the first element.
func (p *parser) root() (xml.StartElement, error) {
	for {
		switch t := p.token().(type) {
		case nil:
			if errors.Is(p.err, sc37.ErrTruncated) {
				return xml.StartElement{}, fmt.Errorf("%w: no element", sc37.ErrFormat)
			}
			return xml.StartElement{}, p.err
		case xml.StartElement:
			if t.Name.Local != "BIR" {
				return t, fmt.Errorf("%w: the first element is %q, not BIR", sc37.ErrFormat, t.Name.Local)
			}
			return t, nil
		}
	}
}

// children calls f for each child element; f consumes it by p.text, p.children or p.skip. Text between elements is
// passed over. end, where given, is called when the element has ended well.
func (p *parser) children(start xml.StartElement, f func(xml.StartElement), end ...func()) {
	p.path = append(p.path, start.Name.Local)
	defer func() { p.path = p.path[:len(p.path)-1] }()
	if ns := start.Name.Space; ns != Namespace && !p.foreign {
		p.foreign = true
		if ns == "" {
			p.oddity("namespace", "missing")
		} else {
			p.oddity("namespace", "%q is not that of ISO/IEC 19785-3", ns)
		}
	}
	for p.err == nil {
		switch t := p.token().(type) {
		case xml.StartElement:
			f(t)
		case xml.EndElement:
			for _, e := range end {
				e()
			}
			return
		}
	}
}

// text returns what an element holds, without its child elements.
func (p *parser) text(start xml.StartElement) string {
	var s []byte
	for p.err == nil {
		switch t := p.token().(type) {
		case xml.CharData:
			s = append(s, t...)
		case xml.StartElement:
			p.oddity(start.Name.Local, "holds an element %q", t.Name.Local)
			p.skip()
		case xml.EndElement:
			return strings.TrimSpace(string(s))
		}
	}
	return ""
}

// skip passes over an element without recursion.
func (p *parser) skip() {
	for depth := 1; depth > 0 && p.err == nil; {
		switch p.token().(type) {
		case xml.StartElement:
			depth++
		case xml.EndElement:
			depth--
		}
	}
}

func (p *parser) unknown(t xml.StartElement) {
	p.oddity(t.Name.Local, "is not in the schema; passed over")
	p.skip()
}

// base64 decodes either alphabet, with or without padding.
func (p *parser) base64(start xml.StartElement) []byte {
	s := p.text(start)
	if p.err != nil || s == "" {
		return nil
	}
	clean := make([]byte, 0, len(s))
	url := false
	for i := range len(s) {
		switch c := s[i]; c {
		case ' ', '\t', '\r', '\n':
		case '-':
			clean, url = append(clean, '+'), true
		case '_':
			clean, url = append(clean, '/'), true
		default:
			clean = append(clean, c)
		}
	}
	bare := bytes.TrimRight(clean, "=")
	out := make([]byte, base64.RawStdEncoding.DecodedLen(len(bare)))
	n, err := base64.RawStdEncoding.Decode(out, bare)
	if err != nil {
		p.oddity(start.Name.Local, "is not base64 at character %d; left out", n/3*4)
		return nil
	}
	if url {
		p.oddity(start.Name.Local, "uses the URL alphabet of base64, the schema the standard one")
	}
	if len(clean)%4 != 0 {
		p.oddity(start.Name.Local, "base64 without padding")
	}
	return out[:n]
}

func (p *parser) number(start xml.StartElement, most uint64) uint64 {
	s := p.text(start)
	n, err := strconv.ParseUint(s, 10, 64)
	if err != nil && p.err == nil {
		f, ferr := strconv.ParseFloat(s, 64)
		if ferr != nil || f < 0 || f != f || f > float64(most) {
			p.oddity(start.Name.Local, "%.20q is not a whole number", s)
			return 0
		}
		p.oddity(start.Name.Local, "%.20q is not a whole number; cut to one", s)
		n = uint64(f)
	}
	if n > most {
		p.oddity(start.Name.Local, "%d is over %d", n, most)
		return 0
	}
	return n
}

func (p *parser) boolean(start xml.StartElement) bool {
	switch s := p.text(start); s {
	case "true", "1":
		return true
	case "false", "0":
	default:
		if p.err == nil {
			p.oddity(start.Name.Local, "%.20q is neither true nor false", s)
		}
	}
	return false
}
