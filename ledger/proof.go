package ledger

import (
	"errors"
	"fmt"

	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"golang.org/x/mod/sumdb/note"
)

// maxProofHashes bounds an inclusion or consistency proof: a tree of 2^64 entries needs 64, and one more.
const maxProofHashes = 65

// Proof shows that one entry stands in a ledger, and that the ledger still holds everything it held at Since.
type Proof struct {
	Index       uint64   `json:"index"`                 // of the entry
	Checkpoint  []byte   `json:"checkpoint"`            // signed note; its size is greater than Index
	Inclusion   [][]byte `json:"inclusion,omitempty"`   // hashes, RFC 6962 section 2.1.1
	Since       uint64   `json:"since,omitempty"`       // an earlier size, 0 for none
	Consistency [][]byte `json:"consistency,omitempty"` // hashes from Since to the checkpoint, RFC 6962 section 2.1.2
}

// Reasons why a proof is refused.
var (
	ErrProof        = errors.New("ledger proof does not hold")
	ErrNotIncluded  = fmt.Errorf("%w: entry is not in the ledger", ErrProof)
	ErrInconsistent = fmt.Errorf("%w: ledger does not extend the checkpoint seen before", ErrProof)
)

// VerifyProof checks that the ledger origin, whose key is v, holds entry (encoded) at p.Index, and that it extends the
// checkpoint (sinceSize, sinceRoot), which the caller has seen before; 0 for none. p.Since must be sinceSize: a caller
// that keeps several checkpoints looks p.Since up among them. It returns the checkpoint of the proof, for the caller to keep.
// Errors wrap ErrProof or ErrCheckpoint. It is safe on hostile input.
func VerifyProof(v note.Verifier, origin string, entry []byte, p Proof, sinceSize uint64, sinceRoot Digest) (Checkpoint, error) {
	if len(entry) > MaxEntryBytes {
		return Checkpoint{}, fmt.Errorf("%w: entry of %d bytes", ErrProof, len(entry))
	}
	if err := boundHashes(p.Inclusion); err != nil {
		return Checkpoint{}, fmt.Errorf("%w: inclusion: %w", ErrProof, err)
	}
	if err := boundHashes(p.Consistency); err != nil {
		return Checkpoint{}, fmt.Errorf("%w: consistency: %w", ErrProof, err)
	}
	cp, err := ParseCheckpoint(p.Checkpoint, v, origin)
	if err != nil {
		return Checkpoint{}, err
	}
	leaf := LeafHash(entry)
	if p.Index >= cp.Size {
		return Checkpoint{}, fmt.Errorf("%w: index %d under a checkpoint of size %d", ErrNotIncluded, p.Index, cp.Size)
	}
	if err := proof.VerifyInclusion(rfc6962.DefaultHasher, p.Index, cp.Size, leaf[:], p.Inclusion, cp.Root[:]); err != nil {
		return Checkpoint{}, fmt.Errorf("%w: %w", ErrNotIncluded, err)
	}
	if p.Since != sinceSize {
		return Checkpoint{}, fmt.Errorf("%w: proof starts at size %d, not %d", ErrInconsistent, p.Since, sinceSize)
	}
	if err := verifyConsistency(Checkpoint{sinceSize, sinceRoot}, cp, p.Consistency); err != nil {
		return Checkpoint{}, err
	}
	return cp, nil
}

// verifyConsistency checks that a ledger with checkpoint cp extends the one with checkpoint since.
func verifyConsistency(since, cp Checkpoint, hashes [][]byte) error {
	switch {
	case since.Size == 0:
		if len(hashes) != 0 {
			return fmt.Errorf("%w: hashes without an earlier size", ErrInconsistent)
		}
		return nil
	case since.Size > cp.Size:
		return fmt.Errorf("%w: size went from %d back to %d", ErrInconsistent, since.Size, cp.Size)
	}
	err := proof.VerifyConsistency(rfc6962.DefaultHasher, since.Size, cp.Size, hashes, since.Root[:], cp.Root[:])
	if err != nil {
		return fmt.Errorf("%w: %w", ErrInconsistent, err)
	}
	return nil
}

func boundHashes(hashes [][]byte) error {
	if len(hashes) > maxProofHashes {
		return fmt.Errorf("%d hashes, more than %d", len(hashes), maxProofHashes)
	}
	for i, h := range hashes {
		if len(h) != len(Digest{}) {
			return fmt.Errorf("hash %d has %d bytes", i, len(h))
		}
	}
	return nil
}
