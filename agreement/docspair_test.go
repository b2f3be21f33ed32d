package agreement

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// page is what two pages in different languages have to have in common.
type manualPage struct {
	headings []string // their numbers, "5.1", or the words of a heading of code
	blocks   []string // of code: info and content, without what is for people alone
	tables   [][]string
}

var (
	codeMark   = regexp.MustCompile("`[^`]+`")
	headNumber = regexp.MustCompile(`^#+ ([0-9.]+)`)
	remark     = regexp.MustCompile(`(?m)^(\s*\S+)   +\S.*$`)
)

// readManual takes a page apart: headings, blocks of code, tables. Of a table's row it
// keeps the words in code, in any order, for languages order them otherwise.
func readManual(t *testing.T, name string) manualPage {
	t.Helper()
	data, err := os.ReadFile("../docs/" + name)
	if err != nil {
		t.Fatal(err)
	}
	var p manualPage
	var block []string
	var table []string
	in := false
	for line := range strings.SplitSeq(string(data), "\n") {
		switch {
		case strings.HasPrefix(line, "```"):
			if in = !in; in {
				block = []string{line}
				continue
			}
			p.blocks = append(p.blocks, forAll(t, block))
		case in:
			block = append(block, line)
		case strings.HasPrefix(line, "|"):
			marks := codeMark.FindAllString(line, -1)
			slices.Sort(marks)
			table = append(table, strings.Join(slices.Compact(marks), " "))
			continue
		case strings.HasPrefix(line, "#"):
			h := "###"
			if m := headNumber.FindStringSubmatch(line); m != nil {
				h = m[1] + strings.Join(codeMark.FindAllString(line, -1), "")
			}
			p.headings = append(p.headings, h)
		}
		if table != nil {
			p.tables, table = append(p.tables, table), nil
		}
	}
	return p
}

// forAll is a block of code without what is in one language: notes, names of files
// that a reader would choose, remarks behind a listing.
func forAll(t *testing.T, block []string) string {
	t.Helper()
	text := strings.Join(block[1:], "\n")
	if strings.HasPrefix(block[0], "```json") {
		var v any
		if err := json.Unmarshal([]byte(text), &v); err != nil {
			t.Fatalf("%s: %v", block[0], err)
		}
		if m, ok := v.(map[string]any); ok {
			delete(m, "note")
		}
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return block[0] + string(b)
	}
	if block[0] == "```" {
		text = remark.ReplaceAllString(strings.ReplaceAll(text, "caso.json", "case.json"), "$1")
		text = regexp.MustCompile(`  +.*`).ReplaceAllString(text, "")
	}
	return block[0] + text
}

// The manual says the same in Spanish as in English: the same sections, the same
// examples, the same tables with the same names in each row.
func TestManualsAreEqual(t *testing.T) {
	en, es := readManual(t, "agreement.md"), readManual(t, "agreement.es.md")
	if diff := cmp.Diff(en.headings, es.headings); diff != "" {
		t.Errorf("sections, English against Spanish:\n%s", diff)
	}
	if diff := cmp.Diff(en.blocks, es.blocks); diff != "" {
		t.Errorf("examples, English against Spanish:\n%s", diff)
	}
	if len(en.tables) != len(es.tables) {
		t.Fatalf("%d tables in English, %d in Spanish", len(en.tables), len(es.tables))
	}
	for i := range en.tables {
		if diff := cmp.Diff(en.tables[i], es.tables[i]); diff != "" {
			t.Errorf("table %d, English against Spanish:\n%s", i+1, diff)
		}
	}
	if len(en.blocks) < 10 || len(en.tables) < 15 {
		t.Errorf("only %d examples and %d tables were compared", len(en.blocks), len(en.tables))
	}
}

// The file of keys of the manual is read.
func TestManualKeys(t *testing.T) {
	keys, err := ParseKeys([]byte(block(t, manual(t), "json keys")))
	if err != nil || len(keys["co"]) != 2 || len(keys["us"]) != 1 {
		t.Errorf("%v, %d keys of co", err, len(keys["co"]))
	}
}
