package registry

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestOpenRefuses(t *testing.T) {
	foreign := func(query string) func(*testing.T, string) {
		return func(t *testing.T, path string) {
			db, err := sql.Open("sqlite", path)
			must(t, err)
			_, err = db.Exec(query)
			must(t, errors.Join(err, db.Close()))
		}
	}
	ours := func(query string) func(*testing.T, string) {
		return func(t *testing.T, path string) {
			s, err := Open(path, Options{MasterKey: testKey()})
			must(t, err)
			err = s.writer.run(ctx, query)
			must(t, errors.Join(err, s.Close()))
		}
	}
	for _, c := range []struct {
		name    string
		prepare func(*testing.T, string)
		key     [32]byte
		want    error
	}{
		{"a text file", func(t *testing.T, p string) {
			must(t, os.WriteFile(p, bytes.Repeat([]byte("not a database "), 500), 0o600))
		}, testKey(), ErrForeign},
		{"another application's database", foreign("CREATE TABLE t (x)"), testKey(), ErrForeign},
		{"another application id", foreign("PRAGMA application_id = 77"), testKey(), ErrForeign},
		{"a newer schema", ours("INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)"), testKey(), ErrNewer},
		{"another master key", ours("SELECT 1"), [32]byte{1}, ErrMasterKey},
		{"no master key", ours("SELECT 1"), [32]byte{}, ErrInvalid},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "registry.db")
			c.prepare(t, path)
			before, err := os.ReadFile(path)
			must(t, err)
			if _, err := Open(path, Options{MasterKey: c.key}); !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
			after, err := os.ReadFile(path)
			must(t, err)
			if errors.Is(c.want, ErrForeign) && !bytes.Equal(before, after) {
				t.Error("a foreign file was changed")
			}
			if errors.Is(c.want, ErrForeign) { // the lock is free again, and the file is refused again
				if _, err := Open(path, Options{MasterKey: c.key}); !errors.Is(err, c.want) {
					t.Errorf("second time: %v", err)
				}
			}
		})
	}
}

func TestOpenIsExclusive(t *testing.T) {
	s, c := fresh(t)
	if _, err := Open(s.path, Options{MasterKey: testKey()}); !errors.Is(err, ErrLocked) {
		t.Errorf("second open: %v", err)
	}
	must(t, s.Close())
	must(t, s.Close())
	open(t, s.path, c)
}

func TestOpenPathWithOddCharacters(t *testing.T) {
	c := newClock()
	path := filepath.Join(t.TempDir(), "a b?c#d%20é.db")
	must(t, open(t, path, c).SetMeta(ctx, "x", []byte("1")))
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
}

func TestFilesAreTheOwnersOnly(t *testing.T) {
	s, _ := fresh(t)
	must(t, s.SetMeta(ctx, "x", nil))
	names, err := filepath.Glob(s.path + "*")
	must(t, err)
	if len(names) < 3 {
		t.Fatalf("files %v", names)
	}
	for _, n := range names {
		info, err := os.Stat(n)
		must(t, err)
		if info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v", filepath.Base(n), info.Mode())
		}
	}
}

// Both kinds of connection have the settings that the promises rest on.
func TestConnectionSettings(t *testing.T) {
	s, _ := fresh(t)
	for _, c := range []struct {
		db     *pool
		pragma string
		want   string
	}{
		{s.writer, "journal_mode", "wal"}, {s.writer, "synchronous", "2"}, {s.writer, "foreign_keys", "1"}, {s.writer, "secure_delete", "1"},
		{s.writer, "temp_store", "2"}, {s.writer, "busy_timeout", "5000"}, {s.writer, "query_only", "0"},
		{s.reader, "query_only", "1"}, {s.reader, "busy_timeout", "5000"}, {s.reader, "secure_delete", "1"},
	} {
		var got string
		must(t, c.db.run(ctx, "PRAGMA "+c.pragma, &got))
		if got != c.want {
			t.Errorf("%s is %s, want %s", c.pragma, got, c.want)
		}
	}
}

// A full disk is told as such, leaves nothing of the step, and is over when there is room.
func TestDiskFull(t *testing.T) {
	s, _ := fresh(t)
	must(t, s.SetMeta(ctx, "before", []byte("1")))
	err := s.writer.run(ctx, "PRAGMA max_page_count = 60")
	must(t, err)
	step := func() error {
		return s.Tx(ctx, func(tx *Tx) error {
			if err := tx.SetMeta("half", []byte("1")); err != nil {
				return err
			}
			return tx.PutProbe("x", make([]byte, 1<<20), time.Time{})
		})
	}
	err = step()
	if !errors.Is(err, ErrDiskFull) || !strings.Contains(err.Error(), "disk full") {
		t.Fatalf("step on a full disk: %v", err)
	}
	if _, err := s.Meta(ctx, "half"); !errors.Is(err, ErrNotFound) {
		t.Errorf("half of the step: %v", err)
	}
	if _, err := s.Meta(ctx, "before"); err != nil {
		t.Error(err)
	}
	must(t, s.Check(ctx))
	err = s.writer.run(ctx, "PRAGMA max_page_count = 100000")
	must(t, err)
	must(t, step())
	if p, err := s.Probe(ctx, "x"); err != nil || len(p) != 1<<20 {
		t.Errorf("%d bytes, %v", len(p), err)
	}
}

func TestTxIsAllOrNothing(t *testing.T) {
	s, _ := fresh(t)
	boom := errors.New("boom")
	if err := s.Tx(ctx, func(tx *Tx) error { return errors.Join(tx.SetMeta("x", nil), boom) }); !errors.Is(err, boom) {
		t.Error(err)
	}
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic was swallowed")
			}
		}()
		_ = s.Tx(ctx, func(tx *Tx) error {
			must(t, tx.SetMeta("x", nil))
			panic("boom")
		})
	}()
	if _, err := s.Meta(ctx, "x"); !errors.Is(err, ErrNotFound) {
		t.Errorf("after failed steps: %v", err)
	}
	must(t, s.SetMeta(ctx, "x", nil)) // the writer is free again
}

// After an error that may have ended the transaction underneath, nothing more is written by it, even if f goes on.
func TestTxIsBrokenByAFullDisk(t *testing.T) {
	s, _ := fresh(t)
	must(t, s.writer.run(ctx, "PRAGMA max_page_count = 60"))
	err := s.Tx(ctx, func(tx *Tx) error {
		if err := tx.PutProbe("x", make([]byte, 1<<20), time.Time{}); !errors.Is(err, ErrDiskFull) {
			t.Errorf("full disk: %v", err)
		}
		if err := tx.SetMeta("after", []byte("1")); !errors.Is(err, ErrDiskFull) {
			t.Errorf("the next statement: %v", err)
		}
		return nil
	})
	if !errors.Is(err, ErrDiskFull) {
		t.Errorf("commit: %v", err)
	}
	if _, err := s.Meta(ctx, "after"); !errors.Is(err, ErrNotFound) {
		t.Errorf("what came after: %v", err)
	}
	must(t, s.SetMeta(ctx, "later", nil))
}

func TestTxGoesOnAfterAConflict(t *testing.T) {
	s, _ := fresh(t)
	must(t, s.Tx(ctx, func(tx *Tx) error {
		must(t, tx.AddToken(Token{Label: "a", Role: "r"}))
		if err := tx.AddToken(Token{Label: "a", Role: "r"}); !errors.Is(err, ErrConflict) {
			t.Error(err)
		}
		return tx.SetMeta("x", nil)
	}))
	if _, err := s.Meta(ctx, "x"); err != nil {
		t.Error(err)
	}
}

func TestCancelledTx(t *testing.T) {
	s, _ := fresh(t)
	stopped, cancel := context.WithCancel(ctx)
	err := s.Tx(stopped, func(tx *Tx) error {
		must(t, tx.SetMeta("x", nil))
		cancel()
		return nil
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled before the commit: %v", err)
	}
	if err := s.Tx(stopped, func(*Tx) error { t.Error("ran"); return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled before the begin: %v", err)
	}
	if _, err := s.Meta(ctx, "x"); !errors.Is(err, ErrNotFound) {
		t.Errorf("after: %v", err)
	}
	must(t, s.SetMeta(ctx, "y", nil))
}

func TestUseAfterEnd(t *testing.T) {
	s, _ := fresh(t)
	var kept *Tx
	must(t, s.Tx(ctx, func(tx *Tx) error { kept = tx; return nil }))
	if err := kept.SetMeta("x", nil); err == nil {
		t.Error("a transaction was used after its end")
	}
	must(t, s.Close())
	if err := s.SetMeta(ctx, "x", nil); !errors.Is(err, ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
}

func TestCheckFindsDamage(t *testing.T) {
	for name, c := range map[string]struct{ query, want string }{
		"a key lost":           {"PRAGMA foreign_keys = 0; DELETE FROM keys", "has no key"},
		"a key blanked":        {"UPDATE key_slots SET wrapped = zeroblob(60)", "listed but destroyed"},
		"a key flipped":        {"UPDATE key_slots SET wrapped = randomblob(60)", "does not unwrap"},
		"a slot left over":     {"INSERT INTO key_slots (wrapped) VALUES (randomblob(60))", "listed nowhere"},
		"a table added":        {"CREATE TABLE other (x)", "does not belong"},
		"an index gone":        {"DROP INDEX outbox_due", "missing or altered"},
		"a row without parent": {"PRAGMA foreign_keys = 0; DELETE FROM classes", "refers to a missing row"},
		"a datum half blanked": {"UPDATE vault SET data = NULL", "half blanked"},
		"a datum altered":      {"UPDATE vault SET data = randomblob(100)", "does not open"},
	} {
		t.Run(name, func(t *testing.T) {
			s, _ := fresh(t)
			_, _, err := s.AddSubject(ctx, NewSubject{Class: Class{Category: "migrant"}})
			must(t, err)
			must(t, s.CheckDeep(ctx))
			err = s.writer.run(ctx, c.query)
			must(t, err)
			err = s.CheckDeep(ctx)
			if e := (*CheckError)(nil); !errors.As(err, &e) || !errors.Is(err, ErrCorrupt) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("check: %v, want %q", err, c.want)
			}
		})
	}
}

// TestCloseLeavesOneFile: a closed registry is one file and its lock, so that a copy of it is whole.
func TestCloseLeavesOneFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "registry.db")
	s, err := Open(path, Options{MasterKey: [32]byte{7}})
	must(t, err)
	must(t, s.SetMeta(ctx, "kept", []byte("yes")))
	must(t, s.Close())
	left, err := filepath.Glob(path + "*")
	must(t, err)
	slices.Sort(left)
	if want := []string{path, path + ".lock"}; !slices.Equal(left, want) {
		t.Errorf("left %v, want %v", left, want)
	}
}
