package osia

import (
	"encoding/json"
	"strconv"
	"strings"

	"convenio/osia/abis"
)

// maxFilters bounds the conditions of one search.
const maxFilters = 32

// filter is what a search asks of an encounter beside the prints.
type filter struct {
	fingers bool // false: the search is limited to other modalities
	conds   []condition
}

// condition is one entry of a filter: a name of biographic or contextual data or encounterType, and the values that are
// good, or with Min and Max at its end a bound on it.
type condition struct {
	field string
	bound int // -1 at least, +1 at most, 0 one of
	want  []string
}

func newFilter(f abis.Filter) (filter, error) {
	out := filter{fingers: true}
	if len(f) > maxFilters {
		return out, bad("%d filters, at most %d are taken", len(f), maxFilters)
	}
	for name, v := range f {
		want, err := values(v)
		if err != nil {
			return out, bad("filter %q: %s", name, faultOf(err).message)
		}
		if name == "biometricType" {
			out.fingers = contains(want, "FINGER")
			continue
		}
		c := condition{field: name, want: want}
		if base, ok := strings.CutSuffix(name, "Min"); ok && base != "" {
			c.field, c.bound = base, -1
		} else if base, ok := strings.CutSuffix(name, "Max"); ok && base != "" {
			c.field, c.bound = base, 1
		}
		if c.bound != 0 && len(want) != 1 {
			return out, bad("filter %q: a bound has one value", name)
		}
		out.conds = append(out.conds, c)
	}
	return out, nil
}

func contains(list []string, x string) bool {
	for _, v := range list {
		if v == x {
			return true
		}
	}
	return false
}

// values are the texts of a text, number or truth value, or of a list of them.
func values(v any) ([]string, error) {
	switch x := v.(type) {
	case string:
		return []string{x}, nil
	case float64:
		return []string{strconv.FormatFloat(x, 'g', -1, 64)}, nil
	case json.Number:
		return []string{x.String()}, nil
	case bool:
		return []string{strconv.FormatBool(x)}, nil
	case []any:
		var out []string
		for _, e := range x {
			one, err := values(e)
			if err != nil || len(one) != 1 || len(out) >= maxFilters {
				return nil, bad("a text, a number, a truth value, or a short list of them is needed")
			}
			out = append(out, one[0])
		}
		return out, nil
	}
	return nil, bad("a text, a number, a truth value, or a short list of them is needed")
}

// fits says whether an encounter meets every condition. A field that it lacks meets none.
func (f filter) fits(e *encounter) bool {
	for _, c := range f.conds {
		if !c.fits(e) {
			return false
		}
	}
	return true
}

func (c condition) fits(e *encounter) bool {
	if c.field == "encounterType" {
		return c.meets(e.head.Given.EncounterType)
	}
	for _, data := range []any{e.head.Biographic, e.head.Contextual} {
		m, _ := data.(map[string]any)
		v, ok := m[c.field]
		if !ok {
			continue
		}
		have, err := values(v)
		if err != nil {
			return false
		}
		for _, h := range have {
			if c.meets(h) {
				return true
			}
		}
		return false
	}
	return false
}

func (c condition) meets(have string) bool {
	if c.bound == 0 {
		return contains(c.want, have)
	}
	order := strings.Compare(have, c.want[0]) // dates of ISO 8601 sort as texts
	a, err1 := strconv.ParseFloat(have, 64)
	b, err2 := strconv.ParseFloat(c.want[0], 64)
	if err1 == nil && err2 == nil {
		switch {
		case a < b:
			order = -1
		case a > b:
			order = 1
		default:
			order = 0
		}
	}
	return order == 0 || order == -c.bound
}
