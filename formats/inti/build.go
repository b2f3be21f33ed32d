package inti

import (
	"encoding/xml"
	"strconv"
	"strings"
	"time"
)

// builder writes elements with the prefixes of the INT-I samples, indented by
// two spaces.
type builder struct {
	b     strings.Builder
	depth int
}

func (w *builder) line(s string) {
	for range w.depth {
		w.b.WriteString("  ")
	}
	w.b.WriteString(s)
	w.b.WriteByte('\n')
}

// in writes an element around what inside writes.
func (w *builder) in(name string, inside func()) {
	w.line("<" + name + ">")
	w.depth++
	inside()
	w.depth--
	w.line("</" + name + ">")
}

// put writes an element of text.
func (w *builder) put(name, text string) {
	var escaped strings.Builder
	_ = xml.EscapeText(&escaped, []byte(text)) // a strings.Builder does not fail
	w.line("<" + name + ">" + escaped.String() + "</" + name + ">")
}

// may writes an element of text unless there is none.
func (w *builder) may(name, text string) {
	if text != "" {
		w.put(name, text)
	}
}

func (w *builder) number(name string, n int) { w.put(name, strconv.Itoa(n)) }

// id writes nc:IdentificationID within an element.
func (w *builder) id(name, text string) {
	w.in(name, func() { w.put("nc:IdentificationID", text) })
}

// day writes nc:Date within an element unless the time is zero.
func (w *builder) day(name string, t time.Time) {
	if !t.IsZero() {
		w.in(name, func() { w.put("nc:Date", t.Format("2006-01-02")) })
	}
}

// moment writes nc:DateTime in UTC within an element unless the time is zero.
func (w *builder) moment(name string, t time.Time) {
	if !t.IsZero() {
		w.in(name, func() { w.put("nc:DateTime", t.UTC().Format("2006-01-02T15:04:05Z")) })
	}
}
