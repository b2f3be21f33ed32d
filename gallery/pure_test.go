package gallery

import (
	"go/parser"
	"go/token"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// The package imports nothing by which it could reach files, the network, a database, a clock or chance.
func TestImportsArePure(t *testing.T) {
	allowed := []string{"cmp", "context", "encoding/binary", "errors", "fmt", "hash/crc32", "math", "math/bits", "slices", "strings", "sync", "sync/atomic", "time", "convenio/finger", "convenio/gallery/code", "convenio/gallery/kernel"}
	names, err := os.ReadDir(".")
	must(t, err)
	seen := 0
	for _, n := range names {
		if !strings.HasSuffix(n.Name(), ".go") || strings.HasSuffix(n.Name(), "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), n.Name(), nil, parser.ImportsOnly)
		must(t, err)
		for _, i := range f.Imports {
			path, err := strconv.Unquote(i.Path.Value)
			must(t, err)
			seen++
			if !slices.Contains(allowed, path) {
				t.Errorf("%s imports %s", n.Name(), path)
			}
		}
	}
	if seen == 0 {
		t.Error("no imports seen")
	}
}
