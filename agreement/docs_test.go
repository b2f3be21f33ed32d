package agreement

import (
	"encoding/json"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func manual(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile("../docs/agreement.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// block returns the fenced block with this info string.
func block(t *testing.T, text, info string) string {
	t.Helper()
	_, after, ok := strings.Cut(text, "```"+info+"\n")
	if !ok {
		t.Fatalf("no block %q", info)
	}
	body, _, _ := strings.Cut(after, "```")
	return body
}

// The worked example of the manual is what the program does.
func TestManualExample(t *testing.T) {
	text := manual(t)
	r, err := ParseRequest([]byte(block(t, text, "json request")))
	if err != nil {
		t.Fatal(err)
	}
	a := demo(t)
	var want Decision
	if err := json.Unmarshal([]byte(block(t, text, "json decision")), &want); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, a.Decide(r)); diff != "" {
		t.Error(diff)
	}
	r.Person.Safeguards = nil
	if d := a.Decide(r); !d.Permitted() || d.Articles[0] != "5" {
		t.Errorf("without the safeguard: %+v", d)
	}
}

// Every field that the YAML and a request may hold is in the manual.
func TestManualNamesEveryField(t *testing.T) {
	text := manual(t)
	seen := map[reflect.Type]bool{}
	var walk func(reflect.Type)
	walk = func(x reflect.Type) {
		for x.Kind() == reflect.Pointer || x.Kind() == reflect.Slice {
			x = x.Elem()
		}
		if x.Kind() != reflect.Struct || seen[x] {
			return
		}
		seen[x] = true
		for i := range x.NumField() {
			f := x.Field(i)
			for _, tag := range []string{f.Tag.Get("yaml"), f.Tag.Get("json")} {
				name, _, _ := strings.Cut(tag, ",")
				if name != "" && !strings.Contains(text, "`"+name) && !strings.Contains(text, name+":") {
					t.Errorf("%s of %s is not in docs/agreement.md", name, x)
				}
			}
			walk(f.Type)
		}
	}
	walk(reflect.TypeFor[headerForm]())
	walk(reflect.TypeFor[articleForm]())
	walk(reflect.TypeFor[Request]())
}
