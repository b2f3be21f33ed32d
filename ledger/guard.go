package ledger

import (
	"context"
	"errors"
	"fmt"

	f_log "github.com/transparency-dev/formats/log"
	"github.com/transparency-dev/tessera/client"
	"golang.org/x/mod/sumdb/note"
)

// guardedSigner signs for Tessera, and no tree that tells another story than the one signed last. Files that were changed
// under a running node, or that Open has yet to verify, would otherwise be signed for good.
type guardedSigner struct {
	note.Signer
	log *Log
}

// Sign signs the text of a checkpoint.
func (g guardedSigner) Sign(text []byte) ([]byte, error) {
	var c f_log.Checkpoint
	if _, err := c.Unmarshal(text); err != nil || len(c.Hash) != hashBytes {
		return nil, errors.New("ledger: asked to sign what is no checkpoint")
	}
	if c.Size > 0 { // a new ledger's first checkpoint comes before there is anything to verify
		g.log.cpMu.Lock()
		defer g.log.cpMu.Unlock()
		if !g.log.verified {
			return nil, fmt.Errorf("%w: nothing is signed", ErrDamaged)
		}
		if err := g.log.agrees(g.log.ctx, Checkpoint{Size: c.Size, Root: Digest(c.Hash)}); err != nil {
			return nil, err
		}
	}
	return g.Signer.Sign(text)
}

// agrees checks that of the tree cp and the one signed last the larger extends the smaller. cpMu is held.
func (l *Log) agrees(ctx context.Context, cp Checkpoint) error {
	older, newer := l.cp, cp
	if older.Size > newer.Size {
		older, newer = newer, older
	}
	if older.Size == 0 {
		return nil
	}
	builder, err := client.NewProofBuilder(ctx, newer.Size, l.reader.ReadTile)
	if err != nil {
		return err
	}
	hashes, err := builder.ConsistencyProof(ctx, older.Size, newer.Size)
	if err != nil {
		return err
	}
	if err := verifyConsistency(older, newer, hashes); err != nil {
		return fmt.Errorf("%w: nothing is signed: %w", ErrDamaged, err)
	}
	return nil
}
