package ledger

import (
	"fmt"
	"slices"

	"github.com/transparency-dev/merkle/compact"
	"github.com/transparency-dev/merkle/rfc6962"
)

// Book is a ledger read whole, by Load.
type Book struct {
	Party      string     // the ledger's origin
	Checkpoint Checkpoint // signed by the ledger's key; zero if there is no valid one
	Signed     []byte     // the signed note
	Entries    []Entry    // by index; the zero Entry where Has is false
	Raw        [][]byte   // the encoded entries by index; nil where the ledger lacks one
	Leaves     []Digest   // leaf hashes by index, as the ledger commits to them; zero where unknown
}

// Has reports whether entry i was read and is valid.
func (b *Book) Has(i uint64) bool { return i < uint64(len(b.Entries)) && b.Entries[i].ID != "" }

// Size is the number of entries that the book has places for.
func (b *Book) Size() uint64 { return uint64(len(b.Entries)) }

var ranges = compact.RangeFactory{Hash: rfc6962.DefaultHasher.HashChildren}

// RootAt returns the root of the first size entries, 0 to Size.
func (b *Book) RootAt(size uint64) (Digest, error) {
	roots, err := b.Roots([]uint64{size})
	return roots[size], err
}

// Roots returns the roots of the tree at each of the given sizes, in one pass over the leaves. A size over Size, or one
// that needs an unknown leaf, is left out and makes the error, which names the first such size.
func (b *Book) Roots(sizes []uint64) (map[uint64]Digest, error) {
	sizes = slices.Clone(sizes)
	slices.Sort(sizes)
	sizes = slices.Compact(sizes)
	roots := make(map[uint64]Digest, len(sizes))
	r := ranges.NewEmptyRange(0)
	for _, size := range sizes {
		for r.End() < size {
			i := r.End()
			if i >= uint64(len(b.Leaves)) || b.Leaves[i].IsZero() {
				return roots, fmt.Errorf("root at size %d: leaf %d is not known", size, i)
			}
			if err := r.Append(b.Leaves[i][:], nil); err != nil {
				return roots, fmt.Errorf("root at size %d: %w", size, err)
			}
		}
		root, err := rootOf(r)
		if err != nil {
			return roots, fmt.Errorf("root at size %d: %w", size, err)
		}
		roots[size] = root
	}
	return roots, nil
}

func rootOf(r *compact.Range) (Digest, error) {
	if r.End() == 0 {
		return EmptyRoot(), nil
	}
	h, err := r.GetRootHash(nil)
	if err != nil {
		return Digest{}, err
	}
	return Digest(h), nil
}
