package arch

import "strings"

// merged says that every package in the table is in the tree. While it is
// false, an entry without a package and a page that names a missing file are
// logged; once it is true they fail.
const merged = true

// reach says what a package may touch outside its own memory.
type reach uint8

const (
	pure   reach = 1 << iota // values in, values out: no disk, network, clock or global random source
	disk                     // reads and writes files
	serves                   // imports net/http: answers requests
	dials                    // opens connections to somebody else
	sql                      // imports database/sql and its drivers
)

// entry is one package's line: what it may import of ours and what it may touch.
type entry struct {
	pkg   string   // path below the module; "/..." at the end covers the tree
	reach reach    // what its own code may touch
	ours  []string // packages of ours that its code may import
	tests []string // packages of ours that only its tests may import, beyond the pure ones
}

// packages is the map of the project, from the bottom up: an arrow may only
// point to a line above.
var packages = []entry{
	{pkg: "internal/lockfile", reach: disk},
	{pkg: "finger", reach: pure},
	{pkg: "synth", reach: pure, ours: []string{"finger"}},
	{pkg: "finger/internal/...", reach: disk, ours: []string{"finger", "synth"}},
	{pkg: "eval", reach: pure, ours: []string{"finger"}},
	{pkg: "eval/chart", reach: pure, ours: []string{"eval"}},
	{pkg: "explain", reach: pure, ours: []string{"finger"}},
	{pkg: "explain/page", reach: pure, ours: []string{"explain"}},
	{pkg: "formats/sc37", reach: pure},
	{pkg: "formats/internal/formattest", reach: disk, ours: []string{"formats/sc37"}},
	{pkg: "formats/ansinist", reach: pure, tests: []string{"formats/internal/formattest"}},
	{pkg: "formats/inti", reach: pure, ours: []string{"formats/ansinist"}, tests: []string{"formats/internal/formattest"}},
	{pkg: "formats/internal/huff", reach: pure},
	{pkg: "formats/jpegl", reach: pure, ours: []string{"formats/internal/huff"}},
	{pkg: "formats/wsq", reach: pure, ours: []string{"formats/internal/huff"}, tests: []string{"formats/internal/formattest"}},
	{pkg: "formats/jp2", reach: pure, tests: []string{"formats/internal/formattest"}},
	{pkg: "formats/picture", reach: pure, ours: []string{"formats/jp2", "formats/jpegl", "formats/wsq"}},
	{pkg: "formats/fmr", reach: pure, ours: []string{"formats/sc37"}, tests: []string{"formats/internal/formattest"}},
	{pkg: "formats/fir", reach: pure, ours: []string{"formats/sc37"}, tests: []string{"formats/internal/formattest"}},
	{pkg: "formats/iir", reach: pure, ours: []string{"formats/sc37"}, tests: []string{"formats/internal/formattest"}},
	{pkg: "formats/cbeff", reach: pure, ours: []string{"formats/sc37"}, tests: []string{"formats/internal/formattest"}},
	{pkg: "formats/content", reach: pure, ours: []string{
		"formats/ansinist", "formats/cbeff", "formats/fir", "formats/fmr", "formats/iir", "formats/inti", "formats/jp2", "formats/jpegl", "formats/picture",
		"formats/sc37", "formats/wsq",
	}, tests: []string{"formats/internal/formattest"}},
	{pkg: "capture", reach: pure, ours: []string{
		"finger", "formats/ansinist", "formats/cbeff", "formats/content", "formats/fir", "formats/fmr", "formats/jpegl", "formats/picture", "formats/sc37",
		"formats/wsq",
	}},
	{pkg: "eval/internal/peers", reach: disk, ours: []string{"capture", "eval", "finger"}},
	{pkg: "synth/internal/...", reach: disk, ours: []string{"finger", "formats/picture", "synth"}},
	{pkg: "gallery/code", reach: pure, ours: []string{"finger"}},
	{pkg: "gallery/kernel", reach: pure},
	{pkg: "gallery", reach: pure, ours: []string{"finger", "gallery/code", "gallery/kernel"}},
	{pkg: "abis/mosip", reach: pure, ours: []string{"capture", "finger", "formats/cbeff", "gallery"}},
	{pkg: "gallery/kernel/internal/asm", reach: disk},
	{pkg: "gallery/segment", reach: disk, ours: []string{"finger", "gallery", "gallery/code", "gallery/kernel", "internal/lockfile"}},
	{pkg: "gallery/trial", reach: disk, ours: []string{"finger", "gallery", "gallery/kernel", "gallery/segment", "synth"}},
	{pkg: "agreement", reach: pure},
	{pkg: "agreement/paper", reach: pure, ours: []string{"agreement"}},
	{pkg: "examples/agreements", reach: pure, ours: []string{"agreement"}},
	{pkg: "ledger", reach: disk | serves | dials, ours: []string{"internal/lockfile"}, tests: []string{"ledger/ledgertest"}},
	{pkg: "ledger/audit", reach: pure, ours: []string{"ledger"}, tests: []string{"ledger/ledgertest"}},
	{pkg: "ledger/ledgertest", reach: disk | serves, ours: []string{"ledger"}},
	{pkg: "exchange", reach: disk | serves | dials, tests: []string{"ledger"}},
	{pkg: "registry", reach: disk | sql, ours: []string{"finger", "internal/lockfile"}},
	{pkg: "osia/abis", reach: disk | serves | dials},
	{pkg: "osia/reach", reach: pure, ours: []string{"agreement"}},
	{pkg: "osia", reach: disk | serves | dials, ours: []string{"capture", "finger", "formats/fmr", "gallery", "osia/abis", "registry"}},
	{pkg: "internal/loopback", reach: serves},
	{pkg: "api", reach: disk | serves | dials},
	{pkg: "osia/abistest", reach: serves | dials, ours: []string{"osia/abis"}},
	{pkg: "osia/client", reach: serves | dials, ours: []string{"finger", "osia/abis"}, tests: []string{"osia/abistest"}},
	{pkg: "node", reach: disk | serves, ours: []string{
		"agreement", "api", "capture", "exchange", "finger", "gallery", "gallery/segment", "ledger", "osia", "osia/client", "osia/reach", "registry",
	}, tests: []string{"examples/agreements", "internal/loopback", "osia/abistest"}},
	{pkg: "demo", reach: disk | serves | dials, ours: []string{
		"agreement", "api", "capture", "examples/agreements", "exchange", "finger", "internal/loopback", "ledger", "ledger/audit", "ledger/ledgertest",
		"node", "registry", "synth",
	}},
	{pkg: "cmd/convenio", reach: disk | serves | dials, ours: []string{
		"agreement", "agreement/paper", "api", "capture", "demo", "eval", "eval/chart", "examples/agreements", "exchange", "explain", "explain/page",
		"finger", "formats/content", "formats/fmr", "formats/picture", "formats/wsq", "gallery/segment", "gallery/trial", "ledger", "ledger/audit", "node",
		"osia", "synth",
	}, tests: []string{"internal/loopback", "osia/abistest"}},
	{pkg: "internal/arch", reach: pure},
}

// library is one module we did not write, and the packages it belongs to.
type library struct {
	module string
	users  []string // packages whose code may import it; nil: tests alone
}

// libraries keeps each technology's name inside its adapter.
var libraries = []library{
	{"codeberg.org/go-fonts/liberation", []string{"agreement/paper"}},
	{"codeberg.org/go-pdf/fpdf", []string{"agreement/paper"}},
	{"github.com/cedar-policy/cedar-go", []string{"agreement"}},
	{"github.com/getkin/kin-openapi", []string{"node", "osia", "osia/abistest"}},
	{"github.com/go-jose/go-jose/v4", []string{"osia"}},
	{"github.com/goccy/go-yaml", []string{"agreement", "api", "node"}},
	{"github.com/google/go-cmp", nil},
	{"github.com/gowebpki/jcs", []string{"osia"}},
	{"github.com/mmcloughlin/avo", []string{"gallery/kernel/internal/asm"}},
	{"github.com/oapi-codegen/runtime", []string{"api", "osia/abis"}},
	{"github.com/pressly/goose/v3", []string{"registry"}},
	{"github.com/rogpeppe/go-internal", nil},
	{"github.com/santhosh-tekuri/jsonschema/v6", nil},
	{"github.com/schollz/progressbar/v3", []string{"cmd/convenio"}},
	{"github.com/spf13/cobra", []string{"cmd/convenio"}},
	{"github.com/theory/jsonpath", []string{"osia"}},
	{"github.com/transparency-dev/formats", []string{"ledger"}},
	{"github.com/transparency-dev/merkle", []string{"ledger"}},
	{"github.com/transparency-dev/tessera", []string{"ledger"}},
	{"golang.org/x/image", []string{"agreement/paper", "formats/picture"}},
	{"golang.org/x/mod", []string{"exchange", "ledger", "ledger/ledgertest", "node"}},
	{"golang.org/x/sync", []string{"ledger"}},
	{"golang.org/x/sys", []string{"gallery/kernel", "gallery/segment", "node"}},
	{"golang.org/x/term", []string{"cmd/convenio"}},
	{"golang.org/x/text", []string{"osia/reach"}},
	{"golang.org/x/tools", []string{"agreement"}},
	{"gonum.org/v1/plot", []string{"eval/chart", "gallery/trial", "synth/internal/compare"}},
	{"k8s.io/klog/v2", []string{"ledger"}},
	{"modernc.org/sqlite", []string{"registry"}},
	{"pgregory.net/rapid", nil},
}

// entryFor finds the line of a package: the exact one, else the longest tree
// that covers it. A package's own internal folders and subfolders named in no
// line of their own fall under nothing: each package is placed on purpose.
func entryFor(table []entry, pkg string) (entry, bool) {
	best, found := entry{}, false
	for _, e := range table {
		if e.pkg == pkg {
			return e, true
		}
		tree, isTree := strings.CutSuffix(e.pkg, "/...")
		if isTree && strings.HasPrefix(pkg, tree+"/") && len(e.pkg) > len(best.pkg) {
			best, found = e, true
		}
	}
	return best, found
}

// libraryFor finds the module that an import path belongs to.
func libraryFor(libs []library, path string) (library, bool) {
	for _, l := range libs {
		if path == l.module || strings.HasPrefix(path, l.module+"/") {
			return l, true
		}
	}
	return library{}, false
}
