package ledger

import (
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"

	"github.com/transparency-dev/tessera/api/layout"
	"golang.org/x/mod/sumdb/note"
)

// Write makes a complete ledger for reading out of entries, in dir, which must not hold one yet: bundles, tiles and a
// checkpoint signed by s, whose name is the origin. Load reads it; Open does not, since a ledger that is being written
// to has a history that cannot be made up.
//
// It is what an operator can do who wants to rewrite the past: by itself the result is perfect. Package audit finds it
// from the partner's ledger. Demonstrations and tests use it for that.
func Write(ctx context.Context, dir string, s note.Signer, entries []Entry) error {
	if err := write(ctx, dir, s, entries); err != nil {
		return fmt.Errorf("write ledger: %w", err)
	}
	return nil
}

func write(ctx context.Context, dir string, s note.Signer, entries []Entry) error {
	if _, err := os.Lstat(filepath.Join(dir, layout.CheckpointPath)); err == nil {
		return fmt.Errorf("%s holds a ledger already", dir)
	}
	book := Book{Entries: entries, Leaves: make([]Digest, len(entries))}
	var bundle []byte
	for i, e := range entries {
		if err := ctx.Err(); err != nil {
			return err
		}
		raw, err := e.Encode()
		if err != nil {
			return fmt.Errorf("entry #%d: %w", i, err)
		}
		book.Leaves[i] = LeafHash(raw)
		bundle = binary.BigEndian.AppendUint16(bundle, uint16(len(raw)))
		bundle = append(bundle, raw...)
		if n := i + 1; n%width == 0 || n == len(entries) {
			if err := put(dir, layout.EntriesPath(uint64(i/width), uint8(n%width)), bundle); err != nil {
				return err
			}
			bundle = bundle[:0]
		}
	}
	if err := writeTiles(ctx, dir, book.Leaves); err != nil {
		return err
	}
	root, err := book.RootAt(book.Size())
	if err != nil {
		return err
	}
	signed, err := signCheckpoint(Checkpoint{Size: book.Size(), Root: root}, s.Name(), s)
	if err != nil {
		return err
	}
	return put(dir, layout.CheckpointPath, signed)
}

// writeTiles writes the tiles of every level; a hash of one level is the root of a full tile of the level below.
func writeTiles(ctx context.Context, dir string, hashes []Digest) error {
	for level := uint64(0); len(hashes) > 0; level++ {
		var above []Digest
		for n := 0; n < len(hashes); n += width {
			if err := ctx.Err(); err != nil {
				return err
			}
			tile := hashes[n:min(n+width, len(hashes))]
			var b []byte
			for _, h := range tile {
				b = append(b, h[:]...)
			}
			if err := put(dir, layout.TilePath(level, uint64(n/width), uint8(len(tile)%width)), b); err != nil {
				return err
			}
			if len(tile) == width {
				root, err := (&Book{Leaves: tile, Entries: make([]Entry, width)}).RootAt(width)
				if err != nil {
					return err
				}
				above = append(above, root)
			}
		}
		hashes = above
	}
	return nil
}

func put(dir, path string, b []byte) error {
	name := filepath.Join(dir, filepath.FromSlash(path))
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	return os.WriteFile(name, b, 0o644)
}
