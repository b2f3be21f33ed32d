package segment

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"

	"convenio/gallery"
)

// Entry is one person as the truth has them, whose cache a sealed store is.
type Entry struct {
	Subject, Class string
	Fingers        int // how many
	Key            Key
}

// Truth is what a sealed store follows.
type Truth interface {
	// Each gives everybody to f, each once, and stops at f's first error.
	Each(ctx context.Context, f func(Entry) error) error
	// Person reads one with templates. It fails with gallery.ErrUnknown when there is none any more.
	Person(ctx context.Context, subject string) (Person, error)
}

// Changes are what Load set right.
type Changes struct{ Added, Removed, Moved, Damaged int }

// Load opens the codes of a sealed store and brings it to the truth: whoever is missing is enrolled, whoever the truth does
// not have is removed, whoever is in another class is moved, and what does not open is made anew. When it returns without
// an error the store is searched. It is called once, and until it returns nothing else changes the store; seen is called
// with the number of people as it goes on.
func (s *Store) Load(ctx context.Context, truth Truth, seen func(n int)) (c Changes, err error) {
	if s.opt.Keys == nil || s.loaded {
		return c, errors.New("load gallery: it is not sealed, or is loaded")
	}
	l := &loading{store: s, log: map[string]bool{}, moved: map[string]string{}}
	if err := l.compare(ctx, truth, seen); err != nil {
		return c, fmt.Errorf("load gallery: %w", err)
	}
	if c, err = l.repair(ctx, truth); err != nil {
		return c, fmt.Errorf("load gallery: %w", err)
	}
	if err := s.open(ctx); err != nil {
		return c, fmt.Errorf("load gallery: %w", err)
	}
	return c, nil
}

// loading is what Load has seen.
type loading struct {
	store   *Store
	mu      sync.Mutex
	log     map[string]bool   // subjects of the log who are as they should be; kept.met tells of those in segments
	anew    []string          // to be removed, if they are there, and enrolled
	moved   map[string]string // subject: class
	bad     int               // of anew: what was there did not open, or was not all
	missing int               // of anew: nobody was there
}

func (l *loading) compare(ctx context.Context, truth Truth, seen func(int)) error {
	work, workers := make(chan Entry, 256), runtime.GOMAXPROCS(0)
	var wg sync.WaitGroup
	var failed atomic.Pointer[error]
	for range workers {
		wg.Go(func() {
			for e := range work {
				if err := l.look(e); err != nil {
					failed.CompareAndSwap(nil, &err)
				}
			}
		})
	}
	n := 0
	err := truth.Each(ctx, func(e Entry) error {
		if p := failed.Load(); p != nil {
			return *p
		}
		if n++; seen != nil && n%1024 == 0 {
			seen(n)
		}
		select {
		case work <- e:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	})
	close(work)
	wg.Wait()
	if p := failed.Load(); p != nil && err == nil {
		err = *p
	}
	if seen != nil {
		seen(n)
	}
	return err
}

// look holds one person against the store. Nothing of the store changes meanwhile.
func (l *loading) look(e Entry) error {
	s := l.store
	class, fingers, at := "", 0, spot{}
	there, damaged := true, false
	if p, ok := s.recent[e.Subject]; ok {
		class, fingers = p.Class, fingersOf(p.Fingers)
		_, err := openPerson(p, e.Key)
		damaged = err != nil
	} else if at, ok = s.where.find(e.Subject); ok {
		class, fingers = at.block.class, at.block.countFingers(at.slot)
		damaged = at.block.show(at.slot, e.Key) != nil
		if s.opt.Thorough && !damaged {
			damaged = at.block.opens(at.slot, e.Key) != nil
		}
	} else {
		there = false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case !there && e.Fingers == 0:
		return nil
	case !there:
		l.missing++
		l.anew = append(l.anew, e.Subject)
		return nil
	case damaged || fingers != e.Fingers:
		l.bad++
		l.anew = append(l.anew, e.Subject)
		return nil
	}
	if at.block != nil {
		at.block.met[at.slot/64].Or(1 << (at.slot % 64))
	} else {
		l.log[e.Subject] = true
	}
	if class != e.Class {
		l.moved[e.Subject] = e.Class
	}
	return nil
}

// repair brings the store to the truth.
func (l *loading) repair(ctx context.Context, truth Truth) (c Changes, err error) {
	s := l.store
	c.Damaged, c.Moved = l.bad, len(l.moved)
	var remove []string
	s.where.each(func(at spot) {
		met := at.block.met[at.slot/64].Load()>>(at.slot%64)&1 == 1
		if subject := at.block.Subject(at.slot); !met && !l.log[subject] {
			remove = append(remove, subject)
		}
	})
	for subject := range s.recent {
		if _, sealed := s.where.find(subject); !sealed && !l.log[subject] {
			remove = append(remove, subject)
		}
	}
	for _, subject := range remove {
		if _, err := s.Remove(subject); err != nil {
			return c, err
		}
		c.Removed++
	}
	c.Removed -= len(l.anew) - l.missing
	for subject, class := range l.moved {
		err := s.SetClass(subject, class)
		if err == nil {
			err = s.foldIfLarge()
		}
		if err != nil {
			return c, err
		}
	}
	for _, subject := range l.anew {
		if err := ctx.Err(); err != nil {
			return c, err
		}
		p, err := truth.Person(ctx, subject)
		if err == nil {
			err = s.Add(p)
		}
		if errors.Is(err, gallery.ErrUnknown) {
			continue // gone since
		}
		if err == nil {
			err = s.foldIfLarge()
		}
		if err != nil {
			return c, err
		}
		c.Added++
	}
	c.Added -= l.bad
	return c, nil
}

func (s *Store) foldIfLarge() error {
	s.mu.Lock()
	large := s.log != nil && s.log.size >= s.limits.log
	s.mu.Unlock()
	if !large {
		return nil
	}
	return s.Fold()
}
