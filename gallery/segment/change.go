package segment

import (
	"errors"
	"fmt"
	"os"

	"convenio/finger"
	"convenio/gallery"
)

// Errors of a store.
var errClosed = errors.New("gallery is closed")

// Add enrols people, or more fingers of people who are enrolled, under the same class. When it returns they are on disk
// and can be found. All are taken or, on an error, none.
func (s *Store) Add(people ...Person) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.log == nil {
		return fmt.Errorf("enrol: %w", errClosed)
	}
	classes := map[string]string{}
	var b []byte
	for i, p := range people {
		if err := s.fits(p, classes); err != nil {
			return fmt.Errorf("enrol person %d: %w", i, err)
		}
		v := event{kindEnrol, p}
		b = v.append(b)
	}
	if err := s.write(b); err != nil {
		return fmt.Errorf("enrol: %w", err)
	}
	for _, p := range people {
		if err := s.enrol(p); err != nil {
			return fmt.Errorf("enrol: %w", err)
		}
	}
	return nil
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
	if len(have.Fingers)+len(p.Fingers) > mostFingers {
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

// Remove takes a person out and says whether they were in. When it returns no search finds the person, now or after a
// crash, and no file of the store holds their templates or codes.
func (s *Store) Remove(subject string) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.log == nil {
		return false, fmt.Errorf("remove: %w", errClosed)
	}
	_, recent := s.recent[subject]
	_, sealed := s.where[subject]
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
	if err := s.apply(v); err != nil {
		return true, fmt.Errorf("remove: %w", err)
	}
	if recent {
		return true, s.rewriteLog()
	}
	return true, nil
}

// SetClass moves a person to another class: on disk when it returns, and no search sees the person in both or in neither.
func (s *Store) SetClass(subject, class string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.log == nil {
		return fmt.Errorf("set class: %w", errClosed)
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
	var b []byte
	for _, subject := range s.recentOrder() {
		p := s.recent[subject]
		if _, sealed := s.where[subject]; sealed {
			v := event{kindRemove, Person{Subject: subject}} // the segment's own, taken over by the log
			b = v.append(b)
		}
		v := event{kindEnrol, p}
		b = v.append(b)
	}
	if err := s.step("rewrite"); err != nil {
		return err
	}
	if err := writeSynced(logPath(s.dir, m.Log), b); err != nil {
		return fmt.Errorf("rewrite log: %w", err)
	}
	if err := s.step("manifest"); err != nil {
		return err
	}
	if err := writeManifest(s.dir, m); err != nil {
		return fmt.Errorf("rewrite log: %w", err)
	}
	old := s.log.file
	f, err := os.OpenFile(logPath(s.dir, m.Log), os.O_RDWR, 0o600)
	if err != nil {
		s.log.wound = err
		return fmt.Errorf("rewrite log: %w", err)
	}
	s.log, s.m = &journal{file: f, size: int64(len(b))}, m
	if err := s.step("destroy"); err != nil {
		return err
	}
	return errors.Join(old.Close(), sweep(s.dir, s.m))
}
