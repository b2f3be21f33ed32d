package registry

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// remains looks for any 24-byte window of the needles (taken every 24 bytes) in any file of the database's folder.
func remains(t testing.TB, path string, needles [][]byte) int {
	t.Helper()
	const window = 24
	names, err := filepath.Glob(filepath.Join(filepath.Dir(path), "*"))
	must(t, err)
	windows := map[[window]byte]int{}
	for i, n := range needles {
		for at := 0; at+window <= len(n); at += window {
			windows[[window]byte(n[at:])] = i
		}
	}
	found := map[int]bool{}
	for _, name := range names {
		data, err := os.ReadFile(name)
		must(t, err)
		for at := 0; at+window <= len(data); at++ {
			if i, ok := windows[[window]byte(data[at:])]; ok {
				found[i] = true
			}
		}
	}
	return len(found)
}

// secretsOf reads the wrapped key and the ciphertexts of a key as they stand in the database.
func secretsOf(t testing.TB, s *Store, ref KeyRef) [][]byte {
	t.Helper()
	var out [][]byte
	must(t, s.View(ctx, func(v *View) error {
		rows, err := list(v, "read", func(row scanner) (b []byte, err error) {
			err = row.Scan(&b)
			return bytes.Clone(b), err
		}, `SELECT s.wrapped FROM keys k JOIN key_slots s ON s.id = k.id WHERE k.purpose = ?1 AND k.owner = ?2
			UNION ALL SELECT d.data FROM keys k JOIN vault d ON d.key_id = k.id WHERE k.purpose = ?1 AND k.owner = ?2`, ref.Purpose, ref.Owner)
		out = rows
		return err
	}))
	if len(out) < 2 {
		t.Fatalf("%d secrets of %v", len(out), ref.Purpose)
	}
	return out
}

func filler(rng *rand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(rng.Uint32())
	}
	return b
}

func someone(rng *rand.Rand, i int) NewSubject {
	n := NewSubject{Class: Class{Category: "migrant"}, Fields: map[string]string{"family-name": fmt.Sprintf("Ejemplo %d", i)}}
	for f := range 1 + rng.IntN(3) {
		n.Samples = append(n.Samples, Sample{Position: uint8(f + 1), Image: filler(rng, rng.IntN(9000)), Template: filler(rng, 40+rng.IntN(1500))})
	}
	return n
}

// After erasing some of many records, in random order among further enrolments, no file of the folder holds a wrapped key
// or a ciphertext of theirs, while those of the others are found.
func TestErasedBytesAreInNoFile(t *testing.T) {
	s, _ := fresh(t)
	rng := rand.New(rand.NewPCG(1, 2))
	var ids []string
	var gone [][]byte
	for i := range 200 {
		id, _, err := s.AddSubject(ctx, someone(rng, i))
		must(t, err)
		ids = append(ids, id)
		if i%3 == 2 {
			k := rng.IntN(len(ids))
			secrets := secretsOf(t, s, subjectKey(ids[k]))
			if i < 20 {
				if n := remains(t, s.path, secrets); n != len(secrets) {
					t.Fatalf("before: %d of %d secrets are in the files; the test cannot see", n, len(secrets))
				}
			}
			must(t, s.Tx(ctx, func(tx *Tx) error { return tx.EraseSubject(ids[k]) }))
			gone = append(gone, secrets...)
			ids = append(ids[:k], ids[k+1:]...)
		}
	}
	must(t, s.Scrub(ctx))
	if n := remains(t, s.path, gone); n != 0 {
		t.Errorf("%d of %d erased secrets are still in the files", n, len(gone))
	}
	kept := secretsOf(t, s, subjectKey(ids[0]))
	if n := remains(t, s.path, kept); n != len(kept) {
		t.Errorf("%d of %d kept secrets are in the files", n, len(kept))
	}
	must(t, s.CheckDeep(ctx))
}

// The same for thousands of small data, made and destroyed in random order. A table from which rows are deleted fails
// this: when SQLite splits or merges pages, copies stay in their slack in spite of secure_delete (measured: 4 of 2,000).
func TestSmallSecretsAreInNoFile(t *testing.T) {
	s, _ := fresh(t)
	rng := rand.New(rand.NewPCG(3, 4))
	var live []string
	var gone, kept [][]byte
	for batch := range 80 {
		must(t, s.Tx(ctx, func(tx *Tx) error {
			for i := range 50 {
				id := fmt.Sprintf("%d-%d", batch, i)
				if err := tx.PutProbe(id, filler(rng, 24+rng.IntN(400)), time.Time{}); err != nil {
					return err
				}
				live = append(live, id)
			}
			return nil
		}))
		var out []string
		for range 25 {
			k := rng.IntN(len(live))
			out = append(out, live[k])
			live = append(live[:k], live[k+1:]...)
		}
		for _, id := range out {
			gone = append(gone, secretsOf(t, s, KeyRef{ForProbe, id})...)
		}
		must(t, s.Tx(ctx, func(tx *Tx) error {
			for _, id := range out {
				if err := tx.DestroyProbe(id); err != nil {
					return err
				}
			}
			return nil
		}))
	}
	must(t, s.Scrub(ctx))
	for _, id := range live {
		kept = append(kept, secretsOf(t, s, KeyRef{ForProbe, id})...)
	}
	if n := remains(t, s.path, gone); n != 0 || len(gone) != 4000 {
		t.Errorf("%d of %d destroyed secrets are still in the files", n, len(gone))
	}
	if n := remains(t, s.path, kept); n != len(kept) {
		t.Errorf("%d of %d kept secrets are in the files", n, len(kept))
	}
}

func TestDestroyKeyWaitsForFiles(t *testing.T) {
	s, _ := fresh(t)
	must(t, s.PutProbe(ctx, "x1", filler(rand.New(rand.NewPCG(1, 1)), 5000), time.Time{}))
	secrets := secretsOf(t, s, KeyRef{ForProbe, "x1"})
	if n := remains(t, s.path, secrets); n != 2 {
		t.Fatalf("before: %d of 2", n)
	}
	must(t, s.DestroyProbe(ctx, "x1"))
	if n := remains(t, s.path, secrets); n != 0 {
		t.Errorf("after: %d of 2 remain", n)
	}
	if _, err := s.Probe(ctx, "x1"); !errors.Is(err, ErrNotFound) {
		t.Errorf("probe after destruction: %v", err)
	}
	must(t, s.DestroyProbe(ctx, "x1"))
}

// A reader that holds an old snapshot delays the overwriting; it is reported, and done when the reader ends.
func TestScrubWaitsForReaders(t *testing.T) {
	s, _ := fresh(t)
	err := s.writer.run(ctx, "PRAGMA busy_timeout = 50")
	must(t, err)
	must(t, s.PutProbe(ctx, "x1", []byte("probe probe probe probe probe probe"), time.Time{}))
	secrets := secretsOf(t, s, KeyRef{ForProbe, "x1"})
	must(t, s.View(ctx, func(v *View) error {
		if _, err := v.Probe("x1"); err != nil {
			return err
		}
		if err := s.DestroyProbe(ctx, "x1"); !errors.Is(err, ErrScrubPending) {
			t.Errorf("destroy while read: %v", err)
		}
		return nil
	}))
	must(t, s.Scrub(ctx))
	if n := remains(t, s.path, secrets); n != 0 {
		t.Errorf("%d of 2 remain", n)
	}
}

// What a crash left in the write-ahead log is overwritten at the next Open.
func TestOpenScrubs(t *testing.T) {
	s, c := fresh(t)
	must(t, s.PutProbe(ctx, "x1", []byte("probe probe probe probe probe probe"), time.Time{}))
	secrets := secretsOf(t, s, KeyRef{ForProbe, "x1"})
	must(t, s.Tx(ctx, func(tx *Tx) error { return tx.DestroyProbe("x1") }))
	s.scrub.stop()
	dir := t.TempDir()
	for _, suffix := range []string{"", "-wal"} { // a copy of the files is what a crash leaves
		data, err := os.ReadFile(s.path + suffix)
		must(t, err)
		must(t, os.WriteFile(filepath.Join(dir, "copy.db"+suffix), data, 0o600))
	}
	path := filepath.Join(dir, "copy.db")
	if n := remains(t, path, secrets); n == 0 {
		t.Fatal("before: nothing in the log; the test cannot see")
	}
	open(t, path, c)
	if n := remains(t, path, secrets); n != 0 {
		t.Errorf("%d of 2 remain", n)
	}
}

// Without anybody's further call the pages are overwritten within scrubDelay.
func TestScrubBySelf(t *testing.T) {
	s, _ := fresh(t)
	must(t, s.PutProbe(ctx, "x1", []byte("probe probe probe probe probe probe"), time.Time{}))
	secrets := secretsOf(t, s, KeyRef{ForProbe, "x1"})
	must(t, s.Tx(ctx, func(tx *Tx) error { return tx.DestroyProbe("x1") }))
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if remains(t, s.path, secrets) == 0 {
			return
		}
	}
	t.Error("the old pages were not overwritten")
}

func TestDueKeys(t *testing.T) {
	s, c := fresh(t)
	at := c.now()
	must(t, s.PutProbe(ctx, "late", []byte("p"), at.Add(2*time.Hour)))
	must(t, s.PutProbe(ctx, "soon", []byte("p"), at.Add(time.Hour)))
	must(t, s.PutProbe(ctx, "never", []byte("p"), time.Time{}))
	owners := func(when time.Time) (out []string) {
		keys, err := s.DueKeys(context.Background(), when, 0)
		must(t, err)
		for _, k := range keys {
			out = append(out, k.Owner)
		}
		return out
	}
	for _, step := range []struct {
		when time.Duration
		want string
	}{{time.Hour - time.Millisecond, "[]"}, {time.Hour, "[soon]"}, {3 * time.Hour, "[soon late]"}} {
		if got := fmt.Sprint(owners(at.Add(step.when))); got != step.want {
			t.Errorf("after %v due %v, want %v", step.when, got, step.want)
		}
	}
	must(t, s.SetDeadline(ctx, KeyRef{ForProbe, "soon"}, time.Time{}))
	must(t, s.DestroyKey(ctx, KeyRef{ForProbe, "late"}))
	if got := owners(at.Add(1000 * time.Hour)); len(got) != 0 {
		t.Errorf("still due: %v", got)
	}
	if err := s.SetDeadline(ctx, KeyRef{ForProbe, "late"}, at); !errors.Is(err, ErrNotFound) {
		t.Errorf("deadline of a destroyed key: %v", err)
	}
}
