package segment

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"runtime"
	"slices"

	"convenio/finger"
	"convenio/gallery"
)

// open gives everybody to the gallery, with the codes of those who are not open yet.
func (s *Store) open(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.files {
		if err := f.showAll(ctx); err != nil {
			return err
		}
	}
	var refs []gallery.Reference
	for _, subject := range slices.Sorted(maps.Keys(s.recent)) {
		p := s.recent[subject]
		key, err := s.opt.Keys.Key(subject)
		if errors.Is(err, gallery.ErrUnknown) {
			continue
		}
		if err != nil {
			return err
		}
		plain, err := openPerson(p, key)
		if err != nil {
			return err
		}
		more, err := references(plain)
		if err != nil {
			return err
		}
		refs = append(refs, more...)
	}
	if err := s.attach(s.files, nil); err != nil {
		return err
	}
	if err := s.people.Add(refs...); err != nil {
		return err
	}
	s.loaded = true
	return nil
}

// openPerson opens what the log has of a person, but the codes.
func openPerson(p Person, key Key) (Person, error) {
	out := Person{Subject: p.Subject, Class: p.Class}
	for _, f := range p.Fingers {
		if f.Position == codesPosition {
			continue
		}
		b, err := key.Open(templateName(f.Position), f.Template)
		if err != nil {
			return out, fmt.Errorf("%w: %w", ErrDamaged, err)
		}
		out.Fingers = append(out.Fingers, Finger{f.Position, b})
	}
	return out, nil
}

// opens reads and opens a person's templates, to see that they can be.
func (k *kept) opens(slot int, key Key) error {
	list, err := k.stored(slot)
	if err != nil {
		return err
	}
	_, err = openPerson(Person{Fingers: list}, key)
	return err
}

func (k *kept) countFingers(slot int) (count int) {
	_, _, n, first := k.row(slot)
	for i := range n {
		if finger.Position(k.file.data[k.fingersAt()+(first+i)*fingerSize+16]) != codesPosition {
			count++
		}
	}
	return count
}

// showAll opens the codes of everybody in a segment whose codes are not open. Whoever has no key any more is passed over:
// nothing of theirs can be read again, so no search finds them.
func (f *file) showAll(ctx context.Context) error {
	errs := make([]error, len(f.blocks))
	each(len(f.blocks), runtime.GOMAXPROCS(0), func(i int) {
		k := f.blocks[i]
		for slot := range k.people {
			if errs[i] = ctx.Err(); errs[i] != nil {
				return
			}
			if k.isGone(slot) || k.isShown(slot) {
				continue
			}
			key, err := f.keys.Key(k.Subject(slot))
			if err == nil {
				err = k.show(slot, key)
			}
			if err != nil && !errors.Is(err, gallery.ErrUnknown) && !k.isGone(slot) {
				errs[i] = fmt.Errorf("%s: block %d: %w", f.path, i, err)
				return
			}
		}
	})
	return errors.Join(errs...)
}
