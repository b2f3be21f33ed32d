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
	// Fingers are a person's templates of the positions wanted. It fails with ErrUnknown when the person was erased while
	// the search was under way, which then goes on without them; any other error ends the search.
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

// Attaching says what is to be known of blocks that are attached.
type Attaching struct {
	// Gone tells which of a block's people are not to be found. nil: none.
	Gone func(block, slot int) bool
	// Find tells where a subject is kept, in whatever block was attached. The gallery's changing methods call it, in the
	// caller's goroutine. nil: as before; a gallery that was never given one can be searched, and its kept people not changed.
	Find func(subject string) (k Kept, slot int, ok bool)
	// Replaced are places attached earlier whose people the new blocks hold: no search sees both or neither.
	Replaced []KeptPlace
}

// KeptPlace is one person's place in a Kept.
type KeptPlace struct {
	Kept
	Slot int
}

// Attach adds blocks of people who are kept elsewhere, each to its class, all or, on an error, none. People of the
// gallery's own whom the blocks hold are from then on the kept ones. Whoever attaches sees to it that no subject is kept
// twice; a Kept must be comparable, such as a pointer.
func (g *Gallery) Attach(blocks []KeptBlock, how Attaching) error {
	g.writing.Lock()
	defer g.writing.Unlock()
	e := edit(g.current.Load())
	places := map[Kept]place{}
	var own []string
	for i, b := range blocks {
		a, err := newAttached(b.Kept, func(slot int) bool { return how.Gone != nil && how.Gone(i, slot) })
		if err != nil {
			return fmt.Errorf("attach block %d: %w", i, err)
		}
		if a.left == 0 {
			continue
		}
		part := e.openKept(b.Class)
		places[b.Kept] = place{b.Class, -1 - len(part.attached), 0}
		part.people += a.left
		part.attached = append(part.attached, a)
		e.next[b.Class] = part
		own = append(own, g.ownOf(a)...)
	}
	for _, r := range how.Replaced {
		if at, ok := g.placeOf(r.Kept, r.Slot); ok {
			e.unattach(at)
		}
	}
	for _, subject := range own {
		g.drop(e, g.where[subject], subject)
	}
	for k, at := range places {
		g.at[k] = at
	}
	if how.Find != nil {
		g.find = how.Find
	}
	g.commit(e)
	return nil
}

// ownOf lists the people of a block whom the gallery holds itself.
func (g *Gallery) ownOf(a attached) (list []string) {
	if len(g.where) == 0 {
		return nil
	}
	for slot := range a.kept.People() {
		if subject := a.kept.Subject(slot); !a.isGone(slot) {
			if _, ok := g.where[subject]; ok {
				list = append(list, subject)
			}
		}
	}
	return list
}

// placeOf is the place of a kept person, if it is attached and not gone.
func (g *Gallery) placeOf(k Kept, slot int) (place, bool) {
	at, ok := g.at[k]
	if !ok || g.current.Load().partitions[at.class].attached[-1-at.block].isGone(slot) {
		return place{}, false
	}
	at.slot = slot
	return at, true
}

// place finds a person, the gallery's own or kept.
func (g *Gallery) place(subject string) (place, bool) {
	if at, ok := g.where[subject]; ok {
		return at, true
	}
	if g.find == nil {
		return place{}, false
	}
	k, slot, ok := g.find(subject)
	if !ok {
		return place{}, false
	}
	return g.placeOf(k, slot)
}

// commit makes an edit current, and forgets blocks of which nobody is left.
func (g *Gallery) commit(e *editor) {
	for _, k := range e.emptied {
		delete(g.at, k)
	}
	g.current.Store(e.done())
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
		return
	}
	if moved := e.remove(at); moved != "" {
		g.where[moved] = at
	}
	delete(g.where, subject)
}

// openKept returns a partition whose list of kept blocks may be changed.
func (e *editor) openKept(class string) partition {
	p := e.next[class]
	if !e.ownKept[class] {
		p.attached, e.ownKept[class] = slices.Clone(p.attached), true
		e.next[class] = p
	}
	return p
}

// unattach marks a kept person as gone.
func (e *editor) unattach(at place) {
	part := e.openKept(at.class)
	i := -1 - at.block
	if part.attached[i].isGone(at.slot) {
		return
	}
	if a := part.attached[i].without(at.slot); a.left > 0 {
		part.attached[i] = a
	} else {
		e.emptied = append(e.emptied, a.kept)
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
