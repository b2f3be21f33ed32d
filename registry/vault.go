package registry

import (
	"bytes"
	"crypto/cipher"
	"encoding/json"
	"fmt"
	"time"
)

// maxDatum bounds one sealed datum, in bytes.
const maxDatum = 64 << 20

// seal stores data under ref's key and name, making the key (with the deadline) if there is none. What was stored under
// the name is blanked: rows are appended, never rewritten longer.
func (t *Tx) seal(ref KeyRef, name string, data []byte, deadline time.Time) error {
	slot, key, err := t.ensureKey(ref, deadline)
	if err != nil {
		return err
	}
	return t.sealWith(slot, key, ref, name, data)
}

func (t *Tx) sealWith(slot int64, key cipher.AEAD, ref KeyRef, name string, data []byte) error {
	a := act("seal %s datum", ref.Purpose)
	if len(data) > maxDatum {
		return failed(a, invalid("%d bytes, at most %d", len(data), maxDatum))
	}
	if err := t.blank(slot, name); err != nil {
		return err
	}
	var row int64
	if err := t.get(a, "SELECT coalesce(max(id), 0) + 1 FROM vault", nil, &row); err != nil {
		return err
	}
	_, err := t.exec(a, "INSERT INTO vault (id, key_id, name, data) VALUES (?, ?, ?, ?)",
		row, slot, name, key.Seal(nil, nil, data, datumBinding(row, ref, name)))
	return err
}

// blank ends one datum and leaves its key.
func (t *Tx) blank(slot int64, name string) error {
	n, err := t.exec("blank datum", "UPDATE vault SET key_id = NULL, name = NULL, data = NULL WHERE key_id = ? AND name = ?", slot, name)
	if n > 0 {
		t.shredded = true
	}
	return err
}

// unseal returns what is stored under ref's key and name, or ErrNotFound.
func (v *View) unseal(ref KeyRef, name string) ([]byte, error) {
	slot, key, err := v.dataKey(ref)
	if err != nil {
		return nil, err
	}
	return v.unsealWith(slot, key, ref, name)
}

func (v *View) unsealWith(slot int64, key cipher.AEAD, ref KeyRef, name string) ([]byte, error) {
	var row int64
	var data []byte
	a := act("read %s datum", ref.Purpose)
	err := v.get(a, "SELECT id, data FROM vault WHERE key_id = ? AND name = ?", []any{slot, name}, &row, &data)
	if err != nil {
		return nil, err
	}
	plain, err := unseal(key, data, datumBinding(row, ref, name))
	return plain, failed(a, err)
}

// sealJSON seals the JSON form of x, unless the same is stored already.
func (t *Tx) sealJSON(ref KeyRef, name string, x any, deadline time.Time) error {
	data, err := json.Marshal(x)
	if err != nil {
		return fmt.Errorf("seal %s datum: %w: not JSON", ref.Purpose, ErrInvalid)
	}
	slot, key, err := t.ensureKey(ref, deadline)
	if err != nil {
		return err
	}
	if have, err := t.unsealWith(slot, key, ref, name); err == nil && bytes.Equal(have, data) {
		return nil
	}
	return t.sealWith(slot, key, ref, name, data)
}

func (v *View) unsealJSON(ref KeyRef, name string, x any) error {
	data, err := v.unseal(ref, name)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, x); err != nil {
		return fmt.Errorf("read %s datum: %w", ref.Purpose, ErrCorrupt)
	}
	return nil
}
