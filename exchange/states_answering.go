package exchange

// States of the answering side.
const (
	AnsRefusedAtDoor     State = "refused-at-door"    // a receipt refused the search; nothing was looked at
	AnsReceived          State = "received"           // a receipt accepted the search
	AnsSearching         State = "searching"          // the gallery is being searched; a restart begins again here
	AnsAwaitingExaminer  State = "awaiting-examiner"  // a candidate waits for a person
	AnsAnsweredNoHit     State = "answered-no-hit"    // the answer is logged and in the outbox
	AnsAnsweredHit       State = "answered-hit"       //
	AnsAnsweredRefused   State = "answered-refused"   //
	AnsAwaitingApprover  State = "awaiting-approver"  // a disclosure waits for a second person
	AnsReleased          State = "released"           // fields are logged and in the outbox
	AnsDisclosureRefused State = "disclosure-refused" // the refusal is logged and in the outbox
	AnsClosed            State = "closed"             // the exchange's time is over; nothing of it can be asked any more
)

// Events of the answering side.
const (
	EvRefuse       Event = "refuse"          // the door refused, with a signed receipt
	EvReceive      Event = "receive"         // the door accepted
	EvRefuseAnswer Event = "refuse-answer"   // the agreement does not allow the search
	EvSearch       Event = "search"          // logged, about to be searched
	EvNoCandidate  Event = "no-candidate"    // nothing above the threshold
	EvCandidate    Event = "candidate"       // something is, and the agreement wants an examiner
	EvHit          Event = "hit"             // something is, and the agreement wants no examiner before the answer
	EvConfirm      Event = "confirm"         // examiner: the same finger
	EvReject       Event = "reject"          // examiner: not, or not certain
	EvDisclose     Event = "disclose"        // a disclose came, and an approver is needed
	EvRelease      Event = "release"         // a disclose came, and the agreement needs no approver; or the approver said yes
	EvDenyDisclose Event = "deny-disclosure" // a disclose came, and the agreement denies; or the approver said no
	EvClose        Event = "close"           // the exchange's deadline passed
)

// Answering is the machine of the side that was asked.
func Answering() Machine {
	steps := []Step{
		{StateNew, EvRefuse, AnsRefusedAtDoor},
		{StateNew, EvReceive, AnsReceived},

		{AnsReceived, EvRefuseAnswer, AnsAnsweredRefused},
		{AnsReceived, EvSearch, AnsSearching},
		{AnsReceived, EvClose, AnsClosed},

		{AnsSearching, EvSearch, AnsSearching},
		{AnsSearching, EvRefuseAnswer, AnsAnsweredRefused}, // the agreement was suspended meanwhile
		{AnsSearching, EvNoCandidate, AnsAnsweredNoHit},
		{AnsSearching, EvCandidate, AnsAwaitingExaminer},
		{AnsSearching, EvHit, AnsAnsweredHit},
		{AnsSearching, EvClose, AnsClosed},

		{AnsAwaitingExaminer, EvConfirm, AnsAnsweredHit},
		{AnsAwaitingExaminer, EvReject, AnsAnsweredNoHit},
		{AnsAwaitingExaminer, EvRefuseAnswer, AnsAnsweredRefused},
		{AnsAwaitingExaminer, EvClose, AnsClosed},

		{AnsAnsweredNoHit, EvClose, AnsClosed},
		{AnsAnsweredRefused, EvClose, AnsClosed},

		{AnsAwaitingApprover, EvRelease, AnsReleased},
		{AnsAwaitingApprover, EvDenyDisclose, AnsDisclosureRefused},
		{AnsAwaitingApprover, EvClose, AnsClosed},
	}
	// Each tier is asked for on its own, so a disclosure that was answered may be followed by another.
	for _, s := range []State{AnsAnsweredHit, AnsReleased, AnsDisclosureRefused} {
		steps = append(steps,
			Step{s, EvDisclose, AnsAwaitingApprover},
			Step{s, EvRelease, AnsReleased},
			Step{s, EvDenyDisclose, AnsDisclosureRefused},
			Step{s, EvClose, AnsClosed})
	}
	return Machine{Name: "answering", Steps: steps}
}
