package agreements_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"

	"convenio/agreement"
	agreements "convenio/examples/agreements"
)

// caseFile is tests/cases.yaml of a shipped agreement.
type caseFile struct {
	Bases map[string]map[string]any `yaml:"bases"`
	Cases []lawCase                 `yaml:"cases"`
}

// lawCase is one situation, with what the text makes of it.
type lawCase struct {
	Situation string         `yaml:"situation"`
	Section   string         `yaml:"section"`
	Base      string         `yaml:"base"`
	Change    map[string]any `yaml:"change"`
	Request   map[string]any `yaml:"request"` // in place of base and change
	Expect    string         `yaml:"expect"`
	Articles  []string       `yaml:"articles"`
	Duties    []string       `yaml:"duties"`
}

// now is a moment at which every shipped agreement is in force.
var now = time.Date(2026, 3, 4, 15, 30, 0, 0, time.UTC)

func shipped(t testing.TB, name string) *agreement.Agreement {
	t.Helper()
	files, err := agreements.Files(name)
	if err != nil {
		t.Fatal(err)
	}
	a, err := agreement.Parse(files)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func casesOf(t testing.TB, name string) caseFile {
	t.Helper()
	data, err := agreements.Test(name, "cases.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var f caseFile
	if err := yaml.UnmarshalWithOptions(data, &f, yaml.Strict()); err != nil {
		t.Fatal(yaml.FormatError(err, false, true))
	}
	return f
}

// request builds the JSON of a case: its base with the changes, a dotted name
// reaching into a group, a null taking an attribute away.
func (f *caseFile) request(t testing.TB, c *lawCase) []byte {
	t.Helper()
	base, ok := f.Bases[c.Base]
	if c.Request != nil {
		base, ok = c.Request, true
	}
	if !ok {
		t.Fatalf("%s: no base %q", c.Situation, c.Base)
	}
	r := clone(base)
	for key, v := range c.Change {
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
		if last := parts[len(parts)-1]; v == nil {
			delete(m, last)
		} else {
			m[last] = v
		}
	}
	data, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func clone(m map[string]any) map[string]any {
	out := maps.Clone(m)
	for k, v := range out {
		if inner, ok := v.(map[string]any); ok {
			out[k] = clone(inner)
		}
	}
	return out
}

// wrong says how a decision differs from what the case expects, or "".
func (c *lawCase) wrong(o agreement.Opinion) string {
	switch {
	case string(o.Outcome) != c.Expect:
		return fmt.Sprintf("%s by %v %v, want %s", o.Outcome, o.Articles, o.Rules, c.Expect)
	case c.Articles != nil && !slices.Equal(o.Articles, c.Articles):
		return fmt.Sprintf("%s by %v %v, want articles %v", o.Outcome, o.Articles, o.Rules, c.Articles)
	case len(o.Errors) > 0:
		return fmt.Sprintf("errors %v", o.Errors)
	}
	var due []string
	for _, d := range o.Obligations.Duties {
		due = append(due, d.ID)
	}
	for _, want := range c.Duties {
		if !slices.Contains(due, want) {
			return fmt.Sprintf("duties %v, want %s", due, want)
		}
	}
	return ""
}

// atLeast is how many cases an agreement is to have.
func atLeast(a *agreement.Agreement) int {
	if a.Fictional {
		return 40
	}
	return 60
}

// The encodings decide the cases that were written from the words of the law.
func TestCasesFromTheLaw(t *testing.T) {
	for _, name := range agreements.Names() {
		t.Run(name, func(t *testing.T) {
			a, f := shipped(t, name), casesOf(t, name)
			if len(f.Cases) < atLeast(a) {
				t.Errorf("only %d cases, want %d", len(f.Cases), atLeast(a))
			}
			for i := range f.Cases {
				c := &f.Cases[i]
				q, err := a.ParseRequest(f.request(t, c), now)
				if err != nil {
					t.Errorf("%s: %v", c.Situation, err)
					continue
				}
				if c.Section == "" {
					t.Errorf("%s: no section", c.Situation)
				}
				if wrong := c.wrong(a.Opine(q)); wrong != "" {
					t.Errorf("%s (%s): %s", c.Situation, c.Section, wrong)
				}
			}
			t.Logf("%d cases", len(f.Cases))
		})
	}
}
