package registry

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// scrubDelay bounds how long a destroyed key's old pages stay in the write-ahead log without anybody's further call.
const scrubDelay = time.Second

// scrubber remembers that old pages are to be overwritten and sees to it.
type scrubber struct {
	mu      sync.Mutex
	pending bool
	stopped bool
	timer   *time.Timer
}

func (c *scrubber) mark() {
	c.mu.Lock()
	c.pending = true
	c.mu.Unlock()
}

func (c *scrubber) stop() {
	c.mu.Lock()
	c.stopped = true
	if c.timer != nil {
		c.timer.Stop()
	}
	c.mu.Unlock()
}

// scrubSoon has Scrub run after scrubDelay, once for all keys destroyed until then, and again until it succeeds.
func (s *Store) scrubSoon() {
	c := &s.scrub
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pending = true
	if c.stopped || c.timer != nil {
		return
	}
	c.timer = time.AfterFunc(scrubDelay, func() {
		c.mu.Lock()
		c.timer = nil
		c.mu.Unlock()
		if err := s.Scrub(context.Background()); err != nil {
			s.scrubSoon()
		}
	})
}

// Scrub overwrites the old pages of everything destroyed so far: it copies the write-ahead log into the database, where
// secure_delete has blanked the rows, and cuts the log to nothing. It does nothing when nothing was destroyed. While a
// reader holds an old snapshot it fails with ErrScrubPending; call it again.
func (s *Store) Scrub(ctx context.Context) error {
	c := &s.scrub
	c.mu.Lock()
	pending := c.pending
	c.pending = false
	c.mu.Unlock()
	if !pending {
		return nil
	}
	if err := s.truncateLog(ctx); err != nil {
		c.mark()
		return err
	}
	return nil
}

func (s *Store) truncateLog(ctx context.Context) error {
	var busy, frames, moved int64
	err := s.writer.run(ctx, "PRAGMA wal_checkpoint(TRUNCATE)", &busy, &frames, &moved)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrScrubPending, failed("truncate write-ahead log", err))
	}
	if busy != 0 {
		return fmt.Errorf("truncate write-ahead log: %w: a reader is still at work", ErrScrubPending)
	}
	return nil
}
