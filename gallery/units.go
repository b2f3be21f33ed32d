package gallery

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"

	"convenio/finger"
)

// unit is a block as a search sees it: the gallery's own or one that is kept elsewhere.
type unit struct {
	class  int // index of the class among those of the search
	people []person
	codes  *Shelf
	attached
}

func (u *unit) size() int {
	if u.kept != nil {
		return u.kept.People()
	}
	return len(u.people)
}

func (u *unit) there(slot int) bool { return u.kept == nil || !u.isGone(slot) }

func (u *unit) subject(slot int) string {
	if u.kept != nil {
		return u.kept.Subject(slot)
	}
	return u.people[slot].subject
}

// person returns a person with the templates of the positions wanted, or all; ErrUnknown when the person was erased since
// the search began.
func (u *unit) person(slot int, want func(finger.Position) bool) (person, error) {
	if u.kept == nil {
		return u.people[slot], nil
	}
	fingers, err := u.kept.Fingers(slot, want)
	if err != nil {
		return person{}, fmt.Errorf("read kept templates: %w", err)
	}
	p := person{subject: u.kept.Subject(slot), fingers: make([]sample, len(fingers))}
	for i, f := range fingers {
		p.fingers[i] = sample{f.Position, f.Template}
	}
	return p, nil
}

// units lists the blocks of partitions, which is all that a search is given of the gallery.
func units(parts []partition, class []int) (list []unit) {
	for i, p := range parts {
		for _, b := range p.blocks {
			list = append(list, unit{class: class[i], people: b.people, codes: b.codes})
		}
		for _, a := range p.attached {
			if a.left > 0 {
				list = append(list, unit{class: class[i], codes: a.kept.Codes(), attached: a})
			}
		}
	}
	return list
}

// each calls do for 0 to n-1 on several workers, each call with its worker's number. Between calls it gives way to
// searches that are more pressing, and it ends early when the context does.
func (g *Gallery) each(ctx context.Context, n int, opt Options, do func(worker, i int)) error {
	workers := min(max(opt.Workers, 1), max(n, 1))
	var next atomic.Int64
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n && ctx.Err() == nil; i = int(next.Add(1)) - 1 {
				g.lanes.step(ctx, opt.Lane)
				do(w, i)
			}
		})
	}
	wg.Wait()
	return ctx.Err()
}
