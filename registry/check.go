package registry

import (
	"context"
	"fmt"
	"strings"
)

// CheckError lists what Check found wrong; it is an ErrCorrupt. It names rows by number, never by content.
type CheckError struct{ Problems []string }

func (e *CheckError) Error() string {
	return fmt.Sprintf("%d problems, restore a sound copy: %s", len(e.Problems), strings.Join(e.Problems, "; "))
}

// Is makes errors.Is(err, ErrCorrupt) true.
func (e *CheckError) Is(target error) bool { return target == ErrCorrupt }

// maxProblems bounds the list of a CheckError.
const maxProblems = 50

// audits are statements that return one line for each row that must not be there.
var audits = []string{
	"SELECT 'key ' || k.id || ' is listed but destroyed' FROM keys k JOIN key_slots s ON s.id = k.id WHERE s.wrapped = zeroblob(60)",
	"SELECT 'key slot ' || s.id || ' is listed nowhere' FROM key_slots s LEFT JOIN keys k ON k.id = s.id WHERE k.id IS NULL AND s.wrapped <> zeroblob(60)",
	"SELECT 'datum ' || v.id || ' has no key' FROM vault v LEFT JOIN keys k ON k.id = v.key_id WHERE v.key_id IS NOT NULL AND k.id IS NULL",
	"SELECT 'datum ' || id || ' is half blanked' FROM vault WHERE (key_id IS NULL) <> (data IS NULL) OR (key_id IS NULL) <> (name IS NULL)",
	"SELECT 'subject ' || s.seq || ' has no key' FROM subjects s LEFT JOIN keys k ON k.purpose = 'subject' AND k.owner = s.id WHERE s.erased = 0 AND k.id IS NULL",
	"SELECT 'subject ' || s.seq || ' is erased but has a key' FROM subjects s JOIN keys k ON k.purpose = 'subject' AND k.owner = s.id WHERE s.erased > 0",
	"SELECT 'sample ' || a.id || ' belongs to an erased subject' FROM samples a JOIN subjects s ON s.seq = a.subject WHERE s.erased > 0",
	"SELECT 'OSIA encounter ' || e.seq || ' and its key do not agree' FROM osia_encounters e LEFT JOIN keys k ON k.purpose = 'encounter' AND k.owner = e.id WHERE (e.ended = 0) <> (k.id IS NOT NULL)",
	"SELECT 'a record of OSIA encounter ' || e.seq || ' outlived it' FROM osia_records r JOIN osia_encounters e ON e.id = r.encounter WHERE e.ended > 0",
	"SELECT 'OSIA task ' || a.seq || ' and its key do not agree' FROM osia_tasks a LEFT JOIN keys k ON k.purpose = 'task' AND k.owner = a.id WHERE (a.ended = 0) <> (k.id IS NOT NULL)",
	"SELECT 'exchange ' || e.seq || ' has no key' FROM exchanges e LEFT JOIN keys k ON k.purpose = 'exchange' AND k.owner = e.id WHERE e.ended = 0 AND k.id IS NULL",
}

// Check examines the database: SQLite's own integrity check, foreign keys, the schema, our invariants between tables, and
// that every data key unwraps. A *CheckError says what is wrong.
func (s *Store) Check(ctx context.Context) error { return s.check(ctx, false) }

// CheckDeep is Check, and opens every sealed datum: it reads the whole database.
func (s *Store) CheckDeep(ctx context.Context) error { return s.check(ctx, true) }

func (s *Store) check(ctx context.Context, deep bool) error {
	var problems []string
	for _, step := range []func(context.Context) ([]string, error){s.checkSQLite, s.checkTables, s.checkKeys} {
		found, err := step(ctx)
		if err != nil {
			return failed("check registry", err)
		}
		problems = append(problems, found...)
	}
	if deep && len(problems) == 0 {
		found, err := s.checkData(ctx)
		if err != nil {
			return failed("check registry", err)
		}
		problems = append(problems, found...)
	}
	if len(problems) == 0 {
		return nil
	}
	return &CheckError{problems[:min(len(problems), maxProblems)]}
}

func (s *Store) checkSQLite(ctx context.Context) (problems []string, err error) {
	err = s.View(ctx, func(v *View) error {
		if problems, err = v.lines("PRAGMA integrity_check"); err != nil {
			return err
		}
		if len(problems) == 1 && problems[0] == "ok" {
			problems = nil
		}
		broken, err := v.lines("SELECT 'a row of ' || \"table\" || ' refers to a missing row of ' || parent FROM pragma_foreign_key_check")
		problems = append(problems, broken...)
		return err
	})
	return problems, err
}

func (v *View) lines(query string) ([]string, error) {
	return list(v, "check", func(row scanner) (s string, err error) {
		err = row.Scan(&s)
		return s, err
	}, query)
}

type keyRow struct {
	slot    int64
	ref     KeyRef
	wrapped []byte
}

// checkPage is how many keys one snapshot reads.
const checkPage = 1000

// eachKey gives every living key to f, in pages.
func (s *Store) eachKey(ctx context.Context, f func(*View, keyRow) error) error {
	for last := int64(0); ; {
		n := 0
		err := s.View(ctx, func(v *View) error {
			keys, err := list(v, "list keys", func(row scanner) (k keyRow, err error) {
				err = row.Scan(&k.slot, &k.ref.Purpose, &k.ref.Owner, &k.wrapped)
				return k, err
			}, "SELECT k.id, k.purpose, k.owner, s.wrapped FROM keys k JOIN key_slots s ON s.id = k.id WHERE k.id > ? ORDER BY k.id LIMIT ?", last, checkPage)
			if err != nil {
				return err
			}
			for _, k := range keys {
				last, n = k.slot, n+1
				if err := f(v, k); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil || n == 0 {
			return err
		}
	}
}

func (s *Store) checkKeys(ctx context.Context) (problems []string, err error) {
	err = s.eachKey(ctx, func(_ *View, k keyRow) error {
		if _, err := s.master.unwrap(k.wrapped, keyBinding(k.slot, k.ref)); err != nil && len(problems) < maxProblems {
			problems = append(problems, fmt.Sprintf("key %d does not unwrap", k.slot))
		}
		return nil
	})
	return problems, err
}

func (s *Store) checkData(ctx context.Context) (problems []string, err error) {
	err = s.eachKey(ctx, func(v *View, k keyRow) error {
		key, err := s.master.unwrap(k.wrapped, keyBinding(k.slot, k.ref))
		if err != nil {
			return err
		}
		bad, err := list(v, "open data", func(row scanner) (string, error) {
			var id int64
			var name string
			var data []byte
			if err := row.Scan(&id, &name, &data); err != nil {
				return "", err
			}
			if _, err := unseal(key, data, datumBinding(id, k.ref, name)); err != nil {
				return fmt.Sprintf("datum %d does not open", id), nil //nolint:nilerr // a finding, not a failure of the check
			}
			return "", nil
		}, "SELECT id, name, data FROM vault WHERE key_id = ?", k.slot)
		for _, b := range bad {
			if b != "" && len(problems) < maxProblems {
				problems = append(problems, b)
			}
		}
		return err
	})
	return problems, err
}
