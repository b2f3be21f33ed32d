package jp2

import (
	"encoding/binary"
	"fmt"
	"sort"
)

// params are the coding parameters of a header; nil where it does not say.
type params struct {
	order   *order
	coding  *coding
	codings [maxComponents]*coding
	quant   *quant
	quants  [maxComponents]*quant
	shifts  [maxComponents]*int // of the region of interest
	changes []change
}

// change is one entry of a progression order change (A.6.6).
type change struct {
	res0, comp0, layer1, res1, comp1 int
	progression                      byte
}

// tileData is what the tile-parts of one tile bring.
type tileData struct {
	params
	parts   [][]byte // packets
	headers []byte   // packed packet headers, where packed says so
	packed  bool
	ppt     map[byte][]byte
}

// stream is a parsed code stream: headers, and packets by tile.
type stream struct {
	data     []byte
	size     size
	main     params
	ppm      map[byte][]byte
	chunks   [][]byte // packed packet headers by tile-part
	parts    int      // tile-parts so far
	tiles    map[int]*tileData
	comments []string
	notes    []string
}

// mainHeader reads up to the first tile-part and returns its place.
func (st *stream) mainHeader() (int, error) {
	s, at, err := segmentAt(st.data, 2)
	if err != nil {
		return 0, err
	}
	if s.mark != markSIZ {
		return 0, s.wrong("the size should stand here")
	}
	if st.size, err = parseSize(s); err != nil {
		return 0, err
	}
	for {
		s, next, err := segmentAt(st.data, at)
		if err != nil {
			return 0, err
		}
		switch s.mark {
		case markSOT:
			if st.main.order == nil || st.main.quant == nil {
				return 0, s.wrong("the coding style or the quantization was not stated before")
			}
			return at, st.unpackPPM()
		case markPPM:
			if err := s.want(1); err != nil {
				return 0, err
			}
			if st.ppm == nil {
				st.ppm = make(map[byte][]byte)
			}
			st.ppm[s.body[0]] = s.body[1:]
		case markEOC, markSOD, markSIZ, markPPT:
			return 0, s.wrong("out of place")
		default:
			if err := st.take(s, &st.main); err != nil {
				return 0, err
			}
		}
		at = next
	}
}

// take reads a segment that may stand in the main and in a tile's header.
func (st *stream) take(s segment, p *params) error {
	switch s.mark {
	case markCOD:
		o, c, err := parseCOD(s)
		if err != nil {
			return err
		}
		p.order, p.coding = &o, &c
	case markQCD:
		q, err := parseQuant(s, 0)
		if err != nil {
			return err
		}
		p.quant = &q
	case markCOC, markQCC, markRGN:
		return p.takeComponent(s, len(st.size.comps))
	case markPOC:
		return p.takeChanges(s)
	case markCOM:
		if len(s.body) >= 2 {
			st.comments = append(st.comments, string(s.body[2:]))
		}
	}
	return nil // TLM, PLM, PLT, CRG and what is unknown do not matter to the samples
}

// takeComponent reads a segment that is about one component.
func (p *params) takeComponent(s segment, components int) error {
	n, err := s.component(0, components)
	if err != nil {
		return err
	}
	if err := s.want(3); err != nil {
		return err
	}
	switch s.mark {
	case markCOC:
		c, err := parseCoding(s, 2, s.body[1]&1 != 0)
		if err != nil {
			return err
		}
		p.codings[n] = &c
	case markQCC:
		q, err := parseQuant(s, 1)
		if err != nil {
			return err
		}
		p.quants[n] = &q
	case markRGN:
		if s.body[1] != 0 {
			return fmt.Errorf("%w: region of interest of style %d, at byte %d", ErrUnsupported, s.body[1], s.at)
		}
		shift := int(s.body[2])
		p.shifts[n] = &shift
	}
	return nil
}

func (p *params) takeChanges(s segment) error {
	for b := s.body; len(b) > 0; b = b[7:] {
		if len(b) < 7 {
			return s.wrong("%d bytes left over", len(b))
		}
		c := change{int(b[0]), int(b[1]), int(binary.BigEndian.Uint16(b[2:])), int(b[4]), int(b[5]), b[6]}
		if c.comp1 == 0 {
			c.comp1 = 256
		}
		if c.progression > 4 {
			return s.wrong("progression order %d", c.progression)
		}
		if p.changes = append(p.changes, c); len(p.changes) > maxChanges {
			return fmt.Errorf("%w: more than %d changes of progression", ErrUnsupported, maxChanges)
		}
	}
	return nil
}

// inOrder joins what came in several segments, by their numbers.
func inOrder(pieces map[byte][]byte) []byte {
	var keys []int
	for k := range pieces {
		keys = append(keys, int(k))
	}
	sort.Ints(keys)
	var all []byte
	for _, k := range keys {
		all = append(all, pieces[byte(k)]...)
	}
	return all
}

// unpackPPM splits the packed packet headers by tile-part (A.7.4).
func (st *stream) unpackPPM() error {
	for all := inOrder(st.ppm); len(all) > 0; {
		if len(all) < 4 {
			return fmt.Errorf("%w: packed packet headers: %d bytes left over", ErrMalformed, len(all))
		}
		n := uint64(binary.BigEndian.Uint32(all))
		if n > uint64(len(all)-4) {
			return fmt.Errorf("%w: packed packet headers state %d bytes, %d are there", ErrMalformed, n, len(all)-4)
		}
		st.chunks = append(st.chunks, all[4:4+n])
		all = all[4+n:]
	}
	return nil
}

// tileParts reads everything behind the main header.
func (st *stream) tileParts(at int) error {
	st.tiles = make(map[int]*tileData)
	for {
		if at == len(st.data) {
			st.notes = append(st.notes, "the code stream ends without its end marker")
			return st.finish()
		}
		s, next, err := segmentAt(st.data, at)
		if err != nil {
			return err
		}
		switch s.mark {
		case markEOC:
			return st.finish()
		case markSOT:
			if at, err = st.tilePart(s, next); err != nil {
				return err
			}
		default:
			return s.wrong("a tile-part should stand here")
		}
	}
}

// tilePart reads one tile-part and returns the place behind it.
func (st *stream) tilePart(s segment, at int) (int, error) {
	if err := s.want(8); err != nil {
		return 0, err
	}
	index, length := int(binary.BigEndian.Uint16(s.body)), int(binary.BigEndian.Uint32(s.body[2:]))
	if n := st.size.tilesWide * st.size.tilesHi; index >= n {
		return 0, s.wrong("tile %d of %d", index, n)
	}
	end := s.at + length
	switch {
	case length == 0: // up to the end of the code stream
		end = len(st.data)
		if end >= 2 && end-2 >= at && binary.BigEndian.Uint16(st.data[end-2:]) == markEOC {
			end -= 2
		}
	case end < at:
		return 0, s.wrong("a tile-part of %d bytes", length)
	case end > len(st.data):
		return 0, fmt.Errorf("%w: the tile-part at byte %d needs %d bytes, %d are there", ErrTruncated, s.at, length, len(st.data)-s.at)
	}
	t := st.tiles[index]
	if t == nil {
		t = &tileData{}
		st.tiles[index] = t
	}
	at, err := st.tileHeader(t, at, end)
	if err != nil {
		return 0, err
	}
	if len(st.chunks) > 0 {
		if st.parts >= len(st.chunks) {
			return 0, s.wrong("no packed packet headers for it")
		}
		t.headers, t.packed = append(t.headers, st.chunks[st.parts]...), true
	}
	st.parts++
	if at < end {
		t.parts = append(t.parts, st.data[at:end])
	}
	return end, nil
}

func (st *stream) tileHeader(t *tileData, at, end int) (int, error) {
	for {
		s, next, err := segmentAt(st.data[:end], at)
		if err != nil {
			return 0, err
		}
		switch s.mark {
		case markSOD:
			return next, nil
		case markPPT:
			if err := s.want(1); err != nil {
				return 0, err
			}
			if t.ppt == nil {
				t.ppt = make(map[byte][]byte)
			}
			t.ppt[s.body[0]] = s.body[1:]
		case markSOT, markEOC, markSIZ, markPPM:
			return 0, s.wrong("out of place")
		default:
			if err := st.take(s, &t.params); err != nil {
				return 0, err
			}
		}
		at = next
	}
}

// finish checks that each tile is there.
func (st *stream) finish() error {
	n := st.size.tilesWide * st.size.tilesHi
	if len(st.tiles) != n {
		return fmt.Errorf("%w: %d of %d tiles are there", ErrTruncated, len(st.tiles), n)
	}
	for _, t := range st.tiles {
		if t.ppt != nil {
			t.headers, t.packed = inOrder(t.ppt), true
		}
	}
	return nil
}

// orderOf, codingOf, quantOf and shiftOf resolve a tile's parameters: its own
// before the main header's, a component's before those of all (A.6).
func (st *stream) orderOf(t *tileData) (order, []change) {
	o, changes := *st.main.order, st.main.changes
	if t.order != nil {
		o = *t.order
	}
	if t.changes != nil {
		changes = t.changes
	}
	return o, changes
}

func (st *stream) codingOf(t *tileData, c int) *coding {
	for _, p := range []*coding{t.codings[c], t.coding, st.main.codings[c]} {
		if p != nil {
			return p
		}
	}
	return st.main.coding
}

func (st *stream) quantOf(t *tileData, c int) *quant {
	for _, p := range []*quant{t.quants[c], t.quant, st.main.quants[c]} {
		if p != nil {
			return p
		}
	}
	return st.main.quant
}

func (st *stream) shiftOf(t *tileData, c int) int {
	for _, p := range []*int{t.shifts[c], st.main.shifts[c]} {
		if p != nil {
			return *p
		}
	}
	return 0
}
