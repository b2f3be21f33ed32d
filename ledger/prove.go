package ledger

import (
	"bytes"
	"context"
	"fmt"

	"github.com/transparency-dev/merkle/rfc6962"
	"github.com/transparency-dev/tessera/client"
)

// Prove returns the proof that entry index stands in the ledger, under a signed checkpoint that covers it and sinceSize,
// with the proof that this checkpoint extends the one of size sinceSize (0: none, nothing to extend).
//
// The checkpoint is signed for the tree that is on disk, so that a message need not wait for the next publication (up to
// 100 ms); the published checkpoint, of the same tree or a later one, follows. The error wraps ErrNoEntry if the ledger
// has no entry index, or never had sinceSize entries.
func (l *Log) Prove(ctx context.Context, index, sinceSize uint64) (Proof, error) {
	p, err := l.prove(ctx, index, sinceSize)
	if err != nil {
		return Proof{}, fmt.Errorf("prove entry #%d since %d: %w", index, sinceSize, err)
	}
	return p, nil
}

func (l *Log) prove(ctx context.Context, index, sinceSize uint64) (Proof, error) {
	if index == ^uint64(0) {
		return Proof{}, ErrNoEntry
	}
	cp, signed, err := l.covering(ctx, max(index+1, sinceSize))
	if err != nil {
		return Proof{}, err
	}
	builder, err := client.NewProofBuilder(ctx, cp.Size, l.reader.ReadTile)
	if err != nil {
		return Proof{}, err
	}
	p := Proof{Index: index, Checkpoint: bytes.Clone(signed), Since: sinceSize}
	if p.Inclusion, err = builder.InclusionProof(ctx, index); err != nil {
		return Proof{}, err
	}
	if sinceSize > 0 {
		if p.Consistency, err = builder.ConsistencyProof(ctx, sinceSize, cp.Size); err != nil {
			return Proof{}, err
		}
	}
	return p, nil
}

// Checkpoint returns the newest checkpoint and its signed note: it covers every entry that was acknowledged before the call.
func (l *Log) Checkpoint(ctx context.Context) (Checkpoint, []byte, error) {
	cp, signed, err := l.covering(ctx, l.Size())
	if err != nil {
		return cp, nil, fmt.Errorf("make checkpoint: %w", err)
	}
	return cp, bytes.Clone(signed), nil
}

// covering returns a signed checkpoint of at least size entries; one signature serves all who wait for it.
func (l *Log) covering(ctx context.Context, size uint64) (Checkpoint, []byte, error) {
	l.cpMu.Lock()
	defer l.cpMu.Unlock()
	if l.signed != nil && l.cp.Size >= size {
		return l.cp, l.signed, nil
	}
	now, err := l.reader.IntegratedSize(ctx)
	if err != nil {
		return Checkpoint{}, nil, err
	}
	if now < size {
		return Checkpoint{}, nil, ErrNoEntry
	}
	l.mu.Lock()
	closed, acked := l.closed, l.acked
	l.mu.Unlock()
	if closed {
		return Checkpoint{}, nil, ErrClosed
	}
	// A tree that can be read may still be on its way to the disk. A checkpoint over a tree that a power cut takes back
	// would be a lie that the partner keeps, so the tree is made durable before it is signed.
	if acked != now {
		if err := l.syncState(); err != nil {
			return Checkpoint{}, nil, err
		}
	}
	root, err := l.rootFromTiles(ctx, now)
	if err != nil {
		return Checkpoint{}, nil, err
	}
	cp := Checkpoint{Size: now, Root: root}
	if err := l.agrees(ctx, cp); err != nil {
		return Checkpoint{}, nil, err
	}
	signed, err := signCheckpoint(cp, l.cfg.Origin, l.cfg.Signer)
	if err != nil {
		return Checkpoint{}, nil, err
	}
	l.cp, l.signed = cp, signed
	return cp, signed, nil
}

func (l *Log) rootFromTiles(ctx context.Context, size uint64) (Digest, error) {
	if size == 0 {
		return EmptyRoot(), nil
	}
	hashes, err := client.FetchRangeNodes(ctx, size, l.reader.ReadTile)
	if err != nil {
		return Digest{}, err
	}
	r, err := ranges.NewRange(0, size, hashes)
	if err != nil {
		return Digest{}, err
	}
	return rootOf(r)
}

// checkRightEdge compares the inner hashes on which the next batch builds with those that the entries give.
func (l *Log) checkRightEdge(ctx context.Context, size uint64, want [][]byte) error {
	if size == 0 {
		return nil
	}
	got, err := client.FetchRangeNodes(ctx, size, l.reader.ReadTile)
	if err != nil {
		return fmt.Errorf("%w: tiles: %w", ErrDamaged, err)
	}
	for i := range want {
		if i >= len(got) || len(got[i]) != rfc6962.DefaultHasher.Size() || !bytes.Equal(got[i], want[i]) {
			return fmt.Errorf("%w: tiles above the entries do not hold what the entries give", ErrDamaged)
		}
	}
	return nil
}
