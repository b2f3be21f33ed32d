package segment

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"runtime"
	"sync"
	"sync/atomic"

	"convenio/finger"
	"convenio/gallery"
)

// file is an open segment.
type file struct {
	number int
	path   string
	data   []byte // the whole file, mapped
	sealed bool
	keys   Keys   // that open what is sealed; nil: none
	codes  []byte // of a sealed file whose keys are known: outside the heap
	blocks []*kept
	living int // people whose place is here, see index
}

// kept is one block of a segment; it is a gallery.Kept.
type kept struct {
	file   *file
	index  int
	number int // in the store's index
	blockEntry
	shelf    gallery.Shelf                         // of a sealed file from makeRoom on; of another once it is arranged: see Codes
	wrong    bool                                  // a column is damaged
	left     [gallery.BlockSize / 64]atomic.Uint64 // people who left since the file was opened: the mapping need not show it
	shown    [gallery.BlockSize / 64]atomic.Uint64 // people whose sealed codes are in the shelf
	met      [gallery.BlockSize / 64]atomic.Uint64 // people whom Load has seen to be as they should be
	arranged sync.Once
	baring   sync.Mutex // guards shelf.Bare while codes are opened
}

// openFile maps a segment and checks what a search relies on; templates are checked when they are read.
func openFile(number int, path string, keys Keys) (*file, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, free, err := mapFile(f)
	if err != nil {
		return nil, fmt.Errorf("map %s: %w", path, err)
	}
	s := &file{number: number, path: path, data: data, keys: keys}
	if err := s.read(); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", path, err), free())
	}
	// A search may still read the mapping when the store has let go of it: it ends with the last block in use.
	runtime.AddCleanup(s, func(free func() error) { _ = free() }, free)
	if s.sealed && keys != nil {
		if err := s.makeRoom(); err != nil {
			return nil, fmt.Errorf("%s: room for codes: %w", path, err)
		}
	}
	return s, nil
}

func (f *file) read() error {
	if len(f.data) < headerSize || string(f.data[:8]) != magic && string(f.data[:8]) != magicSealed {
		return fmt.Errorf("%w: header", ErrDamaged)
	}
	f.sealed = string(f.data[:8]) == magicSealed
	c := cursor{b: f.data[8:headerSize]}
	at, n, sum := c.number(len(f.data)), c.number(len(f.data)), c.sum()
	if c.short || at+n > len(f.data) || checksum(f.data[at:at+n]) != sum {
		return fmt.Errorf("%w: directory", ErrDamaged)
	}
	c = cursor{b: f.data[at : at+n]}
	for len(c.b) > 0 {
		e, err := readEntry(&c, at)
		if err != nil {
			return err
		}
		f.blocks = append(f.blocks, &kept{file: f, index: len(f.blocks), blockEntry: e})
		if f.sealed {
			willNeed(f.data, e.tables, e.end())
			continue
		}
		willNeed(f.data, e.tables, e.fingersAt())
		willNeed(f.data, e.namesAt(), e.end())
	}
	for _, k := range f.blocks {
		if err := k.lay(); err != nil {
			return fmt.Errorf("block %d: %w", k.index, err)
		}
	}
	return nil
}

// lay checks the people's table.
func (k *kept) lay() error {
	d := k.file.data
	table, names := d[k.tables:k.fingersAt()], d[k.namesAt():k.namesAt()+k.names]
	if checksum(table, names) != k.sum {
		return fmt.Errorf("%w: people", ErrDamaged)
	}
	for slot := range k.people {
		at, n, fingers, first := k.row(slot)
		if at+n > k.names || fingers > mostStored || first+fingers > k.fingers {
			return fmt.Errorf("%w: a person's row", ErrDamaged)
		}
	}
	return nil
}

// arrange lays the shelf over the columns. A search reads them all, so it is the first one that waits for the disk and
// not whoever opens. Where a column names a person who is not there, the block has no codes: its people are compared.
func (k *kept) arrange() {
	d := k.file.data
	for p, c := range k.columns {
		slots, sums, records := columnSizes(c.count)
		col := &k.shelf.Columns[p]
		col.Slots = halves(d[c.at:], c.count)
		col.Sums = words(d[c.at+slots : c.at+slots+sums])
		col.Records = words(d[c.at+slots+sums : c.at+slots+sums+records])
		for _, s := range col.Slots {
			k.wrong = k.wrong || int(s) >= k.people
		}
		col.Arrange()
	}
	k.shelf.Bare = k.bare
	if k.wrong {
		k.shelf = gallery.Shelf{}
		for slot := range k.people {
			k.shelf.Bare = append(k.shelf.Bare, uint16(slot))
		}
	}
}

func (k *kept) row(slot int) (name, length, fingers, first int) {
	b := k.file.data[k.tables+slot*personSize:]
	le := binary.LittleEndian
	return int(le.Uint32(b)), int(le.Uint16(b[4:])), int(le.Uint16(b[6:])), int(le.Uint32(b[8:]))
}

// People is the number of slots.
func (k *kept) People() int { return k.people }

// Subject names the person at a slot.
func (k *kept) Subject(slot int) string { return string(k.name(slot)) }

func (k *kept) name(slot int) []byte {
	at, n, _, _ := k.row(slot)
	return k.file.data[k.namesAt()+at : k.namesAt()+at+n]
}

// Codes are those of all people of the block.
func (k *kept) Codes() *gallery.Shelf {
	if !k.file.sealed {
		k.arranged.Do(k.arrange)
	}
	return &k.shelf
}

func (k *kept) isGone(slot int) bool {
	return k.left[slot/64].Load()>>(slot%64)&1 == 1 || k.file.data[k.goneAt()+slot] != 0
}

// stored are a person's fingers as they lie in the file. It fails with ErrDamaged when they are not what was written, as
// after the person was removed.
func (k *kept) stored(slot int) ([]Finger, error) {
	return k.read(slot, func(finger.Position) bool { return true })
}

// read is stored for those fingers alone whose positions are wanted.
func (k *kept) read(slot int, want func(finger.Position) bool) (out []Finger, err error) {
	_, _, n, first := k.row(slot)
	for i := range n {
		b := k.file.data[k.fingersAt()+(first+i)*fingerSize:]
		le := binary.LittleEndian
		at, size, sum := le.Uint64(b), le.Uint32(b[8:]), le.Uint32(b[12:])
		if at > uint64(k.tables) || at+uint64(size) > uint64(k.tables) || size > mostBytes {
			return nil, fmt.Errorf("%w: a finger's row", ErrDamaged)
		}
		if !want(finger.Position(b[16])) {
			continue
		}
		f := Finger{finger.Position(b[16]), k.file.data[at : at+uint64(size)]}
		if checksum([]byte{b[16]}, f.Template) != sum {
			return nil, fmt.Errorf("%w: a template", ErrDamaged)
		}
		out = append(out, f)
	}
	return out, nil
}

// Fingers are a person's templates of the positions wanted, prepared for comparison.
func (k *kept) Fingers(slot int, want func(finger.Position) bool) ([]gallery.KeptFinger, error) {
	list, err := k.read(slot, func(p finger.Position) bool { return want(p) && p != codesPosition })
	if err == nil && k.file.sealed {
		list, err = k.open(slot, list)
	}
	var out []gallery.KeptFinger
	for _, f := range list {
		if err != nil {
			break
		}
		t, e := finger.ParseTemplate(f.Template)
		if err = e; err == nil {
			out = append(out, gallery.KeptFinger{Position: f.Position, Template: finger.Prepare(t)})
		}
	}
	switch {
	case err == nil || errors.Is(err, gallery.ErrUnknown):
		return out, err
	case k.isGone(slot): // while it was read
		return nil, gallery.ErrUnknown
	case errors.Is(err, ErrDamaged):
		return nil, err
	}
	return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
}

// verify checks what openFile does not: every template and every code. between is called after each block with its size.
func (f *file) verify(between func(bytes int) error) error {
	at := headerSize
	for _, k := range f.blocks {
		if err := k.verify(); err != nil {
			return fmt.Errorf("%s: block %d: %w", f.path, k.index, err)
		}
		if err := between(k.end() - at); err != nil {
			return err
		}
		at = k.end()
	}
	return nil
}

func (k *kept) verify() error {
	for slot := range k.people {
		if _, err := k.stored(slot); err != nil && !k.isGone(slot) {
			return err
		}
	}
	if k.file.sealed {
		return nil // the file has no codes but sealed ones, which are checked with the templates
	}
	for p := range k.Codes().Columns {
		c := &k.shelf.Columns[p]
		if k.wrong {
			return fmt.Errorf("%w: a column's slot", ErrDamaged)
		}
		if !c.Padded() {
			return fmt.Errorf("%w: a code where there is no finger", ErrDamaged)
		}
		for e, slot := range c.Slots {
			if !c.Sealed(e) && !k.isGone(int(slot)) {
				return fmt.Errorf("%w: a code", ErrDamaged)
			}
		}
	}
	return nil
}
