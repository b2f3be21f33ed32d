package arch

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// glossaryPage is the one list of the project's words.
const glossaryPage = "docs/glossary.md"

// TestGlossaryHasBothLanguages wants each term, and its meaning, in English and
// in Spanish, what to say and what not, and where the term comes from.
func TestGlossaryHasBothLanguages(t *testing.T) {
	text := readText(t, moduleRoot(t), glossaryPage)
	report(t, glossaryFaults(text))
	if n := len(terms(text)); n < 40 {
		t.Errorf("%s has %d terms; fewer than 40 cannot be all of it", glossaryPage, n)
	}
}

func TestGlossaryRuleSeesPlantedFaults(t *testing.T) {
	faults := glossaryFaults("### probe\n- **en** a\n- **es** b\n- **say · di** c\n- **from · de** ours · nuestro\n" +
		"### hit · acierto\n- **en** a\n- **say · di** c\n- **from · de** ours · nuestro\n" +
		"### hit · coincidencia\n- **en** a\n- **es** b\n- **say · di** c\n- **from · de** somewhere\n")
	wantFinding(t, faults, `"probe": the heading is not`)
	wantFinding(t, faults, `"hit · acierto": no line "es"`)
	wantFinding(t, faults, `"hit · coincidencia": stands twice`)
	wantFinding(t, faults, `"hit · coincidencia": the source`)
}

// sources are the only answers to where a term comes from.
var sources = []string{
	"ISO/IEC 2382-37, public extract · extracto público", "ISO/IEC 19795-1, public extract · extracto público",
	"ISO/IEC 30108-1, public extract · extracto público", "RFC, C2SP",
	"public literature · literatura pública", "law · derecho", "ours · nuestro",
}

var glossaryLine = regexp.MustCompile(`(?m)^- \*\*(en|es|say · di|from · de)\*\* (.+)$`)

// terms splits the page at its third-level headings.
func terms(text string) []string {
	parts := strings.Split(text, "\n### ")
	if strings.HasPrefix(text, "### ") {
		parts[0] = strings.TrimPrefix(parts[0], "### ")
		return parts
	}
	return parts[1:]
}

// glossaryFaults lists terms that lack a language, a meaning or a source, or stand twice.
func glossaryFaults(text string) []string {
	var faults []string
	seen := map[string]bool{}
	for _, term := range terms(text) {
		title, body, _ := strings.Cut(term, "\n")
		say := func(what string) { faults = append(faults, fmt.Sprintf("%s: %q: %s", glossaryPage, title, what)) }
		en, es, both := strings.Cut(title, " · ")
		if !both || en == "" || es == "" {
			say("the heading is not \"English · español\"")
		}
		if seen[en] {
			say("stands twice")
		}
		seen[en] = true
		lines := map[string]string{}
		for _, m := range glossaryLine.FindAllStringSubmatch(body, -1) {
			lines[m[1]] = m[2]
		}
		for _, want := range []string{"en", "es", "say · di", "from · de"} {
			if lines[want] == "" {
				say(fmt.Sprintf("no line %q", want))
			}
		}
		from := lines["from · de"]
		if from != "" && !slices.ContainsFunc(sources, func(s string) bool { return strings.HasPrefix(from, s) }) {
			say(fmt.Sprintf("the source %q is none of %q", from, sources))
		}
	}
	return faults
}
