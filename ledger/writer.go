package ledger

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/transparency-dev/tessera"
)

// writer hands queued entries to Tessera, a batch at a time. What arrives while a batch is being synced makes the next one:
// Tessera's own queue would cut it up by age, and each batch costs the same syncs whatever its size.
func (l *Log) writer() {
	last := 1
	for {
		select {
		case <-l.wake:
		case <-l.ctx.Done():
			return
		}
		for l.gather(last); ; l.gather(last) {
			batch := l.nextBatch()
			if len(batch) == 0 {
				break
			}
			l.write(batch)
			last = len(batch)
		}
	}
}

// gather waits, for gatherAge at most, until as many entries are queued as made the last batch: those who waited for that
// one come back together, and the first of them should not go alone.
func (l *Log) gather(last int) {
	timeout := time.After(gatherAge)
	for {
		l.mu.Lock()
		n := len(l.queue)
		l.mu.Unlock()
		if n == 0 || n >= last {
			return
		}
		select {
		case <-l.wake:
		case <-timeout:
			return
		}
	}
}

func (l *Log) nextBatch() []*pending {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := min(len(l.queue), batchSize)
	batch := l.queue[:n:n]
	l.queue = l.queue[n:]
	return batch
}

// write appends a batch. A future resolves after Tessera has written and synced bundle, tiles and tree state.
func (l *Log) write(batch []*pending) {
	futures := make([]tessera.IndexFuture, len(batch))
	for i, p := range batch {
		futures[i] = l.add(l.ctx, tessera.NewEntry(p.raw))
	}
	got := make([]tessera.Index, len(batch))
	for i, f := range futures {
		got[i], batch[i].err = f()
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, p := range batch {
		delete(l.inflight, p.key)
		if p.err != nil {
			p.err = fmt.Errorf("%w: %w", ErrNotDurable, p.err)
			l.unsure = true
		} else {
			p.index = got[i].Index
			l.ids[p.key] = p.index
			l.acked = max(l.acked, p.index+1)
		}
		close(p.done)
	}
}

// settle finds out what a failed write left: a write may be done and yet be reported as failed. Entries that are on disk
// and unknown are at the end of the log; they are taken in, so that calling Append again finds them.
func (l *Log) settle(ctx context.Context) error {
	if !l.unsure {
		return nil
	}
	if len(l.inflight) > 0 {
		return fmt.Errorf("%w: a write failed, others are under way: call again", ErrNotDurable)
	}
	size, err := l.reader.IntegratedSize(ctx)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNotDurable, err)
	}
	if err := l.syncState(); err != nil {
		return fmt.Errorf("%w: %w", ErrNotDurable, err)
	}
	for n := (size + width - 1) / width; n > 0 && uint64(len(l.ids)) < size; n-- {
		b, err := readBlock(ctx, l.reader, n-1, size)
		if err != nil {
			return fmt.Errorf("%w: %w", ErrNotDurable, err)
		}
		p := b.place()
		if p.damage != nil {
			return fmt.Errorf("%w: %w", ErrDamaged, p.damage)
		}
		for i, raw := range p.raw {
			if err := l.learn(b.first+uint64(i), raw); err != nil {
				return err
			}
		}
	}
	l.unsure = false
	return nil
}

// syncState makes the tree state that can be read the one that survives a power cut.
func (l *Log) syncState() error {
	f, err := os.Open(filepath.Join(l.cfg.Dir, ".state"))
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
