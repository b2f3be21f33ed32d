package segment

import (
	"context"
	"errors"
	"slices"
	"time"
)

// Tend looks after a store until ctx ends: it reads everything once, as Verify does, and compacts what is due, each at the
// rate of Options. found is told of damage and other failures, after which Tend goes on.
func (s *Store) Tend(ctx context.Context, every time.Duration, found func(error)) {
	if err := s.scrub(ctx); err != nil && ctx.Err() == nil {
		found(err)
	}
	for ctx.Err() == nil {
		did, err := s.Compact(ctx)
		if err != nil && !errors.Is(err, errOvertaken) && ctx.Err() == nil {
			found(err)
		}
		if did && err == nil {
			continue
		}
		select {
		case <-ctx.Done():
		case <-time.After(every):
		}
	}
}

// scrub reads what opening does not: templates and codes of every segment. Changes go on.
func (s *Store) scrub(ctx context.Context) error {
	s.mu.Lock()
	files := slices.Clone(s.files)
	s.mu.Unlock()
	pace := s.pacer()
	for _, f := range files {
		err := f.verify(func(n int) error { return pace(ctx, n) })
		if err == nil {
			continue
		}
		s.mu.Lock()
		there := slices.Contains(s.files, f)
		s.mu.Unlock()
		if there || ctx.Err() != nil { // else it was replaced, and overwritten, meanwhile
			return err
		}
	}
	return nil
}
