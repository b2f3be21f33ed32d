package agreement

import "time"

// Outcome is permit or deny.
type Outcome string

// The two outcomes.
const (
	Permit Outcome = "permit"
	Deny   Outcome = "deny"
)

// Decision is the agreement's answer to a request.
type Decision struct {
	Outcome Outcome `json:"outcome"`
	// Articles that decided, in the agreement's order, never empty: those that
	// permit; or those that forbid; or the default-deny article.
	Articles []string `json:"articles"`
	// Rules that decided, as article/rule; empty for a default deny.
	Rules       []string    `json:"rules"`
	Reasons     []Reason    `json:"reasons"`          // one for each deciding rule, or the default-deny reason
	Errors      []string    `json:"errors,omitempty"` // rules that failed to evaluate; any error denies
	Obligations Obligations `json:"obligations"`      // what the permit is bound to; empty on deny
}

// Permitted reports whether the outcome is Permit.
func (d Decision) Permitted() bool { return d.Outcome == Permit }

// Reason says, in each language, why a rule decided as it did.
type Reason struct {
	Rule    string `json:"rule,omitempty"` // article/rule, "" for the default deny
	Article string `json:"article"`
	Text    Text   `json:"text"`
}

// Obligations are the duties that come with a permit. Durations are in
// nanoseconds in JSON. A zero value says that the agreement sets none.
type Obligations struct {
	EraseProbeWithin time.Duration `json:"erase_probe_within,omitempty"` // search: after the answer
	AnswerWithin     time.Duration `json:"answer_within,omitempty"`      // after the request was received
	Examiners        int           `json:"examiners,omitempty"`          // who must confirm before a hit is told (search), or had to (disclose)
	Approver         bool          `json:"approver,omitempty"`           // disclose: a second person had to approve
	Quotas           []string      `json:"quotas,omitempty"`             // quotas in which this use is counted
	Keep             Period        `json:"keep,omitzero"`                // disclose: how long the receiver may keep the datum
	// Articles names the article of each obligation, by its name in the
	// agreement (erase-probe-within, answer-within, examiners, approver, keep) or
	// by quota id.
	Articles map[string]string `json:"articles,omitempty"`
}
