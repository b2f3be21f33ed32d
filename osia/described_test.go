package osia

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"

	"convenio/osia/abis"
)

// published is OSIA's own description, or the test is skipped.
func published(t testing.TB) *openapi3.T {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromFile(filepath.Join(specification(t), "abis.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if doc.Info.Version != "1.6.0" {
		t.Fatalf("the published interface is version %s: these tests are of 1.6.0", doc.Info.Version)
	}
	return doc
}

func described(t testing.TB) *openapi3.T {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(abis.Description)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// Our description says the same as the published one: operations, parameters, bodies, status codes, scopes, schemas.
func TestDescriptionIsThePublishedOne(t *testing.T) {
	want, have := facts(published(t)), facts(described(t))
	if n := strings.Count(strings.Join(have, "\n"), " operation "); n != 22 {
		t.Errorf("%d operations, want 22", n)
	}
	if d := cmp.Diff(want, have); d != "" {
		t.Errorf("published (-) and ours (+) differ:\n%s", d)
	}
}

// facts writes a description as sorted lines, references followed and descriptions left out.
func facts(doc *openapi3.T) []string {
	var out []string
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			at := method + " " + path
			out = append(out, fmt.Sprintf("%s operation %s tags %v scopes %v", at, op.OperationID, op.Tags, *op.Security))
			for _, p := range op.Parameters {
				out = append(out, fmt.Sprintf("%s parameter %s in %s required %v: %s", at, p.Value.Name, p.Value.In, p.Value.Required, shape(p.Value.Schema)))
			}
			if b := op.RequestBody; b != nil {
				out = append(out, fmt.Sprintf("%s body required %v: %s", at, b.Value.Required, content(b.Value.Content)))
			}
			for code, r := range op.Responses.Map() {
				out = append(out, fmt.Sprintf("%s answer %s: %s", at, code, content(r.Value.Content)))
			}
		}
	}
	sort.Strings(out)
	return out
}

func content(c openapi3.Content) string {
	var out []string
	for _, kind := range slices.Sorted(maps.Keys(c)) {
		out = append(out, kind+" "+shape(c[kind].Schema))
	}
	return strings.Join(out, "; ")
}

// shape writes a schema without its descriptions and examples.
func shape(ref *openapi3.SchemaRef) string {
	s := ref.Value
	kind := s.Type.Slice()
	if s.Type.Permits("object") && len(kind) == 0 && len(s.Properties) > 0 {
		kind = []string{"object"} // left out where properties say it
	}
	parts := []string{strings.Join(kind, "|"), s.Format}
	if s.ReadOnly {
		parts = append(parts, "readOnly")
	}
	if s.Default != nil {
		parts = append(parts, fmt.Sprintf("default %v", s.Default))
	}
	if len(s.Enum) > 0 {
		parts = append(parts, fmt.Sprintf("enum %v", s.Enum))
	}
	if s.MinItems > 0 || s.UniqueItems {
		parts = append(parts, fmt.Sprintf("min %d unique %v", s.MinItems, s.UniqueItems))
	}
	if s.Items != nil {
		parts = append(parts, "["+shape(s.Items)+"]")
	}
	if a := s.AdditionalProperties.Has; a != nil {
		parts = append(parts, fmt.Sprintf("more %v", *a))
	}
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		mark := ""
		if slices.Contains(s.Required, name) {
			mark = "!"
		}
		parts = append(parts, name+mark+"{"+shape(s.Properties[name])+"}")
	}
	return strings.Join(slices.DeleteFunc(parts, func(p string) bool { return p == "" }), " ")
}

// The scopes that tokens can have are those of the operations.
func TestScopesAreTheOperations(t *testing.T) {
	seen := map[string]bool{}
	for _, item := range described(t).Paths.Map() {
		for _, op := range item.Operations() {
			seen[scopeOf(op)] = true
		}
	}
	if got := slices.Sorted(maps.Keys(seen)); !slices.Equal(got, Scopes()) {
		t.Errorf("operations need %v, tokens can have %v", got, Scopes())
	}
}
