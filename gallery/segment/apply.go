package segment

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"

	"convenio/finger"
	"convenio/gallery"
)

// apply brings memory to where a record of the log leaves it.
func (s *Store) apply(v event) error {
	switch v.kind {
	case kindRemove:
		return s.leave(v.Subject)
	case kindReclass:
		p, err := s.lift(v.Subject)
		if err != nil {
			return err
		}
		if s.loaded {
			if err := s.people.SetClass(v.Subject, v.Class); err != nil {
				return err
			}
		}
		p.Class = v.Class
		s.recent[v.Subject] = p
		return nil
	}
	if (v.kind == kindSealed) != s.m.Sealed {
		return fmt.Errorf("%w: a record is sealed, or is not", ErrDamaged)
	}
	return s.enrol(v.Person, v.Person)
}

// leave takes a person out of gallery and segments.
func (s *Store) leave(subject string) error {
	s.people.Remove(subject)
	delete(s.recent, subject)
	at, ok := s.where.find(subject)
	if !ok {
		return nil
	}
	s.where.remove(subject)
	return s.blank([]spot{at})
}

// enrol takes a person in as the log has them. plain is the same with its templates open, for a gallery that is loaded.
func (s *Store) enrol(kept, plain Person) error {
	have, err := s.lift(kept.Subject)
	if err != nil && !errors.Is(err, gallery.ErrUnknown) {
		return err
	}
	if s.loaded {
		refs, err := references(plain)
		if err == nil {
			err = s.people.Add(refs...)
		}
		if err != nil {
			return err
		}
	}
	for _, f := range kept.Fingers {
		have.Fingers = append(have.Fingers, Finger{f.Position, slices.Clone(f.Template)})
	}
	have.Subject, have.Class = kept.Subject, kept.Class
	s.recent[kept.Subject] = have
	return nil
}

func references(p Person) ([]gallery.Reference, error) {
	refs := make([]gallery.Reference, len(p.Fingers))
	for i, f := range p.Fingers {
		t, err := finger.ParseTemplate(f.Template)
		if err != nil {
			return nil, fmt.Errorf("finger %d: %w", i, err)
		}
		refs[i] = gallery.Reference{Subject: p.Subject, Position: f.Position, Class: p.Class, Template: finger.Prepare(t)}
	}
	return refs, nil
}

// lift finds a person, in the log or in a segment, with what is stored of the fingers.
func (s *Store) lift(subject string) (Person, error) {
	if p, ok := s.recent[subject]; ok {
		return p, nil
	}
	at, ok := s.where.find(subject)
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

// blank overwrites people in segments with zeros. A file that is not there any more is overwritten already.
func (s *Store) blank(list []spot) error {
	open := map[*file]*os.File{}
	var errs []error
	for _, at := range list {
		f := open[at.block.file]
		if f == nil {
			var err error
			f, err = os.OpenFile(at.block.file.path, os.O_WRONLY, 0)
			if errors.Is(err, fs.ErrNotExist) && slices.Contains(s.retired, at.block.file) {
				continue
			}
			if err != nil {
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
