package node

import (
	"context"
	"errors"

	"convenio/finger"
	"convenio/gallery"
	"convenio/gallery/segment"
	"convenio/registry"
)

// truth is the registry as a gallery on disk follows it: its subjects, and their keys.
type truth struct{ store *registry.Store }

func (g *diskGallery) truth() truth { return truth{g.store} }

// Key implements segment.Keys.
func (t truth) Key(subject string) (segment.Key, error) {
	k, err := t.store.SubjectKey(context.Background(), subject)
	if errors.Is(err, registry.ErrNotFound) {
		return nil, gallery.ErrUnknown
	}
	return k, err
}

// Each implements segment.Truth.
func (t truth) Each(ctx context.Context, f func(segment.Entry) error) error {
	return t.store.EachSubject(ctx, func(r registry.SubjectRow) error {
		return f(segment.Entry{Subject: r.ID, Class: r.Class, Fingers: r.Samples, Key: r.Key})
	})
}

// Person implements segment.Truth.
func (t truth) Person(ctx context.Context, subject string) (segment.Person, error) {
	rows, err := t.store.TemplatesOf(ctx, subject)
	if errors.Is(err, registry.ErrNotFound) {
		return segment.Person{}, gallery.ErrUnknown
	}
	p := segment.Person{Subject: subject}
	for _, r := range rows {
		p.Class = r.Class
		p.Fingers = append(p.Fingers, segment.Finger{Position: finger.Position(r.Position), Template: r.Template})
	}
	return p, err
}
