package registry

import (
	"context"
	"errors"
)

// Names of meta values. The store uses metaMasterCheck; the others are the node's.
const (
	metaMasterCheck = "master-key-check"
	// MetaParty: the party whose node this database belongs to.
	MetaParty = "party"
	// MetaFolderVersion: version of the node's folder layout.
	MetaFolderVersion = "folder-version"
)

// Meta reads a named value, or fails with ErrNotFound.
func (v *View) Meta(name string) (value []byte, err error) {
	err = v.get("read meta value "+name, "SELECT value FROM meta WHERE name = ?", []any{name}, &value)
	return value, err
}

// SetMeta stores or replaces a named value.
func (t *Tx) SetMeta(name string, value []byte) error {
	if err := checkID("meta name", name); err != nil {
		return err
	}
	if value == nil {
		value = []byte{}
	}
	_, err := t.exec("set meta value "+name, "INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", name, value)
	return err
}

// ClaimMeta stores value under name the first time; later it fails with ErrConflict unless the value is the same. A node
// claims its party, so that the database of one party is never run as another's.
func (t *Tx) ClaimMeta(name string, value []byte) error {
	have, err := t.Meta(name)
	if errors.Is(err, ErrNotFound) {
		return t.SetMeta(name, value)
	}
	if err == nil && string(have) != string(value) {
		err = failed("claim "+name, ErrConflict)
	}
	return err
}

// Meta is View.Meta.
func (s *Store) Meta(ctx context.Context, name string) ([]byte, error) {
	return read(ctx, s, func(v *View) ([]byte, error) { return v.Meta(name) })
}

// SetMeta is Tx.SetMeta in a transaction of its own.
func (s *Store) SetMeta(ctx context.Context, name string, value []byte) error {
	return s.Tx(ctx, func(tx *Tx) error { return tx.SetMeta(name, value) })
}

// ClaimMeta is Tx.ClaimMeta in a transaction of its own.
func (s *Store) ClaimMeta(ctx context.Context, name string, value []byte) error {
	return s.Tx(ctx, func(tx *Tx) error { return tx.ClaimMeta(name, value) })
}
