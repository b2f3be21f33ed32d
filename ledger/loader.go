package ledger

import (
	"context"
	"errors"
	"io/fs"
)

// loader collects a Book's content.
type loader struct {
	entries  []Entry
	raw      [][]byte
	leaves   []Digest
	unknown  bool              // a leaf is not known
	damage   *LoadError        // the first
	rehashed map[uint64]placed // blocks whose bundle hashes to other leaves than its tile, by first index
	lost     int               // blocks of which nothing is left, in a row
}

func (l *loader) take(b block) error {
	if b.tile == nil && len(b.raw) == 0 {
		if l.lost++; l.lost > maxLostBlocks {
			return errNothingLeft
		}
	} else {
		l.lost = 0
	}
	p := b.place()
	l.note(p.damage)
	l.unknown = l.unknown || !p.known
	if p.rehashed != nil {
		if l.rehashed == nil {
			l.rehashed = map[uint64]placed{}
		}
		l.rehashed[b.first] = placed{raw: b.raw, leaves: p.rehashed}
	}
	for i, r := range p.raw {
		l.raw = append(l.raw, r)
		l.leaves = append(l.leaves, p.leaves[i])
		l.entries = append(l.entries, l.parse(b.first+uint64(i), r))
	}
	return nil
}

func (l *loader) parse(index uint64, raw []byte) Entry {
	if raw == nil {
		return Entry{}
	}
	e, err := ParseEntry(raw)
	if err != nil {
		l.note(&LoadError{Index: index, Through: index, What: Invalid, Detail: "the ledger commits to bytes that are no entry", Err: err})
	}
	return e
}

func (l *loader) note(d *LoadError) {
	if d != nil && (l.damage == nil || d.Index < l.damage.Index) {
		l.damage = d
	}
}

// verdict weighs the leaves against the signed root and returns the damage, if any.
func (l *loader) verdict(ctx context.Context, src Source, book *Book) error {
	if !l.unknown && book.Size() == book.Checkpoint.Size {
		root, err := book.RootAt(book.Size())
		if err != nil {
			return err
		}
		if root == book.Checkpoint.Root {
			return l.asError()
		}
		if l.rehashed != nil && l.entriesHold(book) {
			d := *l.damage
			d.What, d.Detail = TileDamaged, "the entries hold; the tile of their hashes was altered"
			return &d
		}
	}
	if l.damage == nil {
		l.damage = localise(ctx, src, book)
	}
	return l.asError()
}

func (l *loader) asError() error {
	if l.damage == nil {
		return nil
	}
	return l.damage
}

// entriesHold tries the other reading: the bundles are right and the tiles are not. If the signed root says so, book is
// put right.
func (l *loader) entriesHold(book *Book) bool {
	try := Book{Leaves: append([]Digest(nil), book.Leaves...), Entries: book.Entries}
	for first, p := range l.rehashed {
		copy(try.Leaves[first:], p.leaves)
	}
	if root, err := try.RootAt(try.Size()); err != nil || root != book.Checkpoint.Root {
		return false
	}
	book.Leaves = try.Leaves
	for first, p := range l.rehashed {
		for i, r := range p.raw {
			book.Raw[first+uint64(i)] = r
			book.Entries[first+uint64(i)] = l.parse(first+uint64(i), r)
		}
	}
	return true
}

// localise names the block that was rewritten together with its tile: the level-1 tile still holds the old hash, unless
// that was rewritten too.
func localise(ctx context.Context, src Source, book *Book) *LoadError {
	size := book.Size()
	d := &LoadError{Through: max(size, 1) - 1, What: Altered,
		Detail: "entries and tiles agree with each other but not with the signed root"}
	full := size / width
	for n := uint64(0); n < full; n += width {
		want := int(min(width, full-n))
		data, isFull, err := partialOrFull(uint8(want%width), func(p uint8) ([]byte, error) { return src.ReadTile(ctx, 1, n/width, p) })
		if err != nil {
			if !errors.Is(err, fs.ErrNotExist) {
				d.Err = err
			}
			return d
		}
		tile, err := parseTile(data, want, isFull)
		if err != nil {
			d.Err = err
			return d
		}
		for i, h := range tile {
			first := (n + uint64(i)) * width
			block := Book{Leaves: book.Leaves[first : first+width]}
			if root, err := block.RootAt(width); err != nil || root != h {
				d.Index, d.Through = first, first+width-1
				return d
			}
		}
	}
	// Every full block agrees with level 1: the incomplete block at the end differs, or level 1 was rewritten as well.
	return d
}
