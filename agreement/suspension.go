package agreement

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	cedar "github.com/cedar-policy/cedar-go"
)

// Suspension says what of an agreement is suspended: nothing (the zero value), the
// whole, or parts. In JSON it is false, true, one part, or a list of parts.
type Suspension struct {
	Whole bool
	Parts []SuspendedPart // what is in any of them is suspended
}

// SuspendedPart is a part that stands suspended, less what was resumed of it.
type SuspendedPart struct {
	Part
	// Of is the party without which nothing is meant: of more than two, a party
	// suspends what it asks and answers itself. Empty: between all.
	Of     string `json:"of,omitempty"`
	Except []Part `json:"except,omitempty"`
}

// Any reports whether anything is suspended.
func (s Suspension) Any() bool { return s.Whole || len(s.Parts) > 0 }

// MarshalJSON writes false, true, one part or a list of parts.
func (s Suspension) MarshalJSON() ([]byte, error) {
	switch {
	case s.Whole || len(s.Parts) == 0:
		return json.Marshal(s.Whole)
	case len(s.Parts) == 1:
		return json.Marshal(s.Parts[0])
	}
	return json.Marshal(s.Parts)
}

// UnmarshalJSON reads what MarshalJSON writes; a part that names nothing is the whole.
func (s *Suspension) UnmarshalJSON(b []byte) error {
	*s = Suspension{}
	strict := func(v any) error {
		d := json.NewDecoder(bytes.NewReader(b))
		d.DisallowUnknownFields()
		err := d.Decode(v)
		if err == nil {
			if _, err = d.Token(); err == io.EOF {
				return nil
			}
		}
		return fmt.Errorf("suspended: write true, false, or what is suspended in lists of %s: %w", strings.Join(partLists[:], ", "), err)
	}
	b = bytes.TrimSpace(b)
	switch {
	case bytes.HasPrefix(b, []byte("{")):
		s.Parts = make([]SuspendedPart, 1)
		if err := strict(&s.Parts[0]); err != nil {
			return err
		}
	case bytes.HasPrefix(b, []byte("[")):
		if err := strict(&s.Parts); err != nil {
			return err
		}
	default:
		return strict(&s.Whole)
	}
	if len(s.Parts) > maxParts {
		return fmt.Errorf("suspended: %d parts, at most %d are allowed", len(s.Parts), maxParts)
	}
	for i := range s.Parts {
		p := &s.Parts[i]
		if len(p.Except) > maxParts {
			return fmt.Errorf("suspended: %d exceptions of one part, at most %d are allowed", len(p.Except), maxParts)
		}
		if p.Empty() && p.Of == "" && len(p.Except) == 0 {
			*s = Suspension{Whole: true}
			return nil
		}
	}
	return nil
}

// CheckSuspension says what is wrong with a suspension under this agreement: a word
// that its lists do not hold, or too much of them.
func (a *Agreement) CheckSuspension(s Suspension) error {
	if len(s.Parts) > maxParts {
		return fmt.Errorf("suspended: %d parts, at most %d are allowed", len(s.Parts), maxParts)
	}
	for i := range s.Parts {
		p := &s.Parts[i]
		if p.Of != "" && !a.words.party[p.Of] {
			return fmt.Errorf("suspended: of: %.70q is not a party of %s", p.Of, a.ID)
		}
		if len(p.Except) > maxParts {
			return fmt.Errorf("suspended: %d exceptions of one part, at most %d are allowed", len(p.Except), maxParts)
		}
		for _, part := range append([]Part{p.Part}, p.Except...) {
			for k, l := range part.lists() {
				if len(*l) > MaxListed {
					return fmt.Errorf("suspended: %s has %d words, at most %d are allowed", partLists[k], len(*l), MaxListed)
				}
			}
			if err := a.CheckPart(part); err != nil {
				return fmt.Errorf("suspended: %w", err)
			}
		}
	}
	return nil
}

// suspends reports whether a request falls in what is suspended. A search, and
// whatever else names no category of record, is suspended when it is for every
// category; while it is not, records of the suspended ones take no part.
func (a *Agreement) suspends(r *Request) bool {
	s := &r.Suspended
	if s.Whole || len(s.Parts) == 0 {
		return s.Whole
	}
	q := a.asked(r)
	if len(a.Categories) == 0 || q.category != "" {
		return s.holds(q) >= 0
	}
	for _, c := range a.Categories {
		if q.category = c.ID; s.holds(q) < 0 {
			return false
		}
	}
	return true
}

// Suspends reports whether a request falls in what it says is suspended, whatever
// else would become of it.
func (a *Agreement) Suspends(r Request) bool { return a.suspends(&r) }

// holds finds a suspended part that what is asked is in, or -1. A word that is not
// said is in what is suspended and not in what is excepted.
func (s *Suspension) holds(q asked) int {
	return slices.IndexFunc(s.Parts, func(p SuspendedPart) bool {
		return (p.Of == "" || q.from == p.Of || q.to == p.Of) && p.holds(q, true) &&
			!slices.ContainsFunc(p.Except, func(e Part) bool { return e.holds(q, false) })
	})
}

// sayPart adds to the reason of a refusal which part is suspended.
func (a *Agreement) sayPart(d *Decision, r *Request) {
	if r.Suspended.Whole || !a.suspends(r) {
		return
	}
	q := a.asked(r)
	if q.category == "" && len(a.Categories) > 0 {
		q.category = a.Categories[0].ID
	}
	part := r.Suspended.Parts[r.Suspended.holds(q)].Part
	for i := range d.Reasons {
		if x := a.byID[cedar.PolicyID(d.Reasons[i].Rule)]; x == nil || !x.cond.suspended {
			continue
		}
		said := Text{}
		for _, lang := range a.Languages {
			said[lang] = d.Reasons[i].Text.In(lang)
			what := newDescriber(a, lang).part(&part)
			if what != "" && len(said[lang])+len(what) < maxPartText {
				said[lang] += " (" + label(lang, "in-part") + ": " + what + ")"
			}
		}
		d.Reasons[i].Text = said
	}
}

// maxPartText bounds a reason with the part in it: partners are told reasons of at
// most 600 bytes.
const maxPartText = 560

// DescribePart puts a part in the words of one language; the whole is "".
func (a *Agreement) DescribePart(p Part, lang string) string { return newDescriber(a, lang).part(&p) }

// part says what a part names.
func (d *describer) part(p *Part) string {
	var out []string
	add := func(before, kind string, ids []string) {
		if len(ids) > 0 {
			out = append(out, strings.TrimSpace(before+" "+d.names(kind, ids)))
		}
	}
	add("", "act", p.Acts)
	add(d.l("purpose"), "purpose", p.Purposes)
	add(d.l("authority"), "authority", p.Authorities)
	add(d.l("from"), "party", p.Asking)
	add(d.l("to"), "party", p.Answering)
	add("", "party", p.Parties)
	add(d.l("category"), "category", p.Categories)
	return strings.Join(out, "; ")
}
