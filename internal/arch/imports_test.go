package arch

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// TestArrows holds every import of ours against the table, code and tests apart.
func TestArrows(t *testing.T) {
	report(t, arrowFaults(packages, loadModule(t)))
}

// TestTableOrder keeps the table acyclic: a line imports only lines above it.
func TestTableOrder(t *testing.T) {
	report(t, orderFaults(packages))
}

// TestTableHasNoGhosts finds lines of the table that no package answers to.
func TestTableHasNoGhosts(t *testing.T) {
	reportMissing(t, ghostFaults(packages, loadModule(t)))
}

// TestLibraries keeps each library inside the packages it belongs to.
func TestLibraries(t *testing.T) {
	report(t, libraryFaults(libraries, loadModule(t)))
}

// TestLibraryTableHasNoGhosts finds libraries that a line gives to a package
// which does not import them.
func TestLibraryTableHasNoGhosts(t *testing.T) {
	reportMissing(t, libraryGhosts(libraries, loadModule(t)))
}

func TestImportRulesSeePlantedFaults(t *testing.T) {
	upward := pkg{path: "agreement", files: []file{
		parseFile(t, "agreement/a.go", `package agreement; import "convenio/node"; var _ = node.X`),
		parseFile(t, "agreement/a_test.go", `package agreement; import "convenio/registry"; var _ = registry.X`),
		parseFile(t, "agreement/b.go", `package agreement; import "modernc.org/sqlite"; var _ = sqlite.X`),
		parseFile(t, "agreement/c.go", `package agreement; import "example.org/unknown"; var _ = unknown.X`),
		parseFile(t, "agreement/d.go", `package agreement; import "pgregory.net/rapid"; var _ = rapid.X`),
	}}
	unplaced := pkg{path: "util", files: []file{parseFile(t, "util/u.go", `package util`)}}
	arrows := arrowFaults(packages, []pkg{upward, unplaced})
	wantFinding(t, arrows, "agreement/a.go imports convenio/node")
	wantFinding(t, arrows, "agreement/a_test.go imports convenio/registry")
	wantFinding(t, arrows, "util has no line")
	libs := libraryFaults(libraries, []pkg{upward})
	wantFinding(t, libs, "agreement/b.go imports modernc.org/sqlite")
	wantFinding(t, libs, "agreement/c.go imports example.org/unknown")
	wantFinding(t, libs, "agreement/d.go imports pgregory.net/rapid")
	wantFinding(t, ghostFaults([]entry{{pkg: "nowhere"}, {pkg: "gone/..."}}, []pkg{unplaced}), "nowhere")
	wantFinding(t, ghostFaults([]entry{{pkg: "nowhere"}, {pkg: "gone/..."}}, []pkg{unplaced}), "gone/...")
	wantFinding(t, orderFaults([]entry{{pkg: "a", ours: []string{"b"}}, {pkg: "b"}}), "a may import b")
	wantFinding(t, libraryGhosts([]library{{"example.org/x", []string{"util"}}}, []pkg{unplaced}), "example.org/x")
}

// arrowFaults lists the imports of ours that the table does not allow, and the
// packages that have no line.
func arrowFaults(table []entry, all []pkg) []string {
	var faults []string
	for _, p := range all {
		e, ok := entryFor(table, p.path)
		if !ok {
			faults = append(faults, fmt.Sprintf("%s has no line in the table of internal/arch/table_test.go: say what it may import", p.path))
			continue
		}
		for _, f := range p.files {
			for imported := range f.imports {
				target, own := strings.CutPrefix(imported, modulePath+"/")
				if own && target != p.path && !allowed(table, e, target, f.test) {
					faults = append(faults, fmt.Sprintf("%s imports %s: the table does not let %s see it", f.name, imported, p.path))
				}
			}
		}
	}
	return faults
}

// allowed says whether a package may import one of ours. Tests may also use
// what is pure: synthetic fingers and the figures made from them, for one.
func allowed(table []entry, e entry, target string, test bool) bool {
	if slices.Contains(e.ours, target) {
		return true
	}
	if !test {
		return false
	}
	other, ok := entryFor(table, target)
	return slices.Contains(e.tests, target) || (ok && other.reach == pure)
}

// orderFaults lists arrows of the table that do not point to a line above.
func orderFaults(table []entry) []string {
	var faults []string
	seen := map[string]bool{}
	for _, e := range table {
		if seen[e.pkg] {
			faults = append(faults, fmt.Sprintf("%s has two lines in the table", e.pkg))
		}
		for _, target := range e.ours {
			if !seen[target] {
				faults = append(faults, fmt.Sprintf("%s may import %s, which stands below it or nowhere: arrows point to lines above", e.pkg, target))
			}
		}
		seen[e.pkg] = true
	}
	return faults
}

// ghostFaults lists lines of the table without a package.
func ghostFaults(table []entry, all []pkg) []string {
	var faults []string
	for _, e := range table {
		tree, isTree := strings.CutSuffix(e.pkg, "/...")
		found := slices.ContainsFunc(all, func(p pkg) bool {
			return p.path == e.pkg || isTree && strings.HasPrefix(p.path, tree+"/")
		})
		if !found {
			faults = append(faults, fmt.Sprintf("the table has a line for %s, and no package answers to it", e.pkg))
		}
	}
	return faults
}

// isThirdParty says that an import path is neither ours nor the standard library's.
func isThirdParty(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return strings.Contains(first, ".")
}

// libraryFaults lists libraries used outside the packages they belong to.
func libraryFaults(libs []library, all []pkg) []string {
	var faults []string
	for _, p := range all {
		for _, f := range p.files {
			for imported := range f.imports {
				if !isThirdParty(imported) {
					continue
				}
				l, known := libraryFor(libs, imported)
				if !known {
					faults = append(faults, fmt.Sprintf("%s imports %s, which no line of the library table knows", f.name, imported))
				} else if !f.test && !slices.Contains(l.users, p.path) {
					faults = append(faults, fmt.Sprintf("%s imports %s, which belongs to %v (tests may)", f.name, imported, l.users))
				}
			}
		}
	}
	return faults
}

// libraryGhosts lists library lines that nothing answers to.
func libraryGhosts(libs []library, all []pkg) []string {
	used := map[string]bool{} // "module user" and, for tests, "module"
	for _, p := range all {
		for _, f := range p.files {
			for imported := range f.imports {
				if l, ok := libraryFor(libs, imported); ok {
					used[l.module] = true
					used[l.module+" "+p.path] = used[l.module+" "+p.path] || !f.test
				}
			}
		}
	}
	var faults []string
	for _, l := range libs {
		if !used[l.module] {
			faults = append(faults, fmt.Sprintf("the library table knows %s, and nothing imports it", l.module))
		}
		for _, user := range l.users {
			if !used[l.module+" "+user] {
				faults = append(faults, fmt.Sprintf("the library table gives %s to %s, which does not import it", l.module, user))
			}
		}
	}
	return faults
}
