package agreement

import (
	"slices"
	"time"

	cedar "github.com/cedar-policy/cedar-go"
)

// SearchTerms are the typed terms of a search for one purpose.
type SearchTerms struct {
	Purpose          string
	MinFingers       int           // distinct fingers, at least
	MinQuality       int           // quality score of each finger, 0..100, at least
	FPIR             float64       // false positive identification rate of the decision threshold, above 0, up to 1
	MaxCandidates    int           // candidates that may be looked at
	Examiners        int           // examiners who confirm before a hit is told
	AnswerWithin     time.Duration // after receipt
	EraseProbeWithin time.Duration // after the answer
	Priority         int           // class of Agreement.PriorityClasses in which the search waits, 1 the most urgent; 0: there are none
	// Articles names the article of each term: min-fingers, min-quality, fpir,
	// max-candidates, examiners, answer-within, erase-probe-within, priority.
	Articles map[string]string
}

// DisclosureTerms are the typed terms of disclosing a field for one purpose.
type DisclosureTerms struct {
	Purpose, Tier string
	Examiners     int  // who must have confirmed, at least 1
	Approver      bool // a second person must have approved
	AnswerWithin  time.Duration
	Articles      map[string]string // examiners, approver, answer-within
}

// RetentionTerms say how long the receiver may keep a disclosed field.
type RetentionTerms struct {
	Tier    string
	Keep    Period
	Article string
}

// Quota caps the uses by one asking party in a window. A use counts when it is
// permitted, on both sides.
type Quota struct {
	ID       string
	Name     Text
	Act      string   // search or disclose, or the first of Acts
	Acts     []string // acts that count in it
	From     []string // asking parties that it binds, each counted on its own
	Purposes []string // counted together
	Limit    int      // uses in a window
	Per      Window
	Article  string

	cond       cond // what else a use must be to count
	anyPurpose bool // counts whatever the purpose
	policy     *cedar.Policy
}

// Deadline is a named duty with a time, carried for display and for the node.
type Deadline struct {
	ID      string
	Name    Text
	Within  Period
	Article string
}

type tierKey struct{ purpose, tier string }

// SearchTerms returns the terms of a search for a purpose; ok is false when the
// agreement permits no search for it.
func (a *Agreement) SearchTerms(purpose string) (t SearchTerms, ok bool) {
	t, ok = a.search[purpose]
	return t, ok
}

// DisclosureTerms returns the terms of disclosing a field for a purpose; ok is
// false when the agreement sets none.
func (a *Agreement) DisclosureTerms(purpose, field string) (t DisclosureTerms, ok bool) {
	f, known := a.Field(field)
	if !known {
		return DisclosureTerms{}, false
	}
	t, ok = a.disclosure[tierKey{purpose, f.Tier}]
	return t, ok
}

// RetentionTerms returns how long a disclosed field may be kept; ok is false when
// the agreement sets no term for its tier.
func (a *Agreement) RetentionTerms(field string) (t RetentionTerms, ok bool) {
	f, known := a.Field(field)
	if !known {
		return RetentionTerms{}, false
	}
	t, ok = a.retention[f.Tier]
	return t, ok
}

// Quotas lists every quota, in the agreement's order.
func (a *Agreement) Quotas() []Quota { return slices.Clone(a.quotas) }

// QuotasFor lists the quotas in which such a use by a party counts. The caller
// gives the count of each of them in Request.Used: a missing count denies.
func (a *Agreement) QuotasFor(act, purpose, from string) []Quota {
	var out []Quota
	for _, q := range a.quotas {
		if slices.Contains(q.Acts, act) && slices.Contains(q.Purposes, purpose) && slices.Contains(q.From, from) {
			out = append(out, q)
		}
	}
	return out
}

// Deadlines lists the named deadlines, in the agreement's order.
func (a *Agreement) Deadlines() []Deadline { return slices.Clone(a.deadlines) }

// Deadline returns the named deadline.
func (a *Agreement) Deadline(id string) (Deadline, bool) {
	for _, d := range a.deadlines {
		if d.ID == id {
			return d, true
		}
	}
	return Deadline{}, false
}
