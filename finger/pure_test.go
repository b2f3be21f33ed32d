package finger_test

import (
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The engine is values in, values out: no files, network, clock or global random source.
func TestImportsArePure(t *testing.T) {
	for _, dir := range []string{".", "../eval"} {
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatal(err, len(files))
		}
		for _, f := range files {
			if strings.HasSuffix(f, "_test.go") {
				continue
			}
			parsed, err := parser.ParseFile(token.NewFileSet(), f, nil, parser.ImportsOnly)
			if err != nil {
				t.Fatal(err)
			}
			for _, i := range parsed.Imports {
				if slices.Contains([]string{`"os"`, `"net"`, `"net/http"`, `"database/sql"`, `"time"`, `"math/rand"`}, i.Path.Value) {
					t.Errorf("%s imports %s", f, i.Path.Value)
				}
			}
		}
	}
}
