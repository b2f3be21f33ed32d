package registry

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// View reads one consistent snapshot. It is valid until the function that was given it returns.
type View struct {
	ctx     context.Context
	s       *Store
	session *session
	broken  error // why no further statement may run
}

// Tx is a View that also writes. Nothing is written unless the function that was given it returns nil.
type Tx struct {
	View
	now      time.Time
	shredded bool
}

// View runs f on a snapshot of what is committed. Keep f short: old pages cannot be overwritten while it runs.
func (s *Store) View(ctx context.Context, f func(v *View) error) error {
	v := &View{ctx: ctx, s: s}
	return s.reader.transact(ctx, v, func() error { return f(v) })
}

// Tx runs f as the only writer and commits durably (synced) when f returns nil. Any error or panic of f rolls back.
// When Tx returns an error nothing has been written. Within f use tx and not the Store, which would wait for itself.
func (s *Store) Tx(ctx context.Context, f func(tx *Tx) error) error {
	tx := &Tx{View: View{ctx: ctx, s: s}}
	err := s.writer.transact(ctx, &tx.View, func() error {
		tx.now = s.clock()
		return f(tx)
	})
	if err == nil && tx.shredded {
		s.scrubSoon()
	}
	return err
}

// clock is the time in UTC to the millisecond, as stored.
func (s *Store) clock() time.Time { return s.now().UTC().Truncate(time.Millisecond) }

// Now is the time of the transaction, UTC, to the millisecond.
func (t *Tx) Now() time.Time { return t.now }

// statement returns a prepared statement of the transaction's connection.
func (v *View) statement(query string) (*sql.Stmt, error) {
	if v.broken != nil {
		return nil, v.broken
	}
	return v.session.prepare(v.ctx, query)
}

func (v *View) exec(act, query string, args ...any) (changed int64, err error) {
	st, err := v.statement(query) //nolint:sqlclosecheck // kept prepared; session.forget closes it
	if err != nil {
		return 0, failed(act, v.note(err))
	}
	res, err := st.ExecContext(v.ctx, args...)
	if err != nil {
		return 0, failed(act, v.note(err))
	}
	changed, err = res.RowsAffected()
	return changed, failed(act, v.note(err))
}

// scanner is a row of a query.
type scanner interface{ Scan(dest ...any) error }

// row runs a query for one row. Its error, if any, comes from Scan; pass it through failed.
func (v *View) row(query string, args ...any) scanner {
	st, err := v.statement(query) //nolint:sqlclosecheck // kept prepared; session.forget closes it
	if err != nil {
		return failedRow{v.note(err)}
	}
	return notedRow{v, st.QueryRowContext(v.ctx, args...)}
}

type failedRow struct{ err error }

func (r failedRow) Scan(...any) error { return r.err }

type notedRow struct {
	v   *View
	row *sql.Row
}

func (r notedRow) Scan(dest ...any) error { return r.v.note(r.row.Scan(dest...)) }

// get scans one row, or fails with ErrNotFound.
func (v *View) get(act, query string, args []any, dest ...any) error {
	return failed(act, v.row(query, args...).Scan(dest...))
}

// list reads all rows before it returns, so that the caller may query again for each.
func list[T any](v *View, act string, scan func(scanner) (T, error), query string, args ...any) ([]T, error) {
	st, err := v.statement(query) //nolint:sqlclosecheck // kept prepared; session.forget closes it
	if err != nil {
		return nil, failed(act, v.note(err))
	}
	rows, err := st.QueryContext(v.ctx, args...)
	if err != nil {
		return nil, failed(act, v.note(err))
	}
	defer rows.Close()
	var out []T
	for rows.Next() {
		x, err := scan(rows)
		if err != nil {
			return nil, failed(act, err)
		}
		out = append(out, x)
	}
	return out, failed(act, v.note(rows.Err()))
}

// read runs one reading method as a transaction of its own.
func read[T any](ctx context.Context, s *Store, f func(*View) (T, error)) (out T, err error) {
	err = s.View(ctx, func(v *View) error {
		out, err = f(v)
		return err
	})
	return out, err
}

// write runs one writing method as a transaction of its own; without a commit there is no result.
func write[T any](ctx context.Context, s *Store, f func(*Tx) (T, error)) (T, error) {
	var out, none T
	err := s.Tx(ctx, func(tx *Tx) (err error) {
		out, err = f(tx)
		return err
	})
	if err != nil {
		return none, err
	}
	return out, nil
}

// toMillis is the stored form of a time: milliseconds since 1970, 0 for the zero time.
func toMillis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func fromMillis(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// limitOf bounds how many rows one call returns.
func limitOf(limit int) int {
	const most = 10000
	if limit <= 0 || limit > most {
		return most
	}
	return limit
}

func act(format string, args ...any) string { return fmt.Sprintf(format, args...) }
