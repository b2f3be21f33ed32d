package registry

import (
	"context"
	"errors"
	"time"
)

// OutboxState is where a message to a peer stands.
type OutboxState string

const (
	Pending   OutboxState = "pending"   // to be sent, or sent without a receipt yet
	Delivered OutboxState = "delivered" // the peer's receipt says accepted
	Rejected  OutboxState = "rejected"  // the peer's receipt says refused
	Expired   OutboxState = "expired"   // given up
)

// OutboxMessage is a message to a peer. It is sent again until a receipt comes or it expires.
type OutboxMessage struct {
	ID       string
	Exchange string // "" when it belongs to none
	Peer     string
	Entry    string // id of the journal entry that must be in the ledger before the message leaves
	State    OutboxState
	Attempts int
	Next     time.Time // next attempt, not before
	Expires  time.Time
	Created  time.Time // set by PutOutbox
	Receipt  []byte    // the peer's signed receipt
	Envelope []byte    // sealed; nil once no longer pending
}

func outboxKey(id string) KeyRef { return KeyRef{ForOutbox, id} }

// PutOutbox queues a message: ID, Exchange, Peer, Entry, Next (zero: at once), Expires and Envelope are taken. When the ID
// was queued before it stores nothing and returns the first one and true: its envelope is the one to send.
func (t *Tx) PutOutbox(m OutboxMessage) (stored OutboxMessage, repeated bool, err error) {
	const a = "put in outbox"
	if err := errors.Join(checkID("message id", m.ID), checkID("peer", m.Peer)); err != nil {
		return OutboxMessage{}, false, failed(a, err)
	}
	if m.Expires.IsZero() {
		return OutboxMessage{}, false, failed(a, invalid("message without expiry"))
	}
	have, err := t.Outbox(m.ID)
	if !errors.Is(err, ErrNotFound) {
		return have, err == nil, err
	}
	m.State, m.Attempts, m.Created, m.Receipt = Pending, 0, t.now, nil
	if m.Next.IsZero() {
		m.Next = t.now
	}
	_, err = t.exec(a, "INSERT INTO outbox (id, exchange, peer, entry, state, attempts, next, expires, created) VALUES (?, ?, ?, ?, ?, 0, ?, ?, ?)",
		m.ID, m.Exchange, m.Peer, m.Entry, m.State, toMillis(m.Next), toMillis(m.Expires), toMillis(m.Created))
	if err != nil {
		return OutboxMessage{}, false, err
	}
	return m, false, failed(a, t.seal(outboxKey(m.ID), bodyName, m.Envelope, m.Expires))
}

// RetryOutbox counts an attempt and sets when the next one may be. It fails with ErrState when the message is no longer
// pending.
func (t *Tx) RetryOutbox(id string, next time.Time) error {
	const a = "plan next attempt"
	n, err := t.exec(a, "UPDATE outbox SET attempts = attempts + 1, next = ? WHERE id = ? AND state = 'pending'", toMillis(next), id)
	if err != nil || n > 0 {
		return err
	}
	return failed(a, t.outboxStateError(id))
}

// FinishOutbox moves a pending message to Delivered, Rejected or Expired with the peer's receipt (nil for Expired) and
// destroys its envelope. The same again does nothing; another end fails with ErrState.
func (t *Tx) FinishOutbox(id string, end OutboxState, receipt []byte) error {
	const a = "finish message"
	if end != Delivered && end != Rejected && end != Expired {
		return failed(a, invalid("message cannot end as %q", end))
	}
	n, err := t.exec(a, "UPDATE outbox SET state = ?, attempts = attempts + 1, receipt = ? WHERE id = ? AND state = 'pending'", end, receipt, id)
	if err != nil {
		return err
	}
	if n > 0 {
		return t.DestroyKey(outboxKey(id))
	}
	err = t.outboxStateError(id)
	if e := (*StateError)(nil); errors.As(err, &e) && e.Have == string(end) {
		return nil
	}
	return failed(a, err)
}

func (t *Tx) outboxStateError(id string) error {
	var state string
	if err := t.get("read state", "SELECT state FROM outbox WHERE id = ?", []any{id}, &state); err != nil {
		return err
	}
	return &StateError{"message", id, string(Pending), state}
}

// Outbox reads one message.
func (v *View) Outbox(id string) (OutboxMessage, error) {
	m, err := scanOutbox(v.row(selectOutbox+" WHERE id = ?", id))
	if err != nil {
		return OutboxMessage{}, failed("read outbox", err)
	}
	return m, v.openOutbox(&m)
}

// Due lists pending messages whose next attempt is at or before now, the longest due first, expired ones included: the
// caller finishes those as Expired. Envelopes are opened.
func (v *View) Due(now time.Time, limit int) ([]OutboxMessage, error) {
	return v.outboxes(" WHERE state = 'pending' AND next <= ? ORDER BY next, seq LIMIT ?", toMillis(now), limitOf(limit))
}

// OutboxOf lists the messages of an exchange in order.
func (v *View) OutboxOf(exchange string) ([]OutboxMessage, error) {
	return v.outboxes(" WHERE exchange = ? ORDER BY seq", exchange)
}

func (v *View) outboxes(where string, args ...any) ([]OutboxMessage, error) {
	out, err := list(v, "list outbox", scanOutbox, selectOutbox+where, args...)
	if err != nil {
		return nil, err
	}
	for i := range out {
		if err := v.openOutbox(&out[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

const selectOutbox = "SELECT id, exchange, peer, entry, state, attempts, next, expires, created, receipt FROM outbox"

func scanOutbox(row scanner) (m OutboxMessage, err error) {
	var next, expires, created int64
	err = row.Scan(&m.ID, &m.Exchange, &m.Peer, &m.Entry, &m.State, &m.Attempts, &next, &expires, &created, &m.Receipt)
	m.Next, m.Expires, m.Created = fromMillis(next), fromMillis(expires), fromMillis(created)
	return m, err
}

// openOutbox opens the envelope of a pending message; nil when its deadline ended it.
func (v *View) openOutbox(m *OutboxMessage) (err error) {
	if m.State != Pending {
		return nil
	}
	m.Envelope, err = v.unseal(outboxKey(m.ID), bodyName)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}

// PutOutbox is Tx.PutOutbox in a transaction of its own.
func (s *Store) PutOutbox(ctx context.Context, m OutboxMessage) (stored OutboxMessage, repeated bool, err error) {
	err = s.Tx(ctx, func(tx *Tx) (err error) {
		stored, repeated, err = tx.PutOutbox(m)
		return err
	})
	return stored, repeated, err
}

// RetryOutbox is Tx.RetryOutbox in a transaction of its own.
func (s *Store) RetryOutbox(ctx context.Context, id string, next time.Time) error {
	return s.Tx(ctx, func(tx *Tx) error { return tx.RetryOutbox(id, next) })
}

// FinishOutbox is Tx.FinishOutbox in a transaction of its own.
func (s *Store) FinishOutbox(ctx context.Context, id string, end OutboxState, receipt []byte) error {
	return s.Tx(ctx, func(tx *Tx) error { return tx.FinishOutbox(id, end, receipt) })
}

// Outbox is View.Outbox.
func (s *Store) Outbox(ctx context.Context, id string) (OutboxMessage, error) {
	return read(ctx, s, func(v *View) (OutboxMessage, error) { return v.Outbox(id) })
}

// Due is View.Due.
func (s *Store) Due(ctx context.Context, now time.Time, limit int) ([]OutboxMessage, error) {
	return read(ctx, s, func(v *View) ([]OutboxMessage, error) { return v.Due(now, limit) })
}

// OutboxOf is View.OutboxOf.
func (s *Store) OutboxOf(ctx context.Context, exchange string) ([]OutboxMessage, error) {
	return read(ctx, s, func(v *View) ([]OutboxMessage, error) { return v.OutboxOf(exchange) })
}
