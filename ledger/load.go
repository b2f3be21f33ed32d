package ledger

import (
	"context"
	"errors"
	"fmt"

	f_log "github.com/transparency-dev/formats/log"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/sync/errgroup"
)

// MaxLoadEntries bounds the ledger that Load reads into memory; an entry takes about 1 KiB.
const MaxLoadEntries = 4 << 20

// Reading runs ahead by a few blocks, so that a distant ledger does not cost a round trip for each.
const (
	blocksInFlight = 32
	readersAtOnce  = 8
)

// Load reads a whole ledger: it verifies the checkpoint's signature (v, origin), recomputes the leaf hash of every entry,
// compares it with the level-0 tiles, and recomputes the root.
//
// On damage it returns a *LoadError and, beside it, the Book with everything that could be read, each entry at its index.
// Any other error (no connection, a cancelled context) says nothing about the ledger and comes without a Book.
func Load(ctx context.Context, src Source, v note.Verifier, origin string) (*Book, error) {
	signed, err := src.ReadCheckpoint(ctx)
	if err != nil && !isDamage(err) {
		return nil, fmt.Errorf("read checkpoint of %s: %w", origin, err)
	}
	book := &Book{Party: origin, Signed: signed}
	var size uint64
	if err == nil {
		book.Checkpoint, err = ParseCheckpoint(signed, v, origin)
		size = book.Checkpoint.Size
	}
	var first *LoadError
	if err != nil {
		first = &LoadError{What: BadCheckpoint, Detail: "no checkpoint signed by the ledger's key", Err: err}
		size = unverifiedSize(signed)
		first.Through = max(size, 1) - 1
	}
	if size > MaxLoadEntries {
		return nil, fmt.Errorf("load %s: checkpoint of %d entries, more than %d", origin, size, MaxLoadEntries)
	}
	var l loader
	if err := scan(ctx, src, size, l.take); err != nil && !errors.Is(err, errNothingLeft) {
		return nil, fmt.Errorf("load %s: %w", origin, err)
	}
	book.Entries, book.Raw, book.Leaves = l.entries, l.raw, l.leaves
	if first != nil {
		return book, first
	}
	if err := l.verdict(ctx, src, book); err != nil {
		return book, err
	}
	return book, nil
}

// unverifiedSize is the size that a checkpoint claims whose signature does not hold: enough to read what is there.
func unverifiedSize(signed []byte) uint64 {
	var cp f_log.Checkpoint
	if _, err := cp.Unmarshal(signed); err != nil {
		return 0
	}
	return cp.Size
}

// scan reads the blocks of a log of the given size and hands them on in order. Memory grows with what was read, not with
// the size that a log claims.
func scan(ctx context.Context, src Source, size uint64, take func(block) error) error {
	blocks := (size + width - 1) / width
	for from := uint64(0); from < blocks; from += blocksInFlight {
		wave := make([]block, min(blocksInFlight, blocks-from))
		g, gctx := errgroup.WithContext(ctx)
		g.SetLimit(readersAtOnce)
		for i := range wave {
			g.Go(func() (err error) {
				wave[i], err = readBlock(gctx, src, from+uint64(i), size)
				return err
			})
		}
		if err := g.Wait(); err != nil {
			return err
		}
		for _, b := range wave {
			if err := take(b); err != nil {
				return err
			}
		}
	}
	return nil
}

// maxLostBlocks ends the reading of a log that claims far more than it has.
const maxLostBlocks = 64

var errNothingLeft = errors.New("nothing left to read")
