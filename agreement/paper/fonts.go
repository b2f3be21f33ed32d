package paper

import (
	"fmt"
	"unicode"

	"codeberg.org/go-fonts/liberation/liberationmonoregular"
	"codeberg.org/go-fonts/liberation/liberationsansbold"
	"codeberg.org/go-fonts/liberation/liberationsansitalic"
	"codeberg.org/go-fonts/liberation/liberationsansregular"
	"codeberg.org/go-fonts/liberation/liberationserifbold"
	"codeberg.org/go-fonts/liberation/liberationserifregular"
	"golang.org/x/image/font/sfnt"
)

// font is one face of the Liberation family (SIL Open Font License 1.1).
type font struct {
	family, style string
	ttf           []byte
}

// The faces: serifs for the words, sans for what surrounds them and for the machine
// terms, mono for what the machine reads letter by letter.
var (
	serif      = &font{"serif", "", liberationserifregular.TTF}
	serifBold  = &font{"serif", "B", liberationserifbold.TTF}
	sans       = &font{"sans", "", liberationsansregular.TTF}
	sansBold   = &font{"sans", "B", liberationsansbold.TTF}
	sansItalic = &font{"sans", "I", liberationsansitalic.TTF}
	mono       = &font{"mono", "", liberationmonoregular.TTF}
	fonts      = []*font{serif, serifBold, sans, sansBold, sansItalic, mono}
)

// glyphs knows which characters each face can show.
type glyphs struct {
	faces map[*font]*sfnt.Font
	seen  map[*font]map[rune]bool
	buf   sfnt.Buffer
}

func newGlyphs() (*glyphs, error) {
	g := &glyphs{faces: map[*font]*sfnt.Font{}, seen: map[*font]map[rune]bool{}}
	for _, x := range fonts {
		f, err := sfnt.Parse(x.ttf)
		if err != nil {
			return nil, fmt.Errorf("read the font %s%s: %w", x.family, x.style, err)
		}
		g.faces[x], g.seen[x] = f, map[rune]bool{}
	}
	return g, nil
}

// missing finds the first character of a text that the face cannot show as it is
// written: one without a glyph, one that joins with its neighbours, one of a script
// that runs from right to left.
func (g *glyphs) missing(f *font, text string) (rune, bool) {
	for _, r := range text {
		ok, known := g.seen[f][r]
		if !known {
			i, err := g.faces[f].GlyphIndex(&g.buf, r)
			ok = err == nil && i != 0 && r <= 0xFFFF && unicode.In(r, unicode.Latin, unicode.Greek, unicode.Cyrillic, unicode.Common)
			g.seen[f][r] = ok
		}
		if !ok {
			return r, true
		}
	}
	return 0, false
}
