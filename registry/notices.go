package registry

import (
	"bytes"
	"context"
	"errors"
	"math"
	"time"
)

// Notice is a party's signed word that an agreement is suspended or resumed.
type Notice struct {
	Agreement string // digest, hexadecimal
	Party     string // who signed
	Sequence  uint64 // rises with each notice of the party on the agreement
	Kind      string // "suspend" or "resume"
	Signed    []byte // the signed bytes
	Received  time.Time
}

// PutNotice stores a notice, once: the same bytes again do nothing. Other bytes under the same sequence fail with
// ErrConflict: the party has signed two different things.
func (t *Tx) PutNotice(n Notice) error {
	const a = "put notice"
	if err := errors.Join(checkID("agreement", n.Agreement), checkID("party", n.Party), checkID("kind of notice", n.Kind)); err != nil {
		return failed(a, err)
	}
	if n.Sequence > math.MaxInt64 || len(n.Signed) == 0 {
		return failed(a, invalid("notice without bytes, or sequence %d", n.Sequence))
	}
	changed, err := t.exec(a, "INSERT INTO notices (agreement, party, sequence, kind, signed, received) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
		n.Agreement, n.Party, int64(n.Sequence), n.Kind, n.Signed, toMillis(t.now))
	if err != nil || changed > 0 {
		return err
	}
	var have []byte
	var kind string
	err = t.get(a, "SELECT kind, signed FROM notices WHERE agreement = ? AND party = ? AND sequence = ?",
		[]any{n.Agreement, n.Party, int64(n.Sequence)}, &kind, &have)
	if err == nil && (kind != n.Kind || !bytes.Equal(have, n.Signed)) {
		err = failed(a, ErrConflict)
	}
	return err
}

// Notices lists the notices on an agreement by party and sequence.
func (v *View) Notices(agreement string) ([]Notice, error) {
	return list(v, "list notices", func(row scanner) (n Notice, err error) {
		var sequence, received int64
		err = row.Scan(&n.Agreement, &n.Party, &sequence, &n.Kind, &n.Signed, &received)
		n.Sequence, n.Received = uint64(sequence), fromMillis(received)
		return n, err
	}, "SELECT agreement, party, sequence, kind, signed, received FROM notices WHERE agreement = ? ORDER BY party, sequence", agreement)
}

// PeerCheckpoint is the newest state of a peer's ledger that we have verified.
type PeerCheckpoint struct {
	Peer string
	Size uint64
	Root [32]byte
	Seen time.Time // set by SetPeerCheckpoint
}

// SetPeerCheckpoint remembers a verified checkpoint of a peer's ledger. An older one is ignored; the same size with
// another root fails with ErrConflict: the peer shows two ledgers. The caller has checked consistency with the stored one.
func (t *Tx) SetPeerCheckpoint(c PeerCheckpoint) error {
	const a = "set checkpoint of peer"
	if err := checkID("peer", c.Peer); err != nil {
		return failed(a, err)
	}
	if c.Size > math.MaxInt64 {
		return failed(a, invalid("ledger size %d", c.Size))
	}
	have, err := t.PeerCheckpoint(c.Peer)
	switch {
	case err != nil && !errors.Is(err, ErrNotFound):
		return failed(a, err)
	case err == nil && c.Size < have.Size:
		return nil
	case err == nil && c.Size == have.Size && c.Root != have.Root:
		return failed(a, ErrConflict)
	}
	_, err = t.exec(a, `INSERT INTO peers (peer, size, root, seen) VALUES (?, ?, ?, ?)
		ON CONFLICT (peer) DO UPDATE SET size = excluded.size, root = excluded.root, seen = excluded.seen`,
		c.Peer, int64(c.Size), c.Root[:], toMillis(t.now))
	return err
}

// PeerCheckpoint reads what was last seen of a peer's ledger. ErrNotFound when nothing was.
func (v *View) PeerCheckpoint(peer string) (PeerCheckpoint, error) {
	c := PeerCheckpoint{Peer: peer}
	var size, seen int64
	var root []byte
	if err := v.get("read checkpoint of peer", "SELECT size, root, seen FROM peers WHERE peer = ?", []any{peer}, &size, &root, &seen); err != nil {
		return PeerCheckpoint{}, err
	}
	copy(c.Root[:], root)
	c.Size, c.Seen = uint64(size), fromMillis(seen)
	return c, nil
}

// PutNotice is Tx.PutNotice in a transaction of its own.
func (s *Store) PutNotice(ctx context.Context, n Notice) error {
	return s.Tx(ctx, func(tx *Tx) error { return tx.PutNotice(n) })
}

// Notices is View.Notices.
func (s *Store) Notices(ctx context.Context, agreement string) ([]Notice, error) {
	return read(ctx, s, func(v *View) ([]Notice, error) { return v.Notices(agreement) })
}

// SetPeerCheckpoint is Tx.SetPeerCheckpoint in a transaction of its own.
func (s *Store) SetPeerCheckpoint(ctx context.Context, c PeerCheckpoint) error {
	return s.Tx(ctx, func(tx *Tx) error { return tx.SetPeerCheckpoint(c) })
}

// PeerCheckpoint is View.PeerCheckpoint.
func (s *Store) PeerCheckpoint(ctx context.Context, peer string) (PeerCheckpoint, error) {
	return read(ctx, s, func(v *View) (PeerCheckpoint, error) { return v.PeerCheckpoint(peer) })
}
