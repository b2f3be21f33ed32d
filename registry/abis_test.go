package registry

import (
	"errors"
	"testing"
)

func (s *Store) abisOf(t *testing.T, subject string) ABISPerson {
	t.Helper()
	p, err := read(ctx, s, func(v *View) (ABISPerson, error) { return v.ABISPerson(subject) })
	must(t, err)
	return p
}

func (s *Store) due(t *testing.T) (subjects []string) {
	t.Helper()
	list, err := read(ctx, s, func(v *View) ([]ABISPerson, error) { return v.ABISDue(false, 0, 0) })
	must(t, err)
	for _, p := range list {
		subjects = append(subjects, p.Subject)
	}
	return subjects
}

func TestABISRowsFollowSubjects(t *testing.T) {
	s, c := fresh(t)
	enrol := func() string {
		id, _, err := s.AddSubject(ctx, NewSubject{Class: Class{Category: "visa"}, Samples: []Sample{{Position: 2, Template: []byte("t")}}})
		must(t, err)
		return id
	}
	tx := func(f func(*Tx) error) { t.Helper(); must(t, s.Tx(ctx, f)) }
	before := enrol()
	if got := s.due(t); len(got) != 0 {
		t.Fatalf("without an ABIS %d people are due", len(got))
	}
	tx(func(tx *Tx) error { return tx.FollowABIS([]byte("one")) })
	after := enrol()
	if got := s.due(t); len(got) != 2 || got[0] != before || got[1] != after {
		t.Fatalf("due: %v", got)
	}
	if a, b := s.abisOf(t, before).Person, s.abisOf(t, after).Person; len(a) != 32 || len(b) != 32 || a == b || a == before {
		t.Errorf("names %q, %q", a, b)
	}
	for _, id := range []string{before, after} {
		tx(func(tx *Tx) error { return tx.TellABIS(id, "g") })
		tx(func(tx *Tx) error { return tx.ABISConfirmed(id, "g", s.dueOf(id, tx)) })
	}
	tx(func(tx *Tx) error { return tx.FollowABIS([]byte("one")) }) // a restart
	if got := s.due(t); len(got) != 0 {
		t.Fatalf("due after all was confirmed: %v", got)
	}

	t.Run("a change while the ABIS is told stays due", func(t *testing.T) {
		_, err := s.SetSafeguards(ctx, before, []Safeguard{{Kind: "minor"}})
		must(t, err)
		p := s.abisOf(t, before)
		if p.Due != 1 || p.Held != "g" || !p.In("g") {
			t.Fatalf("%+v", p)
		}
		tx(func(tx *Tx) error { return tx.TellABIS(before, "h") })
		_, err = s.SetSafeguards(ctx, before, nil)
		must(t, err)
		tx(func(tx *Tx) error { return tx.ABISConfirmed(before, "h", p.Due) })
		if p = s.abisOf(t, before); p.Due == 0 || p.Held != "h" || p.Telling {
			t.Errorf("%+v", p)
		}
		_, err = s.SetSafeguards(ctx, before, nil)
		must(t, err)
		if again := s.abisOf(t, before); again.Due != p.Due {
			t.Error("a change that changes nothing is due")
		}
	})
	t.Run("another ABIS puts everything in doubt", func(t *testing.T) {
		tx(func(tx *Tx) error { return tx.FollowABIS([]byte("two")) })
		if p := s.abisOf(t, after); p.Due != 1 || !p.Telling || p.Told != "g" || !p.In("g") || p.In("h") || p.In("") {
			t.Errorf("%+v", p)
		}
	})
	path := s.path
	must(t, s.Close())
	s = open(t, path, c)
	t.Run("an erased person's row ends with the ABIS's word", func(t *testing.T) {
		must(t, s.EraseSubject(ctx, after))
		p := s.abisOf(t, after)
		if p.Class != "" || p.Due == 0 {
			t.Fatalf("%+v", p)
		}
		must(t, s.Check(ctx))
		tx(func(tx *Tx) error { return tx.ABISConfirmed(after, "", p.Due) })
		_, err := read(ctx, s, func(v *View) (ABISPerson, error) { return v.ABISNamed(p.Person) })
		if !errors.Is(err, ErrNotFound) {
			t.Errorf("row: %v", err)
		}
	})
	t.Run("left", func(t *testing.T) {
		var left int
		tx(func(tx *Tx) (err error) { left, err = tx.LeaveABIS(); return err })
		enrol()
		n, err := read(ctx, s, func(v *View) (ABISCount, error) { return v.ABISCount() })
		must(t, err)
		if left != 1 || n.People != 1 {
			t.Errorf("left %d, %+v", left, n)
		}
	})
}

func (s *Store) dueOf(id string, tx *Tx) int {
	p, err := tx.ABISPerson(id)
	if err != nil {
		panic(err)
	}
	return p.Due
}

func TestABISTasks(t *testing.T) {
	s, _ := fresh(t)
	k := ABISTask{ID: "t1", Exchange: "x1", Token: [32]byte{1, 2}}
	put := func(k ABISTask) error { return s.Tx(ctx, func(tx *Tx) error { return tx.PutABISTask(k) }) }
	must(t, put(k))
	k.Task = "theirs"
	must(t, put(k))
	tasks := func() []ABISTask {
		list, err := read(ctx, s, func(v *View) ([]ABISTask, error) { return v.ABISTasks() })
		must(t, err)
		return list
	}
	if got := tasks(); len(got) != 1 || got[0] != k {
		t.Errorf("%+v", got)
	}
	must(t, s.Tx(ctx, func(tx *Tx) error { return tx.EndABISTask("t1") }))
	if got := tasks(); len(got) != 0 {
		t.Errorf("%+v", got)
	}
	if err := put(ABISTask{Exchange: "x"}); !errors.Is(err, ErrInvalid) {
		t.Errorf("without a name: %v", err)
	}
}
