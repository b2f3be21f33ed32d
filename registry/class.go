package registry

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Safeguard is a protection on a person's record: its kind (for example an asylum claim) and the party it protects
// against; Against is "" when it protects against every party.
type Safeguard struct {
	Kind    string `json:"kind"`
	Against string `json:"against,omitempty"`
}

// Class is all that decides whether a record may be reached: attributes with few values, in the clear. Records of one
// class are alike to every agreement.
type Class struct {
	Category      string      `json:"category"`
	Nationalities []string    `json:"nationalities,omitempty"` // ICAO 9303-3 section 5 codes, sorted
	Safeguards    []Safeguard `json:"safeguards,omitempty"`    // sorted
	BirthYear     int         `json:"birthYear,omitempty"`     // 0: not part of the class
}

// ClassCount is a class and the number of people in it.
type ClassCount struct {
	Class    Class
	Subjects int
}

// Bounds of a class.
const (
	maxClassList = 32
	maxClassName = 64
)

// Key is the canonical form of the class, the same for equal classes: one line of JSON, lists sorted, no repeats.
func (c Class) Key() string {
	out, err := json.Marshal(c.canonical())
	if err != nil { // cannot happen: strings and numbers only
		panic("registry: class does not marshal: " + err.Error())
	}
	return string(out)
}

// ParseClass reads what Key wrote and refuses anything else.
func ParseClass(key string) (Class, error) {
	dec := json.NewDecoder(strings.NewReader(key))
	dec.DisallowUnknownFields()
	var c Class
	if err := dec.Decode(&c); err != nil {
		return Class{}, fmt.Errorf("parse class: %w", ErrInvalid)
	}
	if err := c.validate(); err != nil {
		return Class{}, fmt.Errorf("parse class: %w", err)
	}
	if c.Key() != key {
		return Class{}, fmt.Errorf("parse class: %w: not in canonical form", ErrInvalid)
	}
	return c, nil
}

func (c Class) canonical() Class {
	c.Nationalities = slices.Clone(c.Nationalities)
	slices.Sort(c.Nationalities)
	c.Nationalities = slices.Compact(c.Nationalities)
	c.Safeguards = slices.Clone(c.Safeguards)
	slices.SortFunc(c.Safeguards, func(a, b Safeguard) int {
		if n := strings.Compare(a.Kind, b.Kind); n != 0 {
			return n
		}
		return strings.Compare(a.Against, b.Against)
	})
	c.Safeguards = slices.Compact(c.Safeguards)
	return c
}

func (c Class) validate() error {
	if err := checkName("category", c.Category); err != nil {
		return err
	}
	if len(c.Nationalities) > maxClassList || len(c.Safeguards) > maxClassList {
		return invalid("class has more than %d nationalities or safeguards", maxClassList)
	}
	for _, n := range c.Nationalities {
		if err := checkName("nationality", n); err != nil {
			return err
		}
	}
	for _, g := range c.Safeguards {
		if err := checkName("safeguard", g.Kind); err != nil {
			return err
		}
		if g.Against == "" {
			continue
		}
		if err := checkName("party of safeguard", g.Against); err != nil {
			return err
		}
	}
	if c.BirthYear < 0 || c.BirthYear > 9999 {
		return invalid("birth year %d", c.BirthYear)
	}
	return nil
}

// checkName accepts letters, digits and "-_.:/", so that a class key needs no escaping anywhere.
func checkName(what, s string) error {
	if s == "" || len(s) > maxClassName {
		return invalid("%s must have 1 to %d bytes", what, maxClassName)
	}
	for _, b := range []byte(s) {
		ok := b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9'
		if !ok && !bytes.ContainsRune([]byte("-_.:/"), rune(b)) {
			return invalid("%s may hold letters, digits and -_.:/ only", what)
		}
	}
	return nil
}
