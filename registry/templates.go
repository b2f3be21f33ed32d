package registry

import (
	"context"
	"crypto/cipher"
)

// TemplateRow is one enrolled finger as the gallery needs it.
type TemplateRow struct {
	Subject  string
	Class    string // Class.Key of the subject's class
	Sample   int64
	Position uint8
	Quality  uint8
	Template []byte
}

// templatePage is how many subjects one snapshot reads: a long load must not hold old pages.
const templatePage = 256

type subjectRow struct {
	seq       int64
	id, class string
}

// EachTemplate gives every template of every record that is not erased to f, subject by subject in order of enrolment,
// and stops at f's first error. It reads in pages, not in one snapshot: what changes meanwhile may be seen either way.
func (s *Store) EachTemplate(ctx context.Context, f func(TemplateRow) error) error {
	for last := int64(0); ; {
		var rows []TemplateRow
		var n int
		err := s.View(ctx, func(v *View) error {
			subjects, err := v.subjectsAfter(last)
			if err != nil || len(subjects) == 0 {
				return err
			}
			n, last = len(subjects), subjects[len(subjects)-1].seq
			rows, err = v.templatesOf(subjects)
			return err
		})
		if err != nil {
			return err
		}
		if n == 0 {
			return nil
		}
		for _, r := range rows {
			if err := f(r); err != nil {
				return err
			}
		}
	}
}

func (v *View) subjectsAfter(seq int64) ([]subjectRow, error) {
	return list(v, "list subjects", func(row scanner) (s subjectRow, err error) {
		err = row.Scan(&s.seq, &s.id, &s.class)
		return s, err
	}, "SELECT s.seq, s.id, c.class FROM subjects s JOIN classes c ON c.id = s.class_id WHERE s.seq > ? ORDER BY s.seq LIMIT ?", seq, templatePage)
}

// subject finds one record. ErrNotFound when there is none or it is erased.
func (v *View) subject(id string) (subjectRow, error) {
	s := subjectRow{id: id}
	err := v.get("read subject", "SELECT s.seq, c.class FROM subjects s JOIN classes c ON c.id = s.class_id WHERE s.id = ?", []any{id}, &s.seq, &s.class)
	return s, err
}

func (v *View) templatesOf(subjects []subjectRow) ([]TemplateRow, error) {
	var out []TemplateRow
	for _, s := range subjects {
		slot, key, err := v.dataKey(subjectKey(s.id))
		if err != nil {
			return nil, err
		}
		rows, err := v.templatesOfOne(s, slot, key)
		if err != nil {
			return nil, err
		}
		out = append(out, rows...)
	}
	return out, nil
}

func (v *View) templatesOfOne(s subjectRow, slot int64, key cipher.AEAD) ([]TemplateRow, error) {
	return list(v, "list templates", func(row scanner) (TemplateRow, error) {
		t := TemplateRow{Subject: s.id, Class: s.class}
		var at int64
		var sealed []byte
		if err := row.Scan(&t.Sample, &t.Position, &t.Quality, &at, &sealed); err != nil {
			return t, err
		}
		var err error
		t.Template, err = unseal(key, sealed, datumBinding(at, subjectKey(s.id), templateName(t.Sample)))
		return t, err
	}, `SELECT a.id, a.position, a.quality, d.id, d.data FROM samples a
		JOIN vault d ON d.key_id = ? AND d.name = 'template/' || a.id WHERE a.subject = ? ORDER BY a.position, a.id`, slot, s.seq)
}
