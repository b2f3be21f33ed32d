// Package agreements carries agreements inside the program. Two are fictional, two
// encode real law and are not official; each says so in every language it is
// written in.
package agreements

import (
	"embed"
	"fmt"
	"io/fs"
	"strings"
)

// CoUsDemo names the shipped example: a fictional agreement between Colombia and
// the United States on fingerprint queries in migration matters.
const CoUsDemo = "co-us-demo"

// Names lists the shipped agreements: two fictional ones, and two encodings of real
// law that are not official.
func Names() []string { return []string{CoUsDemo, "region-demo", "irpr", "pcsc"} }

//go:embed all:co-us-demo all:region-demo all:irpr all:pcsc
var folder embed.FS

// Test returns a file that stands beside an example, in its folder "tests":
// cases.yaml or properties.yaml.
func Test(name, file string) ([]byte, error) {
	if strings.ContainsAny(name+strings.TrimSuffix(file, ".yaml"), "./\\") {
		return nil, fmt.Errorf("example agreement %q: %q is not a name", name, file)
	}
	return folder.ReadFile(name + "/tests/" + file)
}

// Files returns the files of an example as agreement.Parse takes them: by path
// inside the agreement's folder.
func Files(name string) (map[string][]byte, error) {
	if strings.ContainsAny(name, "./\\") || name == "" {
		return nil, fmt.Errorf("example agreement %q: not a name", name)
	}
	files := map[string][]byte{}
	err := fs.WalkDir(folder, name, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && d.Name() == "tests" {
			return fs.SkipDir
		}
		if err != nil || d.IsDir() {
			return err
		}
		data, err := folder.ReadFile(path)
		files[strings.TrimPrefix(path, name+"/")] = data
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("example agreement %q: %w", name, err)
	}
	return files, nil
}
