package agreement

import (
	"time"

	cedar "github.com/cedar-policy/cedar-go"
)

// rule is one rule with its conditions resolved, and the policy it compiles to.
type rule struct {
	id, article string // id is article/rule
	file        string
	line        int
	forbid      bool
	fromTerm    bool
	acts        []string
	cond        cond  // all must hold
	unless      *cond // and not all of these
	because     Text

	policy *cedar.Policy
}

func (r *rule) effect() Outcome {
	if r.forbid {
		return Deny
	}
	return Permit
}

// cond is a conjunction. A nil list, nil pointer or zero limit is no condition.
type cond struct {
	side, from, to, authority, role, purpose, ground, field, tier []string

	hasCase, approved *bool
	person, record    *about

	// Conditions that only terms and agreement.yaml write.
	fingersBelow, qualityBelow, examinersBelow int
	notApproved, suspended                     bool
	notInForce                                 *force
	quotaUsedUp                                *Quota
}

// about is a condition on a person or on a record's class.
type about struct {
	category         []string
	nationalOf       []string // partyRef
	safeguard        []string
	against          string // partyRef, "" any
	youngerThan      int    // years
	nationalityKnown *bool
	ageKnown         *bool
}

// References to a party that depend on the exchange; any other partyRef is a party's id.
const (
	refAsking    = "asking"
	refAnswering = "answering"
)

// force is the span in which the agreement is in force.
type force struct{ from, until time.Time }

// words are the closed lists of an agreement, for looking up.
type words struct {
	party, authority, role, purpose, ground, safeguard, category, tier, field map[string]bool
	nationOf                                                                  map[string]string // nationality code to party
	tierOf                                                                    map[string]string // field to tier
}
