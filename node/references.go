package node

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"convenio/finger"
	"convenio/gallery"
	"convenio/registry"
)

// references are the people whom the partner's searches run through: in the node's own gallery, or in a national ABIS. The
// registry alone decides who they are and in which class of record. It is told of every change first; these follow.
type references interface {
	// classes lists the classes of record that have people in them, sorted.
	classes(ctx context.Context) ([]gallery.ClassCount, error)
	// search looks for a probe among the classes that q reaches, and among no others. There is no partial result: as long
	// as anybody within reach cannot be searched it fails, and the same search is asked for again.
	search(ctx context.Context, q query) (gallery.Result, error)
	// enrolled makes a person findable that the registry holds; again for the same person, nothing happens.
	enrolled(ctx context.Context, subject, class string, prints []print) error
	// moved follows the registry when a person's class has changed. From its return on nobody is found by the old class.
	moved(ctx context.Context, subject, class string) error
	// erased takes a person out whom the registry has erased.
	erased(ctx context.Context, subject string) error
}

// query is one search for the partner.
type query struct {
	exchange string // the same exchange is the same search
	prints   []print
	reach    map[string]bool // classes
	options  gallery.Options
}

// referenceOf makes a row of the registry what a gallery compares.
func referenceOf(r registry.TemplateRow) (gallery.Reference, error) {
	t, err := finger.ParseTemplate(r.Template)
	if err != nil {
		return gallery.Reference{}, fmt.Errorf("template %d: %w", r.Sample, err)
	}
	return gallery.Reference{Subject: r.Subject, Position: finger.Position(r.Position), Class: r.Class, Template: finger.Prepare(t)}, nil
}

// ownGallery are references in the node's own memory.
type ownGallery struct {
	*gallery.Gallery

	mu    sync.Mutex
	shown map[string]bool // who is in the gallery, or was
}

func (g *ownGallery) classes(context.Context) ([]gallery.ClassCount, error) {
	return g.Classes(), nil
}

func (g *ownGallery) search(ctx context.Context, q query) (gallery.Result, error) {
	return g.Search(ctx, probeFingers(q.prints), func(class string) bool { return q.reach[class] }, q.options)
}

func (g *ownGallery) enrolled(_ context.Context, subject, class string, prints []print) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.shown[subject] {
		return nil
	}
	var refs []gallery.Reference
	for _, p := range prints {
		refs = append(refs, gallery.Reference{Subject: subject, Position: p.position, Class: class, Template: finger.Prepare(p.template)})
	}
	if err := g.Add(refs...); err != nil {
		return fmt.Errorf("add to gallery: %w", err)
	}
	g.shown[subject] = true
	return nil
}

func (g *ownGallery) moved(_ context.Context, subject, class string) error {
	if err := g.SetClass(subject, class); err != nil && !errors.Is(err, gallery.ErrUnknown) {
		return fmt.Errorf("move in gallery: %w", err)
	}
	return nil
}

func (g *ownGallery) erased(_ context.Context, subject string) error {
	g.Remove(subject)
	return nil
}
