package registry

// What a cache of the enrolled, outside the registry, follows it by: everybody's class, and a key to seal with.

import (
	"context"
	"crypto/cipher"
	"crypto/rand"
	"encoding/hex"
	"errors"
)

// SubjectKey seals and opens what is kept of one subject outside the registry. It is the subject's own data key: when that
// is destroyed, what it sealed cannot be opened again, wherever it lies.
type SubjectKey struct {
	id  string
	key cipher.AEAD
}

// bind keeps what lies outside apart from what lies in the vault, and each datum apart from the others.
func (k SubjectKey) bind(what string) []byte { return binding("outside", k.id, what) }

// Seal seals a datum; what says which.
func (k SubjectKey) Seal(what string, plain []byte) []byte {
	return k.key.Seal(nil, nil, plain, k.bind(what))
}

// Open opens a datum, or fails with ErrCorrupt when it was not sealed by this key as what it is said to be.
func (k SubjectKey) Open(what string, sealed []byte) ([]byte, error) {
	return unseal(k.key, sealed, k.bind(what))
}

// SubjectKey returns a subject's key. ErrNotFound when there is no such subject or it is erased.
func (s *Store) SubjectKey(ctx context.Context, subject string) (SubjectKey, error) {
	return read(ctx, s, func(v *View) (SubjectKey, error) {
		_, key, err := v.dataKey(subjectKey(subject))
		return SubjectKey{subject, key}, err
	})
}

// SubjectRow is one enrolled person as whoever follows the registry needs them.
type SubjectRow struct {
	ID, Class string // Class.Key
	Samples   int
	Key       SubjectKey
}

// EachSubject gives everybody who is not erased to f, in order of enrolment, and stops at f's first error. Like EachTemplate
// it reads in pages.
func (s *Store) EachSubject(ctx context.Context, f func(SubjectRow) error) error {
	type row struct {
		SubjectRow
		seq, slot int64
		wrapped   []byte
	}
	for last := int64(0); ; {
		page, err := read(ctx, s, func(v *View) ([]row, error) {
			return list(v, "list subjects", func(from scanner) (r row, err error) {
				err = from.Scan(&r.seq, &r.ID, &r.Class, &r.slot, &r.wrapped, &r.Samples)
				return r, err
			}, `SELECT s.seq, s.id, c.class, k.id, w.wrapped, (SELECT count(*) FROM samples a WHERE a.subject = s.seq)
				FROM subjects s JOIN classes c ON c.id = s.class_id
				JOIN keys k ON k.purpose = 'subject' AND k.owner = s.id JOIN key_slots w ON w.id = k.id
				WHERE s.seq > ? ORDER BY s.seq LIMIT ?`, last, checkPage)
		})
		if err != nil || len(page) == 0 {
			return err
		}
		for _, r := range page {
			last = r.seq
			key, err := s.master.unwrap(r.wrapped, keyBinding(r.slot, subjectKey(r.ID)))
			if err != nil {
				return failed("list subjects", err)
			}
			r.Key = SubjectKey{r.ID, key}
			if err := f(r.SubjectRow); err != nil {
				return err
			}
		}
	}
}

// TemplatesOf reads one subject's templates. ErrNotFound when there is no such subject or it is erased.
func (s *Store) TemplatesOf(ctx context.Context, subject string) ([]TemplateRow, error) {
	return read(ctx, s, func(v *View) ([]TemplateRow, error) {
		row, err := v.subject(subject)
		if err != nil {
			return nil, err
		}
		return v.templatesOf([]subjectRow{row})
	})
}

// FollowerID is a random name of this database, the same for good: what follows it notes whom it follows.
func (s *Store) FollowerID(ctx context.Context) (string, error) {
	const name = "follower-id"
	return write(ctx, s, func(tx *Tx) (string, error) {
		have, err := tx.Meta(name)
		if !errors.Is(err, ErrNotFound) {
			return string(have), err
		}
		var b [16]byte
		rand.Read(b[:]) // never fails: it ends the program instead
		id := hex.EncodeToString(b[:])
		return id, tx.SetMeta(name, []byte(id))
	})
}
