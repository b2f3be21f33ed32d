package ledger_test

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"testing"

	"convenio/ledger"

	"golang.org/x/mod/sumdb/note"
)

// oneBlock serves a checkpoint, and the same bytes for every bundle and tile of a level.
type oneBlock struct{ checkpoint, bundle, tile []byte }

func (s oneBlock) ReadCheckpoint(context.Context) ([]byte, error) { return s.checkpoint, nil }

func (s oneBlock) ReadTile(_ context.Context, level, _ uint64, _ uint8) ([]byte, error) {
	if level > 1 {
		return nil, fs.ErrNotExist
	}
	return s.tile, nil
}

func (s oneBlock) ReadEntryBundle(context.Context, uint64, uint8) ([]byte, error) {
	return s.bundle, nil
}

// FuzzLoad gives Load any bundle and any tile under a signed checkpoint of a true ledger: what loads without an error is
// that ledger, entry by entry.
func FuzzLoad(f *testing.F) {
	s, v := keys(f, origin)
	const n = 3
	dir := filepath.Join(f.TempDir(), "l")
	if err := ledger.Write(f.Context(), dir, s, entries(n)); err != nil {
		f.Fatal(err)
	}
	src := ledger.DirSource(dir)
	checkpoint, err := src.ReadCheckpoint(f.Context())
	if err != nil {
		f.Fatal(err)
	}
	bundle, err := src.ReadEntryBundle(f.Context(), 0, n)
	if err != nil {
		f.Fatal(err)
	}
	tile, err := src.ReadTile(f.Context(), 0, 0, n)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(bundle, tile, uint16(n))
	f.Add(bundle[:len(bundle)-7], tile, uint16(n))
	f.Add(bundle, tile[:64], uint16(n))
	f.Add(append(append([]byte{}, bundle[:2]...), bundle...), tile, uint16(600))
	f.Add([]byte{0, 0, 0, 0}, tile, uint16(1))
	f.Fuzz(func(t *testing.T, bundle, tile []byte, size uint16) {
		signed := checkpoint
		if size != n {
			signed = signSize(t, s, size)
		}
		b, err := ledger.Load(t.Context(), oneBlock{signed, bundle, tile}, v, origin)
		if b == nil {
			t.Fatalf("no book: %v", err)
		}
		if err != nil {
			var le *ledger.LoadError
			if !errors.As(err, &le) {
				t.Fatalf("error of another kind: %v", err)
			}
			return
		}
		if size != n && size != 0 {
			t.Fatalf("a ledger of %d entries loaded under a root that nobody has", size)
		}
		for i := range b.Entries {
			if b.Entries[i].ID != entry(i).ID {
				t.Fatalf("entry %d is %s", i, b.Entries[i].ID)
			}
		}
	})
}

// signSize signs a checkpoint of some size over a root that no entries have.
func signSize(t *testing.T, s note.Signer, size uint16) []byte {
	t.Helper()
	root := ledger.LeafHash([]byte("no tree"))
	if size == 0 {
		root = ledger.EmptyRoot()
	}
	b, err := note.Sign(&note.Note{Text: checkpointText(size, root)}, s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func checkpointText(size uint16, root ledger.Digest) string {
	return fmt.Sprintf("%s\n%d\n%s\n", origin, size, base64.StdEncoding.EncodeToString(root[:]))
}
