package registry

import (
	"bytes"
	"errors"
	"testing"

	"pgregory.net/rapid"
)

func testMaster(t testing.TB, k [32]byte) *master {
	t.Helper()
	m, err := newMaster(k)
	must(t, err)
	return m
}

func TestUnwrapRefuses(t *testing.T) {
	m, other := testMaster(t, testKey()), testMaster(t, [32]byte{9})
	ref := KeyRef{ForSubject, "a"}
	_, wrapped, err := m.newDataKey(keyBinding(7, ref))
	must(t, err)
	if len(wrapped) != wrappedKeySize {
		t.Fatalf("wrapped key has %d bytes", len(wrapped))
	}
	flipped := bytes.Clone(wrapped)
	flipped[20] ^= 1
	for _, c := range []struct {
		name    string
		m       *master
		wrapped []byte
		bind    []byte
		ok      bool
	}{
		{"right", m, wrapped, keyBinding(7, ref), true},
		{"other master key", other, wrapped, keyBinding(7, ref), false},
		{"other slot", m, wrapped, keyBinding(8, ref), false},
		{"other owner", m, wrapped, keyBinding(7, KeyRef{ForSubject, "b"}), false},
		{"other purpose", m, wrapped, keyBinding(7, KeyRef{ForProbe, "a"}), false},
		{"flipped bit", m, flipped, keyBinding(7, ref), false},
		{"cut", m, wrapped[:30], keyBinding(7, ref), false},
		{"empty", m, nil, keyBinding(7, ref), false},
		{"blanked", m, make([]byte, wrappedKeySize), keyBinding(7, ref), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := c.m.unwrap(c.wrapped, c.bind)
			if (err == nil) != c.ok || (!c.ok && !errors.Is(err, ErrCorrupt)) {
				t.Errorf("unwrap: %v", err)
			}
		})
	}
}

func TestZeroMasterKey(t *testing.T) {
	if _, err := newMaster([32]byte{}); !errors.Is(err, ErrInvalid) {
		t.Errorf("zero master key: %v", err)
	}
}

// Two different lists of parts never bind alike, however their parts are cut.
func TestBindingIsInjective(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOfN(rapid.StringOfN(rapid.RuneFrom([]rune("ab\x00")), 0, 4, -1), 0, 4)
		a, b := parts.Draw(t, "a"), parts.Draw(t, "b")
		same := len(a) == len(b)
		for i := range a {
			same = same && a[i] == b[i]
		}
		if bytes.Equal(binding(a...), binding(b...)) != same {
			t.Fatalf("%q and %q", a, b)
		}
	})
}

// Rows exchanged within the database are refused, whichever columns are swapped.
func TestSwappedRows(t *testing.T) {
	for name, query := range map[string]string{
		"ciphertexts":  `CREATE TEMP TABLE o AS SELECT id, data FROM vault; UPDATE vault SET data = (SELECT data FROM temp.o WHERE o.id <> vault.id)`,
		"keys of data": `UPDATE vault SET key_id = CASE key_id WHEN 1 THEN -2 ELSE -1 END WHERE name = 'fields'; UPDATE vault SET key_id = -key_id WHERE name = 'fields'`,
		"wrapped keys": `CREATE TEMP TABLE o AS SELECT * FROM key_slots; UPDATE key_slots SET wrapped = (SELECT wrapped FROM temp.o WHERE o.id <> key_slots.id)`,
		"owners":       `UPDATE keys SET owner = 'x' || owner; UPDATE keys SET owner = (SELECT id FROM subjects WHERE 'x' || id <> keys.owner)`,
	} {
		t.Run(name, func(t *testing.T) {
			s, _ := fresh(t)
			a, _, err := s.AddSubject(ctx, NewSubject{Class: Class{Category: "migrant"}, Fields: map[string]string{"n": "1"}})
			must(t, err)
			b, _, err := s.AddSubject(ctx, NewSubject{Class: Class{Category: "migrant"}, Fields: map[string]string{"n": "2"}})
			must(t, err)
			if err := s.writer.run(ctx, "PRAGMA foreign_keys = 0; "+query); err != nil {
				t.Fatal(err)
			}
			for _, id := range []string{a, b} {
				if f, err := s.Fields(ctx, id); !errors.Is(err, ErrCorrupt) {
					t.Errorf("opened swapped data: %v, %v", f, err)
				}
			}
			if err := s.CheckDeep(ctx); !errors.Is(err, ErrCorrupt) {
				t.Errorf("check: %v", err)
			}
		})
	}
}
