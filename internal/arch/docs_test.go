package arch

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// page is one Markdown file.
type page struct {
	name string // below the module root
	text string
}

// loadPages reads the tracked Markdown files.
func loadPages(t *testing.T) []page {
	t.Helper()
	root := moduleRoot(t)
	var pages []page
	for _, name := range trackedFiles(t, root) {
		if strings.HasSuffix(name, ".md") {
			pages = append(pages, page{name, readText(t, root, name)})
		}
	}
	if len(pages) == 0 {
		t.Fatal("no Markdown file found")
	}
	return pages
}

// readText reads one file of the tree.
func readText(t *testing.T, root, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// exists says whether a path below the root is there.
func exists(root, name string) bool {
	_, err := os.Stat(filepath.Join(root, filepath.FromSlash(name)))
	return err == nil
}

// TestReadmesAgree holds the Spanish and the English front page to the same
// sections, commands, links and tables.
func TestReadmesAgree(t *testing.T) {
	root := moduleRoot(t)
	report(t, twinFaults(page{"README.md", readText(t, root, "README.md")}, page{"README.es.md", readText(t, root, "README.es.md")}))
}

// TestLinksLead wants a file, and a heading where one is named, behind each
// relative link of each page.
func TestLinksLead(t *testing.T) {
	root := moduleRoot(t)
	reportMissing(t, linkFaults(loadPages(t), func(name string) bool { return exists(root, name) }))
}

// TestPagesNameWhatExists wants each file, folder and test that a page names
// between backquotes to be in the tree.
func TestPagesNameWhatExists(t *testing.T) {
	root := moduleRoot(t)
	tests := testNames(loadModule(t))
	reportMissing(t, nameFaults(loadPages(t), func(name string) bool { return exists(root, name) }, tests))
}

// TestPagesNameMakeTargets wants each make target that a page tells to run.
func TestPagesNameMakeTargets(t *testing.T) {
	report(t, targetFaults(loadPages(t), readText(t, moduleRoot(t), "Makefile")))
}

func TestPageRulesSeePlantedFaults(t *testing.T) {
	en := page{"README.md", "# A\n## B\n[x](a.md) [y](c.md)\n| a |\n```sh\nmake test # run\n```\n"}
	es := page{"README.es.md", "# A\n[x](a.es.md)\n```sh\nmake prueba # correr\n```\n"}
	twins := twinFaults(en, es)
	wantFinding(t, twins, "headings")
	wantFinding(t, twins, "commands")
	wantFinding(t, twins, "links")
	wantFinding(t, twins, "table rows")
	same := page{"README.es.md", "# Á\n## Be\n[equis](a.es.md) [ye](c.md)\n| á |\n```sh\nmake test # corre\n```\n"}
	report(t, twinFaults(en, same))

	only := func(names ...string) func(string) bool {
		return func(name string) bool { return slices.Contains(names, name) }
	}
	from := page{"docs/a.md", "# One two\n[b](b.md) [c](../c.md#nowhere) [self](#one-two) [gone](#gone) `node/x.go` `TestX` `FuzzY`\n```\n[not](a-link.md)\n```\n"}
	to := page{"c.md", "# Here\n"}
	links := linkFaults([]page{from, to}, only("docs/a.md", "c.md"))
	wantFinding(t, links, "docs/b.md")
	wantFinding(t, links, "#nowhere")
	wantFinding(t, links, "#gone")
	if len(links) != 3 {
		t.Errorf("want 3 findings, got %q", links)
	}
	names := nameFaults([]page{from}, only("docs/a.md"), map[string]bool{"FuzzY": true})
	wantFinding(t, names, "node/x.go")
	wantFinding(t, names, "TestX")
	targets := targetFaults([]page{en, {"x.md", "`make nothing` and `make test`"}}, "test: x\n")
	wantFinding(t, targets, "make nothing")
	if len(targets) != 1 {
		t.Errorf("want 1 finding, got %q", targets)
	}
	if len(names) != 2 {
		t.Errorf("want 2 findings, got %q", names)
	}
}

// targetFaults lists make targets that pages name, as a command or between
// backquotes, and the Makefile does not have.
func targetFaults(pages []page, makefile string) []string {
	var faults []string
	for _, p := range pages {
		said := commands(p.text)
		for _, m := range quoted.FindAllStringSubmatch(prose(p.text), -1) {
			said = append(said, m[1])
		}
		for _, command := range said {
			target, isMake := strings.CutPrefix(command, "make ")
			if isMake && !strings.Contains("\n"+makefile, "\n"+target+":") {
				faults = append(faults, fmt.Sprintf("%s says %q, and the Makefile has no such target", p.name, command))
			}
		}
	}
	return faults
}

var (
	fence    = regexp.MustCompile("(?ms)^```([a-z]*)\n(.*?)^```$")
	heading  = regexp.MustCompile(`(?m)^(#+) +(.+)$`)
	link     = regexp.MustCompile(`\]\(([^)\s]+)\)|src="([^"]+)"|srcset="([^"]+)"`)
	tableRow = regexp.MustCompile(`(?m)^\|.*$`)
	quoted   = regexp.MustCompile("`([^`\n]+)`")
	filePath = regexp.MustCompile(`^[A-Za-z0-9_.][\w.-]*(/[\w.-]+)*(/|\.(go|md|cedar|txtar|yaml|yml|sql|svg|json|mod|sum|sh))$`)
	testName = regexp.MustCompile(`^(Test|Fuzz|Benchmark|Example)[A-Z]\w*$`)
	notSlug  = regexp.MustCompile(`[^\p{L}\p{N}\s_-]`)
)

// prose is a page without its code blocks.
func prose(text string) string { return fence.ReplaceAllString(text, "") }

// commands are the lines of the sh blocks, comments aside.
func commands(text string) []string {
	var lines []string
	for _, block := range fence.FindAllStringSubmatch(text, -1) {
		if block[1] != "sh" {
			continue
		}
		for line := range strings.Lines(block[2]) {
			line, _, _ = strings.Cut(line, "#")
			if line = strings.TrimSpace(line); line != "" {
				lines = append(lines, line)
			}
		}
	}
	return lines
}

// links are the targets of a page's links and pictures, in order.
func links(text string) []string {
	var targets []string
	for _, m := range link.FindAllStringSubmatch(prose(text), -1) {
		targets = append(targets, m[1]+m[2]+m[3])
	}
	return targets
}

// twinFaults compares two language versions of one page. A file's Spanish
// version (name.es.md) stands for the file; a link to the twin itself, for the other.
func twinFaults(en, es page) []string {
	var faults []string
	compare := func(what string, a, b []string) {
		if !slices.Equal(a, b) {
			faults = append(faults, fmt.Sprintf("%s and %s differ in their %s: %q against %q", en.name, es.name, what, a, b))
		}
	}
	levels := func(text string) (out []string) {
		for _, m := range heading.FindAllStringSubmatch(prose(text), -1) {
			out = append(out, m[1])
		}
		return out
	}
	neutral := func(text string) (out []string) {
		for _, l := range links(text) {
			name, anchor, _ := strings.Cut(strings.Replace(l, ".es.", ".", 1), "#")
			if anchor != "" && (name == "" || name == en.name) {
				anchor = "" // its own headings, in its own language
			}
			out = append(out, name+"#"+anchor)
		}
		return out
	}
	rows := func(text string) []string { return []string{fmt.Sprint(len(tableRow.FindAllString(prose(text), -1)))} }
	compare("headings", levels(en.text), levels(es.text))
	compare("commands", commands(en.text), commands(es.text))
	compare("links", neutral(en.text), neutral(es.text))
	compare("table rows", rows(en.text), rows(es.text))
	return faults
}

// slugs are the anchors that a page's headings make, as GitHub and its like do.
func slugs(text string) []string {
	var out []string
	for _, m := range heading.FindAllStringSubmatch(prose(text), -1) {
		s := notSlug.ReplaceAllString(strings.ToLower(m[2]), "")
		out = append(out, strings.ReplaceAll(strings.TrimSpace(s), " ", "-"))
	}
	return out
}

// linkFaults lists relative links that lead nowhere.
func linkFaults(pages []page, there func(string) bool) []string {
	anchors := map[string][]string{}
	for _, p := range pages {
		anchors[p.name] = slugs(p.text)
	}
	var faults []string
	for _, p := range pages {
		for _, l := range links(p.text) {
			if strings.Contains(l, "://") || strings.HasPrefix(l, "mailto:") {
				continue
			}
			name, anchor, _ := strings.Cut(l, "#")
			target := p.name
			if name != "" {
				target = path.Join(path.Dir(p.name), name)
			}
			if !there(target) {
				faults = append(faults, fmt.Sprintf("%s links to %s, which is not there", p.name, target))
			} else if anchor != "" && anchors[target] != nil && !slices.Contains(anchors[target], anchor) {
				faults = append(faults, fmt.Sprintf("%s links to #%s of %s, which has no such heading", p.name, anchor, target))
			}
		}
	}
	return faults
}

// testNames collects the names of tests, fuzz targets, benchmarks and examples.
func testNames(all []pkg) map[string]bool {
	names := map[string]bool{}
	for _, p := range all {
		for _, f := range p.files {
			if f.test {
				for name := range f.ast.Scope.Objects {
					names[name] = true
				}
			}
		}
	}
	return names
}

// nameFaults lists what pages name between backquotes and the tree does not
// hold. A path counts from the root; one without a folder, from the root or
// from beside its page.
func nameFaults(pages []page, there func(string) bool, tests map[string]bool) []string {
	var faults []string
	for _, p := range pages {
		for _, m := range quoted.FindAllStringSubmatch(prose(p.text), -1) {
			name := m[1]
			switch {
			case testName.MatchString(name) && !tests[name]:
				faults = append(faults, fmt.Sprintf("%s names the test %s, which is not there", p.name, name))
			case filePath.MatchString(name) && !there(name) && !there(path.Join(path.Dir(p.name), name)) && !generated(name):
				faults = append(faults, fmt.Sprintf("%s names the file %s, which is not there", p.name, name))
			}
		}
	}
	return faults
}

// generated says that a named folder is made by a command and never tracked.
func generated(name string) bool {
	return name == "bin/" || name == ".tools/" || strings.HasPrefix(name, "demo-")
}
