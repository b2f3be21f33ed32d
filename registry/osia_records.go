package registry

import (
	"context"
	"crypto/sha256"
	"errors"
)

// OSIARecord joins an OSIA encounter with the subject that stands for it in a partner's searches.
type OSIARecord struct {
	Encounter string
	Subject   string
	Prints    []byte // Store.OSIADigest of what was enrolled of its fingers
	Facts     []byte // Store.OSIADigest of class and fields
	Erased    bool   // the subject was erased for itself: the encounter does not come back
}

// OSIADigest is a keyed digest by which a change of data is seen; it tells nothing about them.
func (s *Store) OSIADigest(data ...[]byte) []byte {
	h := sha256.New()
	for _, d := range data {
		part := sha256.Sum256(d)
		h.Write(part[:])
	}
	return s.master.blind("osia record", string(h.Sum(nil)))
}

// PutOSIARecord joins an encounter and a subject, or changes what was joined before.
func (t *Tx) PutOSIARecord(r OSIARecord) error {
	_, err := t.exec("put OSIA record", `INSERT INTO osia_records (encounter, subject, prints, facts) VALUES (?, ?, ?, ?)
		ON CONFLICT (encounter) DO UPDATE SET subject = excluded.subject, prints = excluded.prints, facts = excluded.facts`,
		r.Encounter, r.Subject, r.Prints, r.Facts)
	return err
}

// DropOSIARecord parts an encounter from its subject, which stays as it is.
func (t *Tx) DropOSIARecord(encounter string) error {
	_, err := t.exec("drop OSIA record", "DELETE FROM osia_records WHERE encounter = ?", encounter)
	return err
}

// endOSIARecord erases the subject that stands for an encounter: no record outlives the encounter behind it.
func (t *Tx) endOSIARecord(encounter string) error {
	var subject string
	err := t.get("end OSIA record", "SELECT subject FROM osia_records WHERE encounter = ?", []any{encounter}, &subject)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return errors.Join(t.EraseSubject(subject), t.DropOSIARecord(encounter))
}

// OSIARecords lists all of them.
func (s *Store) OSIARecords(ctx context.Context) ([]OSIARecord, error) {
	return read(ctx, s, func(v *View) ([]OSIARecord, error) {
		return list(v, "list OSIA records", func(row scanner) (r OSIARecord, err error) {
			err = row.Scan(&r.Encounter, &r.Subject, &r.Prints, &r.Facts, &r.Erased)
			return r, err
		}, "SELECT r.encounter, r.subject, r.prints, r.facts, s.erased > 0 FROM osia_records r JOIN subjects s ON s.id = r.subject")
	})
}

// FollowsOSIA says whether a subject stands for an OSIA encounter.
func (s *Store) FollowsOSIA(ctx context.Context, subject string) (bool, error) {
	n, err := read(ctx, s, func(v *View) (n int, err error) {
		err = v.get("find OSIA record", "SELECT count(*) FROM osia_records WHERE subject = ?", []any{subject}, &n)
		return n, err
	})
	return n > 0, err
}
