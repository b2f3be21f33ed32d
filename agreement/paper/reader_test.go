package paper

import (
	"bytes"
	"compress/zlib"
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"
)

// shown is one piece of text where a page shows it, in points from the lower left.
type shown struct {
	x, y float64
	text string
}

var textAt = regexp.MustCompile(`(?s)BT ([\d.]+) ([\d.]+) Td \((.*?)\) Tj ET`)

// readBack gives the text of each page of a PDF, in the order in which it is drawn: a
// reader that knows no more than the file does, its streams and its text operators.
func readBack(t testing.TB, pdf []byte) [][]shown {
	t.Helper()
	var pages [][]shown
	for rest := pdf; ; {
		_, after, ok := bytes.Cut(rest, []byte("stream\n"))
		if !ok {
			break
		}
		body, next, ok := bytes.Cut(after, []byte("\nendstream"))
		if !ok {
			t.Fatal("a stream without an end")
		}
		rest = next
		z, err := zlib.NewReader(bytes.NewReader(body))
		if err != nil {
			continue // not compressed: no page
		}
		content, err := io.ReadAll(z)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(content, []byte(" Tj ET")) {
			pages = append(pages, texts(t, string(content)))
		}
	}
	return pages
}

func texts(t testing.TB, content string) []shown {
	t.Helper()
	var out []shown
	plain := strings.NewReplacer(`\\`, `\`, `\)`, ")", `\(`, "(", `\r`, "\r")
	for _, m := range textAt.FindAllStringSubmatch(content, -1) {
		x, errX := strconv.ParseFloat(m[1], 64)
		y, errY := strconv.ParseFloat(m[2], 64)
		raw := plain.Replace(m[3])
		if errX != nil || errY != nil || len(raw)%2 != 0 {
			t.Fatalf("text operator %q", m[0])
		}
		units := make([]uint16, len(raw)/2)
		for i := range units {
			units[i] = uint16(raw[2*i])<<8 | uint16(raw[2*i+1])
		}
		out = append(out, shown{x, y, string(utf16.Decode(units))})
	}
	return out
}

// bare leaves the letters of a text alone, so that lines may break anywhere.
func bare(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == '\u00a0' || r == '\n' }), "")
}
