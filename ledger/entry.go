package ledger

import (
	"errors"
	"fmt"
	"time"
)

// Kind says what an entry records.
type Kind string

// The closed list of kinds.
const (
	KindGenesis   Kind = "genesis"   // the first entry of a ledger, and only that
	KindAgreement Kind = "agreement" // an agreement came into force, was suspended, was resumed
	KindEnrol     Kind = "enrol"     // a record was added
	KindChange    Kind = "change"    // a record was changed
	KindErase     Kind = "erase"     // a record or a probe was erased: its key is destroyed
	KindDecide    Kind = "decide"    // a decision under the agreement; permit and deny look alike
	KindSend      Kind = "send"      // a message is about to leave
	KindDelivered Kind = "delivered" // the partner's signed receipt accepts the message
	KindRejected  Kind = "rejected"  // the partner's signed receipt refuses the message
	KindReceive   Kind = "receive"   // a message was accepted
	KindRefuse    Kind = "refuse"    // a message was refused at the door
	KindSearch    Kind = "search"    // the gallery is about to be searched
	KindResult    Kind = "result"    // the search ended
	KindVerdict   Kind = "verdict"   // an examiner confirmed or rejected a candidate
	KindApprove   Kind = "approve"   // a second person approved or refused a disclosure
)

// Limits of an entry.
const (
	MaxNameBytes  = 128       // of ID and of Exchange
	MaxEntryBytes = 1024      // of an encoded entry
	MaxPeerSize   = 1<<53 - 1 // of a partner's ledger, in entries: every JSON reader keeps it exactly
)

// Peer is what the partner's ledger was seen to hold when an entry was written: the entry that this one answers, and the
// signed checkpoint that covered it.
type Peer struct {
	Index uint64 `json:"index"` // of the partner's entry
	Size  uint64 `json:"size"`  // of the partner's checkpoint, in entries; greater than Index
	Root  Digest `json:"root"`  // of the partner's checkpoint
}

// Entry is one line of a ledger. It never holds personal data: ID and Exchange are made by machines, and whatever an
// entry is about is bound by Commitment alone.
type Entry struct {
	ID          string    // unique in the ledger, the key of idempotency; 1 to 128 characters of printable ASCII
	At          time.Time // when the node wrote it, UTC, whole milliseconds
	Kind        Kind
	Exchange    string // the exchange it belongs to, or ""
	Transaction string // of a message entry (send, delivered, rejected, receive, refuse): search, answer, disclose ...
	Message     Digest // SHA-256 of the message's envelope, zero if none
	Peer        *Peer  // needed in delivered, rejected and receive; allowed in refuse; nil elsewhere
	Commitment  Digest // see Opening; zero if there is no private body
}

// ErrInvalid is wrapped by every error about an entry that does not keep the rules.
var ErrInvalid = errors.New("invalid ledger entry")

// AboutMessage reports whether an entry of kind k records what happened to a message.
func (k Kind) AboutMessage() bool {
	switch k {
	case KindSend, KindDelivered, KindRejected, KindReceive, KindRefuse:
		return true
	}
	return false
}

func (k Kind) known() bool {
	switch k {
	case KindGenesis, KindAgreement, KindEnrol, KindChange, KindErase, KindDecide, KindSearch, KindResult, KindVerdict,
		KindApprove:
		return true
	}
	return k.AboutMessage()
}

// Validate reports the first rule that e breaks; the error wraps ErrInvalid.
func (e Entry) Validate() error {
	if err := e.validate(); err != nil {
		return fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	return nil
}

func (e Entry) validate() error {
	if e.ID == "" || !isName(e.ID) {
		return fmt.Errorf("id must have 1 to %d printable ASCII characters without space, quotes, \\, <, >, &", MaxNameBytes)
	}
	if !isName(e.Exchange) {
		return fmt.Errorf("exchange must have at most %d printable ASCII characters without space, quotes, \\, <, >, &", MaxNameBytes)
	}
	if !e.Kind.known() {
		return errors.New("kind is not one of the closed list")
	}
	if y := e.At.UTC().Year(); y < 2000 || y > 9999 {
		return errors.New("time is outside the years 2000 to 9999")
	}
	if e.Kind.AboutMessage() {
		return e.validateMessage()
	}
	if e.Transaction != "" || e.Peer != nil {
		return fmt.Errorf("a %s entry has no transaction and no peer", e.Kind)
	}
	if e.Kind == KindGenesis && (e.Exchange != "" || !e.Message.IsZero()) {
		return errors.New("a genesis entry has no exchange and no message")
	}
	return nil
}

func (e Entry) validateMessage() error {
	if !isToken(e.Transaction) {
		return fmt.Errorf("a %s entry names its transaction in 1 to 32 lower-case letters and hyphens", e.Kind)
	}
	if e.Message.IsZero() {
		return fmt.Errorf("a %s entry names its message", e.Kind)
	}
	switch {
	case e.Peer == nil:
		if e.Kind != KindSend && e.Kind != KindRefuse {
			return fmt.Errorf("a %s entry names the partner's entry and checkpoint", e.Kind)
		}
		return nil
	case e.Kind == KindSend:
		return errors.New("a send entry has no peer")
	case e.Peer.Index >= e.Peer.Size:
		return errors.New("the partner's checkpoint does not cover the partner's entry")
	case e.Peer.Size > MaxPeerSize:
		return errors.New("the partner's checkpoint is larger than any ledger")
	case e.Peer.Root.IsZero():
		return errors.New("the partner's checkpoint has no root")
	}
	return nil
}

// isName accepts what stands in JSON as it is, so that one string has one encoding; "" is accepted.
func isName(s string) bool {
	if len(s) > MaxNameBytes {
		return false
	}
	for i := range len(s) {
		switch c := s[i]; {
		case c <= ' ' || c > '~', c == '"', c == '\'', c == '\\', c == '<', c == '>', c == '&':
			return false
		}
	}
	return true
}

func isToken(s string) bool {
	if s == "" || len(s) > 32 {
		return false
	}
	for i := range len(s) {
		if c := s[i]; (c < 'a' || c > 'z') && c != '-' {
			return false
		}
	}
	return true
}
