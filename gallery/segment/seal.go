package segment

import (
	"encoding/binary"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strconv"

	"convenio/finger"
	"convenio/gallery"
	"convenio/gallery/kernel"
)

// Keys are asked for the key of each person whose data a sealed store keeps.
type Keys interface {
	// Key of a subject. It fails with gallery.ErrUnknown when there is none any more: then nobody can read again what it
	// sealed, and the store leaves that person out.
	Key(subject string) (Key, error)
}

// Key seals and opens the data of one person. what says which datum it is: it opens as no other.
type Key interface {
	Seal(what string, plain []byte) []byte
	Open(what string, sealed []byte) ([]byte, error)
}

// codesPosition marks, among a person's fingers in a sealed store, the codes of the fingers before.
const codesPosition = finger.Position(255)

const codesName = "codes"

func templateName(p finger.Position) string { return "template/" + strconv.Itoa(int(p)) }

// sealAll replaces people's data by what a sealed store keeps of them. Who has no key is left out.
func sealAll(people []encoded, keys Keys) ([]encoded, error) {
	errs := make([]error, len(people))
	each(len(people), runtime.GOMAXPROCS(0), func(i int) {
		var key Key
		if key, errs[i] = keys.Key(people[i].Subject); errs[i] == nil {
			people[i].Person = sealPerson(&people[i], key)
		}
	})
	var out []encoded
	for i, p := range people {
		if !errors.Is(errs[i], gallery.ErrUnknown) {
			out = append(out, p)
			continue
		}
		errs[i] = nil
	}
	return out, errors.Join(errs...)
}

func sealPerson(p *encoded, key Key) Person {
	out := Person{Subject: p.Subject, Class: p.Class}
	for _, f := range p.Fingers {
		out.Fingers = append(out.Fingers, Finger{f.Position, key.Seal(templateName(f.Position), f.Template)})
	}
	out.Fingers = append(out.Fingers, Finger{codesPosition, key.Seal(codesName, packCodes(p))})
	return out
}

// packCodes writes codes one after another: 1 position, 1 whether there is a code, and the words of aggregate and record.
func packCodes(p *encoded) (b []byte) {
	for i, f := range p.Fingers {
		var s gallery.Shelf
		s.Put(0, f.Position, &p.codes[i])
		if b = append(b, byte(f.Position)); len(s.Bare) > 0 {
			b = append(b, 0)
			continue
		}
		b = append(b, 1)
		c := &s.Columns[f.Position]
		for w := range kernel.SumWords {
			b = binary.LittleEndian.AppendUint64(b, c.Sums[w*kernel.Lanes])
		}
		for _, w := range c.Records[:kernel.RecordWords] {
			b = binary.LittleEndian.AppendUint64(b, w)
		}
	}
	return b
}

// open opens the templates wanted.
func (k *kept) open(slot int, list []Finger, want func(finger.Position) bool) (out []Finger, err error) {
	if k.file.keys == nil {
		return nil, errSealed
	}
	key, err := k.file.keys.Key(k.Subject(slot))
	if err != nil {
		return nil, err
	}
	for _, f := range list {
		if f.Position == codesPosition || !want(f.Position) {
			continue
		}
		if f.Template, err = key.Open(templateName(f.Position), f.Template); err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	return out, nil
}

// fingersOf counts a person's fingers in a list as it is stored.
func fingersOf(list []Finger) (n int) {
	for _, f := range list {
		if f.Position != codesPosition {
			n++
		}
	}
	return n
}

// makeRoom lays shelves over memory in which the file's codes will stand, each finger's where it would stand in a segment
// that is not sealed.
func (f *file) makeRoom() error {
	size := 0
	for _, k := range f.blocks {
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
	list, err := k.stored(slot)
	if err != nil {
		return err
	}
	var next [columns]int // of the entries of this person
	for p := range next {
		next[p], _ = slices.BinarySearch(k.shelf.Columns[p].Slots, uint16(slot))
	}
	for _, f := range list {
		if f.Position != codesPosition {
			continue
		}
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
