package registry

import (
	"context"
	"crypto/cipher"
	"errors"
	"time"
)

// Purpose says what a data key protects.
type Purpose string

// Purposes, and whose key it is (KeyRef.Owner).
const (
	ForSubject    Purpose = "subject"    // subject: biographic fields, images and templates
	ForExchange   Purpose = "exchange"   // exchange: officer, case, subject, detail, candidates, reasons
	ForProbe      Purpose = "probe"      // exchange: the probe's samples and templates
	ForDisclosure Purpose = "disclosure" // disclosure: what the partner disclosed to us
	ForOutbox     Purpose = "outbox"     // message: an envelope to be sent
	ForOpening    Purpose = "opening"    // exchange, or journal entry without one: openings of ledger commitments
	ForEncounter  Purpose = "encounter"  // OSIA encounter: all that is kept of it
	ForTask       Purpose = "task"       // OSIA task: what was asked and what is sent back
)

// KeyRef names a data key: one purpose and one owner have one key.
type KeyRef struct {
	Purpose Purpose
	Owner   string
}

// Key is a data key as it is listed; the key itself stays inside.
type Key struct {
	KeyRef
	Created  time.Time
	Deadline time.Time // zero: none
}

// zeroKey blanks a slot in place: the row keeps its size, so that no page is rearranged.
const zeroKey = "UPDATE key_slots SET wrapped = zeroblob(60) WHERE id = ?"

// ensureKey returns the slot and key of ref, making one with the deadline if there is none.
func (t *Tx) ensureKey(ref KeyRef, deadline time.Time) (int64, cipher.AEAD, error) {
	slot, key, err := t.dataKey(ref)
	if !errors.Is(err, ErrNotFound) {
		return slot, key, err
	}
	if err := checkID("key owner", ref.Owner); err != nil {
		return 0, nil, err
	}
	a := act("make %s key", ref.Purpose)
	if err := t.get(a, "SELECT coalesce(max(id), 0) + 1 FROM key_slots", nil, &slot); err != nil {
		return 0, nil, err
	}
	key, wrapped, err := t.s.master.newDataKey(keyBinding(slot, ref))
	if err != nil {
		return 0, nil, err
	}
	if _, err := t.exec(a, "INSERT INTO key_slots (id, wrapped) VALUES (?, ?)", slot, wrapped); err != nil {
		return 0, nil, err
	}
	_, err = t.exec(a, "INSERT INTO keys (id, purpose, owner, created, deadline) VALUES (?, ?, ?, ?, ?)",
		slot, ref.Purpose, ref.Owner, toMillis(t.now), toMillis(deadline))
	return slot, key, err
}

// dataKey fails with ErrNotFound when the key never was or is destroyed.
func (v *View) dataKey(ref KeyRef) (int64, cipher.AEAD, error) {
	var slot int64
	var wrapped []byte
	a := act("read %s key", ref.Purpose)
	err := v.get(a, "SELECT k.id, s.wrapped FROM keys k JOIN key_slots s ON s.id = k.id WHERE k.purpose = ? AND k.owner = ?",
		[]any{ref.Purpose, ref.Owner}, &slot, &wrapped)
	if err != nil {
		return 0, nil, err
	}
	key, err := v.s.master.unwrap(wrapped, keyBinding(slot, ref))
	return slot, key, failed(a, err)
}

// DestroyKey ends everything that the key protects: the key is overwritten, its data are blanked, and what stands in
// the tables about them is ended too (a subject is erased, an exchange loses its candidates, and so on). It does nothing
// when the key is gone already. Old pages are overwritten soon after the commit; use Store.DestroyKey to wait for it.
func (t *Tx) DestroyKey(ref KeyRef) error {
	var slot int64
	a := act("destroy %s key", ref.Purpose)
	err := t.get(a, "SELECT id FROM keys WHERE purpose = ? AND owner = ?", []any{ref.Purpose, ref.Owner}, &slot)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	t.shredded = true
	for _, query := range []string{
		zeroKey,
		"UPDATE vault SET key_id = NULL, name = NULL, data = NULL WHERE key_id = ?",
		"DELETE FROM keys WHERE id = ?",
	} {
		if _, err := t.exec(a, query, slot); err != nil {
			return err
		}
	}
	return t.endOwner(ref)
}

// endOwner ends the plain columns that stand for what was destroyed.
func (t *Tx) endOwner(ref KeyRef) error {
	a := act("end data of %s", ref.Purpose)
	now := toMillis(t.now)
	run := func(query string, args ...any) error {
		_, err := t.exec(a, query, args...)
		return err
	}
	switch ref.Purpose {
	case ForSubject:
		return errors.Join(
			run("DELETE FROM samples WHERE subject = (SELECT seq FROM subjects WHERE id = ?)", ref.Owner),
			run("UPDATE subjects SET class_id = NULL, erased = ? WHERE id = ? AND erased = 0", now, ref.Owner))
	case ForExchange:
		return errors.Join(
			run("DELETE FROM candidates WHERE exchange = ?", ref.Owner),
			run("UPDATE exchanges SET subject_index = NULL, ended = ? WHERE id = ? AND ended = 0", now, ref.Owner))
	case ForDisclosure:
		return run("UPDATE disclosures SET ended = ? WHERE id = ? AND ended = 0", now, ref.Owner)
	case ForEncounter:
		return errors.Join(t.endOSIARecord(ref.Owner),
			run("UPDATE osia_encounters SET name_index = NULL, ended = ? WHERE id = ? AND ended = 0", now, ref.Owner))
	case ForTask:
		return run("UPDATE osia_tasks SET ended = ? WHERE id = ? AND ended = 0", now, ref.Owner)
	}
	return nil
}

// SetDeadline changes the deadline of a key, and of the exchange or disclosure it belongs to; the zero time means none.
// ErrNotFound when the key is gone.
func (t *Tx) SetDeadline(ref KeyRef, deadline time.Time) error {
	a := act("set deadline of %s key", ref.Purpose)
	n, err := t.exec(a, "UPDATE keys SET deadline = ? WHERE purpose = ? AND owner = ?", toMillis(deadline), ref.Purpose, ref.Owner)
	if err != nil {
		return err
	}
	if n == 0 {
		return failed(a, ErrNotFound)
	}
	switch ref.Purpose {
	case ForExchange:
		_, err = t.exec(a, "UPDATE exchanges SET deadline = ? WHERE id = ?", toMillis(deadline), ref.Owner)
	case ForDisclosure:
		_, err = t.exec(a, "UPDATE disclosures SET deadline = ? WHERE id = ?", toMillis(deadline), ref.Owner)
	}
	return err
}

// DueKeys lists keys whose deadline is at or before now, the longest overdue first.
func (v *View) DueKeys(now time.Time, limit int) ([]Key, error) {
	return list(v, "list due keys", scanKey,
		"SELECT purpose, owner, created, deadline FROM keys WHERE deadline > 0 AND deadline <= ? ORDER BY deadline, id LIMIT ?",
		toMillis(now), limitOf(limit))
}

// KeyOf describes a key. ErrNotFound when it never was or is destroyed.
func (v *View) KeyOf(ref KeyRef) (Key, error) {
	row := v.row("SELECT purpose, owner, created, deadline FROM keys WHERE purpose = ? AND owner = ?", ref.Purpose, ref.Owner)
	k, err := scanKey(row)
	return k, failed("read key", err)
}

func scanKey(row scanner) (k Key, err error) {
	var created, deadline int64
	err = row.Scan(&k.Purpose, &k.Owner, &created, &deadline)
	k.Created, k.Deadline = fromMillis(created), fromMillis(deadline)
	return k, err
}

// DestroyKey is Tx.DestroyKey, and returns when neither key nor data are in any file any more. After ErrScrubPending the
// destruction itself stands, only old pages wait for a reader to end.
func (s *Store) DestroyKey(ctx context.Context, ref KeyRef) error {
	if err := s.Tx(ctx, func(tx *Tx) error { return tx.DestroyKey(ref) }); err != nil {
		return err
	}
	return s.Scrub(ctx)
}

// SetDeadline is Tx.SetDeadline in a transaction of its own.
func (s *Store) SetDeadline(ctx context.Context, ref KeyRef, deadline time.Time) error {
	return s.Tx(ctx, func(tx *Tx) error { return tx.SetDeadline(ref, deadline) })
}

// DueKeys is View.DueKeys.
func (s *Store) DueKeys(ctx context.Context, now time.Time, limit int) ([]Key, error) {
	return read(ctx, s, func(v *View) ([]Key, error) { return v.DueKeys(now, limit) })
}

// KeyOf is View.KeyOf.
func (s *Store) KeyOf(ctx context.Context, ref KeyRef) (Key, error) {
	return read(ctx, s, func(v *View) (Key, error) { return v.KeyOf(ref) })
}
