package osia

import (
	"bytes"
	"crypto"
	_ "crypto/sha256" // SHA-256 of integrity blocks
	_ "crypto/sha512" // SHA-384 and SHA-512
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/gowebpki/jcs"
	"github.com/theory/jsonpath"
	"github.com/theory/jsonpath/spec"
)

// Bounds of a scope: it comes from outside and says how much work it makes.
const (
	maxScope     = 4096 // bytes
	maxPaths     = 64
	maxSelectors = 4     // wildcards, slices and filters in one path
	maxNodes     = 20000 // selected by one scope
)

// paths cuts a scope at white space outside brackets and quotes, and makes each part a query from the root: OSIA writes
// "image" for "$.image".
func paths(scope string) ([]*jsonpath.Path, error) {
	if len(scope) > maxScope {
		return nil, bad("a scope has %d bytes, at most %d are taken", len(scope), maxScope)
	}
	fields := cutScope(scope)
	if len(fields) == 0 || len(fields) > maxPaths {
		return nil, bad("a scope has %d paths, 1 to %d are taken", len(fields), maxPaths)
	}
	var out []*jsonpath.Path
	for _, f := range fields {
		if err := affordable(f); err != nil {
			return nil, err
		}
		if !strings.HasPrefix(f, "$") {
			if f[0] != '[' {
				f = "." + f
			}
			f = "$" + f
		}
		p, err := jsonpath.Parse(f)
		if err != nil {
			return nil, bad("a scope is not made of JSON paths (RFC 9535)")
		}
		out = append(out, p)
	}
	return out, nil
}

func cutScope(scope string) []string {
	var out []string
	var quote rune
	depth, start := 0, -1
	for i, r := range scope {
		space := strings.ContainsRune(" \t\r\n", r) && quote == 0 && depth == 0
		if space && start >= 0 {
			out, start = append(out, scope[start:i]), -1
		}
		if !space && start < 0 {
			start = i
		}
		switch {
		case quote != 0:
			if r == quote {
				quote = 0
			}
		case r == '\'' || r == '"':
			quote = r
		case r == '[' || r == '(':
			depth++
		case r == ']' || r == ')':
			depth--
		}
	}
	if start >= 0 {
		out = append(out, scope[start:])
	}
	return out
}

// affordable refuses queries whose work is not in proportion to the data: descendants, queries from the root inside filters,
// many wildcards.
func affordable(path string) error {
	if strings.Contains(path, "..") || strings.Contains(path[1:], "$") {
		return bad("a scope uses descendants or queries from the root: not supported")
	}
	if strings.Count(path, "*")+strings.Count(path, "?")+strings.Count(path, ":")+strings.Count(path, ",") > maxSelectors {
		return bad("a path of a scope selects in more than %d places", maxSelectors)
	}
	return nil
}

// tree is a node of the intermediate JSON: a whole value, or a selection of members or elements.
type tree struct {
	whole   any
	all     bool
	members map[string]*tree
	items   map[int]*tree
}

func (t *tree) add(path spec.NormalizedPath, value any) {
	if t.all {
		return
	}
	if len(path) == 0 {
		t.all, t.whole = true, value
		return
	}
	switch s := path[0].(type) {
	case spec.Name:
		if t.members == nil {
			t.members = map[string]*tree{}
		}
		if t.members[string(s)] == nil {
			t.members[string(s)] = &tree{}
		}
		t.members[string(s)].add(path[1:], value)
	case spec.Index:
		if t.items == nil {
			t.items = map[int]*tree{}
		}
		if t.items[int(s)] == nil {
			t.items[int(s)] = &tree{}
		}
		t.items[int(s)].add(path[1:], value)
	}
}

// value builds the JSON: elements of an array that are not selected are left out, the others keep their order.
func (t *tree) value() any {
	switch {
	case t.all:
		return t.whole
	case t.items != nil:
		at := make([]int, 0, len(t.items))
		for i := range t.items {
			at = append(at, i)
		}
		slices.Sort(at)
		out := make([]any, 0, len(at))
		for _, i := range at {
			out = append(out, t.items[i].value())
		}
		return out
	}
	out := map[string]any{}
	for name, m := range t.members {
		out[name] = m.value()
	}
	return out
}

// canonical is what an integrity block's hash is taken over: the JSON limited to the scope, in the form of RFC 8785 (OSIA
// 7.1, Security & Privacy, Confidentiality and Integrity).
func canonical(doc any, scope string) ([]byte, error) {
	list, err := paths(scope)
	if err != nil {
		return nil, err
	}
	var root tree
	n := 0
	for _, p := range list {
		for _, node := range p.SelectLocated(doc) {
			if n++; n > maxNodes {
				return nil, bad("a scope selects more than %d nodes", maxNodes)
			}
			root.add(node.Path, node.Node)
		}
	}
	if n == 0 {
		return nil, bad("a scope selects nothing")
	}
	b, err := json.Marshal(root.value())
	if err != nil {
		return nil, fmt.Errorf("intermediate JSON: %w", err)
	}
	out, err := jcs.Transform(b)
	if err != nil {
		return nil, bad("the data of a scope have no canonical form")
	}
	return out, nil
}

var hashes = map[string]crypto.Hash{
	"SHA256": crypto.SHA256, "SHA384": crypto.SHA384, "SHA512": crypto.SHA512,
	"SHA-256": crypto.SHA256, "SHA-384": crypto.SHA384, "SHA-512": crypto.SHA512,
}

// Hash computes an integrity block's hash over a JSON document, in lower-case hexadecimal.
func Hash(document []byte, scope, alg string) (string, error) {
	doc, err := decode(document)
	if err != nil {
		return "", bad("the document is not JSON")
	}
	return hashOf(doc, scope, alg)
}

func hashOf(doc any, scope, alg string) (string, error) {
	h, ok := hashes[alg]
	if !ok {
		return "", bad("hash algorithm of an integrity block: use SHA256, SHA384 or SHA512")
	}
	b, err := canonical(doc, scope)
	if err != nil {
		return "", err
	}
	w := h.New()
	w.Write(b)
	return hex.EncodeToString(w.Sum(nil)), nil
}

func sameHash(a, b string) bool {
	return subtle.ConstantTimeCompare([]byte(strings.ToLower(a)), []byte(strings.ToLower(b))) == 1
}

// decode reads JSON and keeps numbers as they are written.
func decode(b []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	return v, nil
}
