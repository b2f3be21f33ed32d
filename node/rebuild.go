package node

import (
	"context"
	"errors"
	"fmt"

	"convenio/finger"
	"convenio/gallery/segment"
	"convenio/registry"
)

// RebuildGallery writes the people of a node's registry into a gallery on disk, and says how many people and fingers: into
// out, a folder without one, not sealed, for searches outside the node and for measuring; or, without out, into the node's
// own folder, sealed, in the place of what is there. The node must not be running.
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
	defer func() { err = errors.Join(err, store.Close()) }()
	if out != "" {
		b, err := segment.NewBuilder(out)
		if err != nil {
			return 0, 0, err
		}
		return rebuild(ctx, store, b, "", func(int) {})
	}
	own := cfg.path(galleryDir)
	if err := segment.Destroy(own); err != nil {
		return 0, 0, err
	}
	id, err := store.FollowerID(ctx)
	if err != nil {
		return 0, 0, err
	}
	b, err := segment.NewSealedBuilder(own, truth{store})
	if err != nil {
		return 0, 0, err
	}
	return rebuild(ctx, store, b, id, func(int) {})
}

// rebuild streams the registry, subject by subject, into a new gallery.
func rebuild(ctx context.Context, store *registry.Store, b *segment.Builder, note string, seen func(people int)) (people, fingers int, err error) {
	var batch []segment.Person
	flush := func() error {
		err := b.Add(batch...)
		people += len(batch)
		batch = batch[:0]
		seen(people)
		return err
	}
	err = store.EachTemplate(ctx, func(row registry.TemplateRow) error {
		if n := len(batch); n == 0 || batch[n-1].Subject != row.Subject {
			if n == 64 {
				if err := flush(); err != nil {
					return err
				}
			}
			batch = append(batch, segment.Person{Subject: row.Subject, Class: row.Class})
		}
		fingers++
		p := &batch[len(batch)-1]
		p.Fingers = append(p.Fingers, segment.Finger{Position: finger.Position(row.Position), Template: row.Template})
		return nil
	})
	if err == nil {
		err = flush()
	}
	if err == nil {
		err = b.Close(note)
	}
	if err != nil {
		return people, fingers, fmt.Errorf("rebuild gallery: %w", err)
	}
	return people, fingers, nil
}
