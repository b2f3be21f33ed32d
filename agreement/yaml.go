package agreement

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// checkText refuses bytes that a reader could not see as the machine does:
// other encodings, control characters, invisible or direction-changing ones.
// It returns the line and the fault, or "".
func checkText(data []byte) (line int, what string) {
	if len(data) == 0 {
		return 0, "the file is empty"
	}
	if data[len(data)-1] != '\n' {
		return 0, "the last line does not end"
	}
	for i, l := range strings.Split(string(data), "\n") {
		if len(l) > MaxLineBytes {
			return i + 1, fmt.Sprintf("the line is longer than %d bytes", MaxLineBytes)
		}
		if !utf8.ValidString(l) {
			return i + 1, "the line is not UTF-8 text"
		}
		for _, r := range l {
			if unicode.Is(unicode.C, r) || r == '\u2028' || r == '\u2029' || r == '\u00a0' {
				return i + 1, fmt.Sprintf("the line holds the invisible character U+%04X", r)
			}
		}
	}
	return 0, ""
}

// checkTokens bounds the nesting and refuses what an agreement has no use for.
func checkTokens(ts token.Tokens) error {
	flow, run, lastLine := 0, 0, 0
	for _, t := range ts {
		switch t.Type {
		case token.AnchorType, token.AliasType, token.TagType, token.MergeKeyType, token.DirectiveType,
			token.MappingKeyType, token.DocumentHeaderType, token.DocumentEndType:
			return &lineError{t.Position.Line, fmt.Sprintf("%q is YAML that an agreement does not use", t.Value)}
		case token.SequenceStartType, token.MappingStartType:
			flow++
		case token.SequenceEndType, token.MappingEndType:
			flow--
		case token.SequenceEntryType, token.MappingValueType:
			if t.Position.Line != lastLine {
				run, lastLine = 0, t.Position.Line
			}
			if flow == 0 { // inside brackets, flow counts the depth
				run++
			}
		}
		if flow > MaxDepth || t.Position.Column > MaxLineBytes || (flow == 0 && run > MaxDepth) {
			return &lineError{t.Position.Line, "the YAML is nested too deep"}
		}
	}
	return nil
}

// marks counts what YAML can make tokens of, before any is made.
func marks(data []byte) int {
	n := 0
	for _, c := range data {
		switch c {
		case '\n', ':', ',', '-', '[', ']', '{', '}', '?', '"', '\'':
			n++
		}
	}
	return n
}

// lineError is a fault at a line.
type lineError struct {
	line int
	what string
}

func (e *lineError) Error() string { return e.what }

// indentLimit refuses block nesting beyond MaxDepth: each level indents by at
// least one column, and texts are never indented far.
func indentLimit(data []byte) error {
	for i, l := range strings.Split(string(data), "\n") {
		if n := len(l) - len(strings.TrimLeft(l, " ")); n > 8*MaxDepth {
			return &lineError{i + 1, "the YAML is nested too deep"}
		}
	}
	return nil
}

// decodeYAML reads one document strictly into out.
func decodeYAML(data []byte, out any) error {
	if err := indentLimit(data); err != nil {
		return err
	}
	ts := lexer.Tokenize(string(data))
	if err := checkTokens(ts); err != nil {
		return err
	}
	f, err := parser.Parse(ts, 0)
	if err != nil {
		return err
	}
	if len(f.Docs) != 1 || f.Docs[0].Body == nil {
		return errors.New("the file holds no fields")
	}
	if _, ok := f.Docs[0].Body.(ast.MapNode); !ok {
		return errors.New("the file does not begin with fields")
	}
	var empty emptyFinder
	ast.Walk(&empty, f.Docs[0].Body)
	if empty.line > 0 {
		return &lineError{empty.line, "a field is left empty; an empty condition would silently be none"}
	}
	return yaml.NodeToValue(f.Docs[0].Body, out, yaml.Strict())
}

// emptyFinder finds the first field without a value.
type emptyFinder struct{ line int }

// Visit looks at one node; it goes no further once something is found.
func (e *emptyFinder) Visit(n ast.Node) ast.Visitor {
	if e.line > 0 {
		return nil
	}
	if n.Type() == ast.NullType {
		e.line = n.GetToken().Position.Line
	}
	return e
}

// yamlProblem turns an error of decodeYAML into a problem of file.
func yamlProblem(file string, err error) Problem {
	p := Problem{File: file, What: err.Error(), Do: "correct the file"}
	var le *lineError
	var ye yaml.Error
	var unknown *yaml.UnknownFieldError
	switch {
	case errors.As(err, &le):
		p.Line, p.What = le.line, le.what
	case errors.As(err, &ye):
		p.What, _, _ = strings.Cut(ye.GetMessage(), "\n")
		if t := ye.GetToken(); t != nil && t.Position != nil {
			p.Line = t.Position.Line
		}
	}
	switch {
	case strings.Contains(p.What, "where sequence is expected"):
		p.What, p.Do = "a list is expected here, not one word", "write it in brackets: [a, b]"
	case strings.Contains(p.What, "where mapping is expected"):
		p.What, p.Do = "a group of fields is expected here, not one word", "write the fields below it, or in braces"
	}
	if errors.As(err, &unknown) {
		p.Do = "remove the field or correct its name; docs/agreement.md lists the fields"
	}
	return p
}
