package ledger_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"convenio/ledger"
	"convenio/ledger/ledgertest"

	"golang.org/x/mod/sumdb/note"
)

const origin = "ledger.example.org/us"

var epoch = time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)

// entry returns entry i of a synthetic ledger: a genesis, then sends.
func entry(i int) ledger.Entry {
	at := epoch.Add(time.Duration(i) * time.Second)
	if i == 0 {
		return ledger.Entry{ID: "genesis", At: at, Kind: ledger.KindGenesis}
	}
	return ledger.Entry{
		ID: fmt.Sprintf("x%d/send", i), At: at, Kind: ledger.KindSend, Exchange: fmt.Sprintf("x%d", i), Transaction: "search",
		Message:    sha256.Sum256(fmt.Appendf(nil, "message %d", i)),
		Commitment: sha256.Sum256(fmt.Appendf(nil, "body %d", i)),
	}
}

func entries(n int) []ledger.Entry {
	es := make([]ledger.Entry, n)
	for i := range es {
		es[i] = entry(i)
	}
	return es
}

func keys(t testing.TB, origin string) (note.Signer, note.Verifier) {
	t.Helper()
	s, v, err := ledgertest.Keys(origin)
	if err != nil {
		t.Fatal(err)
	}
	return s, v
}

func open(t testing.TB, dir string, s note.Signer, v note.Verifier) *ledger.Log {
	t.Helper()
	l, err := ledger.Open(t.Context(), ledger.Config{Dir: dir, Origin: origin, Signer: s, Verifier: v})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close(context.Background()) })
	return l
}

func mustAppend(t testing.TB, l *ledger.Log, e ledger.Entry) uint64 {
	t.Helper()
	i, err := l.Append(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func encode(t testing.TB, e ledger.Entry) []byte {
	t.Helper()
	b, err := e.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// fill appends entries from to to-1, a hundred at a time.
func fill(t testing.TB, l *ledger.Log, from, to int) {
	t.Helper()
	var wg sync.WaitGroup
	errs := make(chan error, to-from)
	sem := make(chan struct{}, 100)
	for i := from; i < to; i++ {
		if i == 0 {
			mustAppend(t, l, entry(0))
			continue
		}
		sem <- struct{}{}
		wg.Go(func() {
			defer func() { <-sem }()
			if _, err := l.Append(t.Context(), entry(i)); err != nil {
				errs <- err
			}
		})
	}
	wg.Wait()
	close(errs)
	for err := range errs {
		t.Fatal(err)
	}
}

func TestAppendProveVerify(t *testing.T) {
	s, v := keys(t, origin)
	dir := t.TempDir()
	l := open(t, dir, s, v)
	var since ledger.Checkpoint
	for i := range 12 {
		index := mustAppend(t, l, entry(i))
		if index != uint64(i) {
			t.Fatalf("entry %d has index %d", i, index)
		}
		p, err := l.Prove(t.Context(), index, since.Size)
		if err != nil {
			t.Fatal(err)
		}
		cp, err := ledger.VerifyProof(v, origin, encode(t, entry(i)), p, since.Size, since.Root)
		if err != nil {
			t.Fatal(err)
		}
		if cp.Size <= index || cp.Size < since.Size {
			t.Fatalf("checkpoint of size %d for entry %d after %d", cp.Size, index, since.Size)
		}
		since = cp
	}
	got, raw, err := l.Entry(t.Context(), 7)
	if err != nil || got.ID != entry(7).ID || string(raw) != string(encode(t, entry(7))) {
		t.Fatalf("Entry(7) = %v, %s, %v", got, raw, err)
	}
	if _, _, err := l.Entry(t.Context(), 12); !errors.Is(err, ledger.ErrNoEntry) {
		t.Fatalf("Entry(12): %v", err)
	}
	for _, bad := range [][2]uint64{{12, 0}, {3, 13}, {^uint64(0), 0}} {
		if _, err := l.Prove(t.Context(), bad[0], bad[1]); !errors.Is(err, ledger.ErrNoEntry) {
			t.Errorf("Prove(%d, %d): %v", bad[0], bad[1], err)
		}
	}
}

func TestIdempotentAcrossRestart(t *testing.T) {
	s, v := keys(t, origin)
	dir := t.TempDir()
	l := open(t, dir, s, v)
	fill(t, l, 0, 300)
	want, ok := l.Lookup(entry(200).ID)
	if !ok {
		t.Fatal("entry 200 is unknown")
	}
	check := func(l *ledger.Log) {
		t.Helper()
		if got := mustAppend(t, l, entry(200)); got != want {
			t.Fatalf("again: index %d, was %d", got, want)
		}
		other := entry(200)
		other.At = other.At.Add(time.Millisecond)
		if _, err := l.Append(t.Context(), other); !errors.Is(err, ledger.ErrConflict) {
			t.Fatalf("other bytes under one id: %v", err)
		}
		if l.Size() != 300 {
			t.Fatalf("size %d", l.Size())
		}
	}
	check(l)
	if err := l.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Append(t.Context(), entry(300)); !errors.Is(err, ledger.ErrClosed) {
		t.Fatalf("append after close: %v", err)
	}
	check(open(t, dir, s, v))
}

func TestSameEntryConcurrently(t *testing.T) {
	s, v := keys(t, origin)
	l := open(t, t.TempDir(), s, v)
	mustAppend(t, l, entry(0))
	var wg sync.WaitGroup
	got := make([]uint64, 50)
	for i := range got {
		wg.Go(func() { got[i], _ = l.Append(t.Context(), entry(1)) })
	}
	wg.Wait()
	for i, index := range got {
		if index != 1 {
			t.Fatalf("call %d got index %d", i, index)
		}
	}
	if l.Size() != 2 {
		t.Fatalf("size %d", l.Size())
	}
}

func TestGenesisFirst(t *testing.T) {
	s, v := keys(t, origin)
	l := open(t, t.TempDir(), s, v)
	if _, err := l.Append(t.Context(), entry(1)); !errors.Is(err, ledger.ErrInvalid) {
		t.Fatalf("send before genesis: %v", err)
	}
	mustAppend(t, l, entry(0))
	second := entry(0)
	second.ID = "genesis-2"
	if _, err := l.Append(t.Context(), second); !errors.Is(err, ledger.ErrInvalid) {
		t.Fatalf("second genesis: %v", err)
	}
}

func TestSecondOpenIsTold(t *testing.T) {
	s, v := keys(t, origin)
	dir := t.TempDir()
	open(t, dir, s, v)
	_, err := ledger.Open(t.Context(), ledger.Config{Dir: dir, Origin: origin, Signer: s, Verifier: v})
	if !errors.Is(err, ledger.ErrLocked) || !strings.Contains(err.Error(), "cannot start") {
		t.Fatalf("second open: %v", err)
	}
}

func TestOpenRefuses(t *testing.T) {
	s, v := keys(t, origin)
	s2, v2 := keys(t, origin)
	base := t.TempDir()
	l := open(t, base, s, v)
	fill(t, l, 0, 600)
	if err := l.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	cases := map[string]struct {
		s      note.Signer
		v      note.Verifier
		damage func(dir string) error
		want   error
	}{
		"another key":    {s2, v2, func(string) error { return nil }, ledger.ErrCheckpoint},
		"entry dropped":  {s, v, func(dir string) error { return ledgertest.DropEntry(dir, 300) }, ledger.ErrDamaged},
		"state lost":     {s, v, func(dir string) error { return removeAll(dir, ".state") }, ledger.ErrDamaged},
		"checkpoint":     {s, v, func(dir string) error { return removeAll(dir, "checkpoint") }, ledger.ErrDamaged},
		"tiles lost":     {s, v, func(dir string) error { return removeAll(dir, "tile/0") }, ledger.ErrDamaged},
		"inner tile bad": {s, v, func(dir string) error { return flip(dir, "tile/1/000.p/*") }, ledger.ErrDamaged},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "copy")
			if err := ledgertest.Copy(dir, base); err != nil {
				t.Fatal(err)
			}
			if err := c.damage(dir); err != nil {
				t.Fatal(err)
			}
			_, err := ledger.Open(t.Context(), ledger.Config{Dir: dir, Origin: origin, Signer: c.s, Verifier: c.v})
			if !errors.Is(err, c.want) {
				t.Fatalf("Open: %v, want %v", err, c.want)
			}
		})
	}
}

// TestSignsNoSecondStory changes a tile under a running log: what it then builds does not extend what it signed.
func TestSignsNoSecondStory(t *testing.T) {
	s, v := keys(t, origin)
	dir := t.TempDir()
	l := open(t, dir, s, v)
	fill(t, l, 0, 1)
	for i := range 10 {
		mustAppend(t, l, entry(i))
	}
	prove(t, l, 9, 0)
	if err := flip(dir, "tile/0/000.p/10"); err != nil {
		t.Fatal(err)
	}
	mustAppend(t, l, entry(10))
	if p, err := l.Prove(t.Context(), 10, 0); !errors.Is(err, ledger.ErrDamaged) {
		t.Fatalf("Prove over changed tiles: %v, %v", p, err)
	}
	time.Sleep(300 * time.Millisecond) // time enough to publish three times
	signed, err := ledger.DirSource(dir).ReadCheckpoint(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if cp, err := ledger.ParseCheckpoint(signed, v, origin); err != nil || cp.Size > 10 {
		t.Fatalf("a checkpoint of size %d was published over changed tiles: %v", cp.Size, err)
	}
}
