package exchange

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// Every code has a status, a consequence and words in both languages, and goes over the wire and back.
func TestCodes(t *testing.T) {
	texts := map[string]Code{}
	for _, c := range Codes() {
		if !c.Valid() || c.Status() < 400 || c.Status() > 599 {
			t.Errorf("%s: status %d", c, c.Status())
		}
		if c.Final() == (c.Retry() == RetrySame) {
			t.Errorf("%s is final, and may be sent again", c)
		}
		for _, lang := range []string{"es", "en"} {
			text := c.Text(lang)
			if text == string(c) || texts[text] != "" {
				t.Errorf("%s in %s: %q, used for %s too", c, lang, text, texts[text])
			}
			texts[text] = c
		}
		r := NewRefusal(c, "x")
		if c == CodeDenied {
			r.Article = "7"
		}
		b, err := encode(r)
		if err != nil {
			t.Fatal(err)
		}
		got, err := parseRefusal(b)
		if err != nil || *got != *r {
			t.Errorf("%s: %v", c, err)
		}
	}
	if Code("x").Valid() || Code("x").Retry() != RetryNever || Code("x").Status() != 500 || Code("x").Text("es") != "x" {
		t.Error("an unknown code has consequences")
	}
}

func TestRefusalText(t *testing.T) {
	for want, r := range map[string]*Refusal{
		"El convenio no lo permite: artículo 7.2":               Denied("7.2", "x"),
		"Los relojes de los nodos difieren: 10m3s":              clockRefusal(-603 * time.Second),
		"Ya se recibió otro mensaje con el mismo identificador": NewRefusal(CodeReplay, "x"),
	} {
		if got := r.Text("es"); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if got := Denied("7.2", "no such purpose").Error(); got != "refused: denied (article 7.2): no such purpose" {
		t.Errorf("got %q", got)
	}
	if got := clockRefusal(-603 * time.Second).Detail; !strings.Contains(got, "differ by 10m3s: the sender's is behind") {
		t.Errorf("got %q", got)
	}
}

// Whatever an error quotes from a hostile message, the refusal made of it can be signed and read.
func TestRefusalOfAnyText(t *testing.T) {
	w := newWorld(t)
	rapid.Check(t, func(t *rapid.T) {
		detail := string(rapid.SliceOfN(rapid.Byte(), 0, 1200).Draw(t, "bytes")) + rapid.String().Draw(t, "text")
		r, err := NewReceipt(w.b, "XA", testAgreement, Denied("7", detail), logged(), testNow)
		if err != nil {
			t.Fatal(err)
		}
		b, err := r.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ParseReceipt(b); err != nil {
			t.Fatal(err)
		}
	})
}

func TestPlainLine(t *testing.T) {
	long := strings.Repeat("é", 300) // 600 bytes
	for in, want := range map[string]string{
		"":                    "no detail",
		"as it is, ñ":         "as it is, ñ",
		"two\nlines\x1b[31m":  "two?lines?[31m",
		"bad \xff\xfe utf-8":  "bad ? utf-8",
		"turned \u202e round": "turned ? round",
		long:                  strings.Repeat("é", 250),
	} {
		if got := plainLine(in); got != want {
			t.Errorf("%q became %q", in, got)
		}
	}
}
