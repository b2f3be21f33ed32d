package segment

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"

	"convenio/finger"
	"convenio/gallery"
)

// Add enrols people, or more fingers of people who are enrolled, under the same class. When it returns they are on disk
// and can be found. All are taken or, on an error, none.
func (s *Store) Add(people ...Person) error {
	stored := people
	if s.opt.Keys != nil {
		list, err := encodeAll(people)
		if err == nil {
			list, err = sealAll(list, s.opt.Keys)
		}
		if err == nil && len(list) < len(people) {
			err = gallery.ErrUnknown // somebody's key is gone
		}
		if err != nil {
			return fmt.Errorf("enrol: %w", err)
		}
		stored = nil
		for _, p := range list {
			stored = append(stored, p.Person)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.add(people, stored)
}

func (s *Store) add(people, stored []Person) error {
	if err := s.usable(); err != nil {
		return fmt.Errorf("enrol: %w", err)
	}
	classes := map[string]string{}
	var b []byte
	for i, p := range people {
		if err := s.fits(p, classes); err != nil {
			return fmt.Errorf("enrol person %d: %w", i, err)
		}
		v := event{s.enrolKind(), stored[i]}
		b = v.append(b)
	}
	if err := s.write(b); err != nil {
		return fmt.Errorf("enrol: %w", err)
	}
	for i, p := range people {
		s.touch(p.Subject)
		if err := s.enrol(stored[i], p); err != nil {
			return fmt.Errorf("enrol: %w", err)
		}
	}
	return nil
}

// usable says why a store cannot be changed, if so.
func (s *Store) usable() error {
	switch {
	case s.log == nil || s.closing:
		return errClosed
	case s.m.Sealed && s.opt.Keys == nil:
		return errSealed
	}
	return nil
}

func (s *Store) enrolKind() byte {
	if s.m.Sealed {
		return kindSealed
	}
	return kindEnrol
}

// fits refuses a person before anything is written.
func (s *Store) fits(p Person, classes map[string]string) error {
	if err := p.check(); err != nil {
		return err
	}
	have, err := s.lift(p.Subject)
	if err != nil && !errors.Is(err, gallery.ErrUnknown) {
		return err
	}
	class, before := classes[p.Subject]
	if err == nil && !before {
		class, before = have.Class, true
	}
	if before && class != p.Class {
		return gallery.ErrClass
	}
	if fingersOf(have.Fingers)+len(p.Fingers) > mostFingers {
		return fmt.Errorf("%w: more than %d fingers of one person", gallery.ErrReference, mostFingers)
	}
	classes[p.Subject] = p.Class
	for i, f := range p.Fingers {
		if _, err := finger.ParseTemplate(f.Template); err != nil {
			return fmt.Errorf("finger %d: %w", i, err)
		}
	}
	return nil
}

func (s *Store) write(b []byte) error {
	if err := s.step("log"); err != nil {
		return err
	}
	return s.log.write(b)
}

// Remove takes a person out and says whether they were in. No search that begins later finds the person; when it returns
// that holds after a crash too, and no file of the store holds their templates or codes.
func (s *Store) Remove(subject string) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.usable(); err != nil {
		return false, fmt.Errorf("remove: %w", err)
	}
	s.people.Remove(subject)
	for s.making != nil && s.making.takes(subject) {
		s.overtake()
	}
	return s.remove(subject)
}

func (s *Store) remove(subject string) (bool, error) {
	if err := s.usable(); err != nil {
		return false, fmt.Errorf("remove: %w", err)
	}
	_, recent := s.recent[subject]
	_, sealed := s.where.find(subject)
	if !recent && !sealed {
		return false, nil
	}
	v := event{kind: kindRemove, Person: Person{Subject: subject}}
	if err := s.write(v.append(nil)); err != nil {
		return false, fmt.Errorf("remove: %w", err)
	}
	if err := s.step("blank"); err != nil {
		return true, err
	}
	if err := errors.Join(s.apply(v), s.blank(s.leftovers(subject))); err != nil {
		return true, fmt.Errorf("remove: %w", err)
	}
	if recent {
		return true, s.rewriteLog()
	}
	return true, nil
}

// leftovers are a person's places in files that were replaced and are still there, for searches under way.
func (s *Store) leftovers(subject string) (list []spot) {
	for _, at := range s.stale {
		if at.block.Subject(at.slot) == subject {
			list = append(list, at)
		}
	}
	for _, f := range s.retired {
		for _, k := range f.blocks {
			for slot := range k.people {
				if string(k.name(slot)) == subject {
					list = append(list, spot{k, slot})
				}
			}
		}
	}
	return list
}

// SetClass moves a person to another class: on disk when it returns, and no search sees the person in both or in neither.
func (s *Store) SetClass(subject, class string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.usable(); err != nil {
		return fmt.Errorf("set class: %w", err)
	}
	p, err := s.lift(subject)
	if err != nil {
		return fmt.Errorf("set class: %w", err)
	}
	if p.Class == class {
		return nil
	}
	if len(class) > mostClass {
		return fmt.Errorf("set class: %w: a class of %d bytes", gallery.ErrReference, len(class))
	}
	v := event{kindReclass, Person{Subject: subject, Class: class}}
	if err := s.write(v.append(nil)); err != nil {
		return fmt.Errorf("set class: %w", err)
	}
	s.touch(subject)
	if err := s.apply(v); err != nil {
		return fmt.Errorf("set class: %w", err)
	}
	return nil
}

// rewriteLog puts a new log in the place of the present one, with the people who are in it as they are now, and destroys
// the old one.
func (s *Store) rewriteLog() error {
	m := s.m
	m.Log, m.Next = m.Next, m.Next+1
	if err := s.step("rewrite"); err != nil {
		return err
	}
	size, err := s.writeLog(m, s.recent)
	if err != nil {
		return fmt.Errorf("rewrite log: %w", err)
	}
	if err := s.step("manifest"); err != nil {
		return err
	}
	if err := writeManifest(s.dir, m); err != nil {
		return fmt.Errorf("rewrite log: %w", err)
	}
	if err := s.switchLog(m, size); err != nil {
		return fmt.Errorf("rewrite log: %w", err)
	}
	return nil
}

// writeLog writes a new log of people who are not in segments as they should be.
func (s *Store) writeLog(m manifest, people map[string]Person) (size int64, err error) {
	var b []byte
	for _, subject := range slices.Sorted(maps.Keys(people)) {
		if at, sealed := s.where.find(subject); sealed && slices.Contains(m.Segments, at.block.file.number) {
			v := event{kindRemove, Person{Subject: subject}} // the segment's own, taken over by the log
			b = v.append(b)
		}
		v := event{s.enrolKind(), people[subject]}
		b = v.append(b)
	}
	return int64(len(b)), writeSynced(logPath(s.dir, m.Log), b)
}

// switchLog takes the log that a manifest now names, and destroys the one before.
func (s *Store) switchLog(m manifest, size int64) error {
	old, before := s.log.file, logPath(s.dir, s.m.Log)
	f, err := os.OpenFile(logPath(s.dir, m.Log), os.O_RDWR, 0o600)
	if err != nil {
		s.log.wound = err
		return err
	}
	s.log, s.m = &journal{file: f, size: size}, m
	if err := s.step("destroy"); err != nil {
		return err
	}
	return errors.Join(old.Close(), destroy(before))
}
