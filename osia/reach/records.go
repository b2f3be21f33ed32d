package reach

import (
	"cmp"
	"maps"
	"slices"

	"convenio/agreement"
)

// Encounter is what is looked at of one encounter.
type Encounter struct {
	Active                 bool
	Galleries              []string
	Biographic, Contextual any // as encoding/json reads it
}

// Reason is why an encounter is out of reach.
type Reason string

// Reasons, in the order in which they are looked for.
const (
	Within      Reason = ""
	Inactive    Reason = "inactive"
	Unmapped    Reason = "gallery not mapped"
	Ambiguous   Reason = "galleries of several categories"
	Nationality Reason = "nationality not there or not read"
	Protection  Reason = "protection not there or not read"
	Elsewhere   Reason = "another encounter of the person not read"
)

// Outcome is what becomes of one encounter.
type Outcome struct {
	Why    Reason            // Within, or why it is out of reach
	Record agreement.Record  // as what it is within reach
	Fields map[string]string // by the agreement's names
}

// maxStated bounds the nationalities and the safeguards of one person; who has more is out of reach.
const maxStated = 16

// Records applies the mapping to one person, given with all encounters. The outcomes are in their order.
func (m *Mapping) Records(person []Encounter) []Outcome {
	all := newStated()
	each := make([]stated, len(person))
	for i, e := range person {
		each[i] = m.stated(e)
		all.join(each[i])
	}
	out := make([]Outcome, len(person))
	for i, e := range person {
		if out[i].Why = m.why(e, each[i], all); out[i].Why != Within {
			continue
		}
		category, _ := m.category(e.Galleries)
		out[i].Record = agreement.Record{Category: category, Nationalities: unique(all.nationalities), Safeguards: all.protections()}
		out[i].Fields = m.fieldsOf(e)
	}
	return out
}

func (m *Mapping) why(e Encounter, own, all stated) Reason {
	category, several := m.category(e.Galleries)
	switch {
	case !e.Active:
		return Inactive
	case category == "":
		return Unmapped
	case several:
		return Ambiguous
	case own.badNationality || len(own.nationalities) == 0 || len(all.nationalities) > maxStated:
		return Nationality
	case own.badProtection || !own.protectionThere && !m.absentOK || len(all.safeguards) > maxStated:
		return Protection
	case all.badNationality || all.badProtection:
		return Elsewhere
	}
	return Within
}

// Covers says whether a gallery is mapped.
func (m *Mapping) Covers(gallery string) bool { return m.galleries[gallery] != "" }

// category is that of the galleries that are mapped; several when they do not have one.
func (m *Mapping) category(galleries []string) (category string, several bool) {
	for _, g := range galleries {
		c := m.galleries[g]
		if c == "" {
			continue
		}
		several = several || category != "" && c != category
		category = c
	}
	return category, several
}

// stated is what encounters say of a person.
type stated struct {
	nationalities   map[string]bool
	safeguards      map[agreement.Safeguard]bool
	protectionThere bool // some place of protections is there, if only to say that there is none
	badNationality  bool
	badProtection   bool
}

func newStated() stated {
	return stated{nationalities: map[string]bool{}, safeguards: map[agreement.Safeguard]bool{}}
}

func (s *stated) join(t stated) {
	maps.Copy(s.nationalities, t.nationalities)
	maps.Copy(s.safeguards, t.safeguards)
	s.badNationality = s.badNationality || t.badNationality
	s.badProtection = s.badProtection || t.badProtection
}

func (s stated) protections() []agreement.Safeguard {
	return slices.SortedFunc(maps.Keys(s.safeguards), func(a, b agreement.Safeguard) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Against, b.Against))
	})
}

func (m *Mapping) stated(e Encounter) stated {
	s := newStated()
	for _, p := range m.nationality {
		list, ok := p.texts(e)
		for _, text := range list {
			code, good := m.states.read(text)
			s.nationalities[code] = true
			ok = ok && good
		}
		s.badNationality = s.badNationality || !ok
	}
	for _, p := range m.protections {
		if _, there := p.in(e); there {
			s.protectionThere = true
		}
		list, ok := p.texts(e)
		for _, word := range list {
			ok = m.protect(&s, e, word) && ok
		}
		s.badProtection = s.badProtection || !ok
	}
	return s
}

// protect adds what one word says. It is false when it says something that the agreement has no word for.
func (m *Mapping) protect(s *stated, e Encounter, word string) bool {
	kind, ok := m.words[word]
	if !ok || kind == "" {
		return ok
	}
	var from []string
	if p, there := m.against[kind]; there {
		if from, ok = p.texts(e); !ok {
			return false
		}
	}
	if len(from) == 0 {
		s.safeguards[agreement.Safeguard{Kind: kind}] = true
	}
	for _, text := range from {
		state, ok := m.states.against(text)
		if !ok {
			return false
		}
		s.safeguards[agreement.Safeguard{Kind: kind, Against: state}] = true
	}
	return true
}

// texts are the texts at a place; none when nothing is there.
func (p place) texts(e Encounter) ([]string, bool) {
	v, there := p.in(e)
	if !there {
		return nil, true
	}
	return texts(v)
}

func (m *Mapping) fieldsOf(e Encounter) map[string]string {
	out := map[string]string{}
	for id, p := range m.fields {
		if v, there := p.in(e); there {
			if text := value(v); text != "" {
				out[id] = text
			}
		}
	}
	return out
}
