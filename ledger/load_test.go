package ledger_test

import (
	"bytes"
	"errors"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"convenio/ledger"
	"convenio/ledger/ledgertest"
)

func removeAll(dir, name string) error { return os.RemoveAll(filepath.Join(dir, name)) }

// flip changes one bit in every file that matches.
func flip(dir, pattern string) error {
	names, err := filepath.Glob(filepath.Join(dir, pattern))
	if err != nil || len(names) == 0 {
		return errors.Join(err, errors.New("nothing matches "+pattern))
	}
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		b[len(b)/2] ^= 1
		if err := os.WriteFile(name, b, 0o644); err != nil {
			return err
		}
	}
	return nil
}

func TestLoadDirAndHTTP(t *testing.T) {
	s, v := keys(t, origin)
	dir := t.TempDir()
	l := open(t, dir, s, v)
	const n = 700
	fill(t, l, 0, n)
	if err := l.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewTLSServer(ledger.Handler(dir))
	defer srv.Close()
	base, err := url.Parse(srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	for name, src := range map[string]ledger.Source{"dir": ledger.DirSource(dir), "https": ledger.HTTPSource(base, srv.Client())} {
		t.Run(name, func(t *testing.T) {
			b, err := ledger.Load(t.Context(), src, v, origin)
			if err != nil {
				t.Fatal(err)
			}
			if b.Party != origin || b.Checkpoint.Size != n || b.Size() != n {
				t.Fatalf("book of %s, checkpoint %d, size %d", b.Party, b.Checkpoint.Size, b.Size())
			}
			seen := map[string]bool{}
			for i := range b.Entries {
				if !b.Has(uint64(i)) || !bytes.Equal(b.Raw[i], encode(t, b.Entries[i])) || b.Leaves[i] != ledger.LeafHash(b.Raw[i]) {
					t.Fatalf("entry %d is not whole", i)
				}
				seen[b.Entries[i].ID] = true
			}
			if len(seen) != n {
				t.Fatalf("%d ids", len(seen))
			}
		})
	}
}

func TestWriteEqualsTessera(t *testing.T) {
	s, v := keys(t, origin)
	for _, n := range []int{1, 255, 256, 257, 600} {
		live, made := t.TempDir(), t.TempDir()
		l := open(t, live, s, v)
		for i := range n {
			if i < 3 {
				mustAppend(t, l, entry(i))
			}
		}
		if n > 3 {
			fill(t, l, 3, n)
		}
		if err := l.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		b, err := ledger.Load(t.Context(), ledger.DirSource(live), v, origin)
		if err != nil {
			t.Fatal(err)
		}
		if err := ledger.Write(t.Context(), made, s, b.Entries); err != nil {
			t.Fatal(err)
		}
		err = filepath.WalkDir(made, func(path string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			rel, _ := filepath.Rel(made, path)
			want, err := os.ReadFile(filepath.Join(live, rel))
			if err != nil {
				return err
			}
			if got, _ := os.ReadFile(path); !bytes.Equal(got, want) {
				t.Errorf("%d entries: %s differs", n, rel)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := ledger.Write(t.Context(), made, s, b.Entries); err == nil {
			t.Error("Write over a ledger succeeded")
		}
	}
}

func TestLoadNamesTheFirstDamage(t *testing.T) {
	s, v := keys(t, origin)
	s2, _ := keys(t, origin)
	const n = 700
	base := filepath.Join(t.TempDir(), "base")
	if err := ledger.Write(t.Context(), base, s, entries(n)); err != nil {
		t.Fatal(err)
	}
	altered := entry(300)
	altered.Transaction = "disclose"
	cases := map[string]struct {
		damage         func(dir string) error
		what           ledger.Damage
		index, through uint64
		lost           int // entries that the book lacks
	}{
		"entry dropped from a full bundle":    {func(d string) error { return ledgertest.DropEntry(d, 12) }, ledger.Missing, 12, 12, 1},
		"first entry dropped":                 {func(d string) error { return ledgertest.DropEntry(d, 0) }, ledger.Missing, 0, 0, 1},
		"last entry dropped":                  {func(d string) error { return ledgertest.DropEntry(d, n-1) }, ledger.Missing, n - 1, n - 1, 1},
		"entry dropped from a partial bundle": {func(d string) error { return ledgertest.DropEntry(d, 600) }, ledger.Missing, 600, 600, 1},
		"two dropped": {func(d string) error {
			return errors.Join(ledgertest.DropEntry(d, 500), ledgertest.DropEntry(d, 400))
		}, ledger.Missing, 400, 400, 2},
		"entry altered":      {func(d string) error { return ledgertest.ReplaceEntry(d, 300, encode(t, altered)) }, ledger.Altered, 300, 300, 1},
		"bundle gone":        {func(d string) error { return removeAll(d, "tile/entries/001") }, ledger.Missing, 256, 256, 256},
		"bundle cut short":   {func(d string) error { return truncate(d, "tile/entries/000", 1000) }, ledger.Missing, 4, 4, 252},
		"bundle with a tail": {func(d string) error { return appendTo(d, "tile/entries/000", "x") }, ledger.Altered, 255, 255, 0},
		"tile gone":          {func(d string) error { return removeAll(d, "tile/0/001") }, ledger.TileDamaged, 256, 511, 0},
		"tile altered":       {func(d string) error { return flip(d, "tile/0/001") }, ledger.TileDamaged, 256 + 128, 256 + 128, 0},
		"bundle and tile rewritten": {func(d string) error {
			other := filepath.Join(t.TempDir(), "other")
			es := entries(n)
			es[300] = altered
			return errors.Join(ledger.Write(t.Context(), other, s, es), copyFile(d, other, "tile/entries/001"), copyFile(d, other, "tile/0/001"))
		}, ledger.Altered, 256, 511, 0},
		"all rewritten under the old checkpoint": {func(d string) error {
			es := entries(n)
			es[300] = altered
			cp, err := os.ReadFile(filepath.Join(d, "checkpoint"))
			return errors.Join(err, os.RemoveAll(d), ledger.Write(t.Context(), d, s, es), os.WriteFile(filepath.Join(d, "checkpoint"), cp, 0o644))
		}, ledger.Altered, 0, n - 1, 0},
		"all rewritten under another key": {func(d string) error {
			return errors.Join(os.RemoveAll(d), ledger.Write(t.Context(), d, s2, entries(n)))
		}, ledger.BadCheckpoint, 0, n - 1, 0},
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
			b, err := ledger.Load(t.Context(), ledger.DirSource(dir), v, origin)
			var le *ledger.LoadError
			if !errors.As(err, &le) {
				t.Fatalf("Load: %v", err)
			}
			if le.What != c.what || le.Index != c.index || le.Through != c.through {
				t.Errorf("got %s #%d..#%d, want %s #%d..#%d (%v)", le.What, le.Index, le.Through, c.what, c.index, c.through, le)
			}
			lost := 0
			for i := range uint64(n) {
				if !b.Has(i) {
					lost++
				} else if i != 300 && b.Entries[i].ID != entry(int(i)).ID {
					t.Fatalf("entry %d is at another index: %s", i, b.Entries[i].ID)
				}
			}
			if lost != c.lost {
				t.Errorf("%d entries lost, want %d", lost, c.lost)
			}
		})
	}
}

func truncate(dir, name string, size int64) error { return os.Truncate(filepath.Join(dir, name), size) }

func appendTo(dir, name, tail string) error {
	b, err := os.ReadFile(filepath.Join(dir, name))
	return errors.Join(err, os.WriteFile(filepath.Join(dir, name), append(b, tail...), 0o644))
}

func copyFile(dst, src, name string) error {
	b, err := os.ReadFile(filepath.Join(src, name))
	return errors.Join(err, os.WriteFile(filepath.Join(dst, name), b, 0o644))
}
