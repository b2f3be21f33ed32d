package exchange

import (
	"crypto/hpke"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Defaults of OpenOptions.
const (
	DefaultMaxSkew = 5 * time.Minute
	DefaultMaxLife = 31 * 24 * time.Hour
)

// OpenOptions are what the receiver knows and tolerates. Nothing is accepted under an agreement that is not listed.
type OpenOptions struct {
	Agreements []Digest      // digests of the signed texts that this message may be under
	MaxBytes   int           // bound of the envelope; defaults to MaxEnvelope
	MaxSkew    time.Duration // how far in the future a message may have been made; defaults to DefaultMaxSkew
	MaxLife    time.Duration // longest life a header may claim; defaults to DefaultMaxLife

	// Seen returns the digest of the message with this id that was already received from the party, if one was. It must
	// know every message for as long as its header lives, and count only messages that the party's own connection brought:
	// what another party claims must not use up this party's ids. Nil means that the caller makes the replay check itself.
	Seen func(from PartyID, id ID) (Digest, bool)
}

func (o OpenOptions) withDefaults() OpenOptions {
	setDefault(&o.MaxBytes, MaxEnvelope)
	setDefault(&o.MaxSkew, DefaultMaxSkew)
	setDefault(&o.MaxLife, DefaultMaxLife)
	return o
}

// ErrDuplicate says that these very bytes were received before. The caller must do nothing but send the stored receipt
// again.
var ErrDuplicate = errors.New("message was received before: send its receipt again")

// Opened is a message that passed every check of Open.
type Opened struct {
	Header    Header
	HeaderRaw []byte // the header's bytes as signed
	Digest    Digest // of the envelope
	Payload   []byte
	Signature []byte // the sender's, over header and payload: see VerifyPayload
}

// Inspect reads the header and digest of an envelope without verifying anything: for logs, and for finding the agreement
// or the stored receipt that a message concerns. A bound of 0 stands for MaxEnvelope. Errors are *Refusal with
// CodeTooLarge, CodeUnsupported or CodeMalformed.
func Inspect(raw []byte, maxBytes int) (Header, Digest, error) {
	setDefault(&maxBytes, MaxEnvelope)
	h, _, err := inspect(raw, maxBytes)
	if err != nil {
		return Header{}, DigestOf(raw), err
	}
	return h, DigestOf(raw), nil
}

func inspect(raw []byte, maxBytes int) (Header, frame, error) {
	if len(raw) > maxBytes {
		return Header{}, frame{}, refuse(CodeTooLarge, "envelope has %d bytes, at most %d are taken", len(raw), maxBytes)
	}
	f, err := parseFrame(raw)
	if errors.Is(err, errVersion) {
		return Header{}, frame{}, refuse(CodeUnsupported, "this node speaks version %d", Version)
	}
	if err != nil {
		return Header{}, frame{}, refuse(CodeMalformed, "%v", err)
	}
	var h Header
	if err := decodeStrict("header", f.header, maxHeaderBytes, &h); err != nil {
		return Header{}, frame{}, refuse(CodeMalformed, "%v", err)
	}
	if err := h.Check(); err != nil {
		return Header{}, frame{}, refuse(CodeMalformed, "header: %v", err)
	}
	if !sizeAllowed(h.Transaction, len(f.ciphertext)-sealTagBytes) {
		return Header{}, frame{}, refuse(CodeMalformed, "%s is not of its one padded size", h.Transaction)
	}
	return h, f, nil
}

// Open checks an envelope in a fixed order and decrypts it: size, form, parties, signature, duplicate, agreement,
// freshness, replay; then decryption and the inner signature. from is the card of the party whose connection brought
// it. Every failure is a *Refusal, or ErrDuplicate.
//
// What remains is the caller's: the proof that the message is in the sender's ledger, and the agreement's decision,
// before anything in the payload is acted on.
func Open(keys *KeyRing, from Card, raw []byte, now time.Time, o OpenOptions) (Opened, error) {
	o = o.withDefaults()
	h, f, err := inspect(raw, o.MaxBytes)
	if err != nil {
		return Opened{}, err
	}
	if err := checkParties(keys.ID, from, h); err != nil {
		return Opened{}, err
	}
	if !verify(from.Keys.Node, f.signature, domainEnvelope, f.signedPart) {
		return Opened{}, refuse(CodeBadSignature, "the envelope's signature does not fit the node key of %s", from.Party)
	}
	digest := DigestOf(raw)
	seen, known := Digest{}, false
	if o.Seen != nil {
		seen, known = o.Seen(h.From, h.ID)
	}
	if known && seen == digest {
		return Opened{}, ErrDuplicate
	}
	if !slices.Contains(o.Agreements, h.Agreement) {
		return Opened{}, refuse(CodeWrongAgreement, "message is under %s, which is not in force here", h.Agreement)
	}
	if err := checkFresh(h, now, o); err != nil {
		return Opened{}, err
	}
	if known {
		return Opened{}, refuse(CodeReplay, "another message with the id %s was received before", h.ID)
	}
	return decrypt(keys, from, h, f, digest)
}

func checkParties(self PartyID, from Card, h Header) error {
	if h.From != from.Party {
		return refuse(CodeWrongSender, "message says it is from %s, but %s brought it", h.From, from.Party)
	}
	if h.To != self {
		return refuse(CodeWrongRecipient, "message is for %s, this is %s", h.To, self)
	}
	return nil
}

func checkFresh(h Header, now time.Time, o OpenOptions) error {
	if ahead := h.Created.Sub(now); ahead > o.MaxSkew {
		return clockRefusal(ahead)
	}
	if !now.Before(h.Expires.Time) {
		return refuse(CodeExpired, "message expired %s ago, at %s", now.Sub(h.Expires.Time).Truncate(time.Millisecond), h.Expires)
	}
	if h.Life() > o.MaxLife {
		return refuse(CodeMalformed, "message claims a life of %s, at most %s is taken", h.Life(), o.MaxLife)
	}
	return nil
}

func decrypt(keys *KeyRing, from Card, h Header, f frame, digest Digest) (Opened, error) {
	r, err := hpke.NewRecipient(f.enc, keys.Seal, sealKDF(), sealAEAD(), sealInfo(f.header))
	if err != nil {
		return Opened{}, refuse(CodeNotForThisKey, "the encapsulated key cannot be opened with the seal key of %s", keys.ID)
	}
	plaintext, err := r.Open(nil, f.ciphertext)
	if err != nil {
		return Opened{}, refuse(CodeNotForThisKey, "the message cannot be opened with the seal key of %s", keys.ID)
	}
	signature, payload, err := unpad(plaintext)
	if err != nil {
		return Opened{}, refuse(CodeMalformed, "%v", err)
	}
	if !verify(from.Keys.Node, signature, domainPayload, appendPart(nil, f.header), payload) {
		return Opened{}, refuse(CodeBadSignature, "the payload's signature does not fit the node key of %s", from.Party)
	}
	return Opened{Header: h, HeaderRaw: f.header, Digest: digest, Payload: payload, Signature: signature}, nil
}

// VerifyEnvelope lets a third party with the sender's card check that the sender made this envelope. It needs no secret
// and reveals nothing of the payload.
func VerifyEnvelope(from Card, raw []byte) (Header, Digest, error) {
	h, f, err := inspect(raw, max(len(raw), MaxEnvelope))
	if err != nil {
		return Header{}, Digest{}, err
	}
	if h.From != from.Party {
		return Header{}, Digest{}, fmt.Errorf("envelope is from %s, the card of %s was given", h.From, from.Party)
	}
	if !verify(from.Keys.Node, f.signature, domainEnvelope, f.signedPart) {
		return Header{}, Digest{}, fmt.Errorf("envelope was not signed by %s", from.Party)
	}
	return h, DigestOf(raw), nil
}

// VerifyPayload lets a third party, shown header, payload and signature of an Opened message by its recipient, check
// that the sender signed this payload under this header.
func VerifyPayload(from Card, headerRaw, payload, signature []byte) (Header, error) {
	var h Header
	if err := decodeStrict("header", headerRaw, maxHeaderBytes, &h); err != nil {
		return Header{}, err
	}
	if h.From != from.Party {
		return Header{}, fmt.Errorf("payload is from %s, the card of %s was given", h.From, from.Party)
	}
	if !verify(from.Keys.Node, signature, domainPayload, appendPart(nil, headerRaw), payload) {
		return Header{}, fmt.Errorf("payload was not signed by %s", from.Party)
	}
	return h, nil
}
