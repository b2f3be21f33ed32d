package exchange

import (
	"bytes"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Load reads the keys that Save wrote. It refuses a folder or a file that others than its owner may read. If party.key is
// not there, Party is nil: the node runs, but signs no agreement, card or suspension.
func Load(dir string) (*KeyRing, error) {
	if err := refuseShared(dir, true); err != nil {
		return nil, fmt.Errorf("load keys: %w", err)
	}
	k := &KeyRing{}
	steps := []struct {
		name  string
		parse func([]byte) error
	}{
		{fileID, k.parseID},
		{fileParty, func(b []byte) (err error) { k.Party, err = parseEd25519(b); return }},
		{fileNode, func(b []byte) (err error) { k.Node, err = parseEd25519(b); return }},
		{fileSeal, k.parseSeal},
		{fileTLSKey, func(b []byte) (err error) { k.TLS.PrivateKey, err = parseEd25519(b); return }},
		{fileTLSCert, k.parseCertificate},
		{fileLedger, k.parseLedger},
		{fileRest, k.parseRest},
	}
	for _, s := range steps {
		path := filepath.Join(dir, s.name)
		b, err := readKeyFile(path)
		if s.name == fileParty && errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err == nil {
			err = s.parse(b)
		}
		if err != nil {
			return nil, fmt.Errorf("load keys: %s: %w", path, err)
		}
	}
	return k, nil
}

func readKeyFile(path string) ([]byte, error) {
	if err := refuseShared(path, false); err != nil {
		return nil, err
	}
	b, err := os.ReadFile(path)
	if err == nil && len(b) > maxKeyFileBytes {
		return nil, errors.New("file is too large for a key")
	}
	return b, err
}

func refuseShared(path string, dir bool) error {
	info, err := os.Stat(path) // through links, as orchestrators mount secrets
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is none: %w", err)
	}
	if err != nil {
		return err
	}
	want, mode := "600", info.Mode()
	if dir {
		want = "700"
		if !mode.IsDir() {
			return fmt.Errorf("%s is not a folder", path)
		}
	} else if !mode.IsRegular() {
		return errors.New("not a plain file")
	}
	if mode.Perm()&0o077 != 0 {
		return fmt.Errorf("%s has mode %04o, others may read it: chmod %s %s", path, mode.Perm(), want, path)
	}
	return nil
}

func (k *KeyRing) parseID(b []byte) error {
	var id keyringID
	if err := decodeStrict("key ring", bytes.TrimSuffix(b, []byte("\n")), maxKeyFileBytes, &id); err != nil {
		return err
	}
	if id.Version != 1 || !id.Party.Valid() {
		return errors.New("not the description of a key ring of version 1")
	}
	k.ID = id.Party
	return nil
}

func parseEd25519(b []byte) (ed25519.PrivateKey, error) {
	block, rest := pem.Decode(b)
	if block == nil || block.Type != "PRIVATE KEY" || len(bytes.TrimSpace(rest)) > 0 {
		return nil, errors.New("not one PEM block PRIVATE KEY")
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, errors.New("not a PKCS #8 private key")
	}
	ed, ok := key.(ed25519.PrivateKey)
	if !ok {
		return nil, errors.New("not an Ed25519 key")
	}
	return ed, nil
}

func (k *KeyRing) parseSeal(b []byte) error {
	raw, err := parseLine(b, sealPrefix)
	if err != nil {
		return err
	}
	if k.Seal, err = sealKEM().NewPrivateKey(raw); err != nil {
		return errors.New("not an MLKEM768-X25519 private key")
	}
	return nil
}

func (k *KeyRing) parseRest(b []byte) error {
	raw, err := parseLine(b, restPrefix)
	if err != nil {
		return err
	}
	if len(raw) != len(k.Rest) {
		return fmt.Errorf("key has %d bytes, want %d", len(raw), len(k.Rest))
	}
	copy(k.Rest[:], raw)
	return nil
}

func (k *KeyRing) parseLedger(b []byte) error {
	k.Ledger = strings.TrimSuffix(string(b), "\n")
	if _, err := k.LedgerVerifier(); err != nil {
		return err
	}
	_, err := k.LedgerSigner()
	return err
}

func (k *KeyRing) parseCertificate(b []byte) error {
	block, rest := pem.Decode(b)
	if block == nil || block.Type != "CERTIFICATE" || len(bytes.TrimSpace(rest)) > 0 {
		return errors.New("not one PEM block CERTIFICATE")
	}
	leaf, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return errors.New("not an X.509 certificate")
	}
	public, ok := leaf.PublicKey.(ed25519.PublicKey)
	if key := k.TLS.PrivateKey.(ed25519.PrivateKey); !ok || !public.Equal(key.Public()) {
		return fmt.Errorf("the certificate is not of the key in %s", fileTLSKey)
	}
	k.TLS.Certificate, k.TLS.Leaf = [][]byte{block.Bytes}, leaf
	return nil
}

// parseLine reads a file of one line: a prefix that names the form, then base64.
func parseLine(b []byte, prefix string) ([]byte, error) {
	s, ok := strings.CutPrefix(strings.TrimSuffix(string(b), "\n"), prefix)
	if !ok {
		return nil, fmt.Errorf("does not begin with %q", strings.TrimSpace(prefix))
	}
	raw, err := base64.StdEncoding.Strict().DecodeString(s)
	if err != nil {
		return nil, errors.New("not base64")
	}
	return raw, nil
}
