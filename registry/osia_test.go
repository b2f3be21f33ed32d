package registry

import (
	"errors"
	"math/rand/v2"
	"testing"
	"time"
)

func TestOSIAEncounters(t *testing.T) {
	s, c := fresh(t)
	put := func(e OSIAEncounter) (id string, err error) {
		err = s.Tx(ctx, func(tx *Tx) (err error) { id, err = tx.PutOSIAEncounter(e); return err })
		return id, err
	}
	body := filler(rand.New(rand.NewPCG(7, 8)), 2000)
	id, err := put(OSIAEncounter{Person: "P1", Encounter: "E1", Head: []byte("head 1"), Body: body, Templates: []byte("templates")})
	must(t, err)
	if _, err := put(OSIAEncounter{Person: "P1", Encounter: "E1", Head: []byte("other")}); !errors.Is(err, ErrConflict) {
		t.Errorf("same names twice: %v", err)
	}
	// Names are not run together: another cut of the same letters is another encounter.
	second, err := put(OSIAEncounter{Person: "P1E", Encounter: "1", Head: []byte("head 2")})
	must(t, err)
	_, err = put(OSIAEncounter{ID: id, Person: "P2", Encounter: "E1", Head: []byte("head 1, moved")})
	must(t, err)
	path := s.path
	must(t, s.Close())
	s = open(t, path, c)
	var heads []string
	must(t, s.EachOSIAEncounter(ctx, func(e OSIAEncounter) error {
		heads = append(heads, string(e.Head)+"/"+string(e.Templates))
		return nil
	}))
	if len(heads) != 2 || heads[0] != "head 1, moved/templates" || heads[1] != "head 2/" {
		t.Errorf("after opening again: %q", heads)
	}
	if b, err := s.OSIABody(ctx, id); err != nil || string(b) != string(body) {
		t.Errorf("body: %d bytes, %v", len(b), err)
	}
	must(t, s.CheckDeep(ctx))

	secrets := secretsOf(t, s, encounterKey(id))
	if n := remains(t, s.path, secrets); n != len(secrets) {
		t.Fatalf("before: %d of %d secrets are in the files; the test cannot see", n, len(secrets))
	}
	must(t, s.Tx(ctx, func(tx *Tx) error { return tx.EndOSIAEncounter(id) }))
	must(t, s.Scrub(ctx))
	if n := remains(t, s.path, secrets); n != 0 {
		t.Errorf("%d of %d ended secrets are still in the files", n, len(secrets))
	}
	if _, err := s.OSIABody(ctx, id); !errors.Is(err, ErrNotFound) {
		t.Errorf("ended body: %v", err)
	}
	if err := s.Tx(ctx, func(tx *Tx) error {
		_, err := tx.PutOSIAEncounter(OSIAEncounter{ID: id, Person: "P2", Encounter: "E1", Head: []byte("x")})
		return err
	}); !errors.Is(err, ErrNotFound) {
		t.Errorf("changing what has ended: %v", err)
	}
	if _, err := s.OSIABody(ctx, second); !errors.Is(err, ErrNotFound) {
		t.Errorf("body that was never given: %v", err)
	}
	must(t, s.CheckDeep(ctx))
}

func TestOSIATasks(t *testing.T) {
	s, c := fresh(t)
	k := OSIATask{ID: "t1", State: "PENDING", Priority: 7, Expires: c.now().Add(time.Hour), Data: []byte("asked")}
	put := func() error { return s.Tx(ctx, func(tx *Tx) error { return tx.PutOSIATask(k) }) }
	must(t, put())
	k.State, k.Attempts, k.Next, k.Data = "RESPONSE_SCHEDULED", 2, c.now(), nil
	must(t, put())
	got, err := s.OSIATask(ctx, "t1")
	must(t, err)
	if string(got.Data) != "asked" || got.State != k.State || got.Attempts != 2 || got.Priority != 7 || !got.Next.Equal(k.Next) {
		t.Errorf("read back: %+v", got)
	}
	k.State = "LOST"
	if err := put(); !errors.Is(err, ErrInvalid) {
		t.Errorf("unknown state: %v", err)
	}
	must(t, s.CheckDeep(ctx))
	must(t, s.Tx(ctx, func(tx *Tx) error { return tx.EndOSIATask("t1") }))
	if _, err := s.OSIATask(ctx, "t1"); !errors.Is(err, ErrNotFound) {
		t.Errorf("ended: %v", err)
	}
	if all, err := s.OSIATasks(ctx); err != nil || len(all) != 0 {
		t.Errorf("ended: %v, %v", all, err)
	}
	must(t, s.CheckDeep(ctx))
}

// A record that stands for an encounter ends with it, and one that was erased for itself is known as such.
func TestOSIARecords(t *testing.T) {
	s, _ := fresh(t)
	var encounters, subjects []string
	for _, name := range []string{"E1", "E2"} {
		must(t, s.Tx(ctx, func(tx *Tx) error {
			e, err := tx.PutOSIAEncounter(OSIAEncounter{Person: "P", Encounter: name, Head: []byte("head")})
			if err != nil {
				return err
			}
			sub, _, err := tx.AddSubject(NewSubject{Class: Class{Category: "visa"}, Samples: []Sample{{Position: 2, Quality: 50, Template: []byte("t")}}})
			encounters, subjects = append(encounters, e), append(subjects, sub)
			if err != nil {
				return err
			}
			return tx.PutOSIARecord(OSIARecord{Encounter: e, Subject: sub, Prints: s.OSIADigest([]byte("a"), []byte("bc")), Facts: s.OSIADigest([]byte("ab"), []byte("c"))})
		}))
	}
	list, err := s.OSIARecords(ctx)
	must(t, err)
	if len(list) != 2 || string(list[0].Prints) == string(list[0].Facts) || list[0].Erased {
		t.Errorf("%+v", list)
	}
	must(t, s.EraseSubject(ctx, subjects[0]))
	must(t, s.Tx(ctx, func(tx *Tx) error { return tx.EndOSIAEncounter(encounters[1]) }))
	if list, err = s.OSIARecords(ctx); err != nil || len(list) != 1 || list[0].Encounter != encounters[0] || !list[0].Erased {
		t.Errorf("after an erasure and an end: %+v, %v", list, err)
	}
	if got, err := s.Subject(ctx, subjects[1]); err != nil || got.Erased.IsZero() {
		t.Errorf("the record of an ended encounter: %+v, %v", got, err)
	}
	for i, want := range []bool{true, false} {
		if got, err := s.FollowsOSIA(ctx, subjects[i]); err != nil || got != want {
			t.Errorf("record %d follows: %v, %v", i, got, err)
		}
	}
	err = s.Tx(ctx, func(tx *Tx) error {
		_, err := tx.SetClass(subjects[1], Class{Category: "visa"})
		return err
	})
	if !errors.Is(err, ErrNotFound) {
		t.Errorf("class of an erased record: %v", err)
	}
	must(t, s.CheckDeep(ctx))
}
