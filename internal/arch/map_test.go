package arch

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// architecturePage is the page that draws the table of packages for people.
const architecturePage = "ARCHITECTURE.md"

// TestMapIsTheTable holds the map that people read to the table that is enforced.
func TestMapIsTheTable(t *testing.T) {
	report(t, mapFaults(readText(t, moduleRoot(t), architecturePage), packages, libraries))
}

func TestMapRuleSeesPlantedFaults(t *testing.T) {
	text := "| `a` | x | none | nothing |\n| `b` | y | none | disk |\n| `c` | z | none | nothing |\n"
	faults := mapFaults(text, []entry{
		{pkg: "a", reach: pure}, {pkg: "b", reach: pure, ours: []string{"a"}}, {pkg: "d", reach: pure},
	}, []library{{module: "example.org/x"}})
	wantFinding(t, faults, `b imports "none", the table says "`+"`a`")
	wantFinding(t, faults, `b touches "disk", the table says "nothing"`)
	wantFinding(t, faults, "no row for d")
	wantFinding(t, faults, "a row for c")
	wantFinding(t, faults, "no row for the library example.org/x")
}

var mapRow = regexp.MustCompile("(?m)^\\| `([^`]+)` \\| [^|]+ \\| ([^|]+) \\| ([^|]+) \\|$")

// mapFaults compares the rows "| `package` | what | imports | touches |" and
// the rows of libraries with the tables.
func mapFaults(text string, table []entry, libs []library) []string {
	var faults []string
	say := func(format string, args ...any) {
		faults = append(faults, architecturePage+": "+fmt.Sprintf(format, args...))
	}
	rows := map[string][2]string{}
	for _, m := range mapRow.FindAllStringSubmatch(text, -1) {
		rows[m[1]] = [2]string{m[2], m[3]}
		if !slices.ContainsFunc(table, func(e entry) bool { return e.pkg == m[1] }) {
			say("a row for %s, which the table does not have", m[1])
		}
	}
	for _, e := range table {
		row, ok := rows[e.pkg]
		if !ok {
			say("no row for %s", e.pkg)
			continue
		}
		if want := importsInWords(e); row[0] != want {
			say("%s imports %q, the table says %q", e.pkg, row[0], want)
		}
		if want := reachInWords(e.reach); row[1] != want {
			say("%s touches %q, the table says %q", e.pkg, row[1], want)
		}
	}
	for _, l := range libs {
		if !strings.Contains(text, "\n| `"+l.module+"` | ") {
			say("no row for the library %s", l.module)
		}
	}
	return faults
}

// importsInWords is a line's imports as the map writes them.
func importsInWords(e entry) string {
	if len(e.ours) == 0 {
		return "none"
	}
	return "`" + strings.Join(e.ours, "`, `") + "`"
}

// reachInWords is a line's reach as the map writes it.
func reachInWords(r reach) string {
	var words []string
	for _, w := range []struct {
		bits reach
		word string
	}{{disk, "disk"}, {serves | dials, "HTTP"}, {sql, "SQL"}} {
		if r&w.bits != 0 {
			words = append(words, w.word)
		}
	}
	if len(words) == 0 {
		return "nothing"
	}
	return strings.Join(words, ", ")
}
