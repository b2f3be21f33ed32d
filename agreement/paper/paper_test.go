package paper

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"

	"convenio/agreement"
	"convenio/examples/agreements"
)

func shipped(t testing.TB, name string) *agreement.Agreement {
	t.Helper()
	files, err := agreements.Files(name)
	if err != nil {
		t.Fatal(err)
	}
	return parsed(t, files)
}

func parsed(t testing.TB, files map[string][]byte) *agreement.Agreement {
	t.Helper()
	a, err := agreement.Parse(files)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// minimal is a small agreement in which one text has been put for another.
func minimal(t testing.TB, file, old, by string) *agreement.Agreement {
	t.Helper()
	files := map[string][]byte{}
	dir := os.DirFS("../testdata/minimal")
	err := fs.WalkDir(dir, ".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			files[path], err = fs.ReadFile(dir, path)
		}
		return err
	})
	if err != nil || !bytes.Contains(files[file], []byte(old)) {
		t.Fatalf("%s: %v, or it does not say %q", file, err, old)
	}
	files[file] = bytes.ReplaceAll(files[file], []byte(old), []byte(by))
	return parsed(t, files)
}

func set(t testing.TB, a *agreement.Agreement) []byte {
	t.Helper()
	pdf, err := PDF(a)
	if err != nil {
		t.Fatal(err)
	}
	return pdf
}

// The same agreement gives the same bytes, on several processors at once too, and
// the file says nothing of the time at which it was made.
func TestSameBytes(t *testing.T) {
	for _, name := range agreements.Names() {
		a := shipped(t, name)
		first := set(t, a)
		var again [3][]byte
		var group sync.WaitGroup
		for i := range again {
			group.Go(func() { again[i], _ = PDF(a) })
		}
		group.Wait()
		for _, b := range again {
			if !bytes.Equal(first, b) {
				t.Errorf("%s: the same agreement gave other bytes", name)
			}
		}
		if bytes.Contains(first, []byte("Date")) || bytes.Contains(first, []byte("/ID")) {
			t.Errorf("%s: the file has a date or a number of its own", name)
		}
	}
}

// On the paper stand every word and every machine term, in every language in order;
// on each sheet the digest, the number of the page and what the notice says first.
func TestEverythingIsOnPaper(t *testing.T) {
	for _, name := range agreements.Names() {
		t.Run(name, func(t *testing.T) {
			a := shipped(t, name)
			p := a.Page()
			pages := readBack(t, set(t, a))
			columns := make([]string, len(p.Langs))
			var all strings.Builder
			for i, page := range pages {
				sheet := ""
				for _, x := range page {
					sheet += bare(x.text)
					if x.y < bottomMargin || (i > 0 && x.y > long-topMargin) {
						continue
					}
					c := 0
					for c < len(columns)-1 && x.x > sideMargin+float64(c+1)*(short-2*sideMargin+gutter)/float64(len(columns))-1 {
						c++
					}
					columns[c] += bare(x.text)
				}
				for _, want := range []string{"SHA-256" + p.Digest, fmt.Sprintf("%d/%d", i+1, len(pages)), bare(strings.SplitAfter(p.Columns[0].Notice, ".")[0])} {
					if !strings.Contains(sheet, want) {
						t.Errorf("page %d does not say %q", i+1, want)
					}
				}
				all.WriteString(sheet)
			}
			inOrder(t, &p, columns)
			annexed(t, &p, all.String())
			t.Logf("%d pages", len(pages))
		})
	}
}

// inOrder checks each language's column: its articles, one after the other.
func inOrder(t *testing.T, p *agreement.Page, columns []string) {
	t.Helper()
	for i, rest := range columns {
		next := func(what, text string) {
			_, after, ok := strings.Cut(rest, bare(text))
			if !ok {
				t.Errorf("%s: %s is not on the paper in its place: %.80q", p.Langs[i], what, text)
				return
			}
			rest = after
		}
		for _, art := range p.Articles {
			c := art.Columns[i]
			next(art.Number, c.Heading)
			for _, x := range c.Paragraphs {
				next(art.Number, x)
			}
			for _, m := range c.Machine {
				next(art.Number, m.Verb+m.What)
				for _, x := range m.Parts {
					next(art.Number, "•"+x)
				}
				next(art.Number, m.Why+m.ID)
			}
		}
	}
}

// annexed checks what stands after the articles and at both ends.
func annexed(t *testing.T, p *agreement.Page, all string) {
	t.Helper()
	for _, l := range p.Lists {
		for _, r := range l.Rows {
			for _, x := range append([]string{r.ID, r.Note}, r.Names...) {
				if !strings.Contains(all, bare(x)) {
					t.Errorf("the list of %s: %q is not on the paper", l.Titles[0], x)
				}
			}
		}
	}
	for _, c := range p.Columns {
		if strings.Count(all, bare(c.Notice)) != 2 {
			t.Errorf("%s: the notice is not at both ends", c.Lang)
		}
		for _, x := range []string{c.Title, c.Signing, c.NameLabel, c.PlaceLabel, c.SignatureLabel} {
			if !strings.Contains(all, bare(x)) {
				t.Errorf("%s: %q is not on the paper", c.Lang, x)
			}
		}
	}
}

// What cannot be set as it is written is refused, with its place.
func TestNotSet(t *testing.T) {
	const file, words = "articles/03-end.yaml", "What is not permitted is refused."
	for name, tt := range map[string]struct{ text, word string }{
		"another script":        {"許可されないものは拒否される", "article 3: no letter for '許'"},
		"from right to left":    {"ما لا يسمح به مرفوض", "article 3"},
		"joined from two":       {"cafe\u0301", "article 3"},
		"beyond the basic ones": {"𝔄", "U+1D504"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := PDF(minimal(t, file, words, tt.text))
			if !errors.Is(err, ErrNotSet) || !strings.Contains(err.Error(), tt.word) {
				t.Errorf("got %v, want %q", err, tt.word)
			}
		})
	}
}

// Long texts run over many pages and long words over many lines; nothing is lost and
// nothing leaves its column.
func TestLongTexts(t *testing.T) {
	words := strings.Repeat(strings.Repeat("palabra ", 60)+"\n    ", 100) + strings.Repeat("x", 500) + " fin."
	a := minimal(t, "articles/03-end.yaml", "text: {es: Lo no permitido se niega., en: What is not permitted is refused.}",
		"text:\n  es: Lo no permitido se niega.\n  en: |\n    "+words)
	pages := readBack(t, set(t, a))
	var got strings.Builder
	for _, page := range pages {
		for _, x := range page {
			if x.y > bottomMargin && x.y < long-topMargin+1 {
				got.WriteString(bare(x.text))
			}
		}
	}
	if !strings.Contains(got.String(), bare(words)) {
		t.Error("words are lost, or out of order")
	}
	if len(pages) < 10 {
		t.Errorf("%d pages", len(pages))
	}
}

// No line is wider than its column, and no row is placed outside its page.
func TestWithinTheMargins(t *testing.T) {
	for _, name := range agreements.Names() {
		p := shipped(t, name).Page()
		s := newSetter(&p)
		s.opening()
		for i := range p.Articles {
			s.article(&p.Articles[i])
		}
		s.lists()
		s.signatures()
		for n, page := range s.pages() {
			for _, r := range page {
				if r.y < topMargin || r.y+r.height()-r.after > s.height-bottomMargin+0.01 {
					t.Errorf("%s: page %d: a row at %.0f", name, n+1, r.y)
				}
				for _, c := range r.cells {
					for _, l := range c.lines {
						if len(l) == 0 {
							continue
						}
						if last := l[len(l)-1]; last.x+s.width(last.span) > c.width+0.5 {
							t.Errorf("%s: page %d: %q leaves its column", name, n+1, last.text)
						}
					}
				}
			}
		}
	}
}

// Three languages stand side by side across the sheet; more than four do not.
func TestLanguages(t *testing.T) {
	more := func(n int) *agreement.Agreement {
		files := map[string][]byte{}
		dir := os.DirFS("../testdata/minimal")
		for _, f := range []string{"agreement.yaml", "articles/01-search.yaml", "articles/02-protected.yaml", "articles/03-end.yaml"} {
			b, err := fs.ReadFile(dir, f)
			if err != nil {
				t.Fatal(err)
			}
			text := string(b)
			for _, lang := range []string{"pt", "fr", "nl"}[:n-2] {
				text = regexp.MustCompile(`\bes: `).ReplaceAllString(text, lang+": x, es: ")
				text = strings.ReplaceAll(text, "languages: [", "languages: ["+lang+", ")
			}
			files[f] = []byte(text)
		}
		return parsed(t, files)
	}
	if pages := readBack(t, set(t, more(3))); len(pages) == 0 {
		t.Error("nothing was set")
	}
	if _, err := PDF(more(5)); !errors.Is(err, ErrNotSet) {
		t.Errorf("five languages: %v", err)
	}
}

func BenchmarkPDF(b *testing.B) {
	a := shipped(b, agreements.CoUsDemo)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := PDF(a); err != nil {
			b.Fatal(err)
		}
	}
}
