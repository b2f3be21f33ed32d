package arch

import (
	"fmt"
	"go/ast"
	"strings"
	"testing"
)

// minComment is the least length in bytes of a package comment that a newcomer
// can start from: what it is for, in two sentences.
const minComment = 80

// TestPackageComments wants one comment in each package that says what it is for.
func TestPackageComments(t *testing.T) {
	report(t, commentFaults(loadModule(t)))
}

func TestCommentRuleSeesPlantedFaults(t *testing.T) {
	none := pkg{path: "a", files: []file{parseFile(t, "a/a.go", "package a")}}
	short := pkg{path: "b", files: []file{parseFile(t, "b/b.go", "// Package b is b.\npackage b")}}
	two := pkg{path: "c", files: []file{
		parseFile(t, "c/c.go", "// Package c is c.\npackage c"), parseFile(t, "c/d.go", "// Package c is d.\npackage c"),
	}}
	faults := commentFaults([]pkg{none, short, two})
	wantFinding(t, faults, "a: no file has a package comment")
	wantFinding(t, faults, "b/b.go: the package comment has")
	wantFinding(t, faults, "c: 2 files have a package comment")
}

// commentFaults lists packages whose comment is missing, too short, repeated or
// begins in a way that go doc does not show well.
func commentFaults(all []pkg) []string {
	var faults []string
	for _, p := range all {
		commented, code := 0, 0
		for _, f := range p.files {
			if f.test || ast.IsGenerated(f.ast) {
				continue
			}
			code++
			if f.ast.Doc == nil {
				continue
			}
			commented++
			text := f.ast.Doc.Text()
			if !strings.HasPrefix(text, "Package "+f.ast.Name.Name) && !strings.HasPrefix(text, "Command ") {
				faults = append(faults, fmt.Sprintf("%s: the package comment begins %.30q, not \"Package %s\" or \"Command\"", f.name, text, f.ast.Name.Name))
			}
			if len(text) < minComment {
				faults = append(faults, fmt.Sprintf("%s: the package comment has %d bytes; a newcomer needs at least %d", f.name, len(text), minComment))
			}
		}
		switch {
		case code == 0: // tests alone
		case commented == 0:
			faults = append(faults, fmt.Sprintf("%s: no file has a package comment", p.path))
		case commented > 1:
			faults = append(faults, fmt.Sprintf("%s: %d files have a package comment; keep one", p.path, commented))
		}
	}
	return faults
}
