package gallery

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"convenio/finger"
)

// Reference is one enrolled finger.
type Reference struct {
	Subject  string
	Position finger.Position
	Class    string // class of the subject's record; the same for all fingers of a subject
	Template *finger.Prepared
}

// Errors of the gallery.
var (
	// ErrClass: a subject is in the gallery under another class. Use SetClass.
	ErrClass = errors.New("subject is enrolled under another class")
	// ErrUnknown: no such subject in the gallery.
	ErrUnknown = errors.New("subject is not in the gallery")
	// ErrProbe: the probe has no fingers, too many, or one without a template.
	ErrProbe = errors.New("probe cannot be searched")
	// ErrReference: a reference without subject or template.
	ErrReference = errors.New("reference cannot be enrolled")
)

// Gallery is the set that is searched. The zero value is not usable; see New.
type Gallery struct {
	current atomic.Pointer[snapshot]
	pool    sync.Pool // of Comparer
	lanes   lanes

	running epochs

	writing sync.Mutex // guards what follows, and the making of snapshots
	where   map[string]place
	at      map[Kept]place // of blocks that are kept elsewhere; slot is 0
	find    func(subject string) (Kept, int, bool)
}

// New makes an empty gallery that compares with the engine of package finger.
func New() *Gallery { return NewWith(newEngine) }

// NewWith makes an empty gallery with another engine. newComparer is called once for each worker that is needed.
func NewWith(newComparer func() Comparer) *Gallery {
	g := &Gallery{where: map[string]place{}, at: map[Kept]place{}}
	g.pool.New = func() any { return newComparer() }
	g.current.Store(&snapshot{partitions: map[string]partition{}})
	return g
}

// Add enrols fingers, all of them or, on an error, none. Fingers of a subject that is enrolled join its record. One call
// with many references is much cheaper than many calls.
func (g *Gallery) Add(refs ...Reference) error {
	g.writing.Lock()
	defer g.writing.Unlock()
	if err := g.check(refs); err != nil {
		return err
	}
	e := edit(g.current.Load())
	if err := g.lift(e, refs); err != nil {
		return fmt.Errorf("add reference: %w", err)
	}
	for _, r := range refs {
		f := sample{r.Position, r.Template}
		if at, ok := g.where[r.Subject]; ok {
			e.extend(at, f)
			continue
		}
		g.where[r.Subject] = e.insert(r.Class, person{r.Subject, []sample{f}})
	}
	g.commit(e)
	return nil
}

// lift takes those of the subjects who are kept elsewhere into the gallery's own blocks: all of them or none.
func (g *Gallery) lift(e *editor, refs []Reference) error {
	lifted := map[string]place{}
	for _, r := range refs {
		at, ok := g.place(r.Subject)
		if _, done := lifted[r.Subject]; !ok || done || at.block >= 0 {
			continue
		}
		to, err := e.lift(at, at.class)
		if err != nil {
			return err
		}
		lifted[r.Subject] = to
	}
	for subject, to := range lifted {
		g.where[subject] = to
	}
	return nil
}

// check refuses bad references before anything is changed.
func (g *Gallery) check(refs []Reference) error {
	classes := map[string]string{}
	for i, r := range refs {
		if r.Subject == "" || r.Template == nil {
			return fmt.Errorf("add reference %d: %w: no subject or no template", i, ErrReference)
		}
		class, ok := classes[r.Subject]
		if at, enrolled := g.place(r.Subject); !ok && enrolled {
			class, ok = at.class, true
		}
		if ok && class != r.Class {
			return fmt.Errorf("add reference %d: %w", i, ErrClass)
		}
		classes[r.Subject] = r.Class
	}
	return nil
}

// Remove takes a subject out and says whether it was in.
func (g *Gallery) Remove(subject string) bool {
	g.writing.Lock()
	defer g.writing.Unlock()
	at, ok := g.place(subject)
	if !ok {
		return false
	}
	e := edit(g.current.Load())
	g.drop(e, at, subject)
	g.commit(e)
	return true
}

// SetClass moves a subject to another class in one step: no search sees it in both or in neither.
func (g *Gallery) SetClass(subject, class string) error {
	g.writing.Lock()
	defer g.writing.Unlock()
	at, ok := g.place(subject)
	if !ok {
		return fmt.Errorf("set class: %w", ErrUnknown)
	}
	if at.class == class {
		return nil
	}
	e := edit(g.current.Load())
	if at.block < 0 {
		to, err := e.lift(at, class)
		if err != nil {
			return fmt.Errorf("set class: %w", err)
		}
		g.where[subject] = to
		g.commit(e)
		return nil
	}
	to, moved := e.move(at, class)
	if moved != "" {
		g.where[moved] = at
	}
	g.where[subject] = to
	g.commit(e)
	return nil
}

// ClassCount is a class and the number of people in it.
type ClassCount struct {
	Class  string
	People int
}

// Classes lists the classes that have people in them, sorted.
func (g *Gallery) Classes() []ClassCount { return g.current.Load().classes() }

// Len is the number of people enrolled.
func (g *Gallery) Len() int {
	n := 0
	for _, c := range g.Classes() {
		n += c.People
	}
	return n
}

// Footprint is how many fingers are enrolled and how many bytes their codes occupy, in memory or mapped.
func (g *Gallery) Footprint() (fingers, bytes int) {
	for _, p := range g.current.Load().partitions {
		for _, u := range units([]partition{p}, []int{0}) {
			bytes += u.codes.bytes()
			for _, c := range u.codes.Columns {
				fingers += len(c.Slots)
			}
		}
	}
	return fingers, bytes
}
