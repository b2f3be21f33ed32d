package exchange

import (
	"errors"
	"fmt"
	"time"
)

// Header is the part of a message that stands in clear in its envelope, bound to the sealed part by both signatures and
// by the encryption. For given parties every answer's header has the same length.
type Header struct {
	Version     int         `json:"version"`
	ID          ID          `json:"id"`
	Exchange    ID          `json:"exchange,omitzero"` // empty for suspend and resume only
	Transaction Transaction `json:"transaction"`
	From        PartyID     `json:"from"`
	To          PartyID     `json:"to"`
	Agreement   Digest      `json:"agreement"` // of the signed text that the sender acts under
	Created     Time        `json:"created"`
	Expires     Time        `json:"expires"`              // from this instant on the receiver refuses the message
	InReplyTo   ID          `json:"in_reply_to,omitzero"` // the message that an answer, disclose or disclosure follows
}

// maxHeaderBytes bounds the encoded header; one is about 400 bytes.
const maxHeaderBytes = 1 << 10

// Life is how long the message may be delivered.
func (h Header) Life() time.Duration { return h.Expires.Sub(h.Created.Time) }

// Check says what is wrong with the header's form, whatever the clock says.
func (h Header) Check() error {
	switch {
	case h.Version != Version:
		return fmt.Errorf("version %d, want %d", h.Version, Version)
	case !h.ID.Valid():
		return errors.New("id is not 32 lower-case hexadecimal digits")
	case !h.Transaction.Valid():
		return errors.New("transaction is not one of version 1")
	case h.Transaction.ofAgreement() && h.Exchange != "":
		return fmt.Errorf("%s belongs to no exchange, but exchange is set", h.Transaction)
	case !h.Transaction.ofAgreement() && !h.Exchange.Valid():
		return errors.New("exchange is not 32 lower-case hexadecimal digits")
	case !h.From.Valid() || !h.To.Valid():
		return errors.New("from and to are not both party codes")
	case h.From == h.To:
		return errors.New("from and to are the same party")
	case h.Agreement.IsZero():
		return errors.New("agreement is missing")
	case !h.Expires.After(h.Created.Time):
		return errors.New("expires is not after created")
	case h.Transaction.isReply() && !h.InReplyTo.Valid():
		return fmt.Errorf("%s must say what it replies to", h.Transaction)
	case !h.Transaction.isReply() && h.InReplyTo != "":
		return fmt.Errorf("%s replies to nothing, but in_reply_to is set", h.Transaction)
	}
	return nil
}
