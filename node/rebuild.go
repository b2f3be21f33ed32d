package node

import (
	"context"
	"errors"
	"fmt"

	"convenio/finger"
	"convenio/gallery/segment"
	"convenio/registry"
)

// RebuildGallery writes the people of a node's registry into a gallery on disk, in a folder without one, and says how many
// people and fingers. It is for searches outside the node and for measuring: a running node searches from memory, and
// erases from there and from the registry alone. The node must not be running.
func RebuildGallery(ctx context.Context, dir, out string) (people, fingers int, err error) {
	cfg, err := LoadConfig(ConfigOf(dir))
	if err != nil {
		return 0, 0, err
	}
	keys, err := KeysOf(dir)
	if err != nil {
		return 0, 0, err
	}
	store, err := registry.Open(cfg.path(registryFile), registry.Options{MasterKey: keys.Rest})
	if err != nil {
		return 0, 0, err
	}
	people, fingers, err = rebuild(ctx, store, out)
	return people, fingers, errors.Join(err, store.Close())
}

// rebuild streams the registry, subject by subject, into a new gallery.
func rebuild(ctx context.Context, store *registry.Store, out string) (people, fingers int, err error) {
	b, err := segment.NewBuilder(out)
	if err != nil {
		return 0, 0, err
	}
	var now segment.Person
	flush := func() error {
		if now.Subject == "" {
			return nil
		}
		people++
		return b.Add(now)
	}
	err = store.EachTemplate(ctx, func(row registry.TemplateRow) error {
		if row.Subject != now.Subject {
			if err := flush(); err != nil {
				return err
			}
			now = segment.Person{Subject: row.Subject, Class: row.Class}
		}
		fingers++
		now.Fingers = append(now.Fingers, segment.Finger{Position: finger.Position(row.Position), Template: row.Template})
		return nil
	})
	if err == nil {
		err = flush()
	}
	if err != nil {
		return people, fingers, fmt.Errorf("rebuild gallery: %w", err)
	}
	return people, fingers, b.Close("")
}
