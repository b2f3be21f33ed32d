package exchange

import (
	"bytes"
	"crypto/ed25519"
	"crypto/hpke"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"math/big"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
)

// KeyRing holds a party's secret keys. The party key signs for the state: it may be kept away from the running node, and
// then Party is nil.
type KeyRing struct {
	ID     PartyID
	Party  ed25519.PrivateKey // signs agreements, cards, suspensions; nil when kept elsewhere
	Node   ed25519.PrivateKey // signs messages and receipts
	Seal   hpke.PrivateKey    // opens what partners seal: HPKE, ML-KEM-768 with X25519
	TLS    tls.Certificate    // self-signed, Ed25519; partners pin its key
	Ledger string             // signer key of the ledger's checkpoints, in the form of golang.org/x/mod/sumdb/note
	Rest   [32]byte           // master key of what the node stores encrypted
}

// String names the key ring without its secrets, so that one printed by mistake tells nothing.
func (k KeyRing) String() string { return "key ring of " + string(k.ID) }

// GoString is String: %#v tells nothing either.
func (k KeyRing) GoString() string { return k.String() }

// MarshalText is String: nor does JSON, nor a structured log.
func (k KeyRing) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// LedgerName is the name in a party's ledger key, which is also its log's origin: "convenio/CO".
func LedgerName(party PartyID) string { return "convenio/" + string(party) }

// GenerateKeys makes every key of a party from the random source. now sets the validity of the TLS certificate, which
// partners do not look at: they pin its key.
func GenerateKeys(random io.Reader, party PartyID, now time.Time) (*KeyRing, error) {
	if !party.Valid() {
		return nil, fmt.Errorf("generate keys: party %q is not 2 to 16 of A-Z 0-9 -, starting with a letter", party)
	}
	k := &KeyRing{ID: party}
	steps := []struct {
		name string
		make func() error
	}{
		{"party key", func() (err error) { _, k.Party, err = ed25519.GenerateKey(random); return }},
		{"node key", func() (err error) { _, k.Node, err = ed25519.GenerateKey(random); return }},
		{"seal key", func() (err error) { k.Seal, err = newSealKey(random); return }},
		{"tls key", func() (err error) { k.TLS, err = newCertificate(random, party, now); return }},
		{"ledger key", func() (err error) { k.Ledger, _, err = note.GenerateKey(random, LedgerName(party)); return }},
		{"at-rest key", func() (err error) { _, err = io.ReadFull(random, k.Rest[:]); return }},
	}
	for _, s := range steps {
		if err := s.make(); err != nil {
			return nil, fmt.Errorf("generate %s: %w", s.name, err)
		}
	}
	return k, nil
}

func newSealKey(random io.Reader) (hpke.PrivateKey, error) {
	var seed [32]byte // an X-Wing private key is its 32-byte seed
	if _, err := io.ReadFull(random, seed[:]); err != nil {
		return nil, err
	}
	return sealKEM().NewPrivateKey(seed[:])
}

// newCertificate makes a self-signed certificate of a new Ed25519 key, valid from a day before now for ten years.
func newCertificate(random io.Reader, party PartyID, now time.Time) (tls.Certificate, error) {
	_, key, err := ed25519.GenerateKey(random)
	if err != nil {
		return tls.Certificate{}, err
	}
	tmpl := &x509.Certificate{
		SerialNumber:          big.NewInt(now.Unix()),
		Subject:               pkix.Name{CommonName: LedgerName(party)},
		NotBefore:             now.Add(-24 * time.Hour),
		NotAfter:              now.AddDate(10, 0, 0),
		KeyUsage:              x509.KeyUsageDigitalSignature,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
		BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(random, tmpl, tmpl, key.Public(), key)
	if err != nil {
		return tls.Certificate{}, err
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		return tls.Certificate{}, err
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}, nil
}

// LedgerVerifier returns the public half of the ledger key, as note.NewVerifier takes it.
func (k *KeyRing) LedgerVerifier() (string, error) {
	bad := errors.New("ledger key is not of the form PRIVATE+KEY+name+hash+data")
	parts := strings.SplitN(k.Ledger, "+", 5) // the data is base64 and may hold a plus
	if len(parts) != 5 || parts[2] != LedgerName(k.ID) {
		return "", bad
	}
	data, err := base64.StdEncoding.DecodeString(parts[4])
	if err != nil || len(data) != 1+ed25519.SeedSize {
		return "", bad
	}
	public := ed25519.NewKeyFromSeed(data[1:]).Public().(ed25519.PublicKey)
	return note.NewEd25519VerifierKey(parts[2], public)
}

// LedgerSigner returns the signer of the ledger's checkpoints.
func (k *KeyRing) LedgerSigner() (note.Signer, error) { return note.NewSigner(k.Ledger) }

// spkiOf returns the SHA-256 of a certificate's SubjectPublicKeyInfo: what partners pin.
func spkiOf(c *x509.Certificate) Digest { return DigestOf(c.RawSubjectPublicKeyInfo) }

// sealKEM, sealKDF and sealAEAD are the one HPKE suite of version 1.
func sealKEM() hpke.KEM   { return hpke.MLKEM768X25519() }
func sealKDF() hpke.KDF   { return hpke.HKDFSHA256() }
func sealAEAD() hpke.AEAD { return hpke.AES256GCM() }

const sealEncBytes = 1120 // encapsulated key: ML-KEM-768 ciphertext 1088, X25519 public key 32
const sealTagBytes = 16   // AES-256-GCM tag

// Fits says whether the card is the public half of these keys; a party key that is kept elsewhere is not looked at.
func (k *KeyRing) Fits(c Card) error {
	node, ok := k.Node.Public().(ed25519.PublicKey)
	ledger, err := k.LedgerVerifier()
	if err != nil {
		return err
	}
	switch {
	case k.ID != c.Party:
		return fmt.Errorf("the keys are of %s, the card of %s", k.ID, c.Party)
	case !ok || !bytes.Equal(node, c.Keys.Node):
		return errors.New("the node key is not the one on the card")
	case !bytes.Equal(k.Seal.PublicKey().Bytes(), c.Keys.Seal):
		return errors.New("the seal key is not the one on the card")
	case k.TLS.Leaf == nil || spkiOf(k.TLS.Leaf) != c.Keys.TLS:
		return errors.New("the TLS key is not the one on the card")
	case ledger != c.Keys.Ledger:
		return errors.New("the ledger key is not the one on the card")
	}
	return nil
}
