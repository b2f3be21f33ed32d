package ledger

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
)

// pending is an append on its way to the disk.
type pending struct {
	key   idKey
	raw   []byte
	leaf  Digest
	done  chan struct{}
	index uint64 // valid when done is closed and err is nil
	err   error
}

// Append adds e and returns its index once it is on disk: bundle, tiles and tree state are written and synced. Appends
// that are called at the same time share a batch.
//
// It is idempotent on e.ID: the same entry again has the same index, also after a restart; another entry under the same
// ID is ErrConflict. An error that wraps ErrNotDurable, or ctx's error, leaves open whether the entry was written: calling
// again with the same entry settles it. The first entry of a ledger is its genesis, and only the first.
func (l *Log) Append(ctx context.Context, e Entry) (uint64, error) {
	raw, err := e.Encode()
	if err != nil {
		return 0, fmt.Errorf("append: %w", err)
	}
	p, err := l.enter(ctx, e, raw)
	if err != nil {
		return 0, fmt.Errorf("append %s: %w", e.Kind, err)
	}
	select {
	case <-p.done:
		if p.err != nil {
			return 0, fmt.Errorf("append %s: %w", e.Kind, p.err)
		}
		return p.index, nil
	case <-ctx.Done():
		return 0, fmt.Errorf("append %s: %w", e.Kind, ctx.Err())
	}
}

// enter returns the pending append of e: a new one, the one under way, or one that is done already.
func (l *Log) enter(ctx context.Context, e Entry, raw []byte) (*pending, error) {
	key, leaf := keyOf(e.ID), LeafHash(raw)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return nil, ErrClosed
	}
	if err := l.settle(ctx); err != nil {
		return nil, err
	}
	if p, ok := l.inflight[key]; ok {
		if p.leaf != leaf {
			return nil, ErrConflict
		}
		return p, nil
	}
	if index, ok := l.ids[key]; ok {
		return l.again(ctx, index, leaf)
	}
	if err := l.genesisFirst(e.Kind); err != nil {
		return nil, err
	}
	if err := l.probe(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotDurable, err)
	}
	p := &pending{key: key, raw: raw, leaf: leaf, done: make(chan struct{})}
	l.inflight[key] = p
	l.queue = append(l.queue, p)
	select {
	case l.wake <- struct{}{}:
	default: // the writer is about to look anyway
	}
	return p, nil
}

// again answers for an entry that the log holds already.
func (l *Log) again(ctx context.Context, index uint64, leaf Digest) (*pending, error) {
	b, err := readBlock(ctx, l.reader, index/width, l.acked)
	if err != nil {
		return nil, err
	}
	i := int(index % width)
	if i >= len(b.tile) {
		return nil, fmt.Errorf("%w: tile of entry #%d: %w", ErrDamaged, index, b.tileErr)
	}
	if b.tile[i] != leaf {
		return nil, ErrConflict
	}
	p := &pending{leaf: leaf, index: index, done: make(chan struct{})}
	close(p.done)
	return p, nil
}

func (l *Log) genesisFirst(k Kind) error {
	empty := len(l.ids) == 0
	switch {
	case empty && len(l.inflight) > 0:
		return fmt.Errorf("%w: the genesis entry is still being written", ErrInvalid)
	case empty && k != KindGenesis:
		return fmt.Errorf("%w: the first entry of a ledger is its genesis", ErrInvalid)
	case !empty && k == KindGenesis:
		return fmt.Errorf("%w: the ledger has a genesis already", ErrInvalid)
	}
	return nil
}

// probe looks for the conditions under which Tessera panics in its own goroutine, because it cannot open its lock file: no
// file descriptor left, the folder gone. It opens the folder and not the file, since closing a second descriptor of a
// file drops the process's locks on it (fcntl).
func (l *Log) probe() error {
	f, err := os.Open(filepath.Join(l.cfg.Dir, ".state"))
	if err != nil {
		return err
	}
	return f.Close()
}

func waitAll(ctx context.Context, all []*pending) error {
	for _, p := range all {
		select {
		case <-p.done:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}
