package agreement

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
)

// caseFile is a file of cases that stands beside an agreement.
type caseFile struct {
	Bases map[string]map[string]any `yaml:"bases"`
	Cases []caseForm                `yaml:"cases"`
}

type caseForm struct {
	Situation string         `yaml:"situation"`
	Section   string         `yaml:"section"`
	Base      string         `yaml:"base"`
	Change    map[string]any `yaml:"change"`
	Request   map[string]any `yaml:"request"`
	Expect    string         `yaml:"expect"`
	Articles  []string       `yaml:"articles"`
	Duties    []string       `yaml:"duties"`
}

// Case is a situation from the words of a text, and what is to come out.
type Case struct {
	Situation string
	Section   string // the provision that it is taken from
	Asked     Asked
	Expect    Outcome
	Articles  []string // exactly these decide; nil: not looked at
	Duties    []string // these follow, among others
}

// ParseCases reads a file of cases: requests in the agreement's words, whole or as a
// base with changes. A dotted name of a change reaches into a group, a null takes an
// attribute away. Requests without a time are put at now.
func (a *Agreement) ParseCases(data []byte, now time.Time) ([]Case, error) {
	if len(data) > MaxFileBytes {
		return nil, fmt.Errorf("read cases: over %d bytes", MaxFileBytes)
	}
	var f caseFile
	if err := yaml.UnmarshalWithOptions(data, &f, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("read cases: %s", yaml.FormatError(err, false, true))
	}
	out := make([]Case, 0, len(f.Cases))
	for i := range f.Cases {
		c := &f.Cases[i]
		raw, err := f.request(c)
		if err != nil {
			return nil, fmt.Errorf("read cases: %q: %w", c.Situation, err)
		}
		q, err := a.ParseRequest(raw, now)
		if err != nil {
			return nil, fmt.Errorf("read cases: %q: %w", c.Situation, err)
		}
		if _, known := strength[Outcome(c.Expect)]; !known || c.Situation == "" || c.Section == "" {
			return nil, fmt.Errorf("read cases: %q: give situation, section, and expect: permit, refer, silent-suppress or deny", c.Situation)
		}
		out = append(out, Case{c.Situation, c.Section, q, Outcome(c.Expect), c.Articles, c.Duties})
	}
	return out, nil
}

// request builds the JSON of a case.
func (f *caseFile) request(c *caseForm) ([]byte, error) {
	r := c.Request
	if r == nil {
		base, ok := f.Bases[c.Base]
		if !ok {
			return nil, fmt.Errorf("there is no base %q", c.Base)
		}
		r = deepClone(base)
	}
	for _, key := range slices.Sorted(maps.Keys(c.Change)) {
		m := r
		parts := strings.Split(key, ".")
		for _, p := range parts[:len(parts)-1] {
			inner, ok := m[p].(map[string]any)
			if !ok {
				inner = map[string]any{}
				m[p] = inner
			}
			m = inner
		}
		if last := parts[len(parts)-1]; c.Change[key] == nil {
			delete(m, last)
		} else {
			m[last] = c.Change[key]
		}
	}
	return json.Marshal(r)
}

func deepClone(m map[string]any) map[string]any {
	out := maps.Clone(m)
	for k, v := range out {
		if inner, ok := v.(map[string]any); ok {
			out[k] = deepClone(inner)
		}
	}
	return out
}

// Wrong says how the agreement decides the case otherwise than expected, or "".
func (c *Case) Wrong(a *Agreement) string {
	o := a.Opine(c.Asked)
	switch {
	case o.Outcome != c.Expect:
		return fmt.Sprintf("%s by articles %v, rules %v; expected %s", o.Outcome, o.Articles, o.Rules, c.Expect)
	case c.Articles != nil && !slices.Equal(o.Articles, c.Articles):
		return fmt.Sprintf("%s by articles %v, rules %v; expected articles %v", o.Outcome, o.Articles, o.Rules, c.Articles)
	case len(o.Errors) > 0:
		return fmt.Sprintf("errors: %s", strings.Join(o.Errors, "; "))
	}
	for _, want := range c.Duties {
		if !slices.ContainsFunc(o.Obligations.Duties, func(d DutyDue) bool { return d.ID == want }) {
			return fmt.Sprintf("%s, and duty %s does not follow", o.Outcome, want)
		}
	}
	return ""
}
