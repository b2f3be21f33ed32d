package main

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// runbook is the page that the script testdata/script/runbook.txtar plays.
var runbook = []string{"../../docs/running-a-node.md", "../../docs/running-a-node.es.md"}

// TestRunbookIsThePage holds the commands of the page to those of the script, which runs them: every
// command of the page is in the script, in the same order, word for word; the two languages have the
// same commands.
func TestRunbookIsThePage(t *testing.T) {
	played := scriptCommands(t, "testdata/script/runbook.txtar")
	var first []string
	for _, name := range runbook {
		page := pageCommands(t, name)
		if len(page) < 40 {
			t.Errorf("%s: only %d commands were found", name, len(page))
		}
		at := 0
		for _, c := range page {
			i := slices.Index(played[at:], c)
			if i < 0 {
				t.Errorf("%s: the script does not play this, or not here: %s", name, c)
				continue
			}
			at += i + 1
		}
		if first == nil {
			first = page
		} else if !slices.Equal(first, page) {
			t.Errorf("%s and %s have not the same commands", runbook[0], name)
		}
	}
}

var (
	shell      = regexp.MustCompile("(?ms)^```sh\n(.*?)^```$")
	assignment = regexp.MustCompile(`^[A-Z_]+=\S+$`)
	blank      = regexp.MustCompile(`\s+`)
)

// pageCommands are the commands of a page's sh blocks: continued lines joined, comments and what the
// reader fills in (NAME=value) left out.
func pageCommands(t *testing.T, file string) []string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, block := range shell.FindAllStringSubmatch(string(b), -1) {
		for line := range strings.Lines(strings.ReplaceAll(block[1], "\\\n", " ")) {
			line, _, _ = strings.Cut(line, " #")
			line = strings.TrimSpace(blank.ReplaceAllString(line, " "))
			if line != "" && !strings.HasPrefix(line, "#") && !assignment.MatchString(line) {
				out = append(out, line)
			}
		}
	}
	return out
}

// scriptCommands are the lines of a script as a shell would have them: without exec, without the name
// of a process in the background, without what the script waits for.
func scriptCommands(t *testing.T, file string) []string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	around := regexp.MustCompile(`^(exec |until ('[^']*'|\S+) )|( &\w+&)$`)
	for line := range strings.Lines(string(b)) {
		line = strings.TrimSpace(blank.ReplaceAllString(line, " "))
		out = append(out, around.ReplaceAllString(line, ""))
	}
	return out
}
