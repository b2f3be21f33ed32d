package osia

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// specification is the folder of OSIA's published files, or the test is skipped.
func specification(t testing.TB) string {
	t.Helper()
	data := os.Getenv("CONVENIO_DATA")
	if data == "" {
		data = filepath.Join("..", "..", "shared", "data")
	}
	dir := filepath.Join(data, "standards", "specs", "osia")
	if _, err := os.Stat(dir); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("no published specification of OSIA at %s, and CI must have it", dir)
		}
		t.Skipf("no published specification of OSIA: set CONVENIO_DATA to a folder with standards/specs/osia (%v)", err)
	}
	return dir
}

// The examples of OSIA's chapter on security: each intermediate JSON in its canonical form, and both hashes.
func TestPublishedHashes(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(specification(t), "security.rst"))
	if err != nil {
		t.Fatal(err)
	}
	_, example, _ := strings.Cut(strings.ReplaceAll(string(text), "\r\n", "\n"), "describing an identity with one biometric")
	var blocks []string
	for _, m := range regexp.MustCompile(`(?m)^\.\. code-block:: json\n\n((?:    .*\n|\n)+)`).FindAllStringSubmatch(example, -1) {
		blocks = append(blocks, m[1])
	}
	hexes := regexp.MustCompile(`"hash": "([0-9a-f]{64})"`).FindAllStringSubmatch(example, -1)
	scopes := regexp.MustCompile("scope\\s(?:referencing the hashes of the local integrity blocks\\s)?``([^`]+)``").FindAllStringSubmatch(example, -1)
	if len(hexes) < 2 || len(blocks) < 6 {
		t.Fatalf("the chapter has %d hashes and %d blocks: not as this test knows it", len(hexes), len(blocks))
	}
	var identity struct {
		BiographicData any              `json:"biographicData"`
		BiometricData  []map[string]any `json:"biometricData"`
		DocumentData   []map[string]any `json:"documentData"`
	}
	if err := json.Unmarshal([]byte(blocks[0]), &identity); err != nil {
		t.Fatal(err)
	}
	forms := map[string]bool{}
	for _, b := range blocks {
		forms[strings.TrimSpace(b)] = true
	}
	check := func(what string, doc any, scope, want string) {
		t.Helper()
		found := false
		for _, s := range scopes {
			found = found || s[1] == scope
		}
		if !found {
			t.Errorf("%s: the chapter does not name the scope %q", what, scope)
		}
		b, err := json.Marshal(doc)
		if err != nil {
			t.Fatal(err)
		}
		v, err := decode(b)
		if err != nil {
			t.Fatal(err)
		}
		form, err := canonical(v, scope)
		if err != nil || !forms[string(form)] {
			t.Errorf("%s: canonical form %s (%v) is not in the chapter", what, form, err)
		}
		if want == "" {
			return
		}
		if got, err := Hash(b, scope, "SHA256"); err != nil || got != want {
			t.Errorf("%s: hash %s (%v), the chapter has %s", what, got, err, want)
		}
	}
	check("biometric", identity.BiometricData[0], "image biometricType biometricSubType", hexes[0][1])
	check("document", identity.DocumentData[0], "documentType parts[*].pages parts[*].data", hexes[1][1])
	identity.BiometricData[0]["integrity"] = []any{map[string]any{"id": "1", "hash": hexes[0][1]}, map[string]any{"id": "2", "hash": "other"}}
	identity.DocumentData[0]["integrity"] = []any{map[string]any{"id": "1", "hash": hexes[1][1]}}
	check("global", identity, "biographicData.firstName biographicData.lastName biometricData[*].integrity[?@.id=='1'].hash documentData[*].integrity[?@.id=='1'].hash", "")
}

func TestScopes(t *testing.T) {
	const doc = `{"a":{"b":1,"c":"x y"},"l":[{"k":"1","v":true},{"k":"2","v":null},{"k":"3"}],"sp ace":2}`
	for _, c := range []struct{ name, scope, want string }{
		{"a member", "a.b", `{"a":{"b":1}}`},
		{"from the root", "$.a.b $['sp ace']", `{"a":{"b":1},"sp ace":2}`},
		{"a whole object wins over its part", "a.b a", `{"a":{"b":1,"c":"x y"}}`},
		{"elements close up", "l[?@.k=='3'].k l[0].k", `{"l":[{"k":"1"},{"k":"3"}]}`},
		{"white space inside a filter", "l[?@.k == '2'].v", `{"l":[{"v":null}]}`},
		{"nothing", "nobody", ""},
		{"no path", "  ", ""},
		{"not a path", "a[", ""},
		{"descendants", "$..k", ""},
		{"root inside a filter", "l[?@.k==$.a.c]", ""},
		{"many wildcards", "*.*.*.*.*", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			v, err := decode([]byte(doc))
			if err != nil {
				t.Fatal(err)
			}
			got, err := canonical(v, c.scope)
			if string(got) != c.want || (err == nil) != (c.want != "") {
				t.Errorf("%s (%v), want %s", got, err, c.want)
			}
		})
	}
}

func FuzzScope(f *testing.F) {
	f.Add(`{"a":[1,{"b":"x"}]}`, "a[*].b $.a[0]")
	f.Add(`[]`, "a[?@.id=='1'].hash")
	f.Fuzz(func(t *testing.T, doc, scope string) {
		if len(doc) > 10000 {
			return
		}
		_, _ = Hash([]byte(doc), scope, "SHA256")
	})
}
