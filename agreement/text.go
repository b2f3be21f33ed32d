package agreement

import (
	"maps"
	"slices"
)

// Text is a text in each language of the agreement, by language code ("es", "en").
// It is read only.
type Text map[string]string

// In returns the text in lang, or in the first language (in alphabetical
// order) that has one.
func (t Text) In(lang string) string {
	if s, ok := t[lang]; ok {
		return s
	}
	for _, k := range slices.Sorted(maps.Keys(t)) {
		return t[k]
	}
	return ""
}
