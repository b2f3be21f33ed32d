package gallery

import (
	"slices"
	"strings"

	"convenio/finger"
	"convenio/gallery/code"
)

// A snapshot is never changed once it is current. An editor makes the next one, copying only the blocks it touches.
type snapshot struct{ partitions map[string]partition }

// partition holds the people of one class in blocks of at most blockSize. A block is the unit of copying and of work.
type partition struct {
	people   int
	blocks   []block
	attached []attached // blocks that are kept elsewhere, see Attach
}

// block holds people and the codes of their fingers.
type block struct {
	people []person
	codes  *Shelf
}

func (b block) clone() block { return block{slices.Clone(b.people), b.codes.clone()} }

type person struct {
	subject string
	fingers []sample
}

type sample struct {
	position finger.Position
	template *finger.Prepared
}

func (s *Shelf) put(slot uint16, f sample) {
	c := code.Encode(f.template, code.MaxReference)
	s.Put(slot, f.position, &c)
}

const blockSize = 512

// place is where a person is.
type place struct {
	class       string
	block, slot int
}

func (s *snapshot) classes() []ClassCount {
	out := make([]ClassCount, 0, len(s.partitions))
	for class, p := range s.partitions {
		out = append(out, ClassCount{class, p.people})
	}
	slices.SortFunc(out, func(a, b ClassCount) int { return strings.Compare(a.Class, b.Class) })
	return out
}

// editor makes a snapshot out of another. own tells which blocks it has copied already, by class.
type editor struct {
	next    map[string]partition
	own     map[string]map[int]bool
	ownKept map[string]bool // classes whose list of kept blocks is copied already
	emptied []Kept          // blocks kept elsewhere of which nobody is left
}

func edit(s *snapshot) *editor {
	e := &editor{next: make(map[string]partition, len(s.partitions)+1), own: map[string]map[int]bool{}, ownKept: map[string]bool{}}
	for class, p := range s.partitions {
		e.next[class] = p
	}
	return e
}

// open returns a partition whose list of blocks, and whose block i, may be changed; i == len(blocks) adds a block.
func (e *editor) open(class string, i int) partition {
	p := e.next[class]
	own := e.own[class]
	if own == nil {
		own = map[int]bool{}
		e.own[class] = own
		p.blocks = slices.Clone(p.blocks)
	}
	if i == len(p.blocks) {
		p.blocks = append(p.blocks, block{make([]person, 0, 8), new(Shelf)})
		own[i] = true
	}
	if !own[i] {
		p.blocks[i] = p.blocks[i].clone()
		own[i] = true
	}
	e.next[class] = p
	return p
}

func (e *editor) insert(class string, p person) place {
	at, b := e.room(class)
	for _, f := range p.fingers {
		b.codes.put(uint16(at.slot), f)
	}
	b.people = append(b.people, p)
	return at
}

// room makes room for one more person: the block, and the place the person will have in it.
func (e *editor) room(class string) (place, *block) {
	part := e.next[class]
	i := max(0, len(part.blocks)-1)
	if i < len(part.blocks) && len(part.blocks[i].people) >= blockSize {
		i++
	}
	part = e.open(class, i)
	part.people++
	e.next[class] = part
	return place{class, i, len(part.blocks[i].people)}, &part.blocks[i]
}

// extend adds a finger to a person. The old list of fingers may be in use: it is copied.
func (e *editor) extend(at place, f sample) {
	part := e.open(at.class, at.block)
	b := &part.blocks[at.block]
	p := &b.people[at.slot]
	p.fingers = append(slices.Clip(p.fingers), f)
	b.codes.put(uint16(at.slot), f)
	e.next[at.class] = part
}

// move takes a person with its codes to another class.
func (e *editor) move(at place, class string) (to place, moved string) {
	from := e.open(at.class, at.block).blocks[at.block]
	to, b := e.room(class)
	b.codes.take(uint16(to.slot), from.codes, uint16(at.slot))
	b.people = append(b.people, from.people[at.slot])
	moved = e.remove(at)
	return to, moved
}

// remove takes the person at a place out and puts the last person of the partition there, whose subject it returns ("" if
// the removed one was the last). So blocks stay full but the last.
func (e *editor) remove(at place) (moved string) {
	part := e.open(at.class, at.block)
	last := len(part.blocks) - 1
	e.next[at.class] = part
	part = e.open(at.class, last)
	from, to := &part.blocks[last], &part.blocks[at.block]
	end := len(from.people) - 1
	if at.block == last {
		to.codes.remove(uint16(at.slot), uint16(end))
	} else {
		to.codes.remove(uint16(at.slot), uint16(at.slot))
		to.codes.take(uint16(at.slot), from.codes, uint16(end))
		from.codes.remove(uint16(end), uint16(end))
	}
	if at.block != last || at.slot != end {
		moved = from.people[end].subject
		to.people[at.slot] = from.people[end]
	}
	from.people[end] = person{}
	from.people = from.people[:end]
	if end == 0 {
		part.blocks = part.blocks[:last]
		delete(e.own[at.class], last)
	}
	part.people--
	e.next[at.class] = part
	return moved
}

func (e *editor) done() *snapshot {
	for class, p := range e.next {
		if p.people == 0 {
			delete(e.next, class)
		}
	}
	return &snapshot{partitions: e.next}
}
