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
	forbid      bool // compiled as a forbid of Cedar: forbid, suppress and refer
	suppress    bool // the refusal is silent
	refer       bool // not a refusal: a person decides what is otherwise permitted
	cites       string
	fromTerm    bool
	acts        []string
	cond        cond  // all must hold
	unless      *cond // and not all of these
	because     Text

	policy *cedar.Policy
}

func (r *rule) effect() Outcome {
	switch {
	case r.refer:
		return Refer
	case r.suppress:
		return SilentSuppress
	case r.forbid:
		return Deny
	}
	return Permit
}

// cond is a conjunction. A nil list, nil pointer or zero limit is no condition.
type cond struct {
	side, from, to, authority, role, purpose, ground, field, tier []string

	hasCase, approved *bool
	person, record    *about
	facts             []factCond
	any               []cond // at least one of these must hold

	// Conditions that only terms and agreement.yaml write.
	fingersBelow, qualityBelow, examinersBelow int
	notApproved, suspended                     bool
	notInForce                                 *force
	quotaUsedUp                                *Quota
	from_, until_                              time.Time // the article's own entry into force and end
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
	party, authority, role, purpose, ground, safeguard, category, tier, field, act map[string]bool
	fact                                                                           map[string]*Fact
	nationOf                                                                       map[string]string // nationality code to party
	tierOf                                                                         map[string]string // field to tier
}
