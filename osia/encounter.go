package osia

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"convenio/finger"
	"convenio/osia/abis"
	"convenio/registry"
)

// all is the name that stands for every gallery.
const all = "ALL"

// Bounds of what is kept.
const (
	maxName       = 128 // bytes of an id or of a gallery's name
	maxGalleries  = 32
	maxBiometrics = 64
	maxEncounters = 64 // of one person
)

// encounter is one encounter in memory, without its images. It is never changed, only replaced.
type encounter struct {
	id     string // in the registry
	head   head
	prints []reference
}

// head is what is kept of an encounter beside its biometric data; JSON in the registry.
type head struct {
	Person, Encounter string
	Given             abis.Encounter // as it was given, without biometric data
	Biographic        any            `json:",omitempty"` // in clear, to filter by
	Contextual        any            `json:",omitempty"`
}

func (e *encounter) active() bool { return e.head.Given.Status == "ACTIVE" }

func (e *encounter) in(gallery string) bool {
	return gallery == all || slices.Contains(e.head.Given.Galleries, gallery)
}

// reference is one enrolled finger.
type reference struct {
	Item     int // index into the encounter's biometric data
	SubType  abis.BiometricSubType
	Instance string
	Position finger.Position
	Quality  uint8
	Template []byte

	prepared *finger.Prepared
}

func (r *reference) prepare() error {
	t, err := finger.ParseTemplate(r.Template)
	if err != nil {
		return fmt.Errorf("stored template: %w", err)
	}
	r.prepared = finger.Prepare(t)
	return nil
}

// stored is the form of an encounter for the registry; body may be nil to leave it.
func (e *encounter) stored(body []byte) (registry.OSIAEncounter, error) {
	h, err := json.Marshal(e.head)
	if err != nil {
		return registry.OSIAEncounter{}, fmt.Errorf("encounter: %w", err)
	}
	out := registry.OSIAEncounter{ID: e.id, Person: e.head.Person, Encounter: e.head.Encounter, Head: h, Body: body}
	if body != nil {
		if out.Templates, err = json.Marshal(e.prints); err != nil {
			return registry.OSIAEncounter{}, fmt.Errorf("encounter: %w", err)
		}
	}
	return out, nil
}

// restored is an encounter as it was stored.
func restored(o registry.OSIAEncounter) (*encounter, error) {
	e := &encounter{id: o.ID}
	if err := json.Unmarshal(o.Head, &e.head); err != nil {
		return nil, fmt.Errorf("stored encounter: %w", err)
	}
	if len(o.Templates) > 0 {
		if err := json.Unmarshal(o.Templates, &e.prints); err != nil {
			return nil, fmt.Errorf("stored encounter: %w", err)
		}
	}
	for i := range e.prints {
		if err := e.prints[i].prepare(); err != nil {
			return nil, err
		}
	}
	return e, nil
}

// changed is the same encounter with another head.
func (e *encounter) changed(f func(*head)) *encounter {
	c := &encounter{id: e.id, head: e.head, prints: e.prints}
	f(&c.head)
	return c
}

// newHead checks what was given and makes a head of it. clear is the encounter with encrypted parts in clear.
func newHead(person, id string, given, clear abis.Encounter, created, now time.Time) (head, error) {
	if err := checkNames(person, id); err != nil {
		return head{}, err
	}
	if err := checkGalleries(given.Galleries); err != nil {
		return head{}, err
	}
	if len(given.BiometricData) > maxBiometrics {
		return head{}, bad("%d biometric items, at most %d are taken", len(given.BiometricData), maxBiometrics)
	}
	if len(given.EncounterType) > maxName {
		return head{}, bad("encounterType has %d bytes, at most %d are taken", len(given.EncounterType), maxName)
	}
	h := head{Person: person, Encounter: id, Given: given}
	h.Given.BiometricData = nil
	h.Given.EncounterId, h.Given.CreatedDate, h.Given.UpdatedDate = &id, &created, &now
	if clear.BiographicData != nil {
		h.Biographic = *clear.BiographicData
	}
	if clear.ContextualData != nil {
		h.Contextual = *clear.ContextualData
	}
	return h, nil
}

func checkNames(names ...string) error {
	for _, n := range names {
		if n == "" || len(n) > maxName {
			return bad("an id has %d bytes, 1 to %d are taken", len(n), maxName)
		}
		for _, r := range n {
			if r < 0x20 || r == 0x7f || r == 0xfffd {
				return bad("an id holds a control or broken character")
			}
		}
	}
	return nil
}

func checkGalleries(list []string) error {
	if len(list) == 0 || len(list) > maxGalleries {
		return bad("%d galleries, 1 to %d are taken", len(list), maxGalleries)
	}
	if err := checkNames(list...); err != nil {
		return err
	}
	if slices.Contains(list, all) {
		return bad("ALL stands for every gallery and is none that an encounter can be put into")
	}
	sorted := slices.Sorted(slices.Values(list))
	if len(slices.Compact(sorted)) != len(list) {
		return bad("a gallery is named twice")
	}
	return nil
}

// people is everyone, by person and encounter.
type people map[string]map[string]*encounter

func (p people) get(person, id string) (*encounter, error) {
	if e := p[person][id]; e != nil {
		return e, nil
	}
	return nil, errUnknown
}

func (p people) put(e *encounter) {
	if p[e.head.Person] == nil {
		p[e.head.Person] = map[string]*encounter{}
	}
	p[e.head.Person][e.head.Encounter] = e
}

func (p people) drop(person, id string) {
	delete(p[person], id)
	if len(p[person]) == 0 {
		delete(p, person)
	}
}

// of are a person's encounters in the order of their ids.
func (p people) of(person string) []*encounter {
	var out []*encounter
	for _, id := range slices.Sorted(maps.Keys(p[person])) {
		out = append(out, p[person][id])
	}
	return out
}

// each gives every encounter in the order of persons and ids.
func (p people) each(f func(*encounter)) {
	for _, person := range slices.Sorted(maps.Keys(p)) {
		for _, e := range p.of(person) {
			f(e)
		}
	}
}

// galleries are the names that encounters are in, sorted.
func (p people) galleries() []string {
	names := map[string]bool{}
	for _, list := range p {
		for _, e := range list {
			for _, g := range e.head.Given.Galleries {
				names[g] = true
			}
		}
	}
	return slices.AppendSeq(make([]string, 0, len(names)), slices.Values(slices.Sorted(maps.Keys(names))))
}

func (p people) hasGallery(name string) bool {
	if name == all {
		return true
	}
	for _, list := range p {
		for _, e := range list {
			if e.in(name) {
				return true
			}
		}
	}
	return false
}
