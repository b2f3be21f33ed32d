package inti

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Namespaces of the INT-I schemas.
const (
	nsITL  = "http://biometrics.nist.gov/standard/2011"
	nsBiom = "http://niem.gov/niem/biometrics/1.0"
	nsNC   = "http://niem.gov/niem/niem-core/2.0"
	nsINTI = "http://interpol.gov/int-i/1.0"
)

// oldNamespaces are those of ANSI/NIST-ITL 2-2008, the edition before.
var oldNamespaces = map[string]bool{
	"http://biometrics.nist.gov/standard/2-2008": true,
	"http://niem.gov/niem/ansi-nist/2.0":         true,
}

const (
	rootElement  = "NISTBiometricInformationExchangePackage"
	imageElement = "BinaryBase64Object" // the one element whose text may be long
)

// node is one element.
type node struct {
	space, name string
	text        []byte // its own characters
	children    []*node
	parent      *node
	offset      int64
	used        bool // something has read it
}

// path names the element from below the root.
func (n *node) path() string {
	var names []string
	for ; n != nil && n.parent != nil; n = n.parent {
		names = append(names, n.name)
	}
	for i, j := 0, len(names)-1; i < j; i, j = i+1, j-1 {
		names[i], names[j] = names[j], names[i]
	}
	return strings.Join(names, "/")
}

// parser builds the tree within the limits.
type parser struct {
	data     []byte
	dec      *xml.Decoder
	limits   Limits
	elements int
	depth    int
	images   int
}

// parse reads a document into its tree.
func parse(data []byte, limits Limits) (*node, error) {
	p := &parser{data: data, dec: xml.NewDecoder(bytes.NewReader(data)), limits: limits}
	var root, at *node
	for {
		offset := p.dec.InputOffset()
		token, err := p.dec.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			if root == nil && !bytes.HasPrefix(bytes.TrimLeft(data, "\ufeff \t\r\n"), []byte("<")) {
				return nil, &Error{Offset: 0, Detail: "it does not begin with an element", Err: ErrNotINTI}
			}
			return nil, p.fail(at, p.dec.InputOffset(), ErrMalformed, xmlFault(err))
		}
		switch token := token.(type) {
		case xml.Directive:
			return nil, p.fail(at, offset, ErrMalformed, "a document type or other directive is not taken")
		case xml.StartElement:
			if at, err = p.open(at, token, offset); err != nil {
				return nil, err
			}
			if root == nil {
				root = at
			}
		case xml.EndElement:
			p.depth--
			at = at.parent
		case xml.CharData:
			if err := p.chars(at, token, offset); err != nil {
				return nil, err
			}
		}
	}
	if root == nil {
		return nil, &Error{Offset: 0, Detail: "there is no element", Err: ErrNotINTI}
	}
	return root, nil
}

// open adds an element.
func (p *parser) open(at *node, token xml.StartElement, offset int64) (*node, error) {
	n := &node{space: token.Name.Space, name: token.Name.Local, parent: at, offset: offset}
	if len(n.name) > 200 || len(n.space) > 200 {
		return nil, p.fail(at, offset, ErrTooLarge, "an element's name is longer than 200 bytes")
	}
	if oldNamespaces[n.space] {
		return nil, p.fail(at, offset, ErrEdition, fmt.Sprintf("element %s is of ANSI/NIST-ITL 2-2008 (%s); INT-I v6 has the edition of 2011", n.name, n.space))
	}
	if at == nil && (n.name != rootElement || n.space != nsITL) {
		return nil, p.fail(nil, offset, ErrNotINTI, fmt.Sprintf("the root is %s of namespace %q, not %s of %q", n.name, n.space, rootElement, nsITL))
	}
	if p.elements++; p.elements > p.limits.MaxElements {
		return nil, p.fail(at, offset, ErrTooLarge, fmt.Sprintf("more than %d elements", p.limits.MaxElements))
	}
	if p.depth++; p.depth > p.limits.MaxDepth {
		return nil, p.fail(at, offset, ErrTooLarge, fmt.Sprintf("elements within elements deeper than %d", p.limits.MaxDepth))
	}
	if n.name == imageElement {
		if p.images++; p.images > p.limits.MaxImages {
			return nil, p.fail(at, offset, ErrTooLarge, fmt.Sprintf("more than %d images", p.limits.MaxImages))
		}
	}
	if at != nil {
		at.children = append(at.children, n)
	}
	return n, nil
}

// chars adds characters to the element. Where the document has them as they
// are, which an image's always are, they are not copied.
func (p *parser) chars(at *node, token xml.CharData, offset int64) error {
	if at == nil {
		return nil // outside the root: the decoder lets white space pass
	}
	if len(at.text)+len(token) > p.limits.MaxTextBytes && at.name != imageElement {
		return p.fail(at, offset, ErrTooLarge, fmt.Sprintf("more than %d bytes of text", p.limits.MaxTextBytes))
	}
	end := p.dec.InputOffset()
	if len(at.text) == 0 && end-offset == int64(len(token)) {
		at.text = p.data[offset:end:end]
		return nil
	}
	at.text = append(at.text, token...)
	return nil
}

func (p *parser) fail(at *node, offset int64, kind error, detail string) error {
	path := ""
	if at != nil {
		path = at.path()
	}
	return &Error{Path: path, Offset: offset, Detail: detail, Err: kind}
}

// xmlFault says what the decoder found, without what it found it in.
func xmlFault(err error) string {
	var syntax *xml.SyntaxError
	if !errors.As(err, &syntax) {
		return "it is not in UTF-8, or not XML"
	}
	message := syntax.Msg
	if strings.Contains(message, "entity") {
		message = "an entity that XML does not define itself"
	}
	if len(message) > 120 {
		message = "XML syntax"
	}
	return fmt.Sprintf("line %d: %s", syntax.Line, message)
}
