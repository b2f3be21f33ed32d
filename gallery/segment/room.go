package segment

import (
	"encoding/binary"
	"fmt"
	"runtime"
	"slices"

	"convenio/finger"
	"convenio/gallery/kernel"
)

// makeRoom lays shelves over memory in which the file's codes will stand, each finger's where it would stand in a segment
// that is not sealed.
func (f *file) makeRoom() error {
	size := 0
	for _, k := range f.blocks {
		willNeed(f.data, k.codesAt(), k.end())
		for _, slots := range k.slotsOf() {
			_, sums, records := columnSizes(len(slots))
			size += sums + records
		}
	}
	if size == 0 {
		return nil
	}
	if size > 64*len(f.data) { // rows of fingers that name the same bytes again and again
		return fmt.Errorf("%w: more fingers than there can be", ErrDamaged)
	}
	data, free, err := memory(size)
	if err != nil {
		return err
	}
	f.codes = data
	runtime.AddCleanup(f, func(free func() error) { _ = free() }, free)
	for _, k := range f.blocks {
		for p, slots := range k.slotsOf() {
			_, sums, records := columnSizes(len(slots))
			c := &k.shelf.Columns[p]
			c.Slots, c.Sums, c.Records = slots, words(data[:sums]), words(data[sums:sums+records])
			c.Arrange()
			data = data[sums+records:]
		}
	}
	return nil
}

// codesAt is where the sealed codes of a block begin; they reach to its tables.
func (k *kept) codesAt() int {
	at := k.tables
	for i := range k.fingers {
		row := k.file.data[k.fingersAt()+i*fingerSize:]
		if finger.Position(row[16]) == codesPosition {
			at = int(min(uint64(at), binary.LittleEndian.Uint64(row)))
		}
	}
	return at
}

// slotsOf lists, for each position, whose fingers the block has.
func (k *kept) slotsOf() (out [columns][]uint16) {
	for slot := range k.people {
		_, _, n, first := k.row(slot)
		for i := range n {
			if p := k.file.data[k.fingersAt()+(first+i)*fingerSize+16]; int(p) < columns {
				out[p] = append(out[p], uint16(slot))
			}
		}
	}
	return out
}

// show opens a person's codes and puts them into the shelf. It may be repeated.
func (k *kept) show(slot int, key Key) error {
	list, err := k.read(slot, func(p finger.Position) bool { return p == codesPosition })
	if err != nil {
		return err
	}
	var next [columns]int // of the entries of this person
	for p := range next {
		next[p], _ = slices.BinarySearch(k.shelf.Columns[p].Slots, uint16(slot))
	}
	for _, f := range list {
		b, err := key.Open(codesName, f.Template)
		if err != nil {
			return err
		}
		if err := k.put(slot, b, &next); err != nil {
			return err
		}
	}
	k.shown[slot/64].Or(1 << (slot % 64))
	return nil
}

func (k *kept) isShown(slot int) bool { return k.shown[slot/64].Load()>>(slot%64)&1 == 1 }

// put reads what packCodes wrote.
func (k *kept) put(slot int, b []byte, next *[columns]int) error {
	for c := (cursor{b: b}); len(c.b) > 0; {
		head := c.take(2)
		if head == nil {
			return fmt.Errorf("%w: codes", ErrDamaged)
		}
		p := int(head[0])
		if head[1] == 0 {
			k.leaveBare(slot)
			if p < columns {
				next[p]++
			}
			continue
		}
		v := c.take((kernel.SumWords + kernel.RecordWords) * 8)
		if v == nil || p >= columns || next[p] >= len(k.shelf.Columns[p].Slots) || int(k.shelf.Columns[p].Slots[next[p]]) != slot {
			return fmt.Errorf("%w: codes", ErrDamaged)
		}
		col, e := &k.shelf.Columns[p], next[p]
		for w := range kernel.SumWords {
			col.Sums[e/kernel.Lanes*kernel.GroupWords+w*kernel.Lanes+e%kernel.Lanes] = binary.LittleEndian.Uint64(v[w*8:])
		}
		for w := range kernel.RecordWords {
			col.Records[e*kernel.RecordWords+w] = binary.LittleEndian.Uint64(v[(kernel.SumWords+w)*8:])
		}
		next[p]++
	}
	return nil
}

// leaveBare notes that the first stages cannot tell about a person.
func (k *kept) leaveBare(slot int) {
	k.baring.Lock()
	defer k.baring.Unlock()
	if !slices.Contains(k.shelf.Bare, uint16(slot)) {
		k.shelf.Bare = append(k.shelf.Bare, uint16(slot))
	}
}

// wipe clears a person's codes in memory, of a sealed file: those of others are the file's own.
func (k *kept) wipe(slot int) {
	if k.file.codes == nil {
		return
	}
	for p := range k.shelf.Columns {
		c := &k.shelf.Columns[p]
		e, ok := slices.BinarySearch(c.Slots, uint16(slot))
		for ; ok && e < len(c.Slots) && int(c.Slots[e]) == slot; e++ {
			clear(c.Records[e*kernel.RecordWords : (e+1)*kernel.RecordWords])
			for w := range kernel.SumWords {
				c.Sums[e/kernel.Lanes*kernel.GroupWords+w*kernel.Lanes+e%kernel.Lanes] = 0
			}
		}
	}
}
