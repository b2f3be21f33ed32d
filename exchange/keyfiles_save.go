package exchange

import (
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Save writes the keys into a new folder: files of mode 0600, folder of mode 0700. It refuses a folder that exists, unless
// it is empty; on failure nothing is left in it. Keys are written beside the folder first, so that it is whole or not
// there at all.
func (k *KeyRing) Save(dir string) error {
	if err := refuseOverwrite(dir); err != nil {
		return fmt.Errorf("save keys: %w", err)
	}
	files, err := k.files()
	if err != nil {
		return fmt.Errorf("save keys: %w", err)
	}
	dir = filepath.Clean(dir)
	tmp, err := os.MkdirTemp(filepath.Dir(dir), ".keys-") // mode 0700
	if err != nil {
		return fmt.Errorf("save keys: %w", err)
	}
	defer os.RemoveAll(tmp)
	for name, content := range files {
		if err := writeKeyFile(filepath.Join(tmp, name), content); err != nil {
			return fmt.Errorf("save keys: %w", err)
		}
	}
	if err := syncDir(tmp); err != nil {
		return fmt.Errorf("save keys: %w", err)
	}
	if err := os.Rename(tmp, dir); err != nil { // fails on a folder that is not empty
		return fmt.Errorf("save keys: %w", err)
	}
	return syncDir(filepath.Dir(dir))
}

func refuseOverwrite(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if len(entries) > 0 {
		return fmt.Errorf("%s is not empty: keys are never overwritten; name a new folder", dir)
	}
	return nil
}

func (k *KeyRing) files() (map[string][]byte, error) {
	id, err := encode(keyringID{Version: 1, Party: k.ID})
	if err != nil {
		return nil, err
	}
	seal, err := k.Seal.Bytes()
	if err != nil {
		return nil, err
	}
	out := map[string][]byte{
		fileID:      append(id, '\n'),
		fileSeal:    line(sealPrefix + base64.StdEncoding.EncodeToString(seal)),
		fileTLSCert: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: k.TLS.Certificate[0]}),
		fileLedger:  line(k.Ledger),
		fileRest:    line(restPrefix + base64.StdEncoding.EncodeToString(k.Rest[:])),
	}
	keys := map[string]any{fileNode: k.Node, fileTLSKey: k.TLS.PrivateKey}
	if k.Party != nil {
		keys[fileParty] = k.Party
	}
	for name, key := range keys {
		der, err := x509.MarshalPKCS8PrivateKey(key)
		if err != nil {
			return nil, err
		}
		out[name] = pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
	}
	return out, nil
}

func line(s string) []byte { return []byte(s + "\n") }

func writeKeyFile(path string, content []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	if _, err := f.Write(content); err != nil {
		return errors.Join(err, f.Close())
	}
	if err := f.Sync(); err != nil {
		return errors.Join(err, f.Close())
	}
	return f.Close()
}

func syncDir(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
