package registry

import (
	"context"
	"errors"
	"time"
)

// Used is how many exchanges count against a quota in the window that begins at start.
func (v *View) Used(quota string, start time.Time) (n int, err error) {
	err = v.get("read quota", "SELECT count(*) FROM quota_uses WHERE quota = ? AND window_start = ?", []any{quota, toMillis(start)}, &n)
	return n, err
}

// CountUse counts an exchange against a quota in the window that begins at start, once however often it is called. Read
// Used in the same transaction first to hold a limit.
func (t *Tx) CountUse(quota string, start time.Time, exchange string) error {
	if err := errors.Join(checkID("quota", quota), checkID("exchange id", exchange)); err != nil {
		return failed("count use", err)
	}
	_, err := t.exec("count use", "INSERT INTO quota_uses (quota, window_start, exchange) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
		quota, toMillis(start), exchange)
	return err
}

// PruneUses forgets uses in windows that began before a time, and says how many.
func (t *Tx) PruneUses(before time.Time) (int, error) {
	n, err := t.exec("prune uses", "DELETE FROM quota_uses WHERE window_start < ?", toMillis(before))
	return int(n), err
}

// Used is View.Used.
func (s *Store) Used(ctx context.Context, quota string, start time.Time) (int, error) {
	return read(ctx, s, func(v *View) (int, error) { return v.Used(quota, start) })
}

// CountUse is Tx.CountUse in a transaction of its own.
func (s *Store) CountUse(ctx context.Context, quota string, start time.Time, exchange string) error {
	return s.Tx(ctx, func(tx *Tx) error { return tx.CountUse(quota, start, exchange) })
}

// PruneUses is Tx.PruneUses in a transaction of its own.
func (s *Store) PruneUses(ctx context.Context, before time.Time) (int, error) {
	return write(ctx, s, func(tx *Tx) (int, error) { return tx.PruneUses(before) })
}
