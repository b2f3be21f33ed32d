package reach

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"convenio/agreement"
)

// Rules is the section osia.records of node.yaml. Where a place in an encounter's data is asked for it is written
// biographic.NAME or contextual.NAME, NAME being a member at the top of biographicData or contextualData.
type Rules struct {
	// Galleries are those within reach: a gallery's name and the category of the agreement that its encounters are of.
	Galleries map[string]string `yaml:"galleries"`
	// Nationality says where a person's nationalities stand.
	Nationality NationalityAt `yaml:"nationality"`
	// Safeguards says where a person's protections stand. Needed when the agreement has safeguards.
	Safeguards *SafeguardsAt `yaml:"safeguards,omitempty"`
	// Fields are the data that may be disclosed after a hit: a field of the agreement and its place in biographicData.
	// Defaults to none.
	Fields map[string]string `yaml:"fields,omitempty"`
}

// NationalityAt says where nationalities stand.
type NationalityAt struct {
	// From are the places; a text, or a list of texts. An encounter without any value there is out of reach.
	From []string `yaml:"from"`
	// Words are the national system's own words and the codes of two or three letters that they stand for, beside the
	// codes of ISO 3166-1 and ICAO Doc 9303-3, which need none.
	Words map[string]string `yaml:"words,omitempty"`
}

// SafeguardsAt says where protections stand.
type SafeguardsAt struct {
	// From are the places; a text, or a list of texts. Empty says that there is no protection.
	From []string `yaml:"from"`
	// Words are the national system's own words and the safeguards of the agreement that they stand for, "" for a word that
	// says that there is none. The agreement's own ids need none.
	Words map[string]string `yaml:"words,omitempty"`
	// Against are the places of the states that a safeguard protects from, by safeguard. Without a state there it protects
	// from every party.
	Against map[string]string `yaml:"against,omitempty"`
	// AbsentIsNone takes an encounter that has none of the places as one without protection. Defaults to out of reach.
	AbsentIsNone bool `yaml:"absent_is_none,omitempty"`
}

// Mapping is Rules that fit an agreement.
type Mapping struct {
	galleries   map[string]string
	states      states
	nationality []place
	protections []place
	words       map[string]string // of protections
	against     map[string]place
	absentOK    bool
	fields      map[string]place
}

// allGalleries is the name that stands for every gallery in OSIA.
const allGalleries = "ALL"

// Compile holds the rules against an agreement. The error names every entry that does not fit, and what would.
func (r Rules) Compile(a *agreement.Agreement) (*Mapping, error) {
	m := &Mapping{galleries: r.Galleries, states: newStates(a), words: map[string]string{}, against: map[string]place{}, fields: map[string]place{}}
	return m, errors.Join(r.checkGalleries(a), m.readNationality(r.Nationality), m.readSafeguards(r.Safeguards, a), m.readFields(r.Fields, a))
}

func (r Rules) checkGalleries(a *agreement.Agreement) error {
	if len(r.Galleries) == 0 {
		return errors.New("galleries: none is mapped: write the galleries within a partner's reach, or leave osia.records out")
	}
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(r.Galleries)) {
		if name == "" || name == allGalleries {
			errs = append(errs, fmt.Errorf("galleries: %q is no gallery that an encounter can be put into: name each", name))
		}
		errs = append(errs, listed("galleries: "+name, "category", r.Galleries[name], a.Categories))
	}
	return errors.Join(errs...)
}

func (m *Mapping) readNationality(n NationalityAt) (err error) {
	if len(n.From) == 0 {
		return errors.New("nationality.from: write where the nationality stands, such as [biographic.nationality]")
	}
	if m.nationality, err = placesOf("nationality.from", n.From); err != nil {
		return err
	}
	var errs []error
	for _, word := range slices.Sorted(maps.Keys(n.Words)) {
		code, ok := m.states.code(n.Words[word])
		if !ok {
			errs = append(errs, fmt.Errorf("nationality.words: %s: %q is no state's code: use two or three letters, such as VE", word, n.Words[word]))
		}
		m.states.words[word] = code
	}
	return errors.Join(errs...)
}

func (m *Mapping) readSafeguards(s *SafeguardsAt, a *agreement.Agreement) (err error) {
	if s == nil {
		if len(a.Safeguards) > 0 {
			return fmt.Errorf("safeguards: the agreement protects people (%s): write where a person's protections stand", idsOf(a.Safeguards))
		}
		m.absentOK = true
		return nil
	}
	if len(s.From) == 0 {
		return errors.New("safeguards.from: write where a person's protections stand, such as [contextual.protection]")
	}
	if m.protections, err = placesOf("safeguards.from", s.From); err != nil {
		return err
	}
	m.absentOK = s.AbsentIsNone
	for _, g := range a.Safeguards {
		m.words[g.ID] = g.ID
	}
	var errs []error
	for _, word := range slices.Sorted(maps.Keys(s.Words)) {
		if m.words[word] = s.Words[word]; s.Words[word] != "" {
			errs = append(errs, listed("safeguards.words: "+word, "safeguard", s.Words[word], a.Safeguards))
		}
		if has(a.Safeguards, word) && s.Words[word] != word {
			errs = append(errs, fmt.Errorf("safeguards.words: %s: the agreement has this word itself; it cannot stand for another", word))
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(s.Against)) {
		errs = append(errs, listed("safeguards.against", "safeguard", kind, a.Safeguards))
		p, err := placeOf(s.Against[kind])
		if err != nil {
			errs = append(errs, fmt.Errorf("safeguards.against: %s: %w", kind, err))
		}
		m.against[kind] = p
	}
	return errors.Join(errs...)
}

func (m *Mapping) readFields(fields map[string]string, a *agreement.Agreement) error {
	var errs []error
	for _, id := range slices.Sorted(maps.Keys(fields)) {
		if _, ok := a.Field(id); !ok {
			errs = append(errs, fmt.Errorf("fields: the agreement lists no field %q: convenio agreement show lists them", id))
		}
		p, err := placeOf(fields[id])
		if err == nil && p.part != biographic {
			err = fmt.Errorf("%q: only biographic data are disclosed: write biographic.NAME", fields[id])
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("fields: %s: %w", id, err))
		}
		m.fields[id] = p
	}
	return errors.Join(errs...)
}

func listed(where, what, id string, list []agreement.Named) error {
	if has(list, id) {
		return nil
	}
	return fmt.Errorf("%s: the agreement lists no %s %q: use one of %s", where, what, id, idsOf(list))
}

func has(list []agreement.Named, id string) bool {
	return slices.ContainsFunc(list, func(n agreement.Named) bool { return n.ID == id })
}

func idsOf(list []agreement.Named) string {
	var ids []string
	for _, n := range list {
		ids = append(ids, n.ID)
	}
	return strings.Join(ids, ", ")
}
