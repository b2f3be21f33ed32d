package ledger

import (
	"errors"
	"fmt"

	f_log "github.com/transparency-dev/formats/log"
	"golang.org/x/mod/sumdb/note"
)

// maxCheckpointBytes bounds a signed checkpoint: 16 signatures of post-quantum size and some.
const maxCheckpointBytes = 96 << 10

// Checkpoint is what a log commits to: its size and the root of its tree (c2sp.org/tlog-checkpoint).
type Checkpoint struct {
	Size uint64 `json:"size"` // entries
	Root Digest `json:"root"`
}

// ErrCheckpoint is wrapped when a signed checkpoint is not one of this log.
var ErrCheckpoint = errors.New("checkpoint is not valid for this ledger")

// ParseCheckpoint reads a signed checkpoint: signature by v, origin, canonical text without extension lines.
// Errors wrap ErrCheckpoint.
func ParseCheckpoint(signed []byte, v note.Verifier, origin string) (Checkpoint, error) {
	if len(signed) > maxCheckpointBytes {
		return Checkpoint{}, fmt.Errorf("%w: %d bytes, more than %d", ErrCheckpoint, len(signed), maxCheckpointBytes)
	}
	cp, _, n, err := f_log.ParseCheckpoint(signed, origin, v)
	if err != nil {
		return Checkpoint{}, fmt.Errorf("%w: %w", ErrCheckpoint, err)
	}
	if len(cp.Hash) != len(Digest{}) || string(cp.Marshal()) != n.Text {
		return Checkpoint{}, fmt.Errorf("%w: text is not canonical", ErrCheckpoint)
	}
	if cp.Size == 0 && Digest(cp.Hash) != EmptyRoot() {
		return Checkpoint{}, fmt.Errorf("%w: size 0 with another root than the empty one", ErrCheckpoint)
	}
	return Checkpoint{Size: cp.Size, Root: Digest(cp.Hash)}, nil
}

// signCheckpoint returns the signed note for cp.
func signCheckpoint(cp Checkpoint, origin string, s note.Signer) ([]byte, error) {
	text := f_log.Checkpoint{Origin: origin, Size: cp.Size, Hash: cp.Root[:]}.Marshal()
	b, err := note.Sign(&note.Note{Text: string(text)}, s)
	if err != nil {
		return nil, fmt.Errorf("sign checkpoint: %w", err)
	}
	return b, nil
}
