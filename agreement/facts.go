package agreement

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cedar-policy/cedar-go/types"
)

// FactType says what a fact may be.
type FactType string

// The types of fact.
const (
	FactYesNo  FactType = "yes-no"  // true or false
	FactOneOf  FactType = "one-of"  // one word of Values
	FactSomeOf FactType = "some-of" // any number of words of Values
	FactStates FactType = "states"  // any number of states: a party's id, or a code of two or three letters
	FactNumber FactType = "number"  // a whole number of Unit, 0 or more
)

// Words that stand for what is missing, in rules and in requests alike.
const (
	wordUnknown = "unknown" // the fact is not stated
	wordNone    = "none"    // it is stated that there is nothing: no state, no word
	wordOther   = "other"   // a state that is not a party
)

// Fact is something that a request may state and rules may ask for, in the
// agreement's own words.
type Fact struct {
	ID       string
	Name     Text // what it says, for people
	Type     FactType
	Values   []Named  // of one-of and some-of
	Unit     string   // of number: "months"
	Unstated string   // what a request that leaves it out is taken to say; "unknown" unless the agreement says otherwise
	Acts     []string // acts whose rules, duties or quotas look at it, in the agreement's order

	words map[string]bool
	blank types.Value // of Unstated
}

// Act is a kind of act that an agreement rules on.
type Act struct {
	ID    string
	Name  Text
	Needs []string // what a request for it must state: purpose, authority, role, ground, field, or a fact
}

// value lays one stated fact out for Cedar; the error says what is wrong with it.
func (f *Fact) value(a *Agreement, v any) (types.Value, error) {
	switch f.Type {
	case FactYesNo:
		switch x := v.(type) {
		case bool:
			return types.String(map[bool]string{true: "true", false: "false"}[x]), nil
		case string:
			if x == "true" || x == "false" || x == wordUnknown {
				return types.String(x), nil
			}
		}
		return nil, fmt.Errorf("fact %s is true or false, not %.60q", f.ID, fmt.Sprint(v))
	case FactOneOf:
		if s, ok := v.(string); ok && (f.words[s] || s == wordUnknown) {
			return types.String(s), nil
		}
		return nil, fmt.Errorf("fact %s is one of %s, not %.60q", f.ID, f.choices(), fmt.Sprint(v))
	case FactNumber:
		if n, ok := wholeFact(v); ok {
			return types.Long(n), nil
		}
		return nil, fmt.Errorf("fact %s is a whole number of %s, not %.60q", f.ID, f.Unit, fmt.Sprint(v))
	}
	list, ok := wordList(v)
	if !ok {
		return nil, fmt.Errorf("fact %s is a list of words, not %.60q", f.ID, fmt.Sprint(v))
	}
	if len(list) > MaxSetItems {
		return nil, fmt.Errorf("fact %s lists more than %d", f.ID, MaxSetItems)
	}
	if f.Type == FactSomeOf {
		return f.someOf(list)
	}
	return f.states(a, list)
}

// someOf lays out a list of words; an empty one says none.
func (f *Fact) someOf(list []string) (types.Value, error) {
	if len(list) == 0 {
		list = []string{wordNone}
	}
	out := make([]types.Value, len(list))
	for i, s := range list {
		if !f.words[s] && s != wordNone && s != wordUnknown {
			return nil, fmt.Errorf("fact %s is any of %s, not %.60q", f.ID, f.choices(), s)
		}
		out[i] = types.String(s)
	}
	return types.NewSet(out...), nil
}

// states lays out a list of states as parties; one that is not a party adds
// "other" beside itself, an empty list says none.
func (f *Fact) states(a *Agreement, list []string) (types.Value, error) {
	if len(list) == 0 {
		list = []string{wordNone}
	}
	out := make([]types.Value, 0, len(list)+1)
	other := false
	for _, s := range list {
		id := s
		switch {
		case a.words.party[s], s == wordNone, s == wordUnknown:
		case strings.EqualFold(s, wordOther):
			id = wordOther
		default:
			var ok bool
			if id, ok = a.words.state(s); !ok {
				return nil, fmt.Errorf("fact %s lists states by a party's id or a code of two or three letters, not %.60q", f.ID, s)
			}
			other = other || !a.words.party[id]
		}
		out = append(out, uid(tParty, id))
	}
	if other {
		out = append(out, uid(tParty, wordOther))
	}
	return types.NewSet(out...), nil
}

// choices lists a fact's words for a person.
func (f *Fact) choices() string { return strings.Join(ids(f.Values), ", ") }

// wholeFact reads a whole number of zero or more, as JSON or Go gives it; -1 and
// "unknown" say that it is not known.
func wholeFact(v any) (int64, bool) {
	switch x := v.(type) {
	case int:
		return int64(x), x >= -1
	case float64:
		return int64(x), x >= -1 && x == float64(int64(x)) && x <= 1e12
	case string:
		return -1, x == wordUnknown
	}
	return 0, false
}

// wordList reads one word or a list of words.
func wordList(v any) ([]string, bool) {
	switch x := v.(type) {
	case string:
		return []string{x}, true
	case []string:
		return x, true
	case []any:
		out := make([]string, len(x))
		for i, e := range x {
			s, ok := e.(string)
			if !ok {
				return nil, false
			}
			out[i] = s
		}
		return out, true
	}
	return nil, false
}

// factSet is the facts that are laid out together, with the record of none stated.
type factSet struct {
	list  []*Fact
	has   map[string]bool
	blank types.Record
}

func newFactSet(list []*Fact) factSet {
	s := factSet{list: list, has: make(map[string]bool, len(list))}
	m := make(types.RecordMap, len(list))
	for _, f := range list {
		s.has[f.ID] = true
		m[types.String(f.ID)] = f.blank
	}
	s.blank = types.NewRecord(m)
	return s
}

// factsRecord lays out a set of facts; the faults name what is stated and the
// agreement does not know or cannot read, which denies.
func (a *Agreement) factsRecord(set *factSet, stated map[string]any) (types.Record, []string) {
	if len(stated) == 0 {
		return set.blank, nil
	}
	var faults []string
	m := make(types.RecordMap, len(set.list))
	for _, f := range set.list {
		m[types.String(f.ID)] = f.blank
	}
	for id, v := range stated {
		f := a.words.fact[id]
		if f == nil {
			faults = append(faults, fmt.Sprintf("the agreement knows no fact %.80q", id))
			continue
		}
		x, err := f.value(a, v)
		if err != nil {
			faults = append(faults, err.Error())
		} else if set.has[id] {
			m[types.String(id)] = x
		}
	}
	slices.Sort(faults)
	return types.NewRecord(m), faults
}

// lacking names what an act needs and the request does not state.
func (a *Agreement) lacking(r *Request) []string {
	var out []string
	for _, need := range a.needs[r.Act] {
		if !r.states(need) {
			out = append(out, need)
		}
	}
	return out
}

// states reports whether a request says something of a need.
func (r *Request) states(need string) bool {
	switch need {
	case "purpose":
		return r.Purpose != ""
	case "authority":
		return r.Authority != ""
	case "role":
		return r.Role != ""
	case "ground":
		return r.Ground != ""
	case "field":
		return r.Field != ""
	case needNationalities:
		return len(r.Person.Nationalities) > 0
	}
	_, ok := r.Facts[need]
	return ok
}

const needNationalities = "person.nationalities"
