package gallery

import (
	"fmt"
	"slices"

	"convenio/finger"
)

// BlockSize is the greatest number of people of a block, and of a Kept.
const BlockSize = blockSize

// Kept is a block of people whose templates the gallery does not hold, such as one in a file. Its methods are called by
// many at once; what they return is not changed.
type Kept interface {
	People() int             // 1 to BlockSize
	Subject(slot int) string // of the person at a slot, 0 <= slot < People
	Codes() *Shelf           // of all its people
	Fingers(slot int, want func(finger.Position) bool) ([]KeptFinger, error)
}

// KeptFinger is one enrolled finger of a kept person.
type KeptFinger struct {
	Position finger.Position
	Template *finger.Prepared
}

// attached is a Kept with those of its people who are gone.
type attached struct {
	kept Kept
	gone []uint64 // a bit for each slot
	left int      // people who are not gone
}

func (a attached) isGone(slot int) bool { return a.gone[slot/64]>>(slot%64)&1 == 1 }

// without marks a person as gone in a copy.
func (a attached) without(slot int) attached {
	a.gone = slices.Clone(a.gone)
	a.gone[slot/64] |= 1 << (slot % 64)
	a.left--
	return a
}

// Attach adds blocks of people who are kept elsewhere, each to its class, all or, on an error, none. gone tells which of a
// block's people are not to be found; nil: none. A subject that is enrolled already is refused, or with replace is from
// then on the kept one: no search sees both or neither.
func (g *Gallery) Attach(blocks []KeptBlock, gone func(block, slot int) bool, replace bool) error {
	g.writing.Lock()
	defer g.writing.Unlock()
	e := edit(g.current.Load())
	seen := map[string]place{}
	touched := map[string]bool{}
	for i, b := range blocks {
		a, err := newAttached(b.Kept, func(slot int) bool { return gone != nil && gone(i, slot) })
		if err != nil {
			return fmt.Errorf("attach block %d: %w", i, err)
		}
		part := e.next[b.Class]
		if !touched[b.Class] {
			part.attached, touched[b.Class] = slices.Clone(part.attached), true
		}
		for slot := range b.People() {
			if a.isGone(slot) {
				continue
			}
			subject := b.Subject(slot)
			if _, ok := seen[subject]; ok {
				return fmt.Errorf("attach block %d: %w: a subject comes twice", i, ErrReference)
			}
			if _, ok := g.where[subject]; ok && !replace {
				return fmt.Errorf("attach block %d: %w: a subject is enrolled already", i, ErrReference)
			}
			seen[subject] = place{b.Class, -1 - len(part.attached), slot}
		}
		part.people += a.left
		part.attached = append(part.attached, a)
		e.next[b.Class] = part
	}
	for subject, to := range seen {
		if at, ok := g.where[subject]; ok {
			g.drop(e, at, subject)
		}
		g.where[subject] = to
	}
	g.current.Store(e.done())
	return nil
}

// KeptBlock is a Kept with its class.
type KeptBlock struct {
	Class string
	Kept
}

func newAttached(k Kept, gone func(slot int) bool) (attached, error) {
	n := k.People()
	if n < 1 || n > BlockSize {
		return attached{}, fmt.Errorf("%w: %d people, 1 to %d can be", ErrReference, n, BlockSize)
	}
	a := attached{kept: k, gone: make([]uint64, (n+63)/64), left: n}
	for slot := range n {
		if gone(slot) {
			a.gone[slot/64] |= 1 << (slot % 64)
			a.left--
		}
	}
	return a, nil
}

// drop takes a person out of an edit, wherever they are.
func (g *Gallery) drop(e *editor, at place, subject string) {
	if at.block < 0 {
		e.unattach(at)
	} else if moved := e.remove(at); moved != "" {
		g.where[moved] = at
	}
	delete(g.where, subject)
}

// unattach marks a kept person as gone.
func (e *editor) unattach(at place) {
	part := e.next[at.class]
	i := -1 - at.block
	part.attached = slices.Clone(part.attached)
	if part.attached[i] = part.attached[i].without(at.slot); part.attached[i].left == 0 {
		part.attached[i] = attached{} // the places after it keep their numbers
	}
	part.people--
	e.next[at.class] = part
}

// lift takes a kept person, with templates and codes, into a block of the gallery's own, of any class.
func (e *editor) lift(at place, class string) (place, error) {
	k := e.next[at.class].attached[-1-at.block].kept
	fingers, err := k.Fingers(at.slot, func(finger.Position) bool { return true })
	if err != nil {
		return at, fmt.Errorf("read kept templates: %w", err)
	}
	p := person{subject: k.Subject(at.slot)}
	for _, f := range fingers {
		p.fingers = append(p.fingers, sample{f.Position, f.Template})
	}
	e.unattach(at)
	to, b := e.room(class)
	b.codes.take(uint16(to.slot), k.Codes(), uint16(at.slot))
	b.people = append(b.people, p)
	return to, nil
}
