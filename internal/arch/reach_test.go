package arch

import (
	"fmt"
	"go/ast"
	"slices"
	"strings"
	"testing"
)

// TestReach holds what each package touches outside its memory against the table.
func TestReach(t *testing.T) {
	report(t, reachFaults(packages, loadModule(t)))
}

func TestReachRulesSeePlantedFaults(t *testing.T) {
	cases := []struct {
		name, pkg, src, want string
	}{
		{"a pure package opens files", "finger", `import "os"; var _ = os.Args`, "imports os"},
		{"a pure package walks folders", "finger", `import "path/filepath"; var _ = filepath.Walk`, "imports path/filepath"},
		{"a pure package speaks HTTP", "finger", `import "net/http"; var _ = http.StatusOK`, "imports net/http"},
		{"a pure package reads the clock", "agreement", `import "time"; var _ = time.Now()`, "time.Now"},
		{"under another name too", "agreement", `import clock "time"; var _ = clock.Since`, "time.Since"},
		{"a dot import hides calls", "agreement", `import . "time"; var _ = Now()`, "dot import"},
		{"the global random source", "synth", `import "math/rand"; var _ = rand.Intn(3)`, "math/rand.Intn"},
		{"and that of v2", "synth", `import "math/rand/v2"; var _ = rand.IntN(3)`, "math/rand/v2.IntN"},
		{"the system's random source", "gallery", `import "crypto/rand"; var _ = rand.Reader`, "imports crypto/rand"},
		{"SQL outside the registry", "node", `import "database/sql"; var _ = sql.ErrNoRows`, "imports database/sql"},
		{"a node that dials", "node", `import "net/http"; var _ = http.DefaultClient`, "net/http.DefaultClient"},
		{"a registry that serves", "registry", `import "net/http"; var _ = http.StatusOK`, "imports net/http"},
		{"a package beside the pure ones", "planted", `import "os"; var _ = os.Args`, "planted touches no files"},
		{"C code", "registry", `import "C"; var _ = C.puts`, "imports C"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			f := parseFile(t, c.pkg+"/planted.go", "package planted; "+c.src)
			wantFinding(t, reachFaults(append(slices.Clone(packages), entry{pkg: "planted", reach: serves}), []pkg{{path: c.pkg, files: []file{f}}}), c.want)
		})
	}
}

func TestReachAllowsSeededSources(t *testing.T) {
	src := `package synth
import ("math/rand/v2"; "time")
type clock struct{ now func() time.Time }
var _ = rand.New(rand.NewPCG(1, 2)).IntN(5)
func f() { time := struct{ Now func() }{}; time.Now() }`
	f := parseFile(t, "synth/fine.go", src)
	report(t, reachFaults(packages, []pkg{{path: "synth", files: []file{f}}}))
}

// impure are the imports that no pure package has, each a way out of its memory.
// io/fs and embed are not among them: a file system handed in is a value.
var impure = []string{
	"os", "os/exec", "os/signal", "os/user", "io/ioutil", "path/filepath", "syscall", "plugin",
	"net", "net/http", "net/rpc", "net/smtp", "log", "log/slog", "crypto/rand", "unsafe",
}

// fileImports are the ways to files, for packages that may have others out.
var fileImports = []string{"os", "os/exec", "io/ioutil", "path/filepath"}

// clockNames are the functions of package time that read or wait for the clock.
var clockNames = []string{"Now", "Since", "Until", "After", "AfterFunc", "Sleep", "Tick", "NewTicker", "NewTimer"}

// seededNames are what math/rand and math/rand/v2 offer besides their global source.
var seededNames = []string{"New", "NewSource", "NewPCG", "NewChaCha8", "NewZipf", "Rand", "Source", "Source64", "PCG", "ChaCha8", "Zipf"}

// clientNames are the names by which Go code opens a connection or sends a request.
var clientNames = map[string][]string{
	"net/http": {
		"Client", "DefaultClient", "DefaultTransport", "Transport", "Get", "Head", "Post", "PostForm",
		"NewRequest", "NewRequestWithContext",
	},
	"net":        {"Dial", "DialTimeout", "DialTCP", "DialUDP", "DialIP", "DialUnix", "Dialer"},
	"crypto/tls": {"Client", "Dial", "DialWithDialer", "Dialer"},
}

// reachFaults lists what packages touch and their lines do not allow. Tests are
// free: they read files, wait and start servers.
func reachFaults(table []entry, all []pkg) []string {
	var faults []string
	for _, p := range all {
		e, ok := entryFor(table, p.path)
		if !ok {
			continue // TestArrows says so
		}
		for _, f := range p.files {
			if !f.test {
				faults = append(faults, importFaults(e, f)...)
				faults = append(faults, callFaults(e, f)...)
			}
		}
	}
	return faults
}

// importFaults looks at what one file imports.
func importFaults(e entry, f file) []string {
	var faults []string
	say := func(imported, why string) {
		faults = append(faults, fmt.Sprintf("%s imports %s: %s", f.name, imported, why))
	}
	for imported, name := range f.imports {
		switch {
		case imported == "C":
			say(imported, "the project is pure Go")
		case name == "." && !isThirdParty(imported):
			say(imported, "a dot import hides which package is called")
		case e.reach&pure != 0 && slices.Contains(impure, imported):
			say(imported, e.pkg+" is pure")
		case e.reach&disk == 0 && slices.Contains(fileImports, imported):
			say(imported, e.pkg+" touches no files")
		case strings.HasPrefix(imported, "database/sql") && e.reach&sql == 0:
			say(imported, "only the registry knows SQL")
		case strings.HasPrefix(imported, "net/http") && e.reach&serves == 0:
			say(imported, e.pkg+" does not serve HTTP")
		}
	}
	return faults
}

// callFaults looks at which names of the standard library one file uses.
func callFaults(e entry, f file) []string {
	byName := map[string]string{}
	for imported, name := range f.imports {
		byName[name] = imported
	}
	var faults []string
	ast.Inspect(f.ast, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		id, ok := sel.X.(*ast.Ident)
		if !ok || id.Obj != nil { // Obj is set for names declared in the file: not a package
			return true
		}
		imported, used := byName[id.Name], sel.Sel.Name
		if why := callFault(e.reach, imported, used); why != "" {
			faults = append(faults, fmt.Sprintf("%s uses %s.%s: %s", f.name, imported, used, why))
		}
		return true
	})
	return faults
}

// callFault says why a package of this reach may not use a name, or nothing.
func callFault(r reach, imported, used string) string {
	isPure := r&pure != 0
	switch {
	case isPure && imported == "time" && slices.Contains(clockNames, used):
		return "a pure package is given the time"
	case isPure && (imported == "math/rand" || imported == "math/rand/v2") && !slices.Contains(seededNames, used):
		return "a pure package is given its random source"
	case r&dials == 0 && slices.Contains(clientNames[imported], used):
		return "only packages that dial open connections"
	}
	return ""
}
