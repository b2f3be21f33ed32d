package segment

import (
	"context"
	"errors"
	"slices"
	"time"

	"convenio/gallery"
)

// touch notes that somebody changed whom a compaction is writing as they were.
func (s *Store) touch(subject string) {
	if s.making != nil && s.making.takes(subject) {
		s.making.has[subject] = true
	}
}

// overtake ends the compaction under way and waits until its file is destroyed. It is called with s.mu held.
func (s *Store) overtake() {
	m := s.making
	m.cancel()
	s.mu.Unlock()
	<-m.done
	s.mu.Lock()
}

// finish makes the new segment the store's, or destroys it when the compaction has failed or was ended.
func (s *Store) finish(ctx context.Context, m *making, made *file, failed error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer close(m.done)
	defer func() { s.making = nil }()
	if failed == nil {
		failed = ctx.Err()
	}
	if failed == nil {
		failed = s.usable()
	}
	if failed == nil {
		return s.replace(m, made)
	}
	if err := s.step("undo"); err != nil {
		return err
	}
	if err := destroy(segmentPath(s.dir, m.number)); err != nil {
		return errors.Join(failed, err)
	}
	if errors.Is(failed, context.Canceled) {
		return errOvertaken
	}
	return failed
}

// replace makes the new files the store's. What the new segment took over is overwritten in the old ones when the manifest
// counts. A crash in between leaves a person in two segments: the later one is right, see enter.
func (s *Store) replace(m *making, made *file) error {
	rest := map[string]Person{} // who stays in the log
	for subject, p := range s.recent {
		if changed, taken := m.has[subject]; !taken || changed {
			rest[subject] = p
		}
	}
	if made != nil {
		if err := s.blank(made.changed(m.has)); err != nil {
			return err
		}
	}
	next := s.m
	next.Segments = slices.DeleteFunc(slices.Clone(next.Segments), func(n int) bool { return m.drop[n] })
	size, err := s.writeLog(manifest{Segments: next.Segments, Log: next.Next}, rest)
	if err != nil {
		return err
	}
	next.Log, next.Next = next.Next, next.Next+1
	if made != nil {
		next.Segments = append(next.Segments, m.number)
	}
	if err := s.step("manifest"); err != nil {
		return err
	}
	if err := writeManifest(s.dir, next); err != nil {
		return err
	}
	if err := s.switchLog(next, size); err != nil {
		return err
	}
	s.recent = rest
	return s.show(m, made)
}

// changed lists those of a segment who changed while it was written: the log has them.
func (f *file) changed(has map[string]bool) (list []spot) {
	for _, k := range f.blocks {
		for slot := range k.people {
			if has[string(k.name(slot))] {
				list = append(list, spot{k, slot})
			}
		}
	}
	return list
}

// show lets searches see the new segment in the place of the old ones.
func (s *Store) show(m *making, made *file) error {
	var replaced []gallery.KeptPlace
	if made != nil {
		for _, k := range made.blocks {
			s.where.add(k)
			for slot := range k.people {
				if k.isGone(slot) {
					continue
				}
				before, had := s.where.set(s.where.hash(k.name(slot)), spot{k, slot})
				if !had {
					continue
				}
				replaced = append(replaced, gallery.KeptPlace{Kept: before.block, Slot: before.slot})
				if !m.drop[before.block.file.number] {
					s.stale = append(s.stale, before)
				}
			}
		}
	}
	for _, f := range s.files {
		if !m.drop[f.number] {
			continue
		}
		s.retired = append(s.retired, f)
		for _, k := range f.blocks {
			s.where.forget(k)
		}
	}
	s.files = slices.DeleteFunc(s.files, func(f *file) bool { return m.drop[f.number] })
	if made == nil {
		return nil
	}
	s.files = append(s.files, made)
	if !s.loaded {
		return nil
	}
	return s.attach([]*file{made}, replaced)
}

// clear takes away what was replaced, once the searches have ended that may read it.
func (s *Store) clear(ctx context.Context) error {
	if err := s.people.Settle(ctx); err != nil {
		return err
	}
	s.mu.Lock()
	if err := s.step("clear"); err != nil {
		s.mu.Unlock()
		return err
	}
	err := s.blank(s.stale)
	s.stale = nil
	old := slices.Clone(s.retired)
	s.mu.Unlock()
	if err != nil {
		return err
	}
	pace := s.pacer()
	for _, f := range old {
		err := destroySlowly(f.path, func(n int) error { return pace(ctx, n) })
		if err != nil {
			return err
		}
		if err := s.step("cleared"); err != nil {
			return err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.retired = slices.DeleteFunc(s.retired, func(f *file) bool { return slices.Contains(old, f) })
	return nil
}

// pacer returns what holds a writer to the store's rate.
func (s *Store) pacer() func(ctx context.Context, n int) error {
	start, done := time.Now(), 0
	return func(ctx context.Context, n int) error {
		done += n
		if s.opt.Rate <= 0 {
			return ctx.Err()
		}
		due := time.Duration(float64(done) / float64(s.opt.Rate) * float64(time.Second))
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(due - time.Since(start)):
			return nil
		}
	}
}
