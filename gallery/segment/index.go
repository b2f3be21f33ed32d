package segment

import (
	"hash/maphash"

	"convenio/gallery"
)

// index tells where subjects are in sealed segments, with 8 bytes a place: open addressing with linear probing over words
// of a hash's upper 32 bits and the person's number, which is the block's times gallery.BlockSize and the slot, and 1. The
// names are those in the segments. It is made anew at opening: hashing a million names takes less than reading them from
// a file would.
type index struct {
	hashOf func(name []byte) uint64
	table  []uint64 // a power of two, never full
	used   int      // words that are not 0
	blocks []*kept  // by kept.number; nil: let go
}

// removedWord stands where a subject was.
const removedWord = 1<<32 - 1

func newIndex() *index {
	seed := maphash.MakeSeed()
	return &index{hashOf: func(name []byte) uint64 { return maphash.Bytes(seed, name) }}
}

func (x *index) hash(name []byte) uint64 { return x.hashOf(name) }

// reserve makes room for n more.
func (x *index) reserve(n int) {
	size := max(len(x.table), 64)
	for size*2 < (x.used+n)*3 {
		size *= 2
	}
	if size == len(x.table) {
		return
	}
	old := x.table
	x.table, x.used = make([]uint64, size), 0
	for _, w := range old {
		if at, ok := x.spot(w); ok {
			x.put(x.hash(at.block.name(at.slot)), w)
		}
	}
}

// add takes a block in.
func (x *index) add(k *kept) {
	k.number = len(x.blocks)
	x.blocks = append(x.blocks, k)
}

// forget lets a block go; whoever is still there is not found any more.
func (x *index) forget(k *kept) {
	for slot := range k.people {
		if i, ok := x.seek(k.name(slot), x.hash(k.name(slot))); ok {
			if at, _ := x.spot(x.table[i]); at.block == k && at.slot == slot {
				x.table[i] = removedWord
				k.file.living--
			}
		}
	}
	x.blocks[k.number] = nil
}

func (x *index) word(hash uint64, at spot) uint64 {
	return hash&^(1<<32-1) | uint64(at.block.number*gallery.BlockSize+at.slot+1)
}

func (x *index) spot(word uint64) (spot, bool) {
	n := int(word & (1<<32 - 1))
	if n == 0 || n == removedWord {
		return spot{}, false
	}
	k := x.blocks[(n-1)/gallery.BlockSize]
	return spot{k, (n - 1) % gallery.BlockSize}, k != nil
}

// put writes a word whose subject is not in the table.
func (x *index) put(hash, word uint64) {
	mask := uint64(len(x.table) - 1)
	i := hash & mask
	for x.table[i] != 0 {
		i = (i + 1) & mask
	}
	x.table[i] = word
	x.used++
}

// seek finds a subject's word, or else the empty one where it would be.
func (x *index) seek(name []byte, hash uint64) (int, bool) {
	if len(x.table) == 0 {
		return 0, false
	}
	mask := uint64(len(x.table) - 1)
	i := hash & mask
	for ; x.table[i] != 0; i = (i + 1) & mask {
		if x.table[i]>>32 != hash>>32 {
			continue
		}
		if at, ok := x.spot(x.table[i]); ok && string(at.block.name(at.slot)) == string(name) {
			return int(i), true
		}
	}
	return int(i), false
}

// set notes where a subject is and returns where they were before. hash is of the subject's name.
func (x *index) set(hash uint64, at spot) (before spot, had bool) {
	if (x.used+1)*3 > len(x.table)*2 {
		x.reserve(1)
	}
	at.block.file.living++
	i, had := x.seek(at.block.name(at.slot), hash)
	if had {
		before, _ = x.spot(x.table[i])
		before.block.file.living--
	} else {
		x.used++
	}
	x.table[i] = x.word(hash, at)
	return before, had
}

func (x *index) find(subject string) (spot, bool) {
	name := []byte(subject)
	i, ok := x.seek(name, x.hash(name))
	if !ok {
		return spot{}, false
	}
	return x.spot(x.table[i])
}

func (x *index) remove(subject string) {
	name := []byte(subject)
	if i, ok := x.seek(name, x.hash(name)); ok {
		at, _ := x.spot(x.table[i])
		at.block.file.living--
		x.table[i] = removedWord
	}
}

// each gives every place to f.
func (x *index) each(f func(spot)) {
	for _, w := range x.table {
		if at, ok := x.spot(w); ok {
			f(at)
		}
	}
}
