package exchange

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"unicode"
	"unicode/utf8"
)

// Text is one statement in the languages that a person may read it in.
type Text struct {
	ES string `json:"es"`
	EN string `json:"en"`
}

// In returns the statement in the language "es"; for any other language, in English.
func (t Text) In(lang string) string {
	if lang == "es" {
		return t.ES
	}
	return t.EN
}

func (t Text) check(what string, maxBytes int) error {
	if err := checkLine(what+".es", t.ES, maxBytes); err != nil {
		return err
	}
	return checkLine(what+".en", t.EN, maxBytes)
}

// checkLine demands a non-empty line of printable UTF-8. With no control characters in any string, the only escapes
// that JSON needs are \" and \\, and every implementation writes the same bytes.
func checkLine(what, s string, maxBytes int) error {
	if s == "" {
		return fmt.Errorf("%s is empty", what)
	}
	return checkChars(what, s, maxBytes)
}

func checkChars(what, s string, maxBytes int) error {
	if len(s) > maxBytes {
		return fmt.Errorf("%s is %d bytes long, at most %d are allowed", what, len(s), maxBytes)
	}
	if !utf8.ValidString(s) {
		return fmt.Errorf("%s is not UTF-8", what)
	}
	for _, r := range s {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == '\u2028' || r == '\u2029' || r == utf8.RuneError {
			return fmt.Errorf("%s holds the character %U, which is not allowed", what, r)
		}
	}
	return nil
}

var codePattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}$`)

// checkCode demands an opaque code: 1 to 64 letters, digits and . _ : / -, no spaces.
func checkCode(what, s string) error {
	if !codePattern.MatchString(s) {
		return fmt.Errorf("%s is not a code (1 to 64 of A-Z a-z 0-9 . _ : / -, starting with a letter or digit)", what)
	}
	return nil
}

// encode writes v as the protocol's JSON: members in the order of the specification, no white space, no HTML escapes.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// decodeStrict reads the one encoding of a value that encode would write: unknown, repeated, misspelt or reordered
// members, white space and trailing bytes all fail, because writing the value again must give the same bytes.
func decodeStrict(what string, b []byte, maxBytes int, v any) error {
	if len(b) > maxBytes {
		return fmt.Errorf("%s is %d bytes long, at most %d are allowed", what, len(b), maxBytes)
	}
	if structure(b) > maxStructure {
		return fmt.Errorf("%s has more than %d members and elements", what, maxStructure)
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		return fmt.Errorf("%s: %w", what, err)
	}
	again, err := encode(v)
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	if !bytes.Equal(again, b) {
		return fmt.Errorf("%s is not in canonical form (%s)", what, firstDifference(b, again))
	}
	return nil
}

// maxStructure bounds the objects, lists and commas of a document: the largest that the protocol allows has about 700.
// Without it, "{},{},{}..." would be read, and written again, at a hundred times its length.
const maxStructure = 2000

// structure counts the characters { [ and , outside strings; it stops counting above maxStructure.
func structure(b []byte) int {
	n := 0
	for i := 0; i < len(b) && n <= maxStructure; i++ {
		switch b[i] {
		case '{', '[', ',':
			n++
		case '"':
			i = endOfString(b, i+1)
		}
	}
	return n
}

// endOfString returns the position of the quote that ends the string whose text begins at i.
func endOfString(b []byte, i int) int {
	for {
		k := bytes.IndexByte(b[i:], '"')
		if k < 0 {
			return len(b)
		}
		quote, escapes := i+k, 0
		for j := quote - 1; j >= i && b[j] == '\\'; j-- {
			escapes++
		}
		if escapes%2 == 0 {
			return quote
		}
		i = quote + 1
	}
}

// firstDifference says where two encodings part, without quoting what stands there.
func firstDifference(got, want []byte) string {
	n := min(len(got), len(want))
	for i := range n {
		if got[i] != want[i] {
			return fmt.Sprintf("first difference at byte %d", i)
		}
	}
	return fmt.Sprintf("%d bytes, want %d", len(got), len(want))
}

// The domains keep a signature made for one purpose from being taken for another.
const (
	domainCard     = "convenio-card-v1"
	domainEnvelope = "convenio-envelope-v1"
	domainPayload  = "convenio-payload-v1"
	domainReceipt  = "convenio-receipt-v1"
)

// signed returns the bytes under a signature: the domain, a zero byte, the SHA-256 of the body. The digest stands for the
// body because Ed25519 reads what it signs twice, which is felt with images.
func signed(domain string, body ...[]byte) []byte {
	h := sha256.New()
	for _, part := range body {
		h.Write(part)
	}
	return h.Sum(append([]byte(domain), 0))
}

func sign(key ed25519.PrivateKey, domain string, body ...[]byte) []byte {
	return ed25519.Sign(key, signed(domain, body...))
}

func verify(key ed25519.PublicKey, signature []byte, domain string, body ...[]byte) bool {
	return len(key) == ed25519.PublicKeySize && len(signature) == ed25519.SignatureSize &&
		ed25519.Verify(key, signed(domain, body...), signature)
}
