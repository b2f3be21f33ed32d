package ledger_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"convenio/ledger"

	"golang.org/x/mod/sumdb/note"
	"pgregory.net/rapid"
)

// proven is a log of n entries with the means to prove.
func proven(t testing.TB, n int) (*ledger.Log, note.Signer, note.Verifier) {
	t.Helper()
	s, v := keys(t, origin)
	l := open(t, t.TempDir(), s, v)
	fill(t, l, 0, n)
	return l, s, v
}

func prove(t testing.TB, l *ledger.Log, index, since uint64) ledger.Proof {
	t.Helper()
	p, err := l.Prove(t.Context(), index, since)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func raw(t testing.TB, l *ledger.Log, index uint64) []byte {
	t.Helper()
	_, b, err := l.Entry(t.Context(), index)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestProofsEverywhere proves entries from earlier sizes, over bundle borders, and through JSON.
func TestProofsEverywhere(t *testing.T) {
	l, _, v := proven(t, 530)
	b := loadClosed(t, l, v)
	rapid.Check(t, func(rt *rapid.T) {
		index := rapid.Uint64Max(529).Draw(rt, "index")
		since := rapid.Uint64Max(530).Draw(rt, "since")
		p := prove(t, l, index, since)
		wire, err := json.Marshal(p)
		if err != nil {
			rt.Fatal(err)
		}
		var back ledger.Proof
		if err := json.Unmarshal(wire, &back); err != nil {
			rt.Fatal(err)
		}
		root, err := b.RootAt(since)
		if err != nil {
			rt.Fatal(err)
		}
		cp, err := ledger.VerifyProof(v, origin, b.Raw[index], back, since, root)
		if err != nil || cp != b.Checkpoint {
			rt.Fatalf("entry %d since %d: %v, %v", index, since, cp, err)
		}
	})
}

// loadClosed reads the published state of a log without closing it.
func loadClosed(t testing.TB, l *ledger.Log, v note.Verifier) *ledger.Book {
	t.Helper()
	b := &ledger.Book{}
	for i := range l.Size() {
		r := raw(t, l, i)
		e, err := ledger.ParseEntry(r)
		if err != nil {
			t.Fatal(err)
		}
		b.Entries, b.Raw, b.Leaves = append(b.Entries, e), append(b.Raw, r), append(b.Leaves, ledger.LeafHash(r))
	}
	cp, signed, err := l.Checkpoint(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if again, err := ledger.ParseCheckpoint(signed, v, origin); err != nil || again != cp {
		t.Fatalf("checkpoint: %v", err)
	}
	b.Checkpoint = cp
	return b
}

func TestVerifyProofRefuses(t *testing.T) {
	l, s, v := proven(t, 20)
	_, other := keys(t, origin)
	old, _, err := l.Checkpoint(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	fill(t, l, 20, 40)
	prove(t, l, 39, 0) // the checkpoint in use covers all from here on
	entry7 := raw(t, l, 7)
	good := func() ledger.Proof { return prove(t, l, 7, old.Size) }
	if _, err := ledger.VerifyProof(v, origin, entry7, good(), old.Size, old.Root); err != nil {
		t.Fatal(err)
	}
	cases := map[string]struct {
		change func(p *ledger.Proof)
		v      note.Verifier
		origin string
		entry  []byte
		size   uint64
		root   ledger.Digest
		want   error
	}{
		"another key":         {v: other, want: ledger.ErrCheckpoint},
		"another origin":      {origin: "ledger.example.org/co", want: ledger.ErrCheckpoint},
		"another entry":       {entry: raw(t, l, 8), want: ledger.ErrNotIncluded},
		"a huge entry":        {entry: make([]byte, 1<<20), want: ledger.ErrProof},
		"another index":       {change: func(p *ledger.Proof) { p.Index = 8 }, want: ledger.ErrNotIncluded},
		"index beyond":        {change: func(p *ledger.Proof) { p.Index = 40 }, want: ledger.ErrNotIncluded},
		"largest index":       {change: func(p *ledger.Proof) { p.Index = ^uint64(0) }, want: ledger.ErrNotIncluded},
		"hash missing":        {change: func(p *ledger.Proof) { p.Inclusion = p.Inclusion[1:] }, want: ledger.ErrNotIncluded},
		"hash too many":       {change: func(p *ledger.Proof) { p.Inclusion = append(p.Inclusion, p.Inclusion[0]) }, want: ledger.ErrNotIncluded},
		"short hash":          {change: func(p *ledger.Proof) { p.Inclusion[0] = p.Inclusion[0][:31] }, want: ledger.ErrProof},
		"thousands of hashes": {change: func(p *ledger.Proof) { p.Inclusion = slices.Repeat(p.Inclusion, 1000) }, want: ledger.ErrProof},
		"thousands to extend": {change: func(p *ledger.Proof) { p.Consistency = slices.Repeat(p.Consistency, 1000) }, want: ledger.ErrProof},
		"signature changed":   {change: func(p *ledger.Proof) { p.Checkpoint[len(p.Checkpoint)-5] ^= 1 }, want: ledger.ErrCheckpoint},
		"size changed": {change: func(p *ledger.Proof) {
			p.Checkpoint = bytes.Replace(p.Checkpoint, []byte("\n40\n"), []byte("\n41\n"), 1)
		}, want: ledger.ErrCheckpoint},
		"empty checkpoint":       {change: func(p *ledger.Proof) { p.Checkpoint = nil }, want: ledger.ErrCheckpoint},
		"huge checkpoint":        {change: func(p *ledger.Proof) { p.Checkpoint = make([]byte, 1<<20) }, want: ledger.ErrCheckpoint},
		"signed with extensions": {change: func(p *ledger.Proof) { p.Checkpoint = resign(t, s, p.Checkpoint, "extra\n") }, want: ledger.ErrCheckpoint},
		"another earlier root":   {root: ledger.LeafHash(nil), want: ledger.ErrInconsistent},
		"another earlier size":   {size: 19, want: ledger.ErrInconsistent},
		"since nothing":          {change: func(p *ledger.Proof) { p.Since = 0 }, want: ledger.ErrInconsistent},
		"no consistency":         {change: func(p *ledger.Proof) { p.Consistency = nil }, want: ledger.ErrInconsistent},
		"older than seen": {change: func(p *ledger.Proof) { *p = prove(t, l, 7, 40); p.Since = 41 }, size: 41,
			want: ledger.ErrInconsistent},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			p, vv, o, e, size, root := good(), v, origin, entry7, old.Size, old.Root
			if c.change != nil {
				c.change(&p)
			}
			if c.v != nil {
				vv = c.v
			}
			if c.origin != "" {
				o = c.origin
			}
			if c.entry != nil {
				e = c.entry
			}
			if c.size != 0 {
				size = c.size
			}
			if !c.root.IsZero() {
				root = c.root
			}
			if cp, err := ledger.VerifyProof(vv, o, e, p, size, root); !errors.Is(err, c.want) || cp != (ledger.Checkpoint{}) {
				t.Fatalf("got %v, %v, want %v", cp, err, c.want)
			}
		})
	}
}

// resign signs the checkpoint's text with an extension line.
func resign(t *testing.T, s note.Signer, signed []byte, extension string) []byte {
	t.Helper()
	text, _, _ := strings.Cut(string(signed), "\n\n")
	b, err := note.Sign(&note.Note{Text: text + "\n" + extension}, s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func FuzzVerifyProof(f *testing.F) {
	l, _, v := proven(f, 20)
	seen, _, err := l.Checkpoint(f.Context())
	if err != nil {
		f.Fatal(err)
	}
	fill(f, l, 20, 40)
	entry7 := raw(f, l, 7)
	for _, at := range [][2]uint64{{7, 20}, {7, 0}, {39, 20}} {
		wire, err := json.Marshal(prove(f, l, at[0], at[1]))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(wire)
	}
	f.Fuzz(func(t *testing.T, wire []byte) {
		var p ledger.Proof
		if json.Unmarshal(wire, &p) != nil {
			return
		}
		for _, since := range []ledger.Checkpoint{{}, seen} {
			cp, err := ledger.VerifyProof(v, origin, entry7, p, since.Size, since.Root)
			if err == nil && (p.Index != 7 || cp.Size <= 7) {
				t.Fatalf("entry 7 was proven at %d of %d", p.Index, cp.Size)
			}
			if err != nil && !errors.Is(err, ledger.ErrProof) && !errors.Is(err, ledger.ErrCheckpoint) {
				t.Fatalf("error of another kind: %v", err)
			}
		}
	})
}
