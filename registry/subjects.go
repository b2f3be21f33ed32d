package registry

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strconv"
	"time"
)

// Subject is a person enrolled.
type Subject struct {
	ID      string // 128 random bits in hexadecimal, made by AddSubject
	Class   Class  // zero when erased
	Created time.Time
	Erased  time.Time // zero: not erased
}

// NewSubject is what AddSubject stores.
type NewSubject struct {
	Class       Class
	Fields      map[string]string // biographic fields by name, for example "family-name"; sealed
	Samples     []Sample          // Sample.ID is given by AddSubject
	Deadline    time.Time         // when the record ends; zero: none
	Idempotency string            // caller's key of this enrolment; "" for none. Stored hashed.
}

// Sample is one finger of a subject.
type Sample struct {
	ID       int64
	Position uint8  // ANSI/NIST-ITL 1-2011 table 8: 0 unknown, 1 right thumb .. 10 left little
	Quality  uint8  // 0..100, higher is better
	Image    []byte // PNG; sealed
	Template []byte // sealed
}

// Bounds of a subject.
const (
	maxSamples = 64
	maxFields  = 128
)

const fieldsName = "fields"

func imageName(id int64) string    { return "image/" + strconv.FormatInt(id, 10) }
func templateName(id int64) string { return "template/" + strconv.FormatInt(id, 10) }

func subjectKey(id string) KeyRef { return KeyRef{ForSubject, id} }

// hashed is the stored form of a caller's idempotency key, nil for "".
func hashed(key string) []byte {
	if key == "" {
		return nil
	}
	sum := sha256.Sum256([]byte(key))
	return sum[:]
}

// AddSubject enrols a person and returns the record's id. With an idempotency key that was used before it stores nothing
// and returns that record's id and true, even when that record has been erased since.
func (t *Tx) AddSubject(n NewSubject) (id string, repeated bool, err error) {
	const a = "add subject"
	if err := n.validate(); err != nil {
		return "", false, failed(a, err)
	}
	if key := hashed(n.Idempotency); key != nil {
		err := t.get(a, "SELECT id FROM subjects WHERE idempotency = ?", []any{key}, &id)
		if !errors.Is(err, ErrNotFound) {
			return id, err == nil, err
		}
	}
	class, err := t.classID(n.Class)
	if err != nil {
		return "", false, failed(a, err)
	}
	id = randomID()
	var seq int64
	err = t.get(a, "INSERT INTO subjects (id, class_id, idempotency, created) VALUES (?, ?, ?, ?) RETURNING seq",
		[]any{id, class, hashed(n.Idempotency), toMillis(t.now)}, &seq)
	if err != nil {
		return "", false, err
	}
	if err := t.sealJSON(subjectKey(id), fieldsName, n.Fields, n.Deadline); err != nil {
		return "", false, failed(a, err)
	}
	return id, false, failed(a, t.addSamples(seq, id, n.Samples))
}

func (n NewSubject) validate() error {
	if err := n.Class.validate(); err != nil {
		return err
	}
	if len(n.Samples) > maxSamples || len(n.Fields) > maxFields {
		return invalid("%d samples (at most %d), %d fields (at most %d)", len(n.Samples), maxSamples, len(n.Fields), maxFields)
	}
	for i, s := range n.Samples {
		if len(s.Template) == 0 {
			return invalid("sample %d has no template", i)
		}
	}
	return nil
}

func (t *Tx) addSamples(seq int64, id string, samples []Sample) error {
	slot, key, err := t.dataKey(subjectKey(id))
	if err != nil {
		return err
	}
	for _, s := range samples {
		var row int64
		err := t.get("add sample", "INSERT INTO samples (subject, position, quality) VALUES (?, ?, ?) RETURNING id",
			[]any{seq, s.Position, s.Quality}, &row)
		if err != nil {
			return err
		}
		if err := t.sealWith(slot, key, subjectKey(id), imageName(row), s.Image); err != nil {
			return err
		}
		if err := t.sealWith(slot, key, subjectKey(id), templateName(row), s.Template); err != nil {
			return err
		}
	}
	return nil
}

func (t *Tx) classID(c Class) (id int64, err error) {
	if err := c.validate(); err != nil {
		return 0, err
	}
	key := c.Key()
	err = t.get("find class", "SELECT id FROM classes WHERE class = ?", []any{key}, &id)
	if errors.Is(err, ErrNotFound) {
		err = t.get("add class", "INSERT INTO classes (class) VALUES (?) RETURNING id", []any{key}, &id)
	}
	return id, err
}

func randomID() string {
	var b [16]byte
	rand.Read(b[:]) // never fails: it ends the program instead
	return hex.EncodeToString(b[:])
}

// AddSubject is Tx.AddSubject in a transaction of its own.
func (s *Store) AddSubject(ctx context.Context, n NewSubject) (id string, repeated bool, err error) {
	err = s.Tx(ctx, func(tx *Tx) (err error) {
		id, repeated, err = tx.AddSubject(n)
		return err
	})
	return id, repeated, err
}
