package audit_test

import (
	"go/parser"
	"go/token"
	"os"
	"strconv"
	"strings"
	"testing"
)

// TestPure: the audit opens nothing, and asks no clock.
func TestPure(t *testing.T) {
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	checked := 0
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		checked++
		src, err := os.ReadFile(f.Name())
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), f.Name(), src, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, imp := range parsed.Imports {
			path, _ := strconv.Unquote(imp.Path.Value)
			switch path {
			case "os", "net", "net/http", "database/sql", "math/rand", "math/rand/v2", "crypto/rand", "context", "log", "log/slog":
				t.Errorf("%s imports %s", f.Name(), path)
			}
		}
		if strings.Contains(string(src), "time.Now(") {
			t.Errorf("%s asks the clock", f.Name())
		}
	}
	if checked < 5 {
		t.Fatalf("only %d files were checked", checked)
	}
}
