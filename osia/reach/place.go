package reach

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode"
)

// part is one of the two data of an encounter that say who and how.
type part uint8

const (
	biographic part = iota + 1
	contextual
)

// place is where a datum stands in an encounter.
type place struct {
	part part
	name string
}

func placeOf(text string) (place, error) {
	for prefix, p := range map[string]part{"biographic.": biographic, "contextual.": contextual} {
		if name, ok := strings.CutPrefix(text, prefix); ok && name != "" {
			return place{p, name}, nil
		}
	}
	return place{}, fmt.Errorf("%q is no place in an encounter: write biographic.NAME or contextual.NAME", text)
}

func placesOf(where string, list []string) (out []place, err error) {
	var errs []error
	for _, text := range list {
		p, err := placeOf(text)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", where, err))
		}
		out = append(out, p)
	}
	return out, errors.Join(errs...)
}

// in is what stands there, and whether anything does: null is nothing.
func (p place) in(e Encounter) (any, bool) {
	data := e.Biographic
	if p.part == contextual {
		data = e.Contextual
	}
	m, _ := data.(map[string]any)
	v := m[p.name]
	return v, v != nil
}

// texts are the texts of a text or of a list of texts, without the empty ones. ok is false when it is anything else.
func texts(v any) (out []string, ok bool) {
	list, isList := v.([]any)
	if !isList {
		list = []any{v}
	}
	for _, x := range list {
		s, ok := x.(string)
		if !ok {
			return nil, false
		}
		if s = strings.TrimSpace(s); s != "" {
			out = append(out, s)
		}
	}
	return out, true
}

// maxValue bounds a value that is disclosed, in bytes.
const maxValue = 1000

// maxWhole is the greatest whole number that JSON's numbers hold exactly here: 2^53.
const maxWhole = 1 << 53

// value is the text of a text, whole number or truth value as it may be disclosed; "" for anything else, for a text that is
// too long and for one with control or formatting characters.
func value(v any) string {
	switch x := v.(type) {
	case string:
		if len(x) > maxValue || strings.ContainsFunc(x, unprintable) {
			return ""
		}
		return strings.TrimSpace(x)
	case float64:
		if x != math.Trunc(x) || math.Abs(x) > maxWhole {
			return ""
		}
		return strconv.FormatFloat(x, 'f', -1, 64)
	case bool:
		return strconv.FormatBool(x)
	}
	return ""
}

func unprintable(r rune) bool {
	return unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp) || r == unicode.ReplacementChar
}
