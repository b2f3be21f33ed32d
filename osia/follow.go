package osia

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"

	"convenio/finger"
	"convenio/osia/abis"
	"convenio/registry"
)

// Follower keeps something in step with what national systems keep here.
type Follower interface {
	// Covers says whether encounters of a gallery may matter to it: only of those are pictures made ahead.
	Covers(gallery string) bool
	// Follow is told of a change before it is made, and says what is to be done with it. An error stops the change. It is
	// called for one change at a time, and at the start for everybody, so that what changed meanwhile (its own rules) has
	// its effect.
	Follow(ctx context.Context, c Change) (Step, error)
}

// Change is what is about to change.
type Change struct {
	People [][]*Encounter // those whom it touches, as they will be: each with every encounter
	Ended  []string       // ids of encounters that end with it
}

// Step is what a follower does with a change. The zero value does nothing.
type Step struct {
	In    func(*registry.Tx) error // in the transaction of the change
	After func(context.Context)    // once that is durable, before the next change
	// Settle comes last, before the caller is answered; other changes go on meanwhile.
	Settle func(context.Context)
}

func (s Step) in(tx *registry.Tx) error {
	if s.In == nil {
		return nil
	}
	return s.In(tx)
}

// made carries out After and gives what is left to do.
func (s Step) made(ctx context.Context) func() {
	ctx = context.WithoutCancel(ctx)
	if s.After != nil {
		s.After(ctx)
	}
	return func() {
		if s.Settle != nil {
			s.Settle(ctx)
		}
	}
}

// changes is a lock under which one change is made at a time. What is left to do after one is done once it is open again.
type changes struct {
	sync.Mutex
	left []func()
}

// then leaves something to do. The caller holds the lock.
func (c *changes) then(f func()) { c.left = append(c.left, f) }

// Unlock opens the lock and does what was left.
func (c *changes) Unlock() {
	left := c.left
	c.left = nil
	c.Mutex.Unlock()
	for _, f := range left {
		f()
	}
}

// Encounter is one encounter as a follower sees it.
type Encounter struct {
	ID                     string // in the registry; that of a new one is known in the transaction, not before
	Active                 bool
	Galleries              []string
	Biographic, Contextual any // as encoding/json reads it
	Prints                 []Print
	// Pictures are the images of Prints as PNG, nil for one that has none. It reads and decodes them.
	Pictures func(context.Context) ([][]byte, error)
}

// Print is one finger of an encounter.
type Print struct {
	Position finger.Position
	Quality  uint8  // 0 to 100
	Template []byte // as finger.Template is marshalled
}

// pictured makes the images of prints ahead of a change, while other changes go on; nil where nobody wants them.
func (s *Service) pictured(prints []reference, given *abis.Encounter, items []abis.BiometricData) [][]byte {
	if s.cfg.Follower == nil || given.Status != "ACTIVE" || !slices.ContainsFunc(given.Galleries, s.cfg.Follower.Covers) {
		return nil
	}
	return pictures(prints, items)
}

// pictures are the images of prints as PNG, nil for one that has none.
func pictures(prints []reference, items []abis.BiometricData) [][]byte {
	out := make([][]byte, len(prints))
	for i, r := range prints {
		if r.Item < len(items) {
			out[i], _ = picture(items[r.Item], r.Position)
		}
	}
	return out
}

// seen is an encounter for the follower as a change makes it.
func (s *Service) seen(e *encounter, c change) *Encounter {
	out := &Encounter{ID: e.id, Active: e.active(), Galleries: e.head.Given.Galleries, Biographic: e.head.Biographic, Contextual: e.head.Contextual}
	for _, r := range e.prints {
		out.Prints = append(out.Prints, Print{r.Position, r.Quality, r.Template})
	}
	out.Pictures = func(ctx context.Context) ([][]byte, error) {
		if c.pictures != nil {
			return c.pictures, nil
		}
		if c.body != nil {
			return pictures(e.prints, c.given), nil
		}
		items, err := s.storedItems(ctx, e)
		if err != nil && !errors.As(err, new(*fault)) { // a fault: the key that opens them is not there
			return nil, err
		}
		return pictures(e.prints, items), nil
	}
	return out
}

// storedItems are the biometric data of a stored encounter, with encrypted parts in clear.
func (s *Service) storedItems(ctx context.Context, e *encounter) ([]abis.BiometricData, error) {
	full, err := s.full(ctx, e)
	if err != nil {
		return nil, err
	}
	raw, err := json.Marshal(full)
	if err != nil {
		return nil, fmt.Errorf("stored encounter: %w", err)
	}
	clear, err := s.cfg.Protection.reopen(raw)
	if err != nil {
		return nil, fmt.Errorf("stored encounter: %w", err)
	}
	var out abis.Encounter
	if err := json.Unmarshal(clear, &out); err != nil {
		return nil, fmt.Errorf("stored encounter: %w", err)
	}
	return out.BiometricData, nil
}

// follow asks the follower about a change. seen are the encounters of put as it saw them. The caller holds s.write.
func (s *Service) follow(ctx context.Context, put []change, drop []*encounter) (step Step, seen []*Encounter, err error) {
	seen = make([]*Encounter, len(put))
	for i, c := range put {
		seen[i] = s.seen(c.now, c)
	}
	if s.cfg.Follower == nil {
		return Step{}, seen, nil
	}
	gone, touched := map[*encounter]bool{}, map[string][]*Encounter{}
	for _, e := range drop {
		gone[e], touched[e.head.Person] = true, nil
	}
	for _, c := range put {
		if c.was != nil {
			gone[s.people[c.was.head.Person][c.was.head.Encounter]], touched[c.was.head.Person] = true, nil
		}
		touched[c.now.head.Person] = nil
	}
	for person := range touched {
		for _, e := range s.people.of(person) {
			if !gone[e] {
				touched[person] = append(touched[person], s.seen(e, change{}))
			}
		}
	}
	for i, c := range put {
		touched[c.now.head.Person] = append(touched[c.now.head.Person], seen[i])
	}
	c := Change{}
	for _, person := range slices.Sorted(maps.Keys(touched)) {
		c.People = append(c.People, touched[person])
	}
	for _, e := range drop {
		c.Ended = append(c.Ended, e.id)
	}
	step, err = s.cfg.Follower.Follow(ctx, c)
	return step, seen, err
}

// catchUpBatch is how many people are told of at a time at the start: their pictures are in memory together.
const catchUpBatch = 16

// catchUp tells the follower of everybody.
func (s *Service) catchUp(ctx context.Context) error {
	if s.cfg.Follower == nil {
		return nil
	}
	for batch := range slices.Chunk(slices.Sorted(maps.Keys(s.people)), catchUpBatch) {
		c := Change{}
		for _, person := range batch {
			var list []*Encounter
			for _, e := range s.people.of(person) {
				list = append(list, s.seen(e, change{}))
			}
			c.People = append(c.People, list)
		}
		step, err := s.cfg.Follower.Follow(ctx, c)
		if err != nil {
			return err
		}
		if step.In != nil {
			if err := s.cfg.Store.Tx(ctx, step.In); err != nil {
				return err
			}
		}
		step.made(ctx)()
	}
	return nil
}
