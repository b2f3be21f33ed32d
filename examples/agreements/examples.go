// Package agreements carries the example agreements inside the program. They are
// fictional, and each says so in every language it is written in.
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

//go:embed all:co-us-demo
var folder embed.FS

// Files returns the files of an example as agreement.Parse takes them: by path
// inside the agreement's folder.
func Files(name string) (map[string][]byte, error) {
	if strings.ContainsAny(name, "./\\") || name == "" {
		return nil, fmt.Errorf("example agreement %q: not a name", name)
	}
	files := map[string][]byte{}
	err := fs.WalkDir(folder, name, func(path string, d fs.DirEntry, err error) error {
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
