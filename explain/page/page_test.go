package page_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"

	"convenio/explain"
	"convenio/explain/page"
	"convenio/synth"
)

var one = sync.OnceValue(func() *synth.Finger { return synth.NewFinger(3) })

var made = sync.OnceValues(func() (explain.Report, error) {
	f := one()
	a, _ := f.Impression(synth.DefaultConditions(11))
	b, _ := f.Impression(synth.DefaultConditions(12))
	return explain.Compare(
		explain.Input{Name: `<script>alert("a")</script>.png`, Image: a, Notes: []string{"a note & more"}},
		explain.Input{Name: "b.png", Image: b})
})

func comparison(t *testing.T, lang page.Language) string {
	t.Helper()
	r, err := made()
	if err != nil {
		t.Fatal(err)
	}
	b, err := page.Comparison(r, lang)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestPageNeedsNothing holds the page to what its policy says: nothing is fetched, nothing runs, no style outside the one
// element whose digest the policy names, and a file's name stays text.
func TestPageNeedsNothing(t *testing.T) {
	html := comparison(t, page.Both)
	for name, pattern := range map[string]string{
		"script": `(?i)<script`, "event handler": `(?i)\son[a-z]+\s*=`, "style attribute": `(?i)\sstyle\s*=`, "frame": `(?i)<(iframe|object|embed|link|base|form)\b`,
		"address elsewhere": `(?i)(href|src|url\()\s*=?\s*["']?(https?:|//)`, "refused by the template": `ZgotmplZ`, "a number that is none": `NaN|\+Inf|%!`,
	} {
		if m := regexp.MustCompile(pattern).FindString(html); m != "" {
			t.Errorf("the page holds a %s: %q", name, m)
		}
	}
	style := regexp.MustCompile(`(?s)<style>(.*?)</style>`).FindStringSubmatch(html)
	if style == nil || strings.Count(html, "<style") != 1 {
		t.Fatal("the page is to have one style element")
	}
	sum := sha256.Sum256([]byte(style[1]))
	policy := strings.ReplaceAll(html, "&#43;", "+")
	policy = strings.ReplaceAll(policy, "&#39;", "'")
	if !strings.Contains(policy, "style-src 'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'") || !strings.Contains(policy, "default-src 'none'") {
		t.Error("the policy does not name the style's digest")
	}
	if !strings.Contains(html, "&lt;script&gt;alert") {
		t.Error("the file's name is not shown as text")
	}
}

// TestLanguages wants both languages with a switch, or one alone.
func TestLanguages(t *testing.T) {
	both, es, en := comparison(t, page.Both), comparison(t, page.Spanish), comparison(t, page.English)
	const spanish, english = "Una sobre otra", "One laid on the other"
	if !strings.Contains(both, spanish) || !strings.Contains(both, english) || !strings.Contains(both, `id="lang-es"`) {
		t.Error("the page in both languages lacks one, or the switch")
	}
	if n, m := strings.Count(both, `<span lang="es">`), strings.Count(both, `<span lang="en">`); n != m || n < 60 {
		t.Errorf("%d texts in Spanish and %d in English", n, m)
	}
	if strings.Contains(es, english) || !strings.Contains(es, spanish) || !strings.Contains(es, `<html lang="es">`) || strings.Contains(es, `id="lang-es"`) {
		t.Error("the Spanish page is not Spanish alone")
	}
	if strings.Contains(en, spanish) || !strings.Contains(en, english) || !strings.Contains(en, `<html lang="en">`) {
		t.Error("the English page is not English alone")
	}
	if _, err := page.ParseLanguage("fr"); err == nil {
		t.Error("a language that there is no text in was taken")
	}
}

// TestKeyboardAndReader: each picture has a name, each pair's line leads to its row and back, each switch has a label.
func TestKeyboardAndReader(t *testing.T) {
	html := comparison(t, page.Both)
	r, _ := made()
	if n := strings.Count(html, `href="#r`); n != len(r.Pairs) || strings.Count(html, `href="#p`) != n {
		t.Errorf("%d lines lead to a row, for %d pairs", n, len(r.Pairs))
	}
	for _, svg := range regexp.MustCompile(`<svg [^>]*class="prints[^>]*>`).FindAllString(html, -1) {
		if !strings.Contains(svg, `role="img"`) || !strings.Contains(svg, "aria-label=") {
			t.Errorf("a picture without a name: %s", svg)
		}
	}
	for _, id := range regexp.MustCompile(`<input [^>]*id="([^"]+)"`).FindAllStringSubmatch(html, -1) {
		if !strings.Contains(html, `for="`+id[1]+`"`) {
			t.Errorf("the switch %s has no label", id[1])
		}
	}
	ids := map[string]bool{}
	for _, id := range regexp.MustCompile(`\sid="([^"]+)"`).FindAllStringSubmatch(html, -1) {
		if ids[id[1]] {
			t.Errorf("the id %s is given twice", id[1])
		}
		ids[id[1]] = true
	}
}

// TestPicture wants the picture alone as well-formed SVG with both prints in it.
func TestPicture(t *testing.T) {
	r, err := made()
	if err != nil {
		t.Fatal(err)
	}
	svg, err := page.Picture(r)
	if err != nil {
		t.Fatal(err)
	}
	d := xml.NewDecoder(bytes.NewReader(svg))
	images, lines := 0, 0
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("not well-formed: %v", err)
		}
		if e, ok := tok.(xml.StartElement); ok {
			switch e.Name.Local {
			case "image":
				images++
			case "line":
				lines++
			}
		}
	}
	if want := len(r.Pairs) + len(r.Probe.Minutiae) + len(r.Reference.Minutiae); images != 2 || lines != want {
		t.Errorf("%d images and %d lines, want 2 and %d", images, lines, want)
	}
}

// Two prints without a pair still make a page, which says so.
func TestNothingInCommon(t *testing.T) {
	r, err := made()
	if err != nil {
		t.Fatal(err)
	}
	r.Pairs, r.Alignment = nil, nil
	b, err := page.Comparison(r, page.English)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(b, []byte("cannot be laid on the other")) || !bytes.Contains(b, []byte("None.")) {
		t.Error("the page does not say that nothing was paired")
	}
}

func TestSteps(t *testing.T) {
	img, _ := one().Impression(synth.DefaultConditions(11))
	tr, err := explain.Follow(explain.Input{Name: "<b>", Image: img})
	if err != nil {
		t.Fatal(err)
	}
	b, err := page.Steps(tr, page.Both)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range tr.Steps {
		if !bytes.Contains(b, []byte(`src="`+s.File+`"`)) || !bytes.Contains(b, []byte(s.Title.ES)) {
			t.Errorf("step %s is not on the page", s.Key)
		}
	}
	if bytes.Contains(b, []byte("<b>")) {
		t.Error("the name is not escaped")
	}
	if css, err := os.ReadFile("page.css"); err != nil || !bytes.Contains(b, css) {
		t.Errorf("the page has not the style of the others: %v", err)
	}
}
