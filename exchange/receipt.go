package exchange

import (
	"errors"
	"fmt"
	"time"
)

// Outcome says what the receiver's door did with a message.
type Outcome string

// The outcomes of a receipt.
const (
	Accepted Outcome = "accepted"
	Refused  Outcome = "refused"
)

// Receipt is the receiver's signed word on one message. It is made once: the same message sent again gets the same
// bytes. It speaks of the door only; the answer to a search comes in a message of its own.
type Receipt struct {
	Version   int      `json:"version"`
	Message   Digest   `json:"message"` // of the envelope
	From      PartyID  `json:"from"`    // the receiver of the message, who signs
	To        PartyID  `json:"to"`      // the sender of the message
	Outcome   Outcome  `json:"outcome"`
	Refusal   *Refusal `json:"refusal,omitzero"` // if and only if refused
	Logged    Logged   `json:"logged"`           // the receiver's receive or refuse entry
	At        Time     `json:"at"`
	Signature []byte   `json:"signature"` // Ed25519 by the receiver's node key, over the receipt with an empty signature
}

const maxReceiptBytes = 160 << 10

// NewReceipt makes and signs the receipt of a message. A nil refusal means accepted.
func NewReceipt(keys *KeyRing, to PartyID, message Digest, refusal *Refusal, logged Logged, at time.Time) (Receipt, error) {
	logged.Proof.normalize()
	r := Receipt{Version: Version, Message: message, From: keys.ID, To: to, Outcome: Accepted, Refusal: refusal,
		Logged: logged, At: At(at)}
	if refusal != nil {
		r.Outcome = Refused
	}
	if err := r.check(); err != nil {
		return Receipt{}, fmt.Errorf("make receipt: %w", err)
	}
	var err error
	if r.Signature, err = signDocument(keys.Node, domainReceipt, r.unsigned()); err != nil {
		return Receipt{}, fmt.Errorf("make receipt: %w", err)
	}
	return r, nil
}

// ParseReceipt reads a receipt and checks its form; Verify checks what it says.
func ParseReceipt(b []byte) (Receipt, error) {
	var r Receipt
	if err := decodeStrict("receipt", b, maxReceiptBytes, &r); err != nil {
		return Receipt{}, err
	}
	if err := r.check(); err != nil {
		return Receipt{}, fmt.Errorf("receipt: %w", err)
	}
	return r, nil
}

// Bytes returns the receipt's only encoding.
func (r Receipt) Bytes() ([]byte, error) { return encode(r) }

// Verify checks that the party of the card signed this receipt for this message of party to. The ledger proof in it is
// the caller's to verify.
func (r Receipt) Verify(from Card, to PartyID, message Digest) error {
	switch {
	case r.From != from.Party:
		return fmt.Errorf("receipt is from %s, not from %s", r.From, from.Party)
	case r.To != to:
		return fmt.Errorf("receipt is for %s, not for %s", r.To, to)
	case r.Message != message:
		return errors.New("receipt is for another message")
	case !verifyDocument(from.Keys.Node, r.Signature, domainReceipt, r.unsigned()):
		return fmt.Errorf("receipt was not signed by the node key of %s", from.Party)
	}
	return nil
}

func (r Receipt) unsigned() Receipt {
	r.Signature = []byte{}
	return r
}

func (r Receipt) check() error {
	switch {
	case r.Version != Version:
		return fmt.Errorf("version %d, want %d", r.Version, Version)
	case !r.From.Valid() || !r.To.Valid() || r.From == r.To:
		return errors.New("from and to are not two party codes")
	case r.Message.IsZero():
		return errors.New("message digest is missing")
	case r.Outcome != Accepted && r.Outcome != Refused:
		return errors.New("outcome is neither accepted nor refused")
	case (r.Outcome == Refused) != (r.Refusal != nil):
		return errors.New("a receipt holds a refusal if and only if it refuses")
	}
	if r.Refusal != nil {
		if err := r.Refusal.check(); err != nil {
			return err
		}
		if !r.Refusal.Code.Final() {
			return fmt.Errorf("a refusal with %s is not final and is not signed", r.Refusal.Code)
		}
	}
	return r.Logged.Check()
}
