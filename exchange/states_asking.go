package exchange

// States of the asking side.
const (
	AskRefused             State = "refused"              // our own node refused: nothing left it
	AskSent                State = "sent"                 // in the outbox or on its way, no receipt yet
	AskAcknowledged        State = "acknowledged"         // the partner's receipt accepted the search
	AskRejected            State = "rejected"             // the partner's receipt refused the search at the door
	AskUndelivered         State = "undelivered"          // no receipt before the message expired
	AskNoHit               State = "no-hit"               // answered
	AskHit                 State = "hit"                  // answered, with a reference
	AskAnswerRefused       State = "answer-refused"       // answered: the agreement did not allow the search
	AskDisclosureRequested State = "disclosure-requested" // a disclose is out
	AskDisclosed           State = "disclosed"            // fields came
	AskDisclosureRefused   State = "disclosure-refused"   // none did
	AskExpired             State = "expired"              // the exchange's time is over
)

// Events of the asking side.
const (
	EvDeny               Event = "deny"                // our own node's decision, search
	EvSend               Event = "send"                // logged and put in the outbox
	EvReceiptAccepted    Event = "receipt-accepted"    // for the message that is out
	EvReceiptRefused     Event = "receipt-refused"     // for the message that is out
	EvUndelivered        Event = "undelivered"         // the outbox gave the message up
	EvAnswerNoHit        Event = "answer-no-hit"       // an answer came
	EvAnswerHit          Event = "answer-hit"          //
	EvAnswerRefused      Event = "answer-refused"      //
	EvAskDisclosure      Event = "ask-disclosure"      // decided, logged and put in the outbox
	EvDisclosureReleased Event = "disclosure-released" // a disclosure came
	EvDisclosureRefused  Event = "disclosure-refused"  //
	EvExpire             Event = "expire"              // the exchange's deadline passed
)

// Asking is the machine of the side that asked. An answer may overtake the receipt of its search, and a receipt may come
// late, or never: neither changes what an answer has settled.
func Asking() Machine {
	return Machine{Name: "asking", Steps: []Step{
		{StateNew, EvDeny, AskRefused},
		{StateNew, EvSend, AskSent},

		{AskSent, EvReceiptAccepted, AskAcknowledged},
		{AskSent, EvReceiptRefused, AskRejected},
		{AskSent, EvUndelivered, AskUndelivered},
		{AskSent, EvExpire, AskUndelivered},
		{AskSent, EvAnswerNoHit, AskNoHit},
		{AskSent, EvAnswerHit, AskHit},
		{AskSent, EvAnswerRefused, AskAnswerRefused},

		{AskAcknowledged, EvAnswerNoHit, AskNoHit},
		{AskAcknowledged, EvAnswerHit, AskHit},
		{AskAcknowledged, EvAnswerRefused, AskAnswerRefused},
		{AskAcknowledged, EvExpire, AskExpired},

		// The receipts were lost, yet the search arrived.
		{AskUndelivered, EvReceiptAccepted, AskAcknowledged},
		{AskUndelivered, EvReceiptRefused, AskRejected},
		{AskUndelivered, EvAnswerNoHit, AskNoHit},
		{AskUndelivered, EvAnswerHit, AskHit},
		{AskUndelivered, EvAnswerRefused, AskAnswerRefused},
		{AskUndelivered, EvExpire, AskExpired},

		{AskNoHit, EvReceiptAccepted, AskNoHit},
		{AskNoHit, EvUndelivered, AskNoHit},
		{AskAnswerRefused, EvReceiptAccepted, AskAnswerRefused},
		{AskAnswerRefused, EvUndelivered, AskAnswerRefused},

		{AskHit, EvReceiptAccepted, AskHit},
		{AskHit, EvUndelivered, AskHit},
		{AskHit, EvAskDisclosure, AskDisclosureRequested},
		{AskHit, EvExpire, AskExpired},

		{AskDisclosureRequested, EvReceiptAccepted, AskDisclosureRequested},
		{AskDisclosureRequested, EvReceiptRefused, AskDisclosureRefused},
		{AskDisclosureRequested, EvUndelivered, AskHit},
		{AskDisclosureRequested, EvDisclosureReleased, AskDisclosed},
		{AskDisclosureRequested, EvDisclosureRefused, AskDisclosureRefused},
		{AskDisclosureRequested, EvExpire, AskExpired},

		{AskDisclosed, EvReceiptAccepted, AskDisclosed},
		{AskDisclosed, EvUndelivered, AskDisclosed},
		{AskDisclosed, EvAskDisclosure, AskDisclosureRequested},
		{AskDisclosed, EvExpire, AskExpired},

		{AskDisclosureRefused, EvReceiptAccepted, AskDisclosureRefused},
		{AskDisclosureRefused, EvUndelivered, AskDisclosureRefused},
		{AskDisclosureRefused, EvAskDisclosure, AskDisclosureRequested},
		{AskDisclosureRefused, EvExpire, AskExpired},
	}}
}
