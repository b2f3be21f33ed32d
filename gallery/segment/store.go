package segment

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"convenio/finger"
	"convenio/gallery"
)

// Store is a gallery on disk. Its methods may be called by many at once; changes wait for each other, searches for nobody.
type Store struct {
	dir    string
	people *gallery.Gallery
	step   func(string) error // told before each step that a crash could follow; tests end the store there

	mu     sync.Mutex
	lock   *os.File
	m      manifest
	files  []*file
	log    *journal
	recent map[string]Person // people who are in the log, as they are now
	where  map[string]spot   // people who are in segments
}

// spot is a person's place in a segment.
type spot struct {
	block *kept
	slot  int
}

// Open opens the store in a folder, which it makes if there is none.
func Open(dir string) (*Store, error) { return open(dir, func(string) error { return nil }) }

func open(dir string, step func(string) error) (*Store, error) {
	if bigEndian() {
		return nil, errors.New("open gallery: this machine is big-endian, segments are not")
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("open gallery: %w", err)
	}
	s := &Store{dir: dir, people: gallery.New(), step: step, recent: map[string]Person{}, where: map[string]spot{}}
	if err := s.load(); err != nil {
		s.Close()
		return nil, fmt.Errorf("open gallery: %w", err)
	}
	return s, nil
}

func (s *Store) load() (err error) {
	if s.lock, err = lock(filepath.Join(s.dir, "lock")); err != nil {
		return err
	}
	if s.m, err = readManifest(s.dir); err != nil {
		return err
	}
	if s.m.Log == 0 {
		s.m.Log, s.m.Next = s.m.Next, s.m.Next+1
		if err := writeManifest(s.dir, s.m); err != nil {
			return err
		}
	}
	if err := sweep(s.dir, s.m); err != nil {
		return err
	}
	for _, n := range s.m.Segments {
		f, err := openFile(n, segmentPath(s.dir, n))
		if err != nil {
			return err
		}
		s.files = append(s.files, f)
		if err := s.attach(f); err != nil {
			return err
		}
	}
	s.log, err = openJournal(logPath(s.dir, s.m.Log), s.apply)
	return err
}

// attach shows a segment's people. Who is in an earlier segment too was taken over from there, and is overwritten there.
func (s *Store) attach(f *file) error {
	var stale []spot
	blocks := make([]gallery.KeptBlock, len(f.blocks))
	for i, k := range f.blocks {
		blocks[i] = gallery.KeptBlock{Class: k.class, Kept: k}
		for slot := range k.people {
			if k.isGone(slot) {
				continue
			}
			subject := k.Subject(slot)
			if at, ok := s.where[subject]; ok && at.block.file != f {
				stale = append(stale, at)
			}
			s.where[subject] = spot{k, slot}
		}
	}
	if err := s.people.Attach(blocks, func(b, slot int) bool { return f.blocks[b].isGone(slot) }, true); err != nil {
		return err
	}
	if err := s.step("blank"); err != nil {
		return err
	}
	return s.blank(stale)
}

// apply brings memory to where a record of the log leaves it.
func (s *Store) apply(v event) error {
	switch v.kind {
	case kindRemove:
		s.people.Remove(v.Subject)
		delete(s.recent, v.Subject)
		if at, ok := s.where[v.Subject]; ok {
			delete(s.where, v.Subject)
			return s.blank([]spot{at})
		}
		return nil
	case kindReclass:
		p, err := s.lift(v.Subject)
		if err != nil {
			return err
		}
		if err := s.people.SetClass(v.Subject, v.Class); err != nil {
			return err
		}
		p.Class = v.Class
		s.recent[v.Subject] = p
		return nil
	}
	return s.enrol(v.Person)
}

func (s *Store) enrol(p Person) error {
	have, err := s.lift(p.Subject)
	if err != nil && !errors.Is(err, gallery.ErrUnknown) {
		return err
	}
	refs := make([]gallery.Reference, len(p.Fingers))
	for i, f := range p.Fingers {
		t, err := finger.ParseTemplate(f.Template)
		if err != nil {
			return fmt.Errorf("finger %d: %w", i, err)
		}
		refs[i] = gallery.Reference{Subject: p.Subject, Position: f.Position, Class: p.Class, Template: finger.Prepare(t)}
		have.Fingers = append(have.Fingers, Finger{f.Position, slices.Clone(f.Template)})
	}
	if err := s.people.Add(refs...); err != nil {
		return err
	}
	have.Subject, have.Class = p.Subject, p.Class
	s.recent[p.Subject] = have
	return nil
}

// lift finds a person with templates, in the log or in a segment.
func (s *Store) lift(subject string) (Person, error) {
	if p, ok := s.recent[subject]; ok {
		return p, nil
	}
	at, ok := s.where[subject]
	if !ok {
		return Person{}, gallery.ErrUnknown
	}
	list, err := at.block.stored(at.slot)
	if err != nil {
		return Person{}, err
	}
	p := Person{Subject: subject, Class: at.block.class}
	for _, f := range list {
		p.Fingers = append(p.Fingers, Finger{f.Position, slices.Clone(f.Template)})
	}
	return p, nil
}

// blank overwrites people in segments with zeros.
func (s *Store) blank(list []spot) error {
	open := map[*file]*os.File{}
	var errs []error
	for _, at := range list {
		f := open[at.block.file]
		if f == nil {
			var err error
			if f, err = os.OpenFile(at.block.file.path, os.O_WRONLY, 0); err != nil {
				return err
			}
			open[at.block.file] = f
		}
		errs = append(errs, at.block.blank(f, at.slot))
	}
	for _, f := range open {
		errs = append(errs, f.Sync(), f.Close())
	}
	return errors.Join(errs...)
}

// Close lets go of the files. A search that is under way keeps what it reads.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var errs []error
	if s.log != nil {
		errs = append(errs, s.log.file.Close())
		s.log = nil
	}
	if s.lock != nil {
		errs = append(errs, s.lock.Close())
		s.lock = nil
	}
	return errors.Join(errs...)
}
