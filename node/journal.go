package node

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"convenio/exchange"
	"convenio/ledger"
	"convenio/registry"
)

// act is something that is about to be logged. What an outsider may read of it is in the named
// fields; body, which may be personal, is bound by a salted commitment alone.
type act struct {
	id          string
	kind        ledger.Kind
	exchange    exchange.ID
	transaction exchange.Transaction
	message     exchange.Digest
	peer        *ledger.Peer
	body        any
}

// plan writes acts into the journal, in the transaction that makes them true. They reach the ledger
// by flush, in this order. An act whose id the journal already holds stays as it was first written.
func (n *Node) plan(tx *registry.Tx, acts ...act) error {
	for _, a := range acts {
		if err := n.planOne(tx, a); err != nil {
			return fmt.Errorf("journal %s: %w", a.id, err)
		}
	}
	return nil
}

func (n *Node) planOne(tx *registry.Tx, a act) error {
	opening, err := ledger.NewOpening(a.body)
	if err != nil {
		return err
	}
	entry := ledger.Entry{
		ID: a.id, At: n.now(), Kind: a.kind,
		Exchange: string(a.exchange), Transaction: string(a.transaction), Message: ledger.Digest(a.message),
		Peer: a.peer, Commitment: opening.Commitment(),
	}
	raw, err := entry.Encode()
	if err != nil {
		return err
	}
	_, _, err = tx.JournalPut(registry.JournalEntry{
		ID: a.id, Exchange: string(a.exchange), Entry: raw, Salt: opening.Salt, Body: opening.Body,
	})
	return err
}

// flush appends everything planned for one exchange ("" for what belongs to none) to the ledger.
// It returns when all of it is durable there.
func (n *Node) flush(ctx context.Context, x exchange.ID) error {
	unlock := n.flushing.lock(string(x))
	defer unlock()
	pending, err := n.pending(ctx, x)
	if err != nil {
		return fmt.Errorf("read journal: %w", err)
	}
	for _, p := range pending {
		e, err := ledger.ParseEntry(p.Entry)
		if err != nil {
			return fmt.Errorf("journal %s: %w", p.ID, err)
		}
		n.opt.Before("log")
		index, err := n.log.Append(ctx, e)
		if err != nil {
			return fmt.Errorf("write ledger: %w", err)
		}
		n.opt.Before("index")
		if err := n.store.JournalSetIndex(ctx, p.ID, index); err != nil {
			return fmt.Errorf("journal %s: %w", p.ID, err)
		}
	}
	return nil
}

func (n *Node) pending(ctx context.Context, x exchange.ID) ([]registry.JournalEntry, error) {
	if x == "" {
		all, err := n.store.JournalPending(ctx, 0)
		return slices.DeleteFunc(all, func(j registry.JournalEntry) bool { return j.Exchange != "" }), err
	}
	all, err := n.store.JournalOf(ctx, string(x))
	return slices.DeleteFunc(all, func(j registry.JournalEntry) bool { return j.Appended }), err
}

// flushAll appends what a node that was stopped had planned and not yet logged.
func (n *Node) flushAll(ctx context.Context) error {
	all, err := n.store.JournalPending(ctx, 0)
	if err != nil {
		return fmt.Errorf("read journal: %w", err)
	}
	done := map[string]bool{}
	for _, j := range all {
		if done[j.Exchange] {
			continue
		}
		done[j.Exchange] = true
		if err := n.flush(ctx, exchange.ID(j.Exchange)); err != nil {
			return err
		}
	}
	return nil
}

// logged returns the ledger entry of an act and its proof, for a partner that knows our ledger up to
// the size since.
func (n *Node) logged(ctx context.Context, id string, since uint64) (exchange.Logged, error) {
	index, ok := n.log.Lookup(id)
	if !ok {
		return exchange.Logged{}, fmt.Errorf("prove %s: it is not in the ledger yet", id)
	}
	_, raw, err := n.log.Entry(ctx, index)
	if err != nil {
		return exchange.Logged{}, fmt.Errorf("prove %s: %w", id, err)
	}
	if size := n.log.Size(); since > size {
		return exchange.Logged{}, fmt.Errorf("our ledger has %d entries and the partner has seen %d: this folder is an old copy; go on with the newest one", size, since)
	}
	p, err := n.log.Prove(ctx, index, since)
	if err != nil {
		return exchange.Logged{}, fmt.Errorf("prove %s: %w", id, err)
	}
	return exchange.Logged{Entry: raw, Proof: exchange.LogProof{
		Index: p.Index, Checkpoint: p.Checkpoint, Inclusion: p.Inclusion, Since: p.Since, Consistency: p.Consistency,
	}}, nil
}

// expected is what a partner's ledger entry must say of a message.
type expected struct {
	kinds       []ledger.Kind
	exchange    exchange.ID
	transaction exchange.Transaction
	message     exchange.Digest
}

// verifyLogged checks that an entry stands in the partner's ledger, that it is about the message at
// hand, and that the ledger still holds all it held when we last looked, which is seen.
func (n *Node) verifyLogged(l exchange.Logged, want expected, seen ledger.Checkpoint) (ledger.Peer, error) {
	entry, err := ledger.ParseEntry(l.Entry)
	if err != nil {
		return ledger.Peer{}, exchange.NewRefusal(exchange.CodeNotInLedger, "the ledger entry shown is not well formed")
	}
	if !want.match(entry) {
		return ledger.Peer{}, exchange.NewRefusal(exchange.CodeNotInLedger, "the ledger entry shown is about something else")
	}
	if l.Proof.Since != seen.Size {
		return ledger.Peer{}, exchange.NeedConsistency(seen.Size)
	}
	cp, err := ledger.VerifyProof(n.partnerLedger, n.partnerLedger.Name(), l.Entry, ledger.Proof{
		Index: l.Proof.Index, Checkpoint: l.Proof.Checkpoint, Inclusion: l.Proof.Inclusion,
		Since: l.Proof.Since, Consistency: l.Proof.Consistency,
	}, seen.Size, seen.Root)
	switch {
	case errors.Is(err, ledger.ErrInconsistent):
		return ledger.Peer{}, exchange.NewRefusal(exchange.CodeLedgerForked, "the sender's ledger no longer holds what it held before")
	case err != nil:
		return ledger.Peer{}, exchange.NewRefusal(exchange.CodeNotInLedger, "the proof that the sender logged this message does not hold")
	}
	return ledger.Peer{Index: l.Proof.Index, Size: cp.Size, Root: cp.Root}, nil
}

func (w expected) match(e ledger.Entry) bool {
	kind := false
	for _, k := range w.kinds {
		kind = kind || e.Kind == k
	}
	return kind && e.Exchange == string(w.exchange) && e.Transaction == string(w.transaction) && e.Message == ledger.Digest(w.message)
}

// keyed is a set of locks by name.
type keyed struct {
	mu   sync.Mutex
	held map[string]*entryLock
}

type entryLock struct {
	sync.Mutex
	users int
}

func (k *keyed) lock(name string) (unlock func()) {
	k.mu.Lock()
	if k.held == nil {
		k.held = map[string]*entryLock{}
	}
	l := k.held[name]
	if l == nil {
		l = &entryLock{}
		k.held[name] = l
	}
	l.users++
	k.mu.Unlock()
	l.Lock()
	return func() {
		l.Unlock()
		k.mu.Lock()
		defer k.mu.Unlock()
		if l.users--; l.users == 0 {
			delete(k.held, name)
		}
	}
}
