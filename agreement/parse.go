package agreement

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
)

// HeaderFile is the file that lists parties, authorities, purposes and the other
// closed lists.
const HeaderFile = "agreement.yaml"

var articleFile = regexp.MustCompile(`^articles/[0-9]{2,4}(\.[0-9]{1,3})?[a-z]{0,3}-[a-z0-9][a-z0-9-]{0,80}\.yaml$`)

// Parse reads the files of an agreement's folder, by path inside the folder with
// "/" between names, and checks, compiles and validates them. The error is a
// [*Problems]. Time and memory are bounded by the limits of this package.
func Parse(files map[string][]byte) (*Agreement, error) {
	return parse(files, bounds{MaxRules, MaxChecks})
}

// parse is Parse within other bounds.
func parse(files map[string][]byte, max bounds) (*Agreement, error) {
	p := &Problems{}
	b := &builder{p: p, a: &Agreement{}, max: max, seen: map[string]string{}, serial: map[string]int{}}
	if !b.checkFiles(files) {
		return nil, p.err()
	}
	var head headerForm
	if err := decodeYAML(files[HeaderFile], &head); err != nil {
		p.add(yamlProblem(HeaderFile, err))
		return nil, p.err()
	}
	articles := b.readArticles(files)
	b.header(&head)
	if len(p.List) > 0 {
		return nil, p.err()
	}
	b.articles(articles)
	b.marks(&head)
	if len(p.List) > 0 {
		return nil, p.err()
	}
	b.finish()
	if len(p.List) > 0 {
		return nil, p.err()
	}
	b.seal(files)
	if len(p.List) > 0 {
		return nil, p.err()
	}
	return b.a, nil
}

// builder fills an agreement and notes every fault on the way.
type builder struct {
	p      *Problems
	a      *Agreement
	max    bounds
	seen   map[string]string // what has been defined, to where
	serial map[string]int    // how many rules a term of an article has become

	file, article string    // being read
	from, until   time.Time // the entry into force and the end of the article being read
	line          int       // of the rule being read, for faults without one of their own
}

// fault notes a problem of the file being read.
func (b *builder) fault(line int, do, what string, args ...any) {
	if line == 0 {
		line = b.line
	}
	b.p.add(Problem{File: b.file, Line: line, Article: b.article, What: fmt.Sprintf(what, args...), Do: do})
}

// checkFiles checks names, sizes and characters before any YAML is read.
func (b *builder) checkFiles(files map[string][]byte) bool {
	total, signs := 0, 0
	if len(files) > MaxFiles {
		b.fault(0, "merge articles", "more than %d files", MaxFiles)
		return false
	}
	if _, ok := files[HeaderFile]; !ok {
		b.fault(0, "add it; it names the parties and the closed lists", "%s is missing", HeaderFile)
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		data := files[name]
		b.file = name
		if name != HeaderFile && !articleFile.MatchString(name) {
			b.file = ""
			b.fault(0, "keep only agreement.yaml and articles/NN-name.yaml in the folder", "the file %.100q does not belong to an agreement", name)
			continue
		}
		if total += len(data); len(data) > MaxFileBytes || total > MaxBundleBytes {
			b.fault(0, "shorten it", "the text is over %d bytes in one file or %d in all", MaxFileBytes, MaxBundleBytes)
			return false
		}
		n := marks(data)
		if signs += n; n > MaxMarks || signs > MaxAllMarks {
			b.fault(0, "spread it over more articles or shorten it", "the text has over %d lines and signs in one file or %d in all", MaxMarks, MaxAllMarks)
			return false
		}
		if line, what := checkText(data); what != "" {
			b.fault(line, "save the file as plain UTF-8 text with line feeds", "%s", what)
		}
	}
	b.file = ""
	return len(b.p.List) == 0
}

// readArticles decodes every article file, in the order of the names.
func (b *builder) readArticles(files map[string][]byte) map[string]*articleForm {
	out := map[string]*articleForm{}
	for name, data := range files {
		if name == HeaderFile {
			continue
		}
		var f articleForm
		if err := decodeYAML(data, &f); err != nil {
			b.p.add(yamlProblem(name, err))
			continue
		}
		out[name] = &f
	}
	return out
}

var idForm = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// id checks the form of an id and that it is defined once among its kind.
func (b *builder) id(w word, kind string) string {
	switch {
	case w.s == "":
		b.fault(w.line, "give it one", "%s has no id", kind)
	case !idForm.MatchString(w.s) || len(w.s) > 64:
		b.fault(w.line, "use lower-case letters, digits and single hyphens, at most 64", "%.80q cannot be the id of %s", w.s, kind)
	default:
		b.once(kind+" "+w.s, w.line)
	}
	return w.s
}

// once faults what has been defined before.
func (b *builder) once(what string, line int) {
	if where, dup := b.seen[what]; dup {
		b.fault(line, "keep one", "%s is defined twice, first in %s", what, where)
		return
	}
	b.seen[what] = fmt.Sprintf("%s:%d", b.file, line)
}

// text checks that a text is there in every language and in no other.
func (b *builder) text(t texts, line int, what string) Text {
	if t.line > 0 {
		line = t.line
	}
	if t.m == nil {
		b.fault(line, "write it in "+strings.Join(b.a.Languages, " and "), "%s is missing", what)
		return nil
	}
	for _, lang := range b.a.Languages {
		if strings.TrimSpace(t.m[lang]) == "" {
			b.fault(line, "write it; the languages are equally authentic", "%s has no text in %q", what, lang)
		}
	}
	for _, lang := range slices.Sorted(maps.Keys(t.m)) {
		if !slices.Contains(b.a.Languages, lang) {
			b.fault(line, "add the language to languages: or remove the text", "%s has a text in %.20q, which is not a language of the agreement", what, lang)
		}
	}
	out := Text{}
	for lang, s := range t.m {
		out[lang] = strings.TrimSpace(s)
	}
	return out
}

// listed returns the words of a list, faulting those that known lacks and saying
// what to do. An absent list gives nil; an empty one is a fault.
func (b *builder) listed(ws []word, known map[string]bool, what, do string) []string {
	if ws == nil {
		return nil
	}
	if len(ws) == 0 {
		b.fault(0, "name at least one or remove the line", "the list for %s is empty", what)
	}
	out := make([]string, 0, len(ws))
	for _, w := range ws {
		if !known[w.s] {
			b.fault(w.line, do, "%s %.80q is not listed", what, w.s)
		}
		if slices.Contains(out, w.s) {
			b.fault(w.line, "remove one", "%s %.80q is named twice", what, w.s)
		}
		out = append(out, w.s)
	}
	return out
}

// addTo is what to do about a word that a list of agreement.yaml lacks.
func addTo(list string) string { return "add it to " + list + " or correct the word" }
