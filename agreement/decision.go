package agreement

import "time"

// Outcome is what an agreement answers.
type Outcome string

// The outcomes, the strongest first: a deny beats all, and a permit stands only
// where nothing else does.
const (
	Deny           Outcome = "deny"
	SilentSuppress Outcome = "silent-suppress" // refused, and the asking side is told exactly what it is told when there is no record
	Refer          Outcome = "refer"           // a person decides: the text leaves room, or what it turns on is not known
	Permit         Outcome = "permit"
)

// strength orders outcomes, the strongest highest.
var strength = map[Outcome]int{Permit: 0, Refer: 1, SilentSuppress: 2, Deny: 3}

// Decision is the agreement's answer to a request.
type Decision struct {
	Outcome Outcome `json:"outcome"`
	// Articles that decided, in the agreement's order, never empty: those that
	// permit; or those that forbid; or the default-deny article.
	Articles []string `json:"articles"`
	// Cites names the provisions behind the articles as lawyers do, "315.23(2)",
	// where the rules that decided give them.
	Cites []string `json:"cites,omitempty"`
	// Rules that decided, as article/rule; empty for a default deny.
	Rules       []string    `json:"rules"`
	Reasons     []Reason    `json:"reasons"`          // one for each deciding rule, or the default-deny reason
	Errors      []string    `json:"errors,omitempty"` // rules that failed to evaluate; any error denies
	Obligations Obligations `json:"obligations"`      // what the permit is bound to; empty on deny
}

// Permitted reports whether the outcome is Permit; nothing else lets an act go ahead.
func (d Decision) Permitted() bool { return d.Outcome == Permit }

// Reason says, in each language, why a rule decided as it did.
type Reason struct {
	Rule    string `json:"rule,omitempty"` // article/rule, "" for the default deny
	Article string `json:"article"`
	Cites   string `json:"cites,omitempty"` // the provision within the article, "315.23(2)"
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
	Duties           []DutyDue     `json:"duties,omitempty"`             // other duties that follow from the act, in the agreement's order
	// Articles names the article of each obligation, by its name in the
	// agreement (erase-probe-within, answer-within, examiners, approver, keep) or
	// by quota id.
	Articles map[string]string `json:"articles,omitempty"`
}

// DutyDue is a duty of a decision.
type DutyDue struct {
	ID      string `json:"id"`
	Article string `json:"article"`
	Cites   string `json:"cites,omitempty"`
	Text    Text   `json:"text"`
	When    string `json:"when,omitempty"` // immediately, as soon as feasible, or a time: "60 s"
}
