package reach

import (
	"maps"
	"slices"
	"strings"

	"golang.org/x/text/language"

	"convenio/agreement"
)

// states reads the codes of states.
type states struct {
	party map[string]string // code as the agreement has it: the party's id
	words map[string]string // of the national system: code
}

func newStates(a *agreement.Agreement) states {
	s := states{party: map[string]string{}, words: map[string]string{}}
	for _, p := range a.Parties {
		for _, code := range p.Nationalities {
			s.party[code] = p.ID
		}
	}
	return s
}

// travel are the codes of machine readable travel documents that ISO 3166-1 does not have (ICAO Doc 9303-3, 8th edition,
// section 5), where they say a nationality. Refugees' (XXB, XXC) and unspecified ones (XXX) do not.
var travel = map[string]string{
	"D": "DE", "GBD": "GB", "GBN": "GB", "GBO": "GB", "GBP": "GB", "GBS": "GB", "RKS": "XK", agreement.Stateless: agreement.Stateless,
}

// read is the code of a nationality as an encounter has it. It is one code for a state, the one that the agreement lists if
// it lists one, however many a state has.
func (s states) read(text string) (string, bool) {
	if code, ok := s.words[text]; ok {
		return code, true
	}
	return s.code(text)
}

func (s states) code(text string) (string, bool) {
	c := strings.ToUpper(text)
	if _, ok := s.party[c]; ok {
		return c, true
	}
	if t, ok := travel[c]; ok {
		c = t
	}
	if c == agreement.Stateless {
		return c, true
	}
	if len(c) != 2 && len(c) != 3 || strings.ContainsFunc(c, func(r rune) bool { return r < 'A' || r > 'Z' }) {
		return "", false
	}
	region, err := language.ParseRegion(c)
	if err != nil || !region.IsCountry() {
		return "", false
	}
	two, three := region.String(), region.ISO3()
	for _, form := range []string{two, three} {
		if _, ok := s.party[form]; ok {
			return form, true
		}
	}
	return two, true
}

// against is the state that a protection is from: a party's id, or the code of another state in small letters.
func (s states) against(text string) (string, bool) {
	code, ok := s.read(text)
	if !ok || code == agreement.Stateless {
		return "", false
	}
	if id, ok := s.party[code]; ok {
		return id, true
	}
	return strings.ToLower(code), true
}

// unique sorts a set.
func unique(set map[string]bool) []string { return slices.Sorted(maps.Keys(set)) }
