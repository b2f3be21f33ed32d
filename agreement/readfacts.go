package agreement

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cedar-policy/cedar-go/types"
)

// acts reads the acts of agreement.yaml, or the three that an exchange of
// searches knows.
func (b *builder) acts(h *headerForm) {
	a, w := b.a, &b.a.words
	w.act, a.needs = map[string]bool{}, map[string][]string{}
	if h.Acts == nil {
		for _, id := range Acts() {
			name := Text{}
			for _, lang := range a.Languages {
				name[lang] = label(lang, id)
			}
			a.Acts = append(a.Acts, Act{ID: id, Name: name})
			w.act[id] = true
		}
		return
	}
	b.atMost(len(h.Acts), "act")
	for _, f := range h.Acts {
		x := Act{ID: b.id(f.ID, "act"), Name: b.text(f.Name, f.ID.line, "the name of act "+f.ID.s)}
		known := map[string]bool{"purpose": true, "authority": true, "role": true, "ground": true, "field": true, needNationalities: true}
		for _, fact := range h.Facts {
			known[fact.ID.s] = true
		}
		x.Needs = b.listed(f.Needs, known, "need", "write purpose, authority, role, ground, field, person.nationalities or a fact of facts:")
		w.act[x.ID], a.needs[x.ID] = true, x.Needs
		a.Acts = append(a.Acts, x)
	}
}

// actIDs lists the acts of the agreement.
func (a *Agreement) actIDs() []string {
	out := make([]string, len(a.Acts))
	for i, x := range a.Acts {
		out[i] = x.ID
	}
	return out
}

// facts reads the list of facts.
func (b *builder) facts(list []factForm) {
	b.a.words.fact = map[string]*Fact{}
	if len(list) > MaxListed {
		b.fault(0, fmt.Sprintf("list at most %d", MaxListed), "the list of facts has %d", len(list))
		return
	}
	b.a.Facts = make([]Fact, 0, len(list))
	for i := range list {
		f := &list[i]
		id := b.id(f.ID, "fact")
		x := Fact{ID: id, Name: b.text(f.Name, f.ID.line, "the name of fact "+id), Type: FactType(f.Type.s), Unit: f.Unit.s, Unstated: f.Unstated.s, words: map[string]bool{}, blank: types.String(wordUnknown)}
		if x.Unstated == "" {
			x.Unstated = wordUnknown
		}
		if requestWords[id] {
			b.fault(f.ID.line, "choose another id", "fact %s has the name of another part of a request", id)
		}
		b.factType(&x, f)
		b.a.Facts = append(b.a.Facts, x)
	}
	all := make([]*Fact, len(b.a.Facts))
	for i := range b.a.Facts {
		all[i] = &b.a.Facts[i]
		b.a.words.fact[all[i].ID] = all[i]
	}
	b.a.allFacts = newFactSet(all)
}

// requestWords are the other parts of a request.
var requestWords = map[string]bool{
	"act": true, "side": true, "from": true, "to": true, "authority": true, "role": true, "purpose": true, "ground": true,
	"person": true, "record": true, "field": true, "facts": true, "used": true, "now": true, "asking": true, "answering": true,
	"supplying": true, "receiving": true,
}

// factType checks what a fact of its type must and must not have.
func (b *builder) factType(x *Fact, f *factForm) {
	listed := x.Type == FactOneOf || x.Type == FactSomeOf
	switch x.Type {
	case FactYesNo, FactOneOf, FactSomeOf, FactStates, FactNumber:
	default:
		b.fault(f.ID.line, "write yes-no, one-of, some-of, states or number", "fact %s: %.40q is not a type", x.ID, f.Type.s)
		return
	}
	if listed != (len(f.Values) > 0) || len(f.Values) > MaxListed {
		b.fault(f.ID.line, "give values: to one-of and some-of, and to no other type", "fact %s of type %s has %d values", x.ID, x.Type, len(f.Values))
	}
	if (x.Type == FactNumber) != (x.Unit != "") {
		b.fault(f.ID.line, "give unit: to a number, and to no other type, for instance months", "fact %s of type %s has the unit %q", x.ID, x.Type, x.Unit)
	}
	for _, v := range f.Values {
		id := b.id(v.ID, "value of fact "+x.ID)
		if id == wordUnknown || id == wordNone {
			b.fault(v.ID.line, "choose another id", "%q is a word of its own and cannot be a value", id)
		}
		x.words[id] = true
		x.Values = append(x.Values, Named{ID: id, Name: b.text(v.Name, v.ID.line, "the name of value "+id)})
	}
	unstated := any(x.Unstated)
	if x.Type == FactSomeOf || x.Type == FactStates {
		unstated = []string{x.Unstated}
	}
	if x.Type == FactNumber && x.Unstated != wordUnknown {
		n, nerr := parseCountOf(x.Unit, x.Unstated)
		if nerr != nil {
			b.fault(f.Unstated.line, "write it with its unit", "unstated: of fact %s: %v", x.ID, nerr)
		}
		unstated = int(n)
	}
	blank, err := x.value(b.a, unstated)
	if err == nil {
		x.blank = blank
	} else {
		b.fault(f.ID.line, "let unstated: be a value of the fact", "unstated: of fact %s: %v", x.ID, err)
	}
}

// parseCountOf reads "12 months" where the unit is months; singular and plural are one.
func parseCountOf(unit, s string) (int64, error) {
	num, got, err := quantity(s)
	if err != nil {
		return 0, err
	}
	if strings.TrimSuffix(got, "s") != strings.TrimSuffix(unit, "s") {
		return 0, fmt.Errorf("%q is not %s", got, unit)
	}
	n, err := wholeNumber(num, 1_000_000_000)
	return int64(n), err
}

// factCond is what a fact must be: one of the words, or within the bounds.
type factCond struct {
	fact     *Fact
	words    []string
	min, max *int64   // inclusive bounds of a number
	written  []string // the comparisons as they are written: "> 12"
}

// factConds resolves the facts of a group of conditions.
func (b *builder) factConds(f *factsForm) []factCond {
	if f.line > 0 && len(f.list) == 0 {
		b.fault(f.line, "name a fact or remove the group", "an empty facts: condition")
	}
	var out []factCond
	for _, c := range f.list {
		x := b.a.words.fact[c.id.s]
		if x == nil {
			b.fault(c.id.line, addTo("facts:"), "fact %.80q is not listed", c.id.s)
			continue
		}
		fc := factCond{fact: x}
		if c.than != nil {
			b.bounds(&fc, c)
		} else {
			fc.words = b.factWords(x, c)
		}
		out = append(out, fc)
	}
	return out
}

// factWords checks the words that a fact may be.
func (b *builder) factWords(x *Fact, c factCondForm) []string {
	known, do := map[string]bool{wordUnknown: true}, "write true, false or unknown"
	switch x.Type {
	case FactYesNo:
		known["true"], known["false"] = true, true
	case FactOneOf, FactSomeOf:
		for v := range x.words {
			known[v] = true
		}
		known[wordNone] = x.Type == FactSomeOf
		do = "write one of " + x.choices()
	case FactStates:
		for p := range b.a.words.party {
			known[p] = true
		}
		known[refAsking], known[refAnswering], known[wordNone], known[wordOther] = true, true, true, true
		do = "write asking, answering, the id of a party, other, none or unknown"
	case FactNumber:
		do = "write a comparison such as {more-than: 12 months}, or unknown"
	}
	return b.listed(c.words, known, "value of fact "+x.ID, do)
}

// bounds reads the comparisons of a number.
func (b *builder) bounds(fc *factCond, c factCondForm) {
	if fc.fact.Type != FactNumber {
		b.fault(c.id.line, "write the words that it may be", "fact %s is not a number and cannot be compared", fc.fact.ID)
		return
	}
	for _, op := range slices.Sorted(mapKeys(c.than)) {
		w := c.than[op]
		n, err := parseCountOf(fc.fact.Unit, w.s)
		if err != nil {
			b.fault(w.line, "write it with its unit, for instance 12 "+fc.fact.Unit, "%s: %v", op, err)
			continue
		}
		if sign := map[string]string{"more-than": ">", "at-least": "≥", "less-than": "<", "at-most": "≤"}[op]; sign != "" {
			fc.written = append(fc.written, fmt.Sprintf("%s %d", sign, n))
		}
		switch op {
		case "more-than":
			n++
			fc.min = &n
		case "at-least":
			fc.min = &n
		case "less-than":
			n--
			fc.max = &n
		case "at-most":
			fc.max = &n
		default:
			b.fault(w.line, "write more-than, at-least, less-than or at-most", "%.40q is not a comparison", op)
		}
	}
}
