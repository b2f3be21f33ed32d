package arch

import (
	"go/ast"
	"go/build/constraint"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// modulePath is the module's name in go.mod, the prefix of our own imports.
const modulePath = "convenio"

// file is one parsed Go file.
type file struct {
	name    string            // path below the module root, with slashes
	test    bool              // a _test.go file
	ast     *ast.File         // with comments
	imports map[string]string // import path -> the name it is used by in this file
}

// pkg is one folder with Go files.
type pkg struct {
	path  string // below the module root
	files []file
}

// moduleRoot is the folder that holds go.mod, looked for upward.
func moduleRoot(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			t.Fatal("no go.mod above this package")
		}
		dir = parent
	}
}

// skippedDir says which folders hold nothing of the project's own.
func skippedDir(name string) bool {
	return name != "." && (strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") ||
		name == "testdata" || name == "bin" || name == "dist" || strings.HasPrefix(name, "demo-"))
}

// loadModule parses every Go file of the module. It fails the test if it finds
// fewer than two packages, for then it looked in the wrong place.
func loadModule(t *testing.T) []pkg {
	t.Helper()
	root := moduleRoot(t)
	byPath := map[string]*pkg{}
	err := filepath.WalkDir(root, func(full string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, full)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		if d.IsDir() {
			if skippedDir(d.Name()) && rel != "." {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(rel, ".go") {
			return nil
		}
		src, err := os.ReadFile(full)
		if err != nil {
			return err
		}
		f := parseFile(t, rel, string(src))
		if outOfBuild(f.ast) {
			return nil
		}
		dir := path.Dir(rel)
		if byPath[dir] == nil {
			byPath[dir] = &pkg{path: dir}
		}
		byPath[dir].files = append(byPath[dir].files, f)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(byPath) < 2 {
		t.Fatalf("found %d packages: not the module's root", len(byPath))
	}
	var all []pkg
	for _, p := range byPath {
		all = append(all, *p)
	}
	slices.SortFunc(all, func(a, b pkg) int { return strings.Compare(a.path, b.path) })
	return all
}

// parseFile parses one file's text under the name given.
func parseFile(t *testing.T, name, src string) file {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), name, src, parser.ParseComments)
	if err != nil {
		t.Fatalf("parse: %v", err)
	}
	f := file{name: name, test: strings.HasSuffix(name, "_test.go"), ast: parsed, imports: map[string]string{}}
	for _, spec := range parsed.Imports {
		p, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Fatalf("%s: import %s: %v", name, spec.Path.Value, err)
		}
		used := path.Base(p)
		if strings.HasPrefix(used, "v") && len(used) == 2 { // math/rand/v2 is used as rand
			used = path.Base(path.Dir(p))
		}
		if spec.Name != nil {
			used = spec.Name.Name
		}
		f.imports[p] = used
	}
	return f
}

// outOfBuild says that a file's build line keeps it out of every build of the
// product: a generator ("ignore") or a list of modules to keep ("deps").
func outOfBuild(f *ast.File) bool {
	for _, group := range f.Comments {
		if group.Pos() > f.Package {
			break
		}
		for _, c := range group.List {
			expr, err := constraint.Parse(c.Text)
			if err != nil {
				continue
			}
			if !expr.Eval(func(tag string) bool { return tag != "ignore" && tag != "deps" }) {
				return true
			}
		}
	}
	return false
}

// report fails the test with each finding.
func report(t *testing.T, findings []string) {
	t.Helper()
	for _, f := range findings {
		t.Error(f)
	}
}

// reportMissing fails the test once every package is merged, and logs before.
func reportMissing(t *testing.T, findings []string) {
	t.Helper()
	for _, f := range findings {
		if merged {
			t.Error(f)
		} else {
			t.Log("not merged yet: " + f)
		}
	}
}

// wantFinding fails unless some finding holds the text: a planted fault must be seen.
func wantFinding(t *testing.T, findings []string, text string) {
	t.Helper()
	for _, f := range findings {
		if strings.Contains(f, text) {
			return
		}
	}
	t.Errorf("the planted fault was not seen: want a finding with %q, got %q", text, findings)
}
