package node

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"convenio/registry"
)

// ABISSync is what SyncABIS found and did.
type ABISSync struct {
	// Missing are those whom the ABIS did not hold as it had confirmed; they were told anew.
	Missing int `json:"missing"`
	// Strangers are those in the node's galleries whom the node did not put there. They are left alone.
	Strangers int        `json:"strangers"`
	Status    ABISStatus `json:"status"`
}

// SyncABIS holds what the ABIS has in the node's galleries against the registry and tells it of everything that is not as it
// should be. Interrupted, it goes on where it was. progress is told how many people are done, of how many. The node must not be
// running.
func SyncABIS(ctx context.Context, dir string, opt Options, progress func(done, total int)) (out ABISSync, err error) {
	a, shut, err := openStoppedABIS(ctx, dir, opt)
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, shut()) }()
	if out.Missing, out.Strangers, err = a.compareContent(ctx); err != nil {
		return out, err
	}
	before, err := a.status(ctx)
	if err != nil {
		return out, err
	}
	done := 0
	for {
		_, err := a.pass(ctx, func() {
			done++
			progress(min(done, before.Due), before.Due)
		})
		if err != nil {
			return out, err
		}
		if out.Status, err = a.status(ctx); err != nil {
			return out, err
		}
		if left := out.Status.Due; left == 0 || len(a.pauses) > 0 {
			return out, ctx.Err() // what is left failed: its pause is the running node's to wait
		}
	}
}

// contentPage is how many people of a gallery one call lists.
const contentPage = 1000

// compareContent lists the node's galleries, and doubts everybody who is not in the one gallery alone that the ABIS confirmed.
func (a *nationalABIS) compareContent(ctx context.Context) (missing, strangers int, err error) {
	in, err := a.content(ctx)
	if err != nil {
		return 0, 0, err
	}
	for last := int64(0); ; {
		var page []registry.ABISPerson
		err := a.store.View(ctx, func(v *registry.View) (err error) {
			page, err = v.ABISPeople(last, 1000)
			return err
		})
		if err != nil {
			return 0, 0, err
		}
		if len(page) == 0 {
			return missing, len(in), nil
		}
		last = page[len(page)-1].Seq
		for _, p := range page {
			where := in[p.Person]
			delete(in, p.Person)
			if p.Due > 0 || p.Held == "" && where == nil || len(where) == 1 && where[0] == p.Held {
				continue
			}
			missing++
			if err := a.store.Tx(ctx, func(tx *registry.Tx) error { return tx.DoubtABIS(p.Subject) }); err != nil {
				return 0, 0, err
			}
		}
	}
}

// content says who is in which of the node's galleries, by the names that the ABIS has for people.
func (a *nationalABIS) content(ctx context.Context) (map[string][]string, error) {
	galleries := map[string]bool{}
	err := a.store.View(ctx, func(v *registry.View) error {
		held, err := v.ABISGalleries()
		for _, g := range held {
			galleries[g] = true
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, l := range a.cfg.Galleries.Classes {
		galleries[l.Gallery] = true
	}
	in := map[string][]string{}
	for _, g := range slices.Sorted(maps.Keys(galleries)) {
		for offset := 0; ; offset += contentPage {
			people, err := a.client.Content(ctx, "sync", g, offset, contentPage)
			if err != nil {
				return nil, fmt.Errorf("list gallery %s of the ABIS: %w", g, err)
			}
			for _, p := range people {
				if !slices.Contains(in[p], g) {
					in[p] = append(in[p], g)
				}
			}
			if len(people) < contentPage {
				break
			}
		}
	}
	return in, nil
}
