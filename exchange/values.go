package exchange

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"regexp"
	"time"
)

// Version is the protocol version that this package speaks.
const Version = 1

// PartyID names a state or its node: an upper-case code of 2 to 16 characters, such as "CO".
type PartyID string

var partyPattern = regexp.MustCompile(`^[A-Z][A-Z0-9-]{1,15}$`)

// Valid says whether the id has the form that the protocol allows.
func (p PartyID) Valid() bool { return partyPattern.MatchString(string(p)) }

// ID is a random 128-bit identifier of a message, an exchange or a reference, as 32 lower-case hexadecimal digits.
type ID string

var idPattern = regexp.MustCompile(`^[0-9a-f]{32}$`)

// Valid says whether the id has the form that the protocol allows.
func (id ID) Valid() bool { return idPattern.MatchString(string(id)) }

// NewID draws an identifier from the random source (crypto/rand.Reader in production).
func NewID(random io.Reader) (ID, error) {
	var b [16]byte
	if _, err := io.ReadFull(random, b[:]); err != nil {
		return "", fmt.Errorf("draw identifier: %w", err)
	}
	return ID(hex.EncodeToString(b[:])), nil
}

// Digest is a SHA-256 value; in JSON, 64 lower-case hexadecimal digits.
type Digest [32]byte

// DigestOf returns the SHA-256 of b.
func DigestOf(b []byte) Digest { return sha256.Sum256(b) }

// String returns the digest in hexadecimal.
func (d Digest) String() string { return hex.EncodeToString(d[:]) }

// IsZero says whether the digest was never set.
func (d Digest) IsZero() bool { return d == Digest{} }

// MarshalText implements encoding.TextMarshaler.
func (d Digest) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler; it takes exactly 64 lower-case hexadecimal digits.
func (d *Digest) UnmarshalText(b []byte) error {
	v, err := ParseDigest(string(b))
	if err == nil {
		*d = v
	}
	return err
}

// ParseDigest reads 64 lower-case hexadecimal digits.
func ParseDigest(s string) (Digest, error) {
	var d Digest
	if len(s) != 2*len(d) {
		return d, fmt.Errorf("digest has %d characters, want %d", len(s), 2*len(d))
	}
	if _, err := hex.Decode(d[:], []byte(s)); err != nil {
		return Digest{}, fmt.Errorf("digest: %w", err)
	}
	if d.String() != s {
		return Digest{}, fmt.Errorf("digest is not in lower case")
	}
	return d, nil
}

// Time is an instant in UTC to the millisecond; in JSON always "2006-01-02T15:04:05.000Z", so that its length tells
// nothing.
type Time struct{ time.Time }

const timeLayout = "2006-01-02T15:04:05.000Z"

// At returns t as the protocol writes it: UTC, cut to the millisecond.
func At(t time.Time) Time { return Time{t.UTC().Truncate(time.Millisecond)} }

// String returns the instant as the protocol writes it.
func (t Time) String() string { return t.UTC().Format(timeLayout) }

// MarshalJSON implements json.Marshaler. It fails outside the years 1 to 9999.
func (t Time) MarshalJSON() ([]byte, error) {
	s := t.String()
	if len(s) != len(timeLayout) {
		return nil, fmt.Errorf("time %s is out of range", s)
	}
	return []byte(`"` + s + `"`), nil
}

// UnmarshalJSON implements json.Unmarshaler; it takes the one form that MarshalJSON writes.
func (t *Time) UnmarshalJSON(b []byte) error {
	v, err := time.Parse(`"`+timeLayout+`"`, string(b))
	if err != nil {
		return fmt.Errorf("time is not of the form %s", timeLayout)
	}
	*t = At(v)
	return nil
}

// Transaction is the kind of one message.
type Transaction string

// The transactions of version 1.
const (
	TxSearch     Transaction = "search"     // is this person known? asks for hit or no hit
	TxAnswer     Transaction = "answer"     // hit, no hit or refused
	TxDisclose   Transaction = "disclose"   // asks for fields behind a hit
	TxDisclosure Transaction = "disclosure" // the fields released, and the refused ones
	TxSuspend    Transaction = "suspend"    // a signed notice suspends the agreement
	TxResume     Transaction = "resume"     // a signed notice ends a suspension
)

// Transactions lists every kind.
func Transactions() []Transaction {
	return []Transaction{TxSearch, TxAnswer, TxDisclose, TxDisclosure, TxSuspend, TxResume}
}

// Valid says whether the kind is one of Transactions.
func (t Transaction) Valid() bool {
	switch t {
	case TxSearch, TxAnswer, TxDisclose, TxDisclosure, TxSuspend, TxResume:
		return true
	}
	return false
}

// ofAgreement says whether the kind concerns the agreement itself and so belongs to no exchange.
func (t Transaction) ofAgreement() bool { return t == TxSuspend || t == TxResume }

// isReply says whether the kind answers an earlier message and must name it.
func (t Transaction) isReply() bool { return t == TxAnswer || t == TxDisclose || t == TxDisclosure }

// setDefault gives a setting that was left at its zero value its default.
func setDefault[T comparable](v *T, d T) {
	var zero T
	if *v == zero {
		*v = d
	}
}
