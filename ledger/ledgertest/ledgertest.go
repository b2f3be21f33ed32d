// Package ledgertest makes keys, entries and damaged copies of ledgers, for tests and demonstrations.
package ledgertest

import (
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/mod/sumdb/note"
)

// Keys returns a fresh pair of Ed25519 note keys for a ledger named origin.
func Keys(origin string) (note.Signer, note.Verifier, error) {
	skey, vkey, err := note.GenerateKey(rand.Reader, origin)
	if err != nil {
		return nil, nil, err
	}
	s, err := note.NewSigner(skey)
	if err != nil {
		return nil, nil, err
	}
	v, err := note.NewVerifier(vkey)
	return s, v, err
}

// Copy copies a ledger's folder to dst, which must not exist or be empty.
func Copy(dst, src string) error {
	if err := os.MkdirAll(filepath.Dir(dst), 0o755); err != nil {
		return err
	}
	return os.CopyFS(dst, os.DirFS(src))
}

// DropEntry cuts entry index out of its bundle in a ledger's folder and leaves all else as it is: what somebody does who
// can write to the disk and has no key.
func DropEntry(dir string, index uint64) error {
	return editBundles(dir, index, func(entries [][]byte, i int) [][]byte {
		return append(append([][]byte(nil), entries[:i]...), entries[i+1:]...)
	})
}

// ReplaceEntry puts other bytes in the place of entry index in its bundle and leaves all else as it is.
func ReplaceEntry(dir string, index uint64, raw []byte) error {
	return editBundles(dir, index, func(entries [][]byte, i int) [][]byte {
		out := append([][]byte(nil), entries...)
		out[i] = raw
		return out
	})
}

// editBundles rewrites every bundle file, full or partial, that holds entry index.
func editBundles(dir string, index uint64, edit func([][]byte, int) [][]byte) error {
	path := fmt.Sprintf("%03d", index/256%1000)
	for n := index / 256 / 1000; n > 0; n /= 1000 {
		path = fmt.Sprintf("x%03d/%s", n%1000, path)
	}
	full := filepath.Join(dir, "tile", "entries", filepath.FromSlash(path))
	partial, err := filepath.Glob(full + ".p/*")
	if err != nil {
		return err
	}
	edited := false
	for _, name := range append(partial, full) {
		b, err := os.ReadFile(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		entries := split(b)
		if i := int(index % 256); i < len(entries) {
			if err := os.WriteFile(name, join(edit(entries, i)), 0o644); err != nil {
				return err
			}
			edited = true
		}
	}
	if !edited {
		return fmt.Errorf("no bundle in %s holds entry #%d", dir, index)
	}
	return nil
}

func split(b []byte) (entries [][]byte) {
	for len(b) >= 2 && len(b)-2 >= int(binary.BigEndian.Uint16(b)) {
		n := int(binary.BigEndian.Uint16(b))
		entries = append(entries, b[2:2+n])
		b = b[2+n:]
	}
	return entries
}

func join(entries [][]byte) (b []byte) {
	for _, e := range entries {
		b = binary.BigEndian.AppendUint16(b, uint16(len(e)))
		b = append(b, e...)
	}
	return b
}
