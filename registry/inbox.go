package registry

import (
	"context"
	"errors"
	"strings"
	"time"
)

// InboxState is what the door did with a received message.
type InboxState string

const (
	Accepted InboxState = "accepted" // all that follows from it is in the transaction that stored it
	Refused  InboxState = "refused"
)

// InboxMessage is a message received from a peer: that it was received, and the receipt it got. The message itself is
// not kept.
type InboxMessage struct {
	Peer     string
	ID       string   // unique for the peer
	Digest   [32]byte // SHA-256 of the envelope; unique
	Received time.Time
	State    InboxState
	Receipt  []byte // signed receipt given to the peer; nil: none yet
}

// PutInbox stores that a message was received. When it was stored before it stores nothing and returns the stored one,
// with its receipt, and true. The same peer and ID with another digest, or the same digest under another ID, fail with
// ErrConflict. The receipt may come later, see SetReceipt.
func (t *Tx) PutInbox(m InboxMessage) (stored InboxMessage, repeated bool, err error) {
	const a = "put in inbox"
	if err := errors.Join(checkID("peer", m.Peer), checkID("message id", m.ID)); err != nil {
		return InboxMessage{}, false, failed(a, err)
	}
	if strings.Contains(m.Peer, " ") {
		return InboxMessage{}, false, failed(a, invalid("peer with a space in its name"))
	}
	have, err := t.Inbox(m.Peer, m.ID)
	if !errors.Is(err, ErrNotFound) {
		if err == nil && have.Digest != m.Digest {
			err = failed(a, ErrConflict)
		}
		if err != nil {
			return InboxMessage{}, false, err
		}
		return have, true, nil
	}
	m.Received = t.now
	_, err = t.exec(a, "INSERT INTO inbox (peer, id, digest, received, state, receipt) VALUES (?, ?, ?, ?, ?, ?)",
		m.Peer, m.ID, m.Digest[:], toMillis(m.Received), m.State, m.Receipt)
	if err != nil {
		return InboxMessage{}, false, err
	}
	return m, false, nil
}

// SetReceipt stores the receipt of a message, the first time; it returns the one that is stored.
func (t *Tx) SetReceipt(peer, id string, receipt []byte) ([]byte, error) {
	const a = "set receipt"
	if len(receipt) == 0 {
		return nil, failed(a, invalid("empty receipt"))
	}
	if _, err := t.exec(a, "UPDATE inbox SET receipt = ? WHERE peer = ? AND id = ? AND receipt IS NULL", receipt, peer, id); err != nil {
		return nil, err
	}
	var stored []byte
	err := t.get(a, "SELECT receipt FROM inbox WHERE peer = ? AND id = ?", []any{peer, id}, &stored)
	return stored, err
}

// Inbox reads one received message.
func (v *View) Inbox(peer, id string) (InboxMessage, error) {
	m, err := scanInbox(v.row("SELECT peer, id, digest, received, state, receipt FROM inbox WHERE peer = ? AND id = ?", peer, id))
	if err != nil {
		return InboxMessage{}, failed("read inbox", err)
	}
	return m, nil
}

func scanInbox(row scanner) (m InboxMessage, err error) {
	var digest []byte
	var received int64
	err = row.Scan(&m.Peer, &m.ID, &digest, &received, &m.State, &m.Receipt)
	copy(m.Digest[:], digest)
	m.Received = fromMillis(received)
	return m, err
}

// PutInbox is Tx.PutInbox in a transaction of its own.
func (s *Store) PutInbox(ctx context.Context, m InboxMessage) (stored InboxMessage, repeated bool, err error) {
	err = s.Tx(ctx, func(tx *Tx) (err error) {
		stored, repeated, err = tx.PutInbox(m)
		return err
	})
	return stored, repeated, err
}

// SetReceipt is Tx.SetReceipt in a transaction of its own.
func (s *Store) SetReceipt(ctx context.Context, peer, id string, receipt []byte) ([]byte, error) {
	return write(ctx, s, func(tx *Tx) ([]byte, error) { return tx.SetReceipt(peer, id, receipt) })
}

// Inbox is View.Inbox.
func (s *Store) Inbox(ctx context.Context, peer, id string) (InboxMessage, error) {
	return read(ctx, s, func(v *View) (InboxMessage, error) { return v.Inbox(peer, id) })
}
