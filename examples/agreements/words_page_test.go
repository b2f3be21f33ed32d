package agreements_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	agreements "convenio/examples/agreements"
)

var rewrite = flag.Bool("rewrite", false, "rewrite docs/agreement-words.md")

// The page of words is what the agreements know, in each of their languages.
func TestPageOfWords(t *testing.T) {
	var b strings.Builder
	b.WriteString("# The words of the shipped agreements / Las palabras de los acuerdos incluidos\n\n")
	b.WriteString("What a request under each agreement may say: `convenio agreement vocabulary` prints the same.\n")
	b.WriteString("In brackets, what leaving a fact out says; of an act, what a request for it must state. The form of a request is in [the manual](agreement.md#5-a-request-and-its-decision).\n\n")
	b.WriteString("Lo que puede decir una solicitud bajo cada acuerdo: `convenio agreement vocabulary` imprime lo mismo.\n")
	b.WriteString("Entre corchetes, lo que significa omitir un hecho; de un acto, lo que su solicitud ha de declarar. La forma de la solicitud está en [el manual](agreement.es.md#5-una-solicitud-y-su-decisión).\n")
	for _, name := range agreements.Names() {
		a := shipped(t, name)
		for _, lang := range a.Languages {
			fmt.Fprintf(&b, "\n## %s, %s\n\n%s\n\n```text\n%s```\n", name, lang, a.Notice[lang], a.RenderVocabulary(lang))
		}
	}
	const page = "../../docs/agreement-words.md"
	if *rewrite {
		if err := os.WriteFile(page, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if string(have) != b.String() {
		t.Error("docs/agreement-words.md is not what the agreements know; run this test with -rewrite")
	}
}
