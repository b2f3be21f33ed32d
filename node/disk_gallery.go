package node

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"convenio/api"
	"convenio/gallery"
	"convenio/gallery/segment"
	"convenio/registry"
)

// What Config.Gallery may say, and the folder of a gallery on disk.
const (
	galleryInMemory = "memory"
	galleryOnDisk   = "disk"
	galleryDir      = "gallery"
)

// Upkeep of a gallery on disk.
const (
	galleryRate  = 32 << 20 // bytes a second that checking and compacting may read and write
	galleryEvery = time.Minute
	galleryRetry = time.Second
)

// errNotReady says that the gallery is being loaded or made: the search waits, and is taken up again when it is there.
var errNotReady = errors.New("the gallery is not ready to be searched")

// diskGallery are references in a sealed gallery on disk. It follows the registry: each change is brought over by making
// the gallery what the registry says of that person, which may be done at any time and again. As long as it has not caught
// up with a change it is not searched.
type diskGallery struct {
	dir    string
	store  *registry.Store
	log    *slog.Logger
	rate   int
	before func(step string)
	woken  func() // told when searches can go on

	mu      sync.Mutex
	people  *segment.Store
	ready   bool
	loaded  int
	problem string
	touched map[string]bool // subjects that changed while it was not ready
	broken  func()          // ends the keeping of the present store
	damaged bool            // something of it could not be read: it is to be looked through
}

func (n *Node) openDiskGallery(context.Context) error {
	n.people = &diskGallery{
		dir: n.cfg.path(galleryDir), store: n.store, log: n.opt.Logger, rate: galleryRate, before: n.opt.Before,
		woken: func() { n.postponed.again(); wake(n.wakeWork) }, touched: map[string]bool{},
	}
	return nil
}

// keepGallery looks after a gallery on disk until ctx ends.
func (n *Node) keepGallery(ctx context.Context) error {
	if g, ok := n.people.(*diskGallery); ok {
		return g.keep(ctx)
	}
	<-ctx.Done()
	return nil
}

// searching is what the status says of the gallery; nil: it is there whenever the node is.
func (n *Node) searching() *api.Searching {
	g, ok := n.people.(*diskGallery)
	if !ok {
		return nil
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	s := &api.Searching{Ready: g.ready}
	if !g.ready {
		loaded := g.loaded
		s.Loaded = &loaded
	}
	if g.problem != "" {
		problem := g.problem
		s.Problem = &problem
	}
	return s
}

// classes are, as long as the gallery is not ready, those that it will have.
func (g *diskGallery) classes(ctx context.Context) ([]gallery.ClassCount, error) {
	if p, err := g.searched(); err == nil {
		return p.Classes(), nil
	}
	list, err := g.store.Classes(ctx)
	out := make([]gallery.ClassCount, len(list))
	for i, c := range list {
		out[i] = gallery.ClassCount{Class: c.Class.Key(), People: c.Subjects}
	}
	return out, err
}

func (g *diskGallery) search(ctx context.Context, q query) (gallery.Result, error) {
	p, err := g.searched()
	if err != nil {
		return gallery.Result{}, err
	}
	r, err := p.Search(ctx, probeFingers(q.prints), func(class string) bool { return q.reach[class] }, q.options)
	g.found(err)
	return r, err
}

// found has a damaged store opened again, which makes anew what is damaged.
func (g *diskGallery) found(err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if errors.Is(err, segment.ErrDamaged) && g.ready {
		g.ready, g.damaged = false, true
		g.broken()
	}
}

func (g *diskGallery) searched() (*gallery.Gallery, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.ready {
		return nil, errNotReady
	}
	return g.people.Gallery(), nil
}

func (g *diskGallery) enrolled(ctx context.Context, subject, _ string, _ []print) error {
	return g.follow(ctx, subject)
}

func (g *diskGallery) moved(ctx context.Context, subject, _ string) error {
	return g.follow(ctx, subject)
}

func (g *diskGallery) erased(ctx context.Context, subject string) error {
	return g.follow(ctx, subject)
}

// follow brings a person over whom the registry has changed. What cannot be brought over stops searches until it is.
func (g *diskGallery) follow(ctx context.Context, subject string) error {
	ctx = context.WithoutCancel(ctx) // the registry has the change: it is not to be left half-way
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.ready {
		g.touched[subject] = true
		return nil
	}
	g.before("gallery")
	err := g.bring(ctx, subject)
	if err != nil {
		g.touched[subject] = true
		g.ready, g.damaged = false, g.damaged || errors.Is(err, segment.ErrDamaged)
		g.broken()
		return fmt.Errorf("change gallery: %w", err)
	}
	return nil
}

// bring makes the gallery what the registry says of one person.
func (g *diskGallery) bring(ctx context.Context, subject string) error {
	s, err := g.store.Subject(ctx, subject)
	if errors.Is(err, registry.ErrNotFound) || err == nil && !s.Erased.IsZero() {
		_, err := g.people.Remove(subject)
		return err
	}
	if err != nil {
		return err
	}
	if g.people.Has(subject) {
		return g.people.SetClass(subject, s.Class.Key())
	}
	p, err := g.truth().Person(ctx, subject)
	if err == nil && len(p.Fingers) > 0 {
		err = g.people.Add(p)
	}
	if errors.Is(err, gallery.ErrUnknown) {
		return nil // erased since, which is told apart
	}
	return err
}

// keep opens the gallery, brings it to the registry, and looks after it, again when something failed, until ctx ends.
func (g *diskGallery) keep(ctx context.Context) error {
	for ctx.Err() == nil {
		err := g.session(ctx)
		if err == nil || ctx.Err() != nil {
			continue
		}
		g.log.LogAttrs(ctx, slog.LevelError, "gallery", slog.Any("error", err))
		g.mu.Lock()
		g.problem = "the gallery cannot be opened or changed; the node's log says why"
		g.damaged = g.damaged || errors.Is(err, segment.ErrDamaged)
		g.mu.Unlock()
		select {
		case <-ctx.Done():
		case <-time.After(galleryRetry):
		}
	}
	return nil
}

// session keeps one opening of the store, until ctx ends or a change could not be brought over.
func (g *diskGallery) session(ctx context.Context) (err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	s, err := g.open(ctx)
	if err != nil {
		return err
	}
	defer func() {
		g.mu.Lock()
		g.ready, g.people = false, nil
		g.mu.Unlock()
		err = errors.Join(err, s.Close())
	}()
	if err := g.begin(ctx, s, cancel); err != nil {
		return err
	}
	g.woken()
	s.Tend(ctx, galleryEvery, func(err error) {
		g.log.LogAttrs(ctx, slog.LevelError, "gallery", slog.Any("error", err))
		g.found(err)
	})
	return nil
}

// begin catches up with what changed while the store was loaded; from then on it is searched.
func (g *diskGallery) begin(ctx context.Context, s *segment.Store, broken func()) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.people = s
	for subject := range g.touched {
		if err := g.bring(ctx, subject); err != nil {
			return err
		}
		delete(g.touched, subject)
	}
	g.ready, g.damaged, g.problem, g.broken = true, false, "", broken
	return nil
}

// open opens and loads the store. One that is missing, damaged or another registry's is made anew.
func (g *diskGallery) open(ctx context.Context) (*segment.Store, error) {
	id, err := g.store.FollowerID(ctx)
	if err != nil {
		return nil, err
	}
	truth := g.truth()
	for again := false; ; again = true {
		if !segment.Exists(g.dir) {
			if err := g.make(ctx, id); err != nil {
				return nil, err
			}
		}
		s, err := segment.OpenWith(g.dir, segment.Options{Keys: truth, Note: id, Rate: g.rate, Thorough: g.suspect()})
		if err == nil {
			var changes segment.Changes
			if changes, err = s.Load(ctx, truth, g.progress); err == nil {
				g.log.LogAttrs(ctx, slog.LevelInfo, "gallery", slog.Int("people", s.Gallery().Len()), slog.Any("set_right", changes))
				return s, nil
			}
			err = errors.Join(err, s.Close())
		}
		if again || !errors.Is(err, segment.ErrDamaged) && !errors.Is(err, segment.ErrAnother) {
			return nil, err
		}
		g.log.LogAttrs(ctx, slog.LevelWarn, "gallery is made anew", slog.Any("error", err))
		if err := segment.Destroy(g.dir); err != nil {
			return nil, err
		}
	}
}

// suspect tells whether the store is to be looked through.
func (g *diskGallery) suspect() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.damaged
}

// make writes a new store from the registry.
func (g *diskGallery) make(ctx context.Context, id string) error {
	b, err := segment.NewSealedBuilder(g.dir, g.truth())
	if err != nil {
		return err
	}
	_, _, err = rebuild(ctx, g.store, b, id, g.progress)
	return err
}

func (g *diskGallery) progress(n int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.loaded = n
}
