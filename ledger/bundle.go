package ledger

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"

	"github.com/transparency-dev/tessera/api/layout"
)

// width is the number of entries in a full bundle and of hashes in a full tile.
const width = layout.TileWidth

// block is what a log says about up to 256 consecutive entries: its bundle beside its level-0 tile.
type block struct {
	first   uint64   // index of the first entry
	want    int      // how many entries the log's size calls for, 1 to 256
	tile    []Digest // leaf hashes by the tile; nil if the tile is missing or damaged
	raw     [][]byte // entries as the bundle lists them; may be fewer or more than want
	tileErr error    // why tile is nil
	rawErr  error    // why raw is not complete
}

// readBlock reads block n of a log of the given size. Damage is left in the block; the error says that reading failed.
func readBlock(ctx context.Context, src Source, n, size uint64) (block, error) {
	b := block{first: n * width, want: int(min(width, size-n*width))}
	partial := uint8(b.want % width)
	data, full, err := partialOrFull(partial, func(p uint8) ([]byte, error) { return src.ReadTile(ctx, 0, n, p) })
	switch {
	case isDamage(err):
		b.tileErr = err
	case err != nil:
		return b, fmt.Errorf("read tile %d: %w", n, err)
	default:
		b.tile, b.tileErr = parseTile(data, b.want, full)
	}
	data, full, err = partialOrFull(partial, func(p uint8) ([]byte, error) { return src.ReadEntryBundle(ctx, n, p) })
	switch {
	case isDamage(err):
		b.rawErr = err
	case err != nil:
		return b, fmt.Errorf("read entries %d: %w", n, err)
	default:
		b.raw, b.rawErr = parseBundle(data)
		if full && len(b.raw) > b.want && b.want < width {
			b.raw, b.rawErr = b.raw[:b.want], nil
		}
	}
	return b, nil
}

// isDamage tells what the log no longer has, or has in no valid form, from a failure to read it.
func isDamage(err error) bool { return errors.Is(err, fs.ErrNotExist) || errors.Is(err, errTooLong) }

func parseTile(data []byte, want int, full bool) ([]Digest, error) {
	if len(data)%hashBytes != 0 || len(data) < want*hashBytes || (!full && len(data) != want*hashBytes) {
		return nil, fmt.Errorf("tile has %d bytes, not %d", len(data), want*hashBytes)
	}
	hashes := make([]Digest, want)
	for i := range hashes {
		hashes[i] = Digest(data[i*hashBytes:])
	}
	return hashes, nil
}

// parseBundle cuts a bundle (c2sp.org/tlog-tiles, "Log entries") into entries, and returns those before the damage if any.
func parseBundle(data []byte) ([][]byte, error) {
	entries := make([][]byte, 0, width)
	for rest := data; len(rest) > 0; {
		if len(entries) == width {
			return entries, errors.New("bundle has more than 256 entries")
		}
		if len(rest) < 2 || len(rest)-2 < int(binary.BigEndian.Uint16(rest)) {
			return entries, fmt.Errorf("bundle ends inside entry %d", len(entries))
		}
		n := int(binary.BigEndian.Uint16(rest))
		entries = append(entries, rest[2:2+n:2+n])
		rest = rest[2+n:]
	}
	return entries, nil
}

// placed is a block's entries put at the indices that the tile gives them.
type placed struct {
	raw    [][]byte // by position; nil where the log commits to an entry that the bundle lacks
	leaves []Digest // by position, as the tile says, else as the entries hash
	known  bool     // leaves is complete
	damage *LoadError
	// rehashed holds the leaves as the entries hash in the bundle's order, where that differs from leaves and is complete.
	rehashed []Digest
}

// place puts each entry of b where its hash stands in the tile. So if one entry is cut out of a bundle the others keep
// their indices, and the one that is gone is named.
func (b block) place() placed {
	hashes := make([]Digest, len(b.raw))
	for i, r := range b.raw {
		hashes[i] = LeafHash(r)
	}
	if b.tile == nil {
		return b.placeWithoutTile(hashes)
	}
	p := placed{raw: make([][]byte, b.want), leaves: b.tile, known: true}
	at := make(map[Digest]int, b.want)
	for i := b.want - 1; i >= 0; i-- {
		at[b.tile[i]] = i
	}
	stranger := -1
	for i, h := range hashes {
		if i < b.want && h == b.tile[i] {
			p.raw[i] = b.raw[i]
		} else if k, ok := at[h]; ok && p.raw[k] == nil {
			p.raw[k] = b.raw[i]
		} else if stranger < 0 {
			stranger = i
		}
	}
	p.damage = b.compare(p.raw, stranger)
	if p.damage != nil && len(hashes) == b.want {
		p.rehashed = hashes
	}
	return p
}

// compare names the first position where the bundle does not agree with the tile.
func (b block) compare(raw [][]byte, stranger int) *LoadError {
	for i, r := range raw {
		if r != nil {
			continue
		}
		if stranger >= 0 {
			return b.lost(i, Altered, "another entry stands in the bundle than the one that the tile commits to")
		}
		return b.lost(i, Missing, "the tile commits to an entry that the bundle does not hold")
	}
	if stranger >= 0 {
		return b.lost(min(stranger, b.want-1), Altered, "the bundle holds an entry that the tile does not commit to")
	}
	if b.rawErr != nil {
		return b.lost(b.want-1, Altered, "the bundle has bytes after its last entry")
	}
	return nil
}

func (b block) placeWithoutTile(hashes []Digest) placed {
	n := min(b.want, len(b.raw))
	p := placed{raw: make([][]byte, b.want), leaves: make([]Digest, b.want), known: n == b.want && len(b.raw) == b.want}
	copy(p.raw, b.raw)
	copy(p.leaves, hashes)
	if p.known && b.rawErr == nil {
		p.damage = b.lost(0, TileDamaged, "the tile of these entries' hashes is missing or damaged")
		p.damage.Through = b.first + uint64(b.want) - 1
	} else {
		p.damage = b.lost(min(n, b.want-1), Missing, "the tile is missing or damaged, and the bundle is not complete")
	}
	return p
}

func (b block) lost(i int, what Damage, detail string) *LoadError {
	index := b.first + uint64(i)
	return &LoadError{Index: index, Through: index, What: what, Detail: detail, Err: errors.Join(b.tileErr, b.rawErr)}
}
