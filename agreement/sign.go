package agreement

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"
)

// signatureDomain separates these signatures from any other use of a party's key.
const signatureDomain = "convenio-agreement-signature-v1\x00"

// Errors of signatures. Whoever gets one treats the agreement as not signed.
var (
	ErrNotSigned  = errors.New("the agreement is not signed by every party")
	ErrBadSig     = errors.New("a signature does not hold")
	ErrUnknownKey = errors.New("a signature is by another key than the party's")
)

// Signature is one party's signature of a bundle; one JSON file for each party.
type Signature struct {
	Agreement Digest    `json:"agreement"` // SHA-256 of the signed bundle
	Party     string    `json:"party"`
	Key       string    `json:"key"`       // the party's public key, standard base64 of 32 bytes
	Signed    time.Time `json:"signed"`    // UTC, whole seconds
	Sig       string    `json:"signature"` // Ed25519, standard base64 of 64 bytes
}

// message is what is signed: domain, digest, time, party.
func (s *Signature) message() []byte {
	m := append([]byte(signatureDomain), s.Agreement[:]...)
	return append(append(m, s.Signed.UTC().Format(time.RFC3339)...), "\x00"+s.Party...)
}

// Sign signs a bundle for a party of it, at the given time (kept in UTC, to the
// second). The bundle is parsed first: nobody signs a text that could not run.
func Sign(bundle []byte, party string, key ed25519.PrivateKey, signed time.Time) (Signature, error) {
	a, err := ParseBundle(bundle)
	if err != nil {
		return Signature{}, fmt.Errorf("sign agreement: %w", err)
	}
	if _, ok := a.Party(party); !ok {
		return Signature{}, fmt.Errorf("sign agreement: %q is not a party of %s", party, a.ID)
	}
	if len(key) != ed25519.PrivateKeySize {
		return Signature{}, errors.New("sign agreement: the key is not an Ed25519 private key")
	}
	s := Signature{Agreement: a.digest, Party: party, Key: publicKeyText(key), Signed: signed.UTC().Truncate(time.Second)}
	s.Sig = base64.StdEncoding.EncodeToString(ed25519.Sign(key, s.message()))
	return s, nil
}

func publicKeyText(key ed25519.PrivateKey) string {
	return base64.StdEncoding.EncodeToString(key.Public().(ed25519.PublicKey))
}

// Marshal gives the signature file: indented JSON with a final line feed.
func (s Signature) Marshal() []byte {
	b, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		panic("agreement: marshal signature: " + err.Error())
	}
	return append(b, '\n')
}

// ParseSignature reads a signature file. It does not verify it.
func ParseSignature(data []byte) (Signature, error) {
	var s Signature
	if err := strictJSON(data, &s); err != nil {
		return Signature{}, fmt.Errorf("read signature: %w", err)
	}
	return s, nil
}

// strictJSON reads exactly one JSON object without unknown fields.
func strictJSON(data []byte, out any) error {
	if len(data) > MaxSignature {
		return fmt.Errorf("over %d bytes", MaxSignature)
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(out); err != nil {
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return errors.New("more follows after the JSON object")
	}
	return nil
}

// VerifySignatures checks that every party of the bundle has signed exactly
// these bytes with the key expected of it. Signatures of others, or twice by one
// party, are refused rather than passed over. It returns the agreement.
func VerifySignatures(bundle []byte, sigs []Signature, keys map[string]ed25519.PublicKey) (*Agreement, error) {
	a, err := ParseBundle(bundle)
	if err != nil {
		return nil, fmt.Errorf("verify agreement: %w", err)
	}
	missing := map[string]bool{}
	holder := map[string]string{}
	for _, p := range a.Parties {
		missing[p.ID] = true
		key := string(keys[p.ID])
		if other, shared := holder[key]; shared && key != "" {
			return nil, fmt.Errorf("verify agreement: %w: %s and %s have the same key", ErrUnknownKey, other, p.ID)
		}
		holder[key] = p.ID
	}
	for i := range sigs {
		s := &sigs[i]
		if !missing[s.Party] {
			return nil, fmt.Errorf("verify agreement: %w: %q is not a party or has signed twice", ErrBadSig, s.Party)
		}
		if err := s.verify(a.digest, keys[s.Party]); err != nil {
			return nil, fmt.Errorf("verify agreement: signature of %s: %w", s.Party, err)
		}
		delete(missing, s.Party)
	}
	if len(missing) > 0 {
		return nil, fmt.Errorf("verify agreement: %w: missing %s", ErrNotSigned, strings.Join(slices.Sorted(maps.Keys(missing)), ", "))
	}
	return a, nil
}

func (s *Signature) verify(d Digest, key ed25519.PublicKey) error {
	if len(key) != ed25519.PublicKeySize {
		return fmt.Errorf("%w: no key is known for the party", ErrUnknownKey)
	}
	if s.Key != base64.StdEncoding.EncodeToString(key) {
		return fmt.Errorf("%w; compare the key with the one the party gave you", ErrUnknownKey)
	}
	if s.Signed.Nanosecond() != 0 {
		return fmt.Errorf("%w: its time is not in whole seconds", ErrBadSig)
	}
	if s.Agreement != d {
		return fmt.Errorf("%w: it signs the text %s, this text is %s", ErrBadSig, s.Agreement, d)
	}
	return checkSig(key, s.message(), s.Sig)
}

// checkSig verifies a base64 Ed25519 signature.
func checkSig(key ed25519.PublicKey, message []byte, sig string) error {
	raw, err := base64.StdEncoding.Strict().DecodeString(sig)
	if err != nil || len(raw) != ed25519.SignatureSize || !ed25519.Verify(key, message, raw) {
		return fmt.Errorf("%w: the text, the party or the time was changed after signing", ErrBadSig)
	}
	return nil
}
