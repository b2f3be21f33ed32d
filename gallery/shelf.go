package gallery

import (
	"slices"

	"convenio/finger"
	"convenio/gallery/code"
	"convenio/gallery/kernel"
)

// positions is how many columns a shelf has: unknown and the ten fingers.
const positions = int(finger.LeftLittle) + 1

// Column holds the codes of one position of a block's people, in no order, laid out as package kernel reads them. A
// person may come several times (several impressions) or not at all.
type Column struct {
	Slots   []uint16 // which person of the block each entry is of
	Sums    []uint64 // aggregates, in whole groups
	Records []uint64 // kernel.RecordWords for each entry
	ordered bool     // entry e is of person e, see Arrange
}

// Arrange notes whether the entries stand in the order of the slots, one for each from the first on. Whoever makes a column
// calls it last: a scan of such columns is faster.
func (c *Column) Arrange() {
	c.ordered = true
	for e, slot := range c.Slots {
		if int(slot) != e {
			c.ordered = false
			return
		}
	}
}

// Padded says that the lanes behind the last entry are empty, as Put leaves them.
func (c *Column) Padded() bool {
	n := len(c.Slots)
	for e := n; e%kernel.Lanes != 0; e++ {
		group := c.Sums[e/kernel.Lanes*kernel.GroupWords:][:kernel.GroupWords]
		for at := e % kernel.Lanes; at < kernel.GroupWords; at += kernel.Lanes {
			if group[at] != 0 {
				return false
			}
		}
	}
	return true
}

// Shelf holds the codes of a block's people.
type Shelf struct {
	Columns [positions]Column // by finger.Position
	Bare    []uint16          // people with a finger that has no code: the first stages leave them in
}

// Put adds a finger of the person at a slot. A finger without minutiae, or of a position that is no finger's, leaves the
// person bare.
func (s *Shelf) Put(slot uint16, p finger.Position, c *code.Code) {
	if len(c.Minutiae) == 0 || int(p) >= positions {
		if !slices.Contains(s.Bare, slot) {
			s.Bare = append(s.Bare, slot)
		}
		return
	}
	col := &s.Columns[p]
	e := len(col.Slots)
	col.ordered = int(slot) == e && (e == 0 || col.ordered)
	col.Slots = append(col.Slots, slot)
	if e%kernel.Lanes == 0 {
		col.Sums = append(col.Sums, make([]uint64, kernel.GroupWords)...)
	}
	col.setSum(e, &c.Sum)
	col.Records = append(col.Records, make([]uint64, kernel.RecordWords)...)
	fillRecord((*[kernel.RecordWords]uint64)(col.Records[e*kernel.RecordWords:]), c)
}

func fillRecord(r *[kernel.RecordWords]uint64, c *code.Code) {
	n := min(len(c.Minutiae), kernel.Minutiae)
	for i, m := range c.Minutiae[:n] {
		at, by := i/8, i%8*8
		r[i] = m.Word
		r[kernel.Minutiae+at] |= uint64(m.Dir) << by
		r[kernel.RecordX+at] |= uint64(uint8(m.X)) << by
		r[kernel.RecordY+at] |= uint64(uint8(m.Y)) << by
	}
	r[kernel.RecordN] = uint64(n)
}

func (c *Column) sumAt(e, word int) *uint64 {
	return &c.Sums[e/kernel.Lanes*kernel.GroupWords+word*kernel.Lanes+e%kernel.Lanes]
}

func (c *Column) setSum(e int, sum *[code.SumWords]uint64) {
	for w, v := range sum {
		*c.sumAt(e, w) = v
	}
}

func (c *Column) record(e int) *[kernel.RecordWords]uint64 {
	return (*[kernel.RecordWords]uint64)(c.Records[e*kernel.RecordWords:])
}

// remove takes the person at a slot out, and gives the slot to the person at `last`, who may be the same.
func (s *Shelf) remove(slot, last uint16) {
	for p := range s.Columns {
		col := &s.Columns[p]
		for e := 0; e < len(col.Slots); {
			if col.Slots[e] == slot {
				col.cut(e)
				continue
			}
			e++
		}
	}
	s.Bare = slices.DeleteFunc(s.Bare, func(b uint16) bool { return b == slot })
	s.rename(last, slot)
	for p := range s.Columns {
		s.Columns[p].Arrange()
	}
}

func (s *Shelf) rename(from, to uint16) {
	for p := range s.Columns {
		for e, v := range s.Columns[p].Slots {
			if v == from {
				s.Columns[p].Slots[e] = to
			}
		}
	}
	for i, v := range s.Bare {
		if v == from {
			s.Bare[i] = to
		}
	}
}

// cut removes entry e: the last one takes its place. What is left behind is cleared: it is a template's.
func (c *Column) cut(e int) {
	last := len(c.Slots) - 1
	c.Slots[e] = c.Slots[last]
	c.Slots = c.Slots[:last]
	for w := range code.SumWords {
		*c.sumAt(e, w) = *c.sumAt(last, w)
		*c.sumAt(last, w) = 0
	}
	*c.record(e) = *c.record(last)
	clear(c.record(last)[:])
	c.Records = c.Records[:last*kernel.RecordWords]
	if last%kernel.Lanes == 0 {
		c.Sums = c.Sums[:last/kernel.Lanes*kernel.GroupWords]
	}
}

// take moves the codes of the person at a slot of another shelf to a slot of this one.
func (s *Shelf) take(slot uint16, from *Shelf, at uint16) {
	for p := range from.Columns {
		src, dst := &from.Columns[p], &s.Columns[p]
		for e, v := range src.Slots {
			if v != at {
				continue
			}
			n := len(dst.Slots)
			dst.ordered = int(slot) == n && (n == 0 || dst.ordered)
			dst.Slots = append(dst.Slots, slot)
			if n%kernel.Lanes == 0 {
				dst.Sums = append(dst.Sums, make([]uint64, kernel.GroupWords)...)
			}
			for w := range code.SumWords {
				*dst.sumAt(n, w) = *src.sumAt(e, w)
			}
			dst.Records = append(dst.Records, src.record(e)[:]...)
		}
	}
	if slices.Contains(from.Bare, at) && !slices.Contains(s.Bare, slot) {
		s.Bare = append(s.Bare, slot)
	}
}

func (s *Shelf) clone() *Shelf {
	out := &Shelf{Bare: slices.Clone(s.Bare)}
	for p, c := range s.Columns {
		out.Columns[p] = Column{slices.Clone(c.Slots), slices.Clone(c.Sums), slices.Clone(c.Records), c.ordered}
	}
	return out
}

// bytes is what the codes occupy.
func (s *Shelf) bytes() int {
	n := 2 * cap(s.Bare)
	for _, c := range s.Columns {
		n += 2*cap(c.Slots) + 8*cap(c.Sums) + 8*cap(c.Records)
	}
	return n
}
