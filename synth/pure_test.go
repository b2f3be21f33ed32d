package synth

import (
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// sources parses and type-checks the package without its tests.
func sources(t *testing.T) (*token.FileSet, []*ast.File, *types.Info) {
	t.Helper()
	fset := token.NewFileSet()
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var files []*ast.File
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(fset, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{}}
	// Imports of the module itself need no types here; errors about them do not matter.
	conf := types.Config{Importer: importer.ForCompiler(fset, "source", nil), Error: func(error) {}}
	_, _ = conf.Check("convenio/synth", fset, files, info)
	return fset, files, info
}

// TestNoFusedArithmetic reads the source: a floating-point product must be
// rounded by a conversion at once, unless it is a factor or is compared.
// Otherwise a processor that fuses it with a later sum, perhaps in a caller
// that the function is inlined into, would draw other fingers. And of package
// math only what is exact may be used.
func TestNoFusedArithmetic(t *testing.T) {
	exact := []string{"Sqrt", "Floor", "Ceil", "Abs", "Inf", "Float64frombits", "Pi", "Ln2", "Log2E"}
	fset, files, info := sources(t)
	products := 0
	for _, f := range files {
		var above []ast.Node
		ast.Inspect(f, func(n ast.Node) bool {
			if n == nil {
				above = above[:len(above)-1]
				return true
			}
			switch v := n.(type) {
			case *ast.BinaryExpr:
				if v.Op == token.MUL && isFloat(info, v) {
					products++
					if !rounded(info, above) {
						t.Errorf("%v: a product is not rounded at once; write float64(x*y)", fset.Position(v.Pos()))
					}
				}
			case *ast.AssignStmt:
				if v.Tok == token.MUL_ASSIGN && isFloat(info, v.Lhs[0]) {
					t.Errorf("%v: write x = float64(x*y)", fset.Position(v.Pos()))
				}
			case *ast.SelectorExpr:
				if x, ok := v.X.(*ast.Ident); ok && x.Name == "math" && !slices.Contains(exact, v.Sel.Name) {
					t.Errorf("%v: math.%s may differ between platforms", fset.Position(v.Pos()), v.Sel.Name)
				}
			}
			above = append(above, n)
			return true
		})
	}
	if products < 100 {
		t.Errorf("only %d products looked at", products)
	}
}

// isFloat says whether e is a floating-point value computed at run time.
func isFloat(info *types.Info, e ast.Expr) bool {
	tv := info.Types[e]
	if tv.Value != nil || tv.Type == nil {
		return false
	}
	basic, ok := tv.Type.Underlying().(*types.Basic)
	return ok && basic.Info()&types.IsFloat != 0
}

// rounded says whether what stands around a product rounds it or multiplies,
// divides or compares it.
func rounded(info *types.Info, above []ast.Node) bool {
	for _, n := range slices.Backward(above) {
		switch v := n.(type) {
		case *ast.ParenExpr, *ast.UnaryExpr:
			continue
		case *ast.CallExpr:
			return info.Types[v.Fun].IsType()
		case *ast.BinaryExpr:
			return v.Op != token.ADD && v.Op != token.SUB
		}
		return false
	}
	return false
}

// TestPure holds the package to values in, values out.
func TestPure(t *testing.T) {
	allowed := []string{"cmp", "math", "math/rand/v2", "slices", "sync", "convenio/finger"}
	_, files, _ := sources(t)
	for _, f := range files {
		for _, i := range f.Imports {
			if path := strings.Trim(i.Path.Value, `"`); !slices.Contains(allowed, path) {
				t.Errorf("a file of the package imports %s", path)
			}
		}
	}
}
