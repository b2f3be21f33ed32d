package agreement

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// noticeDomain separates notices from any other use of a party's key.
const noticeDomain = "convenio-agreement-notice-v1\x00"

// Kinds of notice.
const (
	Suspend   = "suspend"
	Resume    = "resume"
	Terminate = "terminate"
)

// Notice is a party's statement about an agreement in force.
type Notice struct {
	Agreement Digest    `json:"agreement"`
	Party     string    `json:"party"`
	Kind      string    `json:"kind"`     // suspend, resume or terminate
	From      time.Time `json:"from"`     // takes effect; UTC, whole seconds
	Reason    string    `json:"reason"`   // for people, at most 2,000 bytes
	Sequence  int       `json:"sequence"` // of this party under this agreement: 1, 2, 3, ...
	// Part is what a suspension or resumption is of; nil for the whole. It is in the
	// one form that SignNotice gives it, so that the same words are the same bytes.
	Part *Part `json:"part,omitempty"`
}

// Same reports whether two notices say the same.
func (n Notice) Same(m Notice) bool {
	p, q := n.Part, m.Part
	n.Part, m.Part = nil, nil
	return n == m && (p == nil) == (q == nil) && (p == nil || p.equal(q))
}

// SignedNotice is a notice with its party's signature.
type SignedNotice struct {
	Notice
	Key string `json:"key"`       // public key, standard base64
	Sig string `json:"signature"` // Ed25519, standard base64
}

// message is what is signed: domain and the notice as compact JSON.
func (n *Notice) message() ([]byte, error) {
	b, err := json.Marshal(n)
	if err != nil {
		return nil, err
	}
	return append([]byte(noticeDomain), b...), nil
}

// check refuses a notice that means nothing.
func (n *Notice) check() error {
	switch {
	case n.Kind != Suspend && n.Kind != Resume && n.Kind != Terminate:
		return fmt.Errorf("notice: kind %.20q is none of suspend, resume, terminate", n.Kind)
	case !idForm.MatchString(n.Party) || len(n.Party) > 64:
		return fmt.Errorf("notice: %.70q is not a party", n.Party)
	case n.Sequence < 1 || n.Sequence > 1_000_000:
		return fmt.Errorf("notice: sequence %d is not from 1 to 1,000,000", n.Sequence)
	case n.From.IsZero() || n.From.Year() > 9999 || n.From.Year() < 1 || !n.From.Equal(n.From.Truncate(time.Second)):
		return errors.New("notice: from is not a time in whole seconds")
	case n.Agreement == Digest{}:
		return errors.New("notice: names no agreement")
	case n.Part != nil && n.Kind == Terminate:
		return errors.New("notice: a termination is of the whole agreement and names no part")
	case len(n.Reason) > 2000 || !utf8.ValidString(n.Reason) || strings.ContainsFunc(n.Reason, unicode.IsControl):
		return errors.New("notice: the reason is not one line of text of at most 2,000 bytes")
	}
	if n.Part != nil {
		if err := n.Part.check(); err != nil {
			return fmt.Errorf("notice: %w", err)
		}
	}
	return nil
}

// SignNotice signs a notice with its party's key; From is kept in UTC, the lists of
// Part are sorted. Whether the agreement lists their words is [Agreement.CheckPart]'s
// to say, and [Fold]'s.
func SignNotice(n Notice, key ed25519.PrivateKey) (SignedNotice, error) {
	n.From = n.From.UTC().Round(0)
	if n.Part != nil {
		n.Part = n.Part.canonical()
	}
	if err := n.check(); err != nil {
		return SignedNotice{}, fmt.Errorf("sign %w", err)
	}
	if len(key) != ed25519.PrivateKeySize {
		return SignedNotice{}, errors.New("sign notice: the key is not an Ed25519 private key")
	}
	m, err := n.message()
	if err != nil {
		return SignedNotice{}, fmt.Errorf("sign notice: %w", err)
	}
	return SignedNotice{Notice: n, Key: publicKeyText(key), Sig: base64.StdEncoding.EncodeToString(ed25519.Sign(key, m))}, nil
}

// Verify checks the notice and that it is signed with the key expected of its party.
func (s SignedNotice) Verify(keys map[string]ed25519.PublicKey) error {
	if err := s.check(); err != nil {
		return fmt.Errorf("verify %w", err)
	}
	key, ok := keys[s.Party]
	if !ok || len(key) != ed25519.PublicKeySize || s.Key != base64.StdEncoding.EncodeToString(key) {
		return fmt.Errorf("verify notice of %s: %w", s.Party, ErrUnknownKey)
	}
	n := s.Notice
	n.From = n.From.UTC().Round(0)
	m, err := n.message()
	if err != nil {
		return fmt.Errorf("verify notice: %w", err)
	}
	if err := checkSig(key, m, s.Sig); err != nil {
		return fmt.Errorf("verify notice of %s: %w", s.Party, err)
	}
	return nil
}

// Marshal gives the notice file: indented JSON with a final line feed.
func (s SignedNotice) Marshal() []byte {
	b, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		panic("agreement: marshal notice: " + err.Error())
	}
	return append(b, '\n')
}

// ParseNotice reads a notice file. It does not verify it.
func ParseNotice(data []byte) (SignedNotice, error) {
	var s SignedNotice
	if err := strictJSON(data, &s); err != nil {
		return SignedNotice{}, fmt.Errorf("read notice: %w", err)
	}
	return s, nil
}
