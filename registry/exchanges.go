package registry

import (
	"context"
	"encoding/json"
	"errors"
	"time"
)

// Side says which part the node has in an exchange.
type Side string

const (
	Asking    Side = "asking"
	Answering Side = "answering"
)

// Exchange is one request and all that follows from it, as one node sees it. The fields marked sealed are encrypted
// under the exchange's key and are zero once that key is destroyed (Ended).
type Exchange struct {
	ID          string
	Side        Side
	Partner     string // the other party
	Agreement   string // digest of the agreement in force, hexadecimal
	Kind        string // what is asked: "search" and so on
	Purpose     string // out of the agreement's list
	Ground      string // legal ground
	State       string
	Outcome     string    // "" until there is one
	Reference   string    // opaque, pairwise reference of a hit; "" for none
	Idempotency string    // given to AddExchange only, stored hashed; "" when read
	Created     time.Time // set by AddExchange
	Updated     time.Time // set by AddExchange and Advance
	Deadline    time.Time // when the exchange's protected data end; zero: none
	Ended       time.Time // when they did

	CaseReference string          // sealed
	Officer       string          // sealed
	Subject       string          // sealed: the record behind a hit, answering side
	Detail        json.RawMessage // sealed: the node's own
}

type exchangePrivate struct {
	CaseReference string          `json:"caseReference,omitempty"`
	Officer       string          `json:"officer,omitempty"`
	Subject       string          `json:"subject,omitempty"`
	Detail        json.RawMessage `json:"detail,omitempty"`
}

func (e *Exchange) private() exchangePrivate {
	return exchangePrivate{e.CaseReference, e.Officer, e.Subject, e.Detail}
}

func exchangeKey(id string) KeyRef { return KeyRef{ForExchange, id} }

const privateName = "private"

// AddExchange stores a new exchange. When its ID, or its idempotency key, was stored before, nothing is stored and the
// exchange as it is now is returned with true.
func (t *Tx) AddExchange(e Exchange) (stored Exchange, repeated bool, err error) {
	const a = "add exchange"
	if err := errors.Join(checkID("exchange id", e.ID), checkID("partner", e.Partner), checkID("state", e.State)); err != nil {
		return Exchange{}, false, failed(a, err)
	}
	have, err := list(&t.View, a, scanExchange, selectExchange+" WHERE id = ? OR idempotency = ?", e.ID, hashed(e.Idempotency))
	if err != nil {
		return Exchange{}, false, err
	}
	if len(have) > 0 {
		err := t.openPrivate(&have[0])
		return have[0], true, err
	}
	e.Created, e.Updated, e.Ended = t.now, t.now, time.Time{}
	_, err = t.exec(a, `INSERT INTO exchanges (id, side, partner, agreement, kind, purpose, ground, state, outcome, reference,
		subject_index, idempotency, created, updated, deadline) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		e.ID, e.Side, e.Partner, e.Agreement, e.Kind, e.Purpose, e.Ground, e.State, e.Outcome, e.Reference,
		t.subjectIndex(e.Subject), hashed(e.Idempotency), toMillis(t.now), toMillis(t.now), toMillis(e.Deadline))
	if err != nil {
		return Exchange{}, false, err
	}
	e.Idempotency = ""
	return e, false, failed(a, t.sealJSON(exchangeKey(e.ID), privateName, e.private(), e.Deadline))
}

// Advance moves an exchange from one state to another, once: it fails with a *StateError when the exchange is in any
// other state than from. change, if not nil, may set every other field but ID, Side, Partner, Created and Ended; the
// deadline given becomes the deadline of the exchange's key.
func (t *Tx) Advance(id, from, to string, change func(*Exchange)) error {
	e, err := t.Exchange(id)
	if err != nil {
		return failed("advance exchange", err)
	}
	if e.State != from {
		return &StateError{"exchange", id, from, e.State}
	}
	before := e
	if change != nil {
		change(&e)
	}
	e.ID, e.State = id, to
	return failed("advance exchange", t.saveExchange(before, e))
}

func (t *Tx) saveExchange(before, e Exchange) error {
	if err := checkID("state", e.State); err != nil {
		return err
	}
	_, err := t.exec("save", `UPDATE exchanges SET agreement = ?, kind = ?, purpose = ?, ground = ?, state = ?, outcome = ?, reference = ?,
		updated = ?, deadline = ? WHERE id = ?`,
		e.Agreement, e.Kind, e.Purpose, e.Ground, e.State, e.Outcome, e.Reference, toMillis(t.now), toMillis(e.Deadline), e.ID)
	if err != nil || !before.Ended.IsZero() {
		return err // what has ended is not filled again
	}
	if !e.Deadline.Equal(before.Deadline) {
		if err := t.SetDeadline(exchangeKey(e.ID), e.Deadline); err != nil {
			return err
		}
	}
	if e.Subject != before.Subject {
		if _, err := t.exec("save", "UPDATE exchanges SET subject_index = ? WHERE id = ?", t.subjectIndex(e.Subject), e.ID); err != nil {
			return err
		}
	}
	return t.sealJSON(exchangeKey(e.ID), privateName, e.private(), e.Deadline)
}

// subjectIndex lets exchanges of a subject be found without the database telling which subject: nil for none.
func (v *View) subjectIndex(subject string) []byte {
	if subject == "" {
		return nil
	}
	return v.s.master.blind("subject", subject)
}

// Exchange reads one exchange.
func (v *View) Exchange(id string) (Exchange, error) {
	e, err := scanExchange(v.row(selectExchange+" WHERE id = ?", id))
	if err != nil {
		return Exchange{}, failed("read exchange", err)
	}
	return e, failed("read exchange", v.openPrivate(&e))
}

const selectExchange = `SELECT id, side, partner, agreement, kind, purpose, ground, state, outcome, reference, created, updated, deadline, ended FROM exchanges`

func scanExchange(row scanner) (e Exchange, err error) {
	var created, updated, deadline, ended int64
	err = row.Scan(&e.ID, &e.Side, &e.Partner, &e.Agreement, &e.Kind, &e.Purpose, &e.Ground, &e.State, &e.Outcome, &e.Reference,
		&created, &updated, &deadline, &ended)
	e.Created, e.Updated, e.Deadline, e.Ended = fromMillis(created), fromMillis(updated), fromMillis(deadline), fromMillis(ended)
	return e, err
}

func (v *View) openPrivate(e *Exchange) error {
	if !e.Ended.IsZero() {
		return nil
	}
	var p exchangePrivate
	if err := v.unsealJSON(exchangeKey(e.ID), privateName, &p); err != nil {
		return err
	}
	e.CaseReference, e.Officer, e.Subject, e.Detail = p.CaseReference, p.Officer, p.Subject, p.Detail
	return nil
}

// AddExchange is Tx.AddExchange in a transaction of its own.
func (s *Store) AddExchange(ctx context.Context, e Exchange) (stored Exchange, repeated bool, err error) {
	err = s.Tx(ctx, func(tx *Tx) (err error) {
		stored, repeated, err = tx.AddExchange(e)
		return err
	})
	return stored, repeated, err
}

// Advance is Tx.Advance and, in the same transaction, also, if not nil: all of the step or none of it.
func (s *Store) Advance(ctx context.Context, id, from, to string, change func(*Exchange), also func(*Tx) error) error {
	return s.Tx(ctx, func(tx *Tx) error {
		if err := tx.Advance(id, from, to, change); err != nil {
			return err
		}
		if also == nil {
			return nil
		}
		return also(tx)
	})
}

// Exchange is View.Exchange.
func (s *Store) Exchange(ctx context.Context, id string) (Exchange, error) {
	return read(ctx, s, func(v *View) (Exchange, error) { return v.Exchange(id) })
}
