// Package page makes pages of what package explain says: one HTML file that needs nothing besides itself and runs no
// script, so that it opens offline and under the strictest content security policy; and the picture alone, as SVG.
//
// Start with Comparison, Picture or Steps.
package page

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"math"
	"strings"

	"convenio/explain"
)

//go:embed page.css *.tmpl
var files embed.FS

// Language chooses what a page is written in.
type Language string

// Languages. Both puts Spanish and English into one page with a switch between them; Spanish is shown first.
const (
	Spanish Language = "es"
	English Language = "en"
	Both    Language = "both"
)

// ParseLanguage reads "es", "en" or "both".
func ParseLanguage(s string) (Language, error) {
	switch l := Language(s); l {
	case Spanish, English, Both:
		return l, nil
	}
	return "", fmt.Errorf("language %q: es, en or both can be given", s)
}

// Comparison writes the page of one comparison.
func Comparison(r explain.Report, lang Language) ([]byte, error) {
	return render("comparison.tmpl", lang, comparisonView(r))
}

// Picture writes both prints side by side with their minutiae, the paired ones joined, as one SVG file.
func Picture(r explain.Report) ([]byte, error) {
	v := comparisonView(r)
	v.Alone, v.CSS = true, template.CSS(svgStyle(style())) //nolint:gosec // our own embedded file
	return render("picture.tmpl", English, v)
}

// Steps writes the page of an extraction, step by step. The pictures stand beside it, under their File names.
func Steps(t explain.Trace, lang Language) ([]byte, error) {
	return render("steps.tmpl", lang, t)
}

func style() string {
	b, err := files.ReadFile("page.css")
	if err != nil {
		panic("page: " + err.Error()) // cannot happen: it is embedded
	}
	return string(b)
}

// svgStyle is the part of the style that draws prints.
func svgStyle(css string) string {
	_, after, _ := strings.Cut(css, "/* picture */")
	before, _, _ := strings.Cut(after, "/* end of picture */")
	return before
}

// frame is what every page knows.
type frame struct {
	Lang   Language
	First  string // the language of the page's own element
	CSS    template.CSS
	Policy string
	View   any
}

func render(name string, lang Language, view any) ([]byte, error) {
	css := style()
	sum := sha256.Sum256([]byte(css))
	f := frame{Lang: lang, First: string(lang), CSS: template.CSS(css), View: view} //nolint:gosec // our own embedded file
	if lang == Both {
		f.First = "es"
	}
	f.Policy = "default-src 'none'; img-src data: 'self'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'"
	t, err := template.New(name).Funcs(funcs(lang)).ParseFS(files, "*.tmpl")
	if err != nil {
		return nil, fmt.Errorf("read page %s: %w", name, err)
	}
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, name, f); err != nil {
		return nil, fmt.Errorf("write page %s: %w", name, err)
	}
	return b.Bytes(), nil
}

// funcs are what templates call. t and tt write a text in the page's languages.
func funcs(lang Language) template.FuncMap {
	return template.FuncMap{
		"t":  func(es, en string) template.HTML { return words(lang, explain.Text{ES: es, EN: en}) },
		"tt": func(t explain.Text) template.HTML { return words(lang, t) },
		"plain": func(es, en string) string { // where no element can stand: a title, an attribute
			switch lang {
			case Spanish:
				return es
			case English:
				return en
			}
			return es + " · " + en
		},
		"svgtext": func(x, y float64, class, es, en string) template.HTML { return svgText(lang, x, y, class, es, en) },
		"num": func(v float64, digits int) template.HTML {
			s := strings.Replace(fmt.Sprintf("%.*f", digits, v), "-", "\u2212", 1)
			return words(lang, explain.Text{ES: strings.Replace(s, ".", ",", 1), EN: s})
		},
		"whole":  func(n int) template.HTML { return words(lang, explain.Number(float64(n))) },
		"number": func(v float64) template.HTML { return words(lang, explain.Number(v)) },
		"f":      func(v float64) string { return fmt.Sprintf("%.1f", v) },
		"add":    func(a, b float64) float64 { return a + b },
		"kind":   func(kind string) template.HTML { return words(lang, kindText(kind)) },
		"percent": func(v float64) template.HTML {
			return template.HTML(fmt.Sprintf("%d&nbsp;%%", int(math.Round(100*v)))) //nolint:gosec // a number
		},
	}
}

func kindText(kind string) explain.Text {
	switch kind {
	case "ending":
		return explain.Text{ES: "terminación", EN: "ending"}
	case "bifurcation":
		return explain.Text{ES: "bifurcación", EN: "bifurcation"}
	}
	return explain.Text{ES: "otro", EN: "other"}
}

// words writes a text in the page's languages, each in an element that says which it is.
func words(lang Language, t explain.Text) template.HTML {
	es, en := template.HTMLEscapeString(t.ES), template.HTMLEscapeString(t.EN)
	if lang == Spanish || (lang == Both && es == en) {
		return template.HTML(es) //nolint:gosec // escaped above
	}
	if lang == English {
		return template.HTML(en) //nolint:gosec // escaped above
	}
	return template.HTML(`<span lang="es">` + es + `</span><span lang="en">` + en + `</span>`) //nolint:gosec // escaped above
}

func svgText(lang Language, x, y float64, class, es, en string) template.HTML {
	var b strings.Builder
	for _, t := range [2][2]string{{"es", es}, {"en", en}} {
		if lang == Both || string(lang) == t[0] {
			fmt.Fprintf(&b, `<text x="%.1f" y="%.1f" class="%s" lang="%s">%s</text>`, x, y, class, t[0], template.HTMLEscapeString(t[1]))
		}
	}
	return template.HTML(b.String()) //nolint:gosec // escaped above, numbers and our own words
}
