package registry

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"math"
	"time"
)

// JournalEntry is a ledger entry on its way into the ledger, and afterwards the opening of its commitment.
type JournalEntry struct {
	ID       string
	Exchange string          // "" when it belongs to none
	Entry    []byte          // the exact bytes of the ledger entry, fixed at the first JournalPut
	Salt     [32]byte        // of the commitment; zero once the opening is destroyed
	Body     json.RawMessage // private body behind the commitment, sealed; nil once destroyed
	Index    uint64          // in the ledger; meaningful when Appended
	Appended bool
}

// sealedOpening is what stands in the vault: salt || body.
func (j *JournalEntry) sealedOpening() []byte { return append(bytes.Clone(j.Salt[:]), j.Body...) }

// openingKey: the openings of an exchange share one key, so that they end together.
func (j *JournalEntry) openingKey() KeyRef { return OpeningKey(j.Exchange, j.ID) }

// OpeningKey names the key of the openings of an exchange, or, without an exchange, of one entry.
func OpeningKey(exchange, entry string) KeyRef {
	if exchange != "" {
		return KeyRef{ForOpening, "exchange " + exchange}
	}
	return KeyRef{ForOpening, "entry " + entry}
}

// JournalPut stores an entry to be appended to the ledger. When the ID was stored before, whatever the bytes now, it
// stores nothing and returns the first version and true: a repeated step logs what it logged first.
func (t *Tx) JournalPut(j JournalEntry) (stored JournalEntry, repeated bool, err error) {
	const a = "put in journal"
	if err := checkID("entry id", j.ID); err != nil {
		return JournalEntry{}, false, failed(a, err)
	}
	if len(j.Entry) == 0 || len(j.Exchange) > maxID-16 || len(j.ID) > maxID-16 {
		return JournalEntry{}, false, failed(a, invalid("empty entry, or identifier too long"))
	}
	have, err := t.Journal(j.ID)
	if !errors.Is(err, ErrNotFound) {
		return have, err == nil, err
	}
	j.Index, j.Appended = 0, false
	if _, err := t.exec(a, "INSERT INTO journal (id, exchange, entry) VALUES (?, ?, ?)", j.ID, j.Exchange, j.Entry); err != nil {
		return JournalEntry{}, false, err
	}
	return j, false, failed(a, t.seal(j.openingKey(), j.ID, j.sealedOpening(), time.Time{}))
}

// JournalSetIndex notes where the ledger holds an entry, once: the same index again does nothing, another, or one that
// belongs to another entry, fails with ErrConflict.
func (t *Tx) JournalSetIndex(id string, index uint64) error {
	const a = "set ledger index"
	if index > math.MaxInt64 {
		return failed(a, invalid("ledger index %d", index))
	}
	n, err := t.exec(a, "UPDATE journal SET ledger_index = ?1 WHERE id = ?2 AND (ledger_index IS NULL OR ledger_index = ?1)", int64(index), id)
	if err != nil || n > 0 {
		return err
	}
	if _, err := t.Journal(id); err != nil {
		return failed(a, err)
	}
	return failed(a, ErrConflict)
}

// Journal reads one entry.
func (v *View) Journal(id string) (JournalEntry, error) {
	j, err := scanJournal(v.row(selectJournal+" WHERE id = ?", id))
	if err != nil {
		return JournalEntry{}, failed("read journal", err)
	}
	return j, v.openJournal(&j)
}

// JournalPending lists entries that have no ledger index yet, in the order in which they were put.
func (v *View) JournalPending(limit int) ([]JournalEntry, error) {
	return v.journals(" WHERE ledger_index IS NULL ORDER BY seq LIMIT ?", limitOf(limit))
}

// JournalOf lists the entries of an exchange in order.
func (v *View) JournalOf(exchange string) ([]JournalEntry, error) {
	return v.journals(" WHERE exchange = ? ORDER BY seq", exchange)
}

// JournalFrom lists appended entries from a ledger index on, by index: what an auditor is given to open commitments.
func (v *View) JournalFrom(index uint64, limit int) ([]JournalEntry, error) {
	return v.journals(" WHERE ledger_index >= ? ORDER BY ledger_index LIMIT ?", int64(min(index, math.MaxInt64)), limitOf(limit))
}

func (v *View) journals(where string, args ...any) ([]JournalEntry, error) {
	out, err := list(v, "list journal", scanJournal, selectJournal+where, args...)
	if err != nil {
		return nil, err
	}
	for i := range out {
		if err := v.openJournal(&out[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

const selectJournal = "SELECT id, exchange, entry, ledger_index FROM journal"

func scanJournal(row scanner) (j JournalEntry, err error) {
	var index sql.NullInt64
	err = row.Scan(&j.ID, &j.Exchange, &j.Entry, &index)
	j.Index, j.Appended = uint64(index.Int64), index.Valid
	return j, err
}

func (v *View) openJournal(j *JournalEntry) error {
	data, err := v.unseal(j.openingKey(), j.ID)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if len(data) < len(j.Salt) {
		return failed("read journal", ErrCorrupt)
	}
	n := copy(j.Salt[:], data)
	if len(data) > n {
		j.Body = data[n:]
	}
	return nil
}

// JournalPut is Tx.JournalPut in a transaction of its own.
func (s *Store) JournalPut(ctx context.Context, j JournalEntry) (stored JournalEntry, repeated bool, err error) {
	err = s.Tx(ctx, func(tx *Tx) (err error) {
		stored, repeated, err = tx.JournalPut(j)
		return err
	})
	return stored, repeated, err
}

// JournalSetIndex is Tx.JournalSetIndex in a transaction of its own.
func (s *Store) JournalSetIndex(ctx context.Context, id string, index uint64) error {
	return s.Tx(ctx, func(tx *Tx) error { return tx.JournalSetIndex(id, index) })
}

// Journal is View.Journal.
func (s *Store) Journal(ctx context.Context, id string) (JournalEntry, error) {
	return read(ctx, s, func(v *View) (JournalEntry, error) { return v.Journal(id) })
}

// JournalPending is View.JournalPending.
func (s *Store) JournalPending(ctx context.Context, limit int) ([]JournalEntry, error) {
	return read(ctx, s, func(v *View) ([]JournalEntry, error) { return v.JournalPending(limit) })
}

// JournalOf is View.JournalOf.
func (s *Store) JournalOf(ctx context.Context, exchange string) ([]JournalEntry, error) {
	return read(ctx, s, func(v *View) ([]JournalEntry, error) { return v.JournalOf(exchange) })
}

// JournalFrom is View.JournalFrom.
func (s *Store) JournalFrom(ctx context.Context, index uint64, limit int) ([]JournalEntry, error) {
	return read(ctx, s, func(v *View) ([]JournalEntry, error) { return v.JournalFrom(index, limit) })
}
