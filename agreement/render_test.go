package agreement

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"
)

var rewrite = flag.Bool("rewrite", false, "rewrite the golden files")

// golden compares with a file of testdata, or rewrites it.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", "golden", name)
	if *rewrite {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != got {
		t.Errorf("%s differs; look at the change, then run the test with -rewrite", path)
	}
}

func TestGoldenDemo(t *testing.T) {
	a := demo(t)
	golden(t, "co-us-demo.es.txt", a.Render("es"))
	golden(t, "co-us-demo.en.txt", a.Render("en"))
	golden(t, "co-us-demo.cedar", a.Cedar())
	golden(t, "co-us-demo.cedarschema", a.Schema())
}

func TestRenderSaysFictionalAtBothEnds(t *testing.T) {
	a := demo(t)
	for lang, word := range map[string]string{"es": "FICTICIO", "en": "FICTIONAL"} {
		text := strings.TrimSpace(a.Render(lang))
		if !strings.Contains(text[:200], word) || !strings.Contains(text[len(text)-260:], word) {
			t.Errorf("%s: the notice is not at both ends", lang)
		}
		lines := strings.Split(text, "\n")
		for i, l := range lines {
			if utf8.RuneCountInString(l) > renderWidth {
				t.Errorf("%s:%d is %d columns wide", lang, i+1, utf8.RuneCountInString(l))
			}
		}
	}
}

func TestLabelsInBothLanguages(t *testing.T) {
	for key := range labels["en"] {
		if labels["es"][key] == "" {
			t.Errorf("no Spanish label for %q", key)
		}
	}
	if len(labels["es"]) != len(labels["en"]) {
		t.Errorf("%d Spanish labels, %d English", len(labels["es"]), len(labels["en"]))
	}
}
