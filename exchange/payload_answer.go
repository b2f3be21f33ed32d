package exchange

import (
	"errors"
	"fmt"
)

// AnswerOutcome is what a search came to.
type AnswerOutcome string

// The outcomes of a search. That a record is protected, or that there is none, is the same no hit.
const (
	NoHit         AnswerOutcome = "no-hit"
	Hit           AnswerOutcome = "hit"
	AnswerRefused AnswerOutcome = "refused" // the agreement did not allow the search, or it could not be carried out in time
)

// AnswerPayload answers a search. It holds no personal data.
type AnswerPayload struct {
	Outcome   AnswerOutcome `json:"outcome"`
	Reference ID            `json:"reference,omitzero"` // hit only: random, for this exchange alone
	Articles  []string      `json:"articles"`           // of the agreement, that decided
	Refusal   *Text         `json:"refusal,omitzero"`   // refused only: why, for a person
	Probe     Erasure       `json:"probe"`
}

// Erasure is the responder's statement on the probe and all that was derived from it.
type Erasure struct {
	Erased bool `json:"erased"` // true: destroyed; false: kept until At at the latest
	At     Time `json:"at"`
}

const (
	maxArticles     = 16
	maxRefusalChars = 600
)

// Check says what is wrong with the payload.
func (p AnswerPayload) Check() error {
	switch {
	case p.Outcome != NoHit && p.Outcome != Hit && p.Outcome != AnswerRefused:
		return errors.New("outcome is none of no-hit, hit, refused")
	case (p.Outcome == Hit) != p.Reference.Valid() || p.Outcome != Hit && p.Reference != "":
		return errors.New("a reference is there if and only if there is a hit")
	case (p.Outcome == AnswerRefused) != (p.Refusal != nil):
		return errors.New("a refusal text is there if and only if the search was refused")
	case p.Outcome != Hit && !p.Probe.Erased:
		return errors.New("without a hit the probe is erased before the answer")
	case p.Probe.At.IsZero():
		return errors.New("the probe statement has no time")
	}
	if p.Refusal != nil {
		if err := p.Refusal.check("refusal", maxRefusalChars); err != nil {
			return err
		}
	}
	return checkArticles(p.Articles)
}

func checkArticles(articles []string) error {
	if len(articles) == 0 || len(articles) > maxArticles {
		return fmt.Errorf("%d articles, 1 to %d are allowed", len(articles), maxArticles)
	}
	for _, a := range articles {
		if err := checkLine("article", a, maxArticleBytes); err != nil {
			return err
		}
	}
	return nil
}

// Bytes returns the payload's only encoding, or what is wrong with it: among other things, that it would not fit the one
// size of all answers.
func (p AnswerPayload) Bytes() ([]byte, error) {
	b, err := encodePayload("answer", p)
	if err == nil && len(b) > answerBytes-innerBytes {
		return nil, fmt.Errorf("answer payload has %d bytes, at most %d fit the size of all answers", len(b), answerBytes-innerBytes)
	}
	return b, err
}

// ParseAnswer reads an answer payload strictly.
func ParseAnswer(b []byte) (AnswerPayload, error) { return parsePayload[AnswerPayload]("answer", b) }
