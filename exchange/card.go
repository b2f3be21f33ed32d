package exchange

import (
	"crypto/ed25519"
	"encoding/base32"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
)

// maxCardBytes bounds a card; one is about 3 KiB.
const maxCardBytes = 16 << 10

// Card is the public half of a party's keys and where its node is reached. It is signed by its own party key: the
// signature shows that the card is whole, the comparison of the Fingerprint in person shows whose it is.
type Card struct {
	Version   int      `json:"version"`
	Party     PartyID  `json:"party"`
	Name      Text     `json:"name"`
	Endpoint  string   `json:"endpoint"` // https URL of the node, without path
	Issued    Time     `json:"issued"`
	Keys      CardKeys `json:"keys"`
	Signature []byte   `json:"signature"` // Ed25519 by Keys.Party, over the card with an empty signature
}

// CardKeys are the public keys on a card.
type CardKeys struct {
	Party  []byte `json:"party"`  // Ed25519: agreements, cards, suspensions
	Node   []byte `json:"node"`   // Ed25519: messages, receipts
	Seal   []byte `json:"seal"`   // HPKE MLKEM768-X25519
	TLS    Digest `json:"tls"`    // SHA-256 of the SubjectPublicKeyInfo of the TLS certificate
	Ledger string `json:"ledger"` // verifier key of the ledger's checkpoints, name "convenio/<party>"
}

// Card makes and signs the party's card. It needs the party key.
func (k *KeyRing) Card(name Text, endpoint string, issued time.Time) (Card, error) {
	if k.Party == nil {
		return Card{}, errors.New("make card: the party key is not in this key ring; use the one kept with the authority that signs")
	}
	ledger, err := k.LedgerVerifier()
	if err != nil {
		return Card{}, fmt.Errorf("make card: %w", err)
	}
	c := Card{Version: Version, Party: k.ID, Name: name, Endpoint: endpoint, Issued: At(issued), Keys: CardKeys{
		Party:  k.Party.Public().(ed25519.PublicKey),
		Node:   k.Node.Public().(ed25519.PublicKey),
		Seal:   k.Seal.PublicKey().Bytes(),
		TLS:    spkiOf(k.TLS.Leaf),
		Ledger: ledger,
	}}
	if c.Signature, err = signDocument(k.Party, domainCard, c.unsigned()); err != nil {
		return Card{}, fmt.Errorf("make card: %w", err)
	}
	if err := c.check(); err != nil {
		return Card{}, fmt.Errorf("make card: %w", err)
	}
	return c, nil
}

// ParseCard reads a card and checks its form and its own signature. It does not say whose card it is: compare the
// Fingerprint before trusting it.
func ParseCard(b []byte) (Card, error) {
	var c Card
	if err := decodeStrict("card", b, maxCardBytes, &c); err != nil {
		return Card{}, err
	}
	if err := c.check(); err != nil {
		return Card{}, fmt.Errorf("card: %w", err)
	}
	return c, nil
}

// Bytes returns the card's only encoding.
func (c Card) Bytes() ([]byte, error) { return encode(c) }

// Fingerprint returns 160 bits of the SHA-256 of the unsigned card as eight groups of four letters and digits (RFC 4648
// base 32), to be compared in person or read out: "K3QM-7F2A-...".
func (c Card) Fingerprint() string {
	b, err := encode(c.unsigned())
	if err != nil {
		return ""
	}
	d := DigestOf(b)
	s := base32.StdEncoding.EncodeToString(d[:20])
	groups := make([]string, 0, 8)
	for ; len(s) > 0; s = s[4:] {
		groups = append(groups, s[:4])
	}
	return strings.Join(groups, "-")
}

// LedgerVerifier returns the verifier of the party's ledger checkpoints.
func (c Card) LedgerVerifier() (note.Verifier, error) { return note.NewVerifier(c.Keys.Ledger) }

func (c Card) unsigned() Card {
	c.Signature = []byte{}
	return c
}

func (c Card) check() error {
	if c.Version != Version {
		return fmt.Errorf("version %d, want %d", c.Version, Version)
	}
	if !c.Party.Valid() {
		return errors.New("party is not 2 to 16 of A-Z 0-9 -, starting with a letter")
	}
	if err := c.Name.check("name", 120); err != nil {
		return err
	}
	if err := checkEndpoint(c.Endpoint); err != nil {
		return err
	}
	if err := c.Keys.check(c.Party); err != nil {
		return err
	}
	if !verifyDocument(c.Keys.Party, c.Signature, domainCard, c.unsigned()) {
		return errors.New("the signature does not fit the card: it was altered or is incomplete")
	}
	return nil
}

func checkEndpoint(s string) error {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "https" || u.Host == "" || s != "https://"+u.Host || len(s) > 300 {
		return errors.New("endpoint is not of the form https://host:port")
	}
	return nil
}

func (k CardKeys) check(party PartyID) error {
	if len(k.Party) != ed25519.PublicKeySize || len(k.Node) != ed25519.PublicKeySize {
		return errors.New("party and node keys are not Ed25519 public keys of 32 bytes")
	}
	if string(k.Party) == string(k.Node) {
		return errors.New("party key and node key are the same")
	}
	if _, err := sealKEM().NewPublicKey(k.Seal); err != nil {
		return errors.New("seal key is not a public key of MLKEM768-X25519")
	}
	if k.TLS.IsZero() {
		return errors.New("tls key is missing")
	}
	v, err := note.NewVerifier(k.Ledger)
	if err != nil {
		return errors.New("ledger key is not a verifier key")
	}
	if v.Name() != LedgerName(party) {
		return fmt.Errorf("ledger key is not named %s", LedgerName(party))
	}
	return nil
}

// signDocument signs a document whose signature member is empty.
func signDocument(key ed25519.PrivateKey, domain string, unsigned any) ([]byte, error) {
	b, err := encode(unsigned)
	if err != nil {
		return nil, err
	}
	return sign(key, domain, b), nil
}

func verifyDocument(key ed25519.PublicKey, signature []byte, domain string, unsigned any) bool {
	b, err := encode(unsigned)
	return err == nil && verify(key, signature, domain, b)
}
