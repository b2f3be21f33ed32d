package arch

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// machinePath matches a path of somebody's machine: a home folder or a
// workplace. It stands at a word's beginning, so that a web address is none.
var machinePath = regexp.MustCompile("(?m)(^|[\\s\"'`(=:,])/(work|root|Users|home)/[A-Za-z0-9._-]+")

// TestNoMachinePaths wants no path of the machine that a file was written on.
func TestNoMachinePaths(t *testing.T) {
	root := moduleRoot(t)
	files := trackedFiles(t, root)
	if len(files) < 5 {
		t.Fatalf("%d tracked files cannot be all", len(files))
	}
	for _, name := range files {
		report(t, pathFaults(name, readText(t, root, name)))
	}
}

func TestPathRuleSeesPlantedFaults(t *testing.T) {
	for _, planted := range []string{"see /" + "work/x", "dir=/" + "root/.cache", "(/" + "home/ana/go)", "\"/" + "Users/ana\""} {
		wantFinding(t, pathFaults("a.md", planted), "a.md")
	}
	report(t, pathFaults("a.md", "https://example.org/home/page and docs/work/here"))
}

// pathFaults lists the lines of one file that name a machine's path.
func pathFaults(name, text string) []string {
	if strings.ContainsRune(text, 0) {
		return nil // not text
	}
	var faults []string
	for _, m := range machinePath.FindAllStringIndex(text, -1) {
		faults = append(faults, fmt.Sprintf("%s:%d names a path of a machine: %q", name, 1+strings.Count(text[:m[0]], "\n"), text[m[0]:m[1]]))
	}
	return faults
}

// trackedFiles lists the files that git tracks and that are still there, or,
// where there is no git, every file of the tree outside the skipped folders.
func trackedFiles(t *testing.T, root string) []string {
	t.Helper()
	cmd := exec.Command("git", "ls-files", "-z")
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		t.Logf("git ls-files: %v: walking the tree instead", err)
		return walkedFiles(t, root)
	}
	var names []string
	for _, name := range bytes.Split(out, []byte{0}) {
		if len(name) > 0 && exists(root, string(name)) {
			names = append(names, string(name))
		}
	}
	return names
}

// walkedFiles lists every plain file outside the skipped folders.
func walkedFiles(t *testing.T, root string) []string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(root, func(full string, d fs.DirEntry, err error) error {
		rel, relErr := filepath.Rel(root, full)
		switch {
		case errors.Join(err, relErr) != nil:
			return errors.Join(err, relErr)
		case d.IsDir() && rel != "." && d.Name() != "testdata" && skippedDir(d.Name()):
			return fs.SkipDir
		case d.Type().IsRegular():
			names = append(names, filepath.ToSlash(rel))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}
