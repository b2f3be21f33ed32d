package agreements_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	agreements "convenio/examples/agreements"
)

// lawText reads one of the texts of law, or skips where they are absent.
func lawText(t *testing.T, name string) string {
	t.Helper()
	dir := os.Getenv("CONVENIO_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "data")
	}
	data, err := os.ReadFile(filepath.Join(dir, "law", name))
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skipf("the texts of law are not here: %v", err)
	}
	return string(data)
}

var link = regexp.MustCompile(`\[([^\]]*)\]\([^)]*\)`)

// plain leaves the words alone: no marks of Markdown, no layout.
func plain(s string) string {
	s = link.ReplaceAllString(s, "$1")
	s = strings.NewReplacer("\u00a0", " ", "\u202f", " ", "*", "", "#", "", "- ", " ").Replace(s)
	return strings.Join(strings.Fields(s), " ")
}

// Each encoded article has the words of the law, all of them and no others.
func TestWordsAreTheLaws(t *testing.T) {
	for _, law := range []struct{ name, lang, file, drop string }{
		{"irpr", "en", "irpr-part19.1.en.md", ""},
		{"irpr", "fr", "irpr-part19.1.fr.md", ""},
		{"pcsc", "nl", "pcsc-nl-us.nl.md", "Treedt in werking op een nader te bepalen tijdstip"},
	} {
		t.Run(law.name+"-"+law.lang, func(t *testing.T) {
			text := lawText(t, law.file)
			if law.drop != "" {
				text = strings.ReplaceAll(text, law.drop, "")
			}
			rest := plain(text)
			for _, x := range shipped(t, law.name).Articles {
				if x.Number == "0" {
					continue // the encoders' note
				}
				want := x.Heading[law.lang] + " " + plain(x.Text[law.lang])
				i := strings.Index(rest, plain(want))
				if i < 0 {
					t.Errorf("article %s is not in the law word for word", x.Number)
					continue
				}
				between := rest[:i]
				if len(between) > 3000 || (i > 0 && strings.Count(between, " ") > 60 && x.Number != "1" && x.Number != "315.21") {
					t.Errorf("before article %s words of the law are left out: %.200s", x.Number, between)
				}
				rest = rest[i+len(plain(want)):]
			}
		})
	}
}

// Real law says that its encoding is not official; the invented agreements say
// that they are invented.
func TestEveryAgreementSaysWhatItIs(t *testing.T) {
	words := map[bool][]string{true: {"FICTICIO", "FICTIONAL", "FICTÍCIO"}, false: {"UNOFFICIAL", "NON OFFICIELLE", "NIET-OFFICI"}}
	for _, name := range agreements.Names() {
		a := shipped(t, name)
		for _, lang := range a.Languages {
			for where, s := range map[string]string{"notice": a.Notice[lang], "text": a.Render(lang)} {
				if !containsAny(s, words[a.Fictional]) {
					t.Errorf("%s: the %s in %s does not say what it is", name, where, lang)
				}
			}
		}
	}
}

func containsAny(s string, words []string) bool {
	for _, w := range words {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}
