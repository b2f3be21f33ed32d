package segment

import (
	"os"
	"path/filepath"

	"convenio/gallery"
)

// Gallery is what to search. Change it through the store alone.
func (s *Store) Gallery() *gallery.Gallery { return s.people }

// Blocks are the blocks of the sealed segments.
func (s *Store) Blocks() (list []gallery.KeptBlock) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.files {
		for _, k := range f.blocks {
			list = append(list, gallery.KeptBlock{Class: k.class, Kept: k})
		}
	}
	return list
}

// Has tells whether a person is enrolled.
func (s *Store) Has(subject string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, recent := s.recent[subject]
	_, sealed := s.where.find(subject)
	return recent || sealed
}

// Count is how many people and fingers the store holds, whether it can be searched or not.
func (s *Store) Count() (people, fingers int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.where.each(func(at spot) {
		if _, recent := s.recent[string(at.block.name(at.slot))]; !recent {
			people++
			fingers += at.block.countFingers(at.slot)
		}
	})
	for _, p := range s.recent {
		people++
		fingers += fingersOf(p.Fingers)
	}
	return people, fingers
}

// Exists tells whether there is a store in a folder, whole or damaged.
func Exists(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, manifestName))
	return err == nil
}

// Note is what the builder of the store left there.
func (s *Store) Note() string { return s.m.Note }

// Files is how many bytes the store has on disk.
func (s *Store) Files() (n int64, err error) {
	list, err := filepath.Glob(filepath.Join(s.dir, "*"))
	for _, path := range list {
		if info, e := os.Stat(path); e == nil {
			n += info.Size()
		}
	}
	return n, err
}

// Verify reads everything and tells of the first damage.
func (s *Store) Verify() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.files {
		if err := f.verify(func(int) error { return nil }); err != nil {
			return err
		}
	}
	return nil
}
