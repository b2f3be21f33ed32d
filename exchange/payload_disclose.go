package exchange

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
)

// DisclosePayload asks for fields behind a hit.
type DisclosePayload struct {
	Reference ID `json:"reference"` // out of the answer
	Asker
	Fields []string `json:"fields"` // names of the agreement, sorted, each once
}

const maxFields = 64

var fieldPattern = regexp.MustCompile(`^[a-z][a-z0-9_.-]{0,63}$`)

// Check says what is wrong with the payload.
func (p DisclosePayload) Check() error {
	if !p.Reference.Valid() {
		return errors.New("reference is not 32 lower-case hexadecimal digits")
	}
	if err := p.Asker.check(); err != nil {
		return err
	}
	if len(p.Fields) == 0 || len(p.Fields) > maxFields {
		return fmt.Errorf("%d fields, 1 to %d are allowed", len(p.Fields), maxFields)
	}
	for i, f := range p.Fields {
		if !fieldPattern.MatchString(f) {
			return fmt.Errorf("field %d is not a field name", i+1)
		}
		if i > 0 && p.Fields[i-1] >= f {
			return errors.New("fields are not sorted, each once")
		}
	}
	return nil
}

// Bytes returns the payload's only encoding, or what is wrong with it.
func (p DisclosePayload) Bytes() ([]byte, error) { return encodePayload("disclose", p) }

// ParseDisclose reads a disclose payload strictly.
func ParseDisclose(b []byte) (DisclosePayload, error) {
	return parsePayload[DisclosePayload]("disclose", b)
}

// FieldOutcome is what happened to one field that was asked for.
type FieldOutcome string

// The outcomes of a field.
const (
	FieldReleased FieldOutcome = "released"
	FieldRefused  FieldOutcome = "refused" // an article does not allow it for this purpose
	FieldAbsent   FieldOutcome = "absent"  // allowed, but the record holds no value
)

// Field is one field of a disclosure. Every outcome names the article that decided it.
type Field struct {
	Outcome   FieldOutcome `json:"outcome"`
	Article   string       `json:"article"`
	Value     string       `json:"value,omitzero"`      // released text
	Media     string       `json:"media,omitzero"`      // media type of Data
	Data      []byte       `json:"data,omitzero"`       // released binary value, such as a facial image
	KeepUntil *Time        `json:"keep_until,omitzero"` // released: when the asker must have erased it
}

// DisclosureOutcome sums up a disclosure.
type DisclosureOutcome string

// The outcomes of a disclosure: Released if at least one field was.
const (
	Released          DisclosureOutcome = "released"
	DisclosureRefused DisclosureOutcome = "refused"
)

// DisclosurePayload answers a disclose: exactly the fields asked for, each released or refused by an article.
type DisclosurePayload struct {
	Outcome   DisclosureOutcome `json:"outcome"`
	Reference ID                `json:"reference"`
	Articles  []string          `json:"articles"`         // that decided on the whole
	Refusal   *Text             `json:"refusal,omitzero"` // refused only: why, for a person
	Fields    map[string]Field  `json:"fields,omitzero"`
}

const (
	maxValueBytes = 4 << 10
	maxDataBytes  = 3 << 20
)

var mediaPattern = regexp.MustCompile(`^[a-z]+/[a-z0-9.+-]{1,60}$`)

// Check says what is wrong with the payload.
func (p DisclosurePayload) Check() error {
	switch {
	case p.Outcome != Released && p.Outcome != DisclosureRefused:
		return errors.New("outcome is neither released nor refused")
	case !p.Reference.Valid():
		return errors.New("reference is not 32 lower-case hexadecimal digits")
	case (p.Outcome == DisclosureRefused) != (p.Refusal != nil):
		return errors.New("a refusal text is there if and only if the disclosure was refused")
	case p.Fields != nil && len(p.Fields) == 0 || len(p.Fields) > maxFields:
		return fmt.Errorf("%d fields, at most %d are allowed, and none is written by leaving them out", len(p.Fields), maxFields)
	}
	if p.Refusal != nil {
		if err := p.Refusal.check("refusal", maxRefusalChars); err != nil {
			return err
		}
	}
	if err := p.checkFields(); err != nil {
		return err
	}
	return checkArticles(p.Articles)
}

func (p DisclosurePayload) checkFields() error {
	released := false
	for _, name := range slices.Sorted(maps.Keys(p.Fields)) {
		f := p.Fields[name]
		if !fieldPattern.MatchString(name) {
			return errors.New("a field's name is not a field name")
		}
		if err := f.check(); err != nil {
			return fmt.Errorf("field %s: %w", name, err)
		}
		released = released || f.Outcome == FieldReleased
	}
	if released != (p.Outcome == Released) {
		return errors.New("the outcome is released if and only if a field is")
	}
	return nil
}

func (f Field) check() error {
	empty := f.Value == "" && f.Data == nil && f.Media == "" && f.KeepUntil == nil
	switch f.Outcome {
	case FieldRefused, FieldAbsent:
		if !empty {
			return fmt.Errorf("a field that is %s holds no value", f.Outcome)
		}
	case FieldReleased:
		if err := f.checkReleased(); err != nil {
			return err
		}
	default:
		return errors.New("outcome is none of released, refused, absent")
	}
	return checkLine("article", f.Article, maxArticleBytes)
}

func (f Field) checkReleased() error {
	switch {
	case f.KeepUntil == nil:
		return errors.New("a released field says until when it may be kept")
	case (f.Value == "") == (len(f.Data) == 0), f.Data != nil && len(f.Data) == 0:
		return errors.New("a released field holds either a text or data")
	case (f.Media != "") != (len(f.Data) > 0), f.Media != "" && !mediaPattern.MatchString(f.Media):
		return errors.New("data, and only data, has a media type")
	case len(f.Data) > maxDataBytes:
		return fmt.Errorf("data has %d bytes, at most %d are allowed", len(f.Data), maxDataBytes)
	}
	return checkChars("value", f.Value, maxValueBytes)
}

// Bytes returns the payload's only encoding, or what is wrong with it.
func (p DisclosurePayload) Bytes() ([]byte, error) { return encodePayload("disclosure", p) }

// ParseDisclosure reads a disclosure payload strictly.
func ParseDisclosure(b []byte) (DisclosurePayload, error) {
	return parsePayload[DisclosurePayload]("disclosure", b)
}
