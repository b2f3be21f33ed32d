package agreement

import (
	"fmt"
	"slices"
	"strings"
)

// Word is one attribute of a request with the values that it takes.
type Word struct {
	Attribute string   `json:"attribute"` // "purpose", "facts.fingerprint-match"
	Type      string   `json:"type"`      // "one of", or a fact's type
	Meaning   Text     `json:"meaning"`
	Unit      string   `json:"unit,omitempty"`
	Unstated  string   `json:"if_left_out,omitempty"` // what leaving a fact out says
	Acts      []string `json:"acts,omitempty"`        // acts that look at it
	Values    []Value  `json:"values,omitempty"`
}

// Value is a word that an attribute takes.
type Value struct {
	ID      string   `json:"id"`
	Meaning Text     `json:"meaning"`
	Needs   []string `json:"needs,omitempty"` // of an act: what a request for it must state
	Of      string   `json:"of,omitempty"`    // of an authority, its party; of a field, its tier
}

// Vocabulary lists what a request may say under this agreement.
func (a *Agreement) Vocabulary() []Word {
	var out []Word
	add := func(attribute, kind string, values []Value) {
		if len(values) > 0 {
			out = append(out, Word{Attribute: attribute, Type: kind, Meaning: a.inLanguages(attribute), Values: values})
		}
	}
	named := func(list []Named) []Value {
		vs := make([]Value, len(list))
		for i, n := range list {
			vs[i] = Value{ID: n.ID, Meaning: n.Name}
		}
		return vs
	}
	var acts, parties, authorities, fields []Value
	for _, x := range a.Acts {
		acts = append(acts, Value{ID: x.ID, Meaning: x.Name, Needs: x.Needs})
	}
	for _, p := range a.Parties {
		parties = append(parties, Value{ID: p.ID, Meaning: p.Name})
	}
	for _, x := range a.Authorities {
		authorities = append(authorities, Value{ID: x.ID, Meaning: x.Name, Of: x.Party})
	}
	for _, f := range a.Fields {
		fields = append(fields, Value{ID: f.ID, Meaning: f.Name, Of: f.Tier})
	}
	add("act", "one of", acts)
	add("asking", "one of", parties)
	add("answering", "one of", parties)
	add("authority", "one of", authorities)
	add("purpose", "one of", named(a.Purposes))
	add("role", "one of", named(a.Roles))
	add("ground", "one of", named(a.Grounds))
	add("field", "one of", fields)
	add("record.category", "one of", named(a.Categories))
	add("safeguards", "any of", named(a.Safeguards))
	for _, f := range a.Facts {
		out = append(out, Word{Attribute: "facts." + f.ID, Type: string(f.Type), Meaning: f.Name, Unit: f.Unit,
			Unstated: f.Unstated, Acts: f.Acts, Values: named(f.Values)})
	}
	return out
}

// inLanguages gives the label of an attribute in each language.
func (a *Agreement) inLanguages(attribute string) Text {
	key := map[string]string{"asking": "from", "answering": "to", "record.category": "category", "safeguards": "safeguard"}[attribute]
	if key == "" {
		key = attribute
	}
	out := Text{}
	for _, lang := range a.Languages {
		out[lang] = label(lang, key)
	}
	return out
}

// RenderVocabulary gives the vocabulary as plain text in one language.
func (a *Agreement) RenderVocabulary(lang string) string {
	var b strings.Builder
	for _, w := range a.Vocabulary() {
		fmt.Fprintf(&b, "%s (%s%s): %s", w.Attribute, w.Type, unitSuffix(w.Unit), w.Meaning.In(lang))
		if w.Unstated != "" {
			fmt.Fprintf(&b, " [= %s]", w.Unstated)
		}
		b.WriteString("\n")
		if len(w.Acts) > 0 && len(w.Acts) < len(a.Acts) {
			fmt.Fprintf(&b, "    %s: %s\n", label(lang, "act"), strings.Join(w.Acts, ", "))
		}
		width := 0
		for _, v := range w.Values {
			width = max(width, len(v.ID))
		}
		for _, v := range w.Values {
			fmt.Fprintf(&b, "    %-*s  %s", width, v.ID, v.Meaning.In(lang))
			if of := slices.DeleteFunc(append([]string{v.Of}, v.Needs...), func(s string) bool { return s == "" }); len(of) > 0 {
				fmt.Fprintf(&b, " (%s)", strings.Join(of, ", "))
			}
			b.WriteString("\n")
		}
	}
	return b.String()
}

func unitSuffix(unit string) string {
	if unit == "" {
		return ""
	}
	return ", " + unit
}
