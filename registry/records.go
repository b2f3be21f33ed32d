package registry

// What is read and changed of a record once it is enrolled.

import (
	"context"
	"fmt"
	"time"
)

// Subject reads a record without its sealed data. An erased record is returned with its Erased time.
func (v *View) Subject(id string) (Subject, error) {
	s := Subject{ID: id}
	var created, erased int64
	var class *string
	err := v.get("read subject", "SELECT c.class, s.created, s.erased FROM subjects s LEFT JOIN classes c ON c.id = s.class_id WHERE s.id = ?",
		[]any{id}, &class, &created, &erased)
	if err != nil {
		return Subject{}, err
	}
	s.Created, s.Erased = fromMillis(created), fromMillis(erased)
	if class != nil {
		if s.Class, err = ParseClass(*class); err != nil {
			return Subject{}, fmt.Errorf("read subject: %w: %w", ErrCorrupt, err)
		}
	}
	return s, nil
}

// Fields reads the biographic fields. ErrNotFound when there is no such subject or it is erased.
func (v *View) Fields(subject string) (map[string]string, error) {
	var fields map[string]string
	err := v.unsealJSON(subjectKey(subject), fieldsName, &fields)
	return fields, err
}

// SetFields replaces the biographic fields (rectification). ErrNotFound when there is no such subject or it is erased.
func (t *Tx) SetFields(subject string, fields map[string]string) error {
	if len(fields) > maxFields {
		return failed("set fields", invalid("%d fields, at most %d", len(fields), maxFields))
	}
	if _, _, err := t.dataKey(subjectKey(subject)); err != nil {
		return failed("set fields", err)
	}
	return t.sealJSON(subjectKey(subject), fieldsName, fields, time.Time{})
}

// Samples reads the fingers of a subject, images and templates opened, by position. None when the subject is erased.
func (v *View) Samples(subject string) ([]Sample, error) {
	out, err := list(v, "list samples", func(row scanner) (s Sample, err error) {
		err = row.Scan(&s.ID, &s.Position, &s.Quality)
		return s, err
	}, "SELECT a.id, a.position, a.quality FROM samples a JOIN subjects s ON s.seq = a.subject WHERE s.id = ? ORDER BY a.position, a.id", subject)
	if err != nil || len(out) == 0 {
		return nil, err
	}
	slot, key, err := v.dataKey(subjectKey(subject))
	if err != nil {
		return nil, err
	}
	for i := range out {
		if out[i].Image, err = v.unsealWith(slot, key, subjectKey(subject), imageName(out[i].ID)); err != nil {
			return nil, err
		}
		if out[i].Template, err = v.unsealWith(slot, key, subjectKey(subject), templateName(out[i].ID)); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// SetSafeguards replaces the safeguards of a record and returns its new class. ErrNotFound when it is erased or unknown.
func (t *Tx) SetSafeguards(subject string, safeguards []Safeguard) (Class, error) {
	s, err := t.Subject(subject)
	if err != nil {
		return Class{}, failed("set safeguards", err)
	}
	if !s.Erased.IsZero() {
		return Class{}, failed("set safeguards", ErrNotFound)
	}
	s.Class.Safeguards = safeguards
	return t.SetClass(subject, s.Class)
}

// SetClass moves a record to another class and returns it in canonical form. ErrNotFound when it is erased or unknown.
func (t *Tx) SetClass(subject string, c Class) (Class, error) {
	const a = "set class"
	id, err := t.classID(c)
	if err != nil {
		return Class{}, failed(a, err)
	}
	n, err := t.exec(a, "UPDATE subjects SET class_id = ? WHERE id = ? AND erased = 0", id, subject)
	if err == nil && n == 0 {
		err = failed(a, ErrNotFound)
	}
	if err != nil {
		return Class{}, err
	}
	return c.canonical(), nil
}

// EraseSubject destroys the record's key and all that it protects; id and time of erasure stay. ErrNotFound when there
// never was such a record; erasing again does nothing.
func (t *Tx) EraseSubject(subject string) error {
	if _, err := t.Subject(subject); err != nil {
		return failed("erase subject", err)
	}
	return t.DestroyKey(subjectKey(subject))
}

// Classes lists the classes that have people in them, with their number.
func (v *View) Classes() ([]ClassCount, error) {
	return list(v, "list classes", func(row scanner) (c ClassCount, err error) {
		var key string
		if err := row.Scan(&key, &c.Subjects); err != nil {
			return c, err
		}
		if c.Class, err = ParseClass(key); err != nil {
			return c, fmt.Errorf("%w: %w", ErrCorrupt, err)
		}
		return c, nil
	}, "SELECT c.class, count(*) FROM subjects s JOIN classes c ON c.id = s.class_id GROUP BY c.id ORDER BY c.class")
}

// Subject is View.Subject.
func (s *Store) Subject(ctx context.Context, id string) (Subject, error) {
	return read(ctx, s, func(v *View) (Subject, error) { return v.Subject(id) })
}

// Fields is View.Fields.
func (s *Store) Fields(ctx context.Context, subject string) (map[string]string, error) {
	return read(ctx, s, func(v *View) (map[string]string, error) { return v.Fields(subject) })
}

// SetFields is Tx.SetFields in a transaction of its own.
func (s *Store) SetFields(ctx context.Context, subject string, fields map[string]string) error {
	return s.Tx(ctx, func(tx *Tx) error { return tx.SetFields(subject, fields) })
}

// Samples is View.Samples.
func (s *Store) Samples(ctx context.Context, subject string) ([]Sample, error) {
	return read(ctx, s, func(v *View) ([]Sample, error) { return v.Samples(subject) })
}

// SetSafeguards is Tx.SetSafeguards in a transaction of its own.
func (s *Store) SetSafeguards(ctx context.Context, subject string, safeguards []Safeguard) (Class, error) {
	return write(ctx, s, func(tx *Tx) (Class, error) { return tx.SetSafeguards(subject, safeguards) })
}

// EraseSubject is Tx.EraseSubject, and returns when the record is in no file any more; see Store.DestroyKey.
func (s *Store) EraseSubject(ctx context.Context, subject string) error {
	if err := s.Tx(ctx, func(tx *Tx) error { return tx.EraseSubject(subject) }); err != nil {
		return err
	}
	return s.Scrub(ctx)
}

// Classes is View.Classes.
func (s *Store) Classes(ctx context.Context) ([]ClassCount, error) {
	return read(ctx, s, func(v *View) ([]ClassCount, error) { return v.Classes() })
}
