package segment

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"os"
	"runtime"
	"slices"

	"convenio/gallery"
)

// rewriteShare: a segment of which more than one person in so many is gone is written anew by Fold.
const rewriteShare = 4

// Fold writes the people of the log, and those of segments that have become sparse, into a new segment, and destroys the
// old files. Searches go on; changes wait.
func (s *Store) Fold() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.log == nil {
		return fmt.Errorf("fold: %w", errClosed)
	}
	sparse := s.sparse()
	people, err := s.gather(sparse)
	if err != nil {
		return fmt.Errorf("fold: %w", err)
	}
	m := s.m
	m.Segments = slices.DeleteFunc(slices.Clone(m.Segments), func(n int) bool { return sparse[n] })
	var made *file
	if len(people) > 0 {
		n := m.Next
		m.Next++
		m.Segments = append(m.Segments, n)
		if made, err = s.seal(n, people); err != nil {
			return fmt.Errorf("fold: %w", err)
		}
	}
	if err := s.replace(m, made, sparse); err != nil {
		return fmt.Errorf("fold: %w", err)
	}
	return nil
}

// sparse lists the segments to be written anew.
func (s *Store) sparse() map[int]bool {
	out := map[int]bool{}
	for _, f := range s.files {
		people, gone := 0, 0
		for _, k := range f.blocks {
			people += k.people
			for slot := range k.people {
				if at, ok := s.where[k.Subject(slot)]; k.isGone(slot) || !ok || at.block != k {
					gone++
				}
			}
		}
		out[f.number] = gone*rewriteShare > people
	}
	return out
}

// gather lists whom the new segment takes, by class and subject.
func (s *Store) gather(sparse map[int]bool) (people []Person, err error) {
	for _, p := range s.recent {
		people = append(people, p)
	}
	for subject, at := range s.where {
		if _, recent := s.recent[subject]; recent || !sparse[at.block.file.number] {
			continue
		}
		p, err := s.lift(subject)
		if err != nil {
			return nil, err
		}
		people = append(people, p)
	}
	slices.SortFunc(people, func(a, b Person) int {
		return cmp.Or(cmp.Compare(a.Class, b.Class), cmp.Compare(a.Subject, b.Subject))
	})
	return people, nil
}

func (s *Store) recentOrder() []string { return slices.Sorted(maps.Keys(s.recent)) }

// seal writes people, sorted by class, into a segment file and opens it.
func (s *Store) seal(n int, people []Person) (*file, error) {
	if err := s.step("seal"); err != nil {
		return nil, err
	}
	path := segmentPath(s.dir, n)
	w, err := newWriter(path)
	if err != nil {
		return nil, err
	}
	for len(people) > 0 {
		size := 1
		for size < min(len(people), gallery.BlockSize) && people[size].Class == people[0].Class {
			size++
		}
		block, err := encodeAll(people[:size])
		if err != nil {
			w.file.Close()
			return nil, err
		}
		w.block(block)
		people = people[size:]
	}
	if err := w.close(); err != nil {
		return nil, err
	}
	return openFile(n, path)
}

// replace makes the new files the store's and destroys the old ones.
func (s *Store) replace(m manifest, made *file, sparse map[int]bool) error {
	m.Log, m.Next = m.Next, m.Next+1
	if err := writeSynced(logPath(s.dir, m.Log), nil); err != nil {
		return err
	}
	// What the new segment took over is overwritten in the old ones once the manifest counts. A crash in between leaves a
	// person in two segments: the later one is right, see attach.
	if err := s.step("manifest"); err != nil {
		return err
	}
	if err := writeManifest(s.dir, m); err != nil {
		return err
	}
	old := s.log.file
	f, err := os.OpenFile(logPath(s.dir, m.Log), os.O_RDWR, 0o600)
	if err != nil {
		s.log.wound = err
		return err
	}
	s.log, s.m = &journal{file: f}, m
	s.recent = map[string]Person{}
	s.files = slices.DeleteFunc(s.files, func(f *file) bool { return sparse[f.number] })
	if made != nil {
		s.files = append(s.files, made)
		if err := s.attach(made); err != nil {
			return err
		}
	}
	if err := s.step("destroy"); err != nil {
		return err
	}
	return errors.Join(old.Close(), sweep(s.dir, s.m))
}

// encodeAll encodes people on all processors.
func encodeAll(people []Person) ([]encoded, error) {
	out, errs := make([]encoded, len(people)), make([]error, len(people))
	each(len(people), runtime.GOMAXPROCS(0), func(i int) { out[i], errs[i] = encode(people[i]) })
	return out, errors.Join(errs...)
}
