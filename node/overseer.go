package node

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"time"

	"convenio/agreement"
)

// maxOverseerKey bounds a key file.
const maxOverseerKey = 16 << 10

// NewOverseerKey makes the key of an overseer, in a new file for its owner only (PEM, PKCS #8), and gives
// its public half, for keys: in the node.yaml of both parties.
func NewOverseerKey(path string) (ed25519.PublicKey, error) {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make key: %w", err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return nil, fmt.Errorf("make key: %w", err)
	}
	return public, writeNew(path, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

func readOverseerKey(path string) (ed25519.PrivateKey, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("read key: %w", err)
	}
	if !info.Mode().IsRegular() || info.Size() > maxOverseerKey {
		return nil, fmt.Errorf("read key: %s is no key file", path)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("read key: %s has mode %04o, others may read it: chmod 600 %s", path, info.Mode().Perm(), path)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read key: %w", err)
	}
	block, _ := pem.Decode(b)
	if block == nil || block.Type != "PRIVATE KEY" {
		return nil, fmt.Errorf("read key: %s is not one PEM block PRIVATE KEY", path)
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("read key: %s is not a PKCS #8 private key", path)
	}
	ed, ok := key.(ed25519.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("read key: %s is not an Ed25519 key", path)
	}
	return ed, nil
}

// SignOverseerNotice writes a notice of an overseer that the agreement lists, with the key in a file; part is what it
// is of, and nil for the whole.
func SignOverseerNotice(a *agreement.Agreement, overseer, keyFile, kind, reason string, sequence int, from time.Time, part *agreement.Part) ([]byte, error) {
	if _, ok := a.Overseer(overseer); !ok {
		return nil, fmt.Errorf("sign notice: %q is no overseer of %s", overseer, a.ID)
	}
	key, err := readOverseerKey(keyFile)
	if err != nil {
		return nil, err
	}
	return signNotice(a, agreement.Notice{
		Agreement: a.Digest(), Party: overseer, Kind: kind, From: from.UTC().Truncate(time.Second), Reason: reason, Sequence: sequence, Part: part,
	}, key)
}

// signNotice signs what the agreement can carry out, and nothing else.
func signNotice(a *agreement.Agreement, n agreement.Notice, key ed25519.PrivateKey) ([]byte, error) {
	s, err := agreement.SignNotice(n, key)
	if err != nil {
		return nil, err
	}
	if err := a.CheckNotice(s.Notice); err != nil {
		return nil, err
	}
	return s.Marshal(), nil
}

// byOverseer says whether a notice is of an overseer of the agreement, and so may come from either side.
func (l *law) byOverseer(s agreement.SignedNotice) bool {
	_, ok := l.Overseer(s.Party)
	return ok
}

// checkSigners refuses keys of nobody: a misspelt name would leave a key without effect.
func (l *law) checkSigners(c Config) error {
	for of := range l.keys {
		_, party := l.Party(of)
		if _, overseer := l.Overseer(of); !party && !overseer {
			return fmt.Errorf("configuration %s: keys: %s is neither a party nor an overseer of %s", c.path(configFile), of, l.ID)
		}
	}
	holder := map[string]string{}
	for of, keys := range l.keys {
		for _, k := range keys {
			if other, taken := holder[string(k.Key)]; taken && other != of {
				return errors.Join(agreement.ErrUnknownKey, fmt.Errorf("configuration %s: keys: one key is given for %s and for %s", c.path(configFile), min(of, other), max(of, other)))
			}
			holder[string(k.Key)] = of
		}
	}
	return nil
}
