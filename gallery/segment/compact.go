package segment

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"convenio/gallery"
)

// limits say when a compaction is due.
type limits struct {
	log   int64 // bytes of the log from which it is folded
	share int   // a segment of which more than one person in so many is gone is written anew
	small int   // segments less than half full, from which on they are merged
	most  int   // people of one compaction beyond those of the log
}

var defaultLimits = limits{log: 8 << 20, share: 4, small: 8, most: segmentBlocks * gallery.BlockSize}

// making is a compaction under way: people of the log and of some segments are written into a new one.
type making struct {
	number int
	items  []item
	has    map[string]bool // subjects; true: changed since
	drop   map[int]bool    // segments that it replaces
	cancel context.CancelFunc
	done   chan struct{} // closed when it has ended, one way or the other
}

// item is one person to be written: from the log, or from a segment.
type item struct {
	Person
	at spot
}

func (m *making) takes(subject string) bool { _, ok := m.has[subject]; return ok }

// errOvertaken ends a compaction that would have written somebody who was removed meanwhile.
var errOvertaken = errors.New("somebody was removed meanwhile")

// Fold writes the people of the log, and those of segments that are sparse or small, into a new segment, and destroys the
// old files. Searches and changes go on. Who is removed meanwhile is not written: it begins again.
func (s *Store) Fold() error {
	for {
		_, err := s.compact(context.Background(), true)
		if !errors.Is(err, errOvertaken) {
			return err
		}
	}
}

// Compact does one piece of Fold's work, if the log has grown, or segments have become sparse or many, and says whether
// there was something to do. When ctx ends it leaves the store as it was.
func (s *Store) Compact(ctx context.Context) (bool, error) { return s.compact(ctx, false) }

func (s *Store) compact(ctx context.Context, all bool) (bool, error) {
	s.folding.Lock()
	defer s.folding.Unlock()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	m, err := s.begin(all, cancel)
	if m == nil || err != nil {
		return false, err
	}
	made, err := s.make(ctx, m)
	if err = s.finish(ctx, m, made, err); err != nil {
		return false, fmt.Errorf("fold: %w", err)
	}
	if err := s.clear(ctx); err != nil {
		return true, fmt.Errorf("fold: %w", err)
	}
	return true, nil
}

// begin decides what a compaction takes; nil: nothing is due.
func (s *Store) begin(all bool, cancel context.CancelFunc) (*making, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.usable(); err != nil {
		return nil, fmt.Errorf("fold: %w", err)
	}
	drop := s.due()
	if len(drop) == 0 && s.log.size < s.limits.log && (!all || s.log.size == 0) {
		return nil, nil
	}
	m := &making{number: s.m.Next, has: map[string]bool{}, drop: drop, cancel: cancel, done: make(chan struct{})}
	s.m.Next++
	for subject, p := range s.recent {
		m.items, m.has[subject] = append(m.items, item{Person: p}), false
	}
	for _, f := range s.files {
		if !drop[f.number] {
			continue
		}
		for _, k := range f.blocks {
			for slot := range k.people {
				p := Person{Subject: k.Subject(slot), Class: k.class}
				// Who is in the log, or was taken over by another segment, is not here, whatever is left to be overwritten.
				at, ok := s.where.find(p.Subject)
				if _, recent := s.recent[p.Subject]; recent || !ok || at != (spot{k, slot}) {
					continue
				}
				m.items, m.has[p.Subject] = append(m.items, item{p, spot{k, slot}}), false
			}
		}
	}
	slices.SortFunc(m.items, func(a, b item) int {
		return cmp.Or(cmp.Compare(a.Class, b.Class), cmp.Compare(a.Subject, b.Subject))
	})
	s.making = m
	return m, nil
}

// due lists the segments that are to be written anew, as many as one compaction takes: the sparse ones, and small ones
// when there are many.
func (s *Store) due() map[int]bool {
	elsewhere := map[*file]int{} // people whom the log has taken over
	for subject := range s.recent {
		if at, ok := s.where.find(subject); ok {
			elsewhere[at.block.file]++
		}
	}
	drop, left := map[int]bool{}, s.limits.most
	take := func(f *file, living int) {
		if len(drop) == 0 || living <= left {
			drop[f.number] = true
			left -= living
		}
	}
	var small []*file
	for _, f := range s.files {
		people, living := 0, f.living-elsewhere[f]
		for _, k := range f.blocks {
			people += k.people
		}
		switch {
		case (people-living)*s.limits.share > people:
			take(f, living)
		case living*2 < segmentBlocks*gallery.BlockSize:
			small = append(small, f)
		}
	}
	if len(small) < s.limits.small {
		return drop
	}
	slices.SortStableFunc(small, func(a, b *file) int { return cmp.Compare(a.living, b.living) })
	for _, f := range small {
		take(f, f.living-elsewhere[f])
	}
	return drop
}

// make writes the new segment, without holding up changes.
func (s *Store) make(ctx context.Context, m *making) (*file, error) {
	if err := s.step("seal"); err != nil || len(m.items) == 0 {
		return nil, err
	}
	path := segmentPath(s.dir, m.number)
	w, err := newWriter(path, s.m.Sealed)
	if err != nil {
		return nil, err
	}
	pace := s.pacer()
	for items := m.items; len(items) > 0; {
		size := 1
		for size < min(len(items), gallery.BlockSize) && items[size].Class == items[0].Class {
			size++
		}
		before := w.at
		if err = s.writeBlock(w, items[:size]); err == nil {
			err = pace(ctx, w.at-before)
		}
		if err == nil {
			err = s.step("block")
		}
		if err != nil {
			w.file.Close()
			return nil, err
		}
		items = items[size:]
	}
	if err := w.close(); err != nil {
		return nil, err
	}
	return s.openMade(ctx, m.number, path)
}

func (s *Store) writeBlock(w *writer, items []item) error {
	people := make([]Person, len(items))
	for i, x := range items {
		people[i] = x.Person
		if x.at.block == nil {
			continue
		}
		list, err := x.at.block.stored(x.at.slot)
		if err != nil {
			return err
		}
		people[i].Fingers = list
	}
	if w.sealed {
		block := make([]encoded, len(people))
		for i, p := range people {
			block[i].Person = p
		}
		w.block(block)
		return nil
	}
	block, err := encodeAll(people)
	if err == nil {
		w.block(block)
	}
	return err
}

// openMade opens the new segment, and what is sealed there if it is about to be searched.
func (s *Store) openMade(ctx context.Context, number int, path string) (*file, error) {
	f, err := openFile(number, path, s.opt.Keys)
	if err != nil || !f.sealed {
		return f, err
	}
	s.mu.Lock()
	loaded := s.loaded
	s.mu.Unlock()
	if loaded {
		err = f.showAll(ctx)
	}
	return f, err
}
