package node

import (
	"context"
	"errors"

	"convenio/api"
	"convenio/ledger"
	"convenio/registry"
)

// evidence is what the node can show an overseer of one exchange: every ledger entry with its opening,
// and what is still held, counted in the registry at this moment.
func (n *Node) evidence(ctx context.Context, id string) (e api.Evidence, err error) {
	x, err := n.store.Exchange(ctx, id)
	if err != nil {
		return e, err
	}
	e.Exchange, e.State, e.Entries = x.ID, x.State, []api.JournalEntry{}
	rows, err := n.store.JournalOf(ctx, id)
	if err != nil {
		return e, err
	}
	for _, j := range rows {
		if j.Appended {
			e.Entries = append(e.Entries, journalEntry(j))
		}
	}
	err = n.store.View(ctx, func(v *registry.View) error {
		if _, err := v.KeyOf(registry.KeyRef{Purpose: registry.ForProbe, Owner: id}); err == nil {
			e.Held.ProbeKeys = 1
		} else if !errors.Is(err, registry.ErrNotFound) {
			return err
		}
		out, err := v.OutboxOf(id)
		if err != nil {
			return err
		}
		for _, m := range out {
			if m.Envelope != nil {
				e.Held.MessageBodies++
			}
		}
		fields, err := v.Disclosures(id)
		if err != nil {
			return err
		}
		for _, f := range fields {
			if f.Data != nil {
				e.Held.ReceivedFields++
			}
		}
		return nil
	})
	return e, err
}

func journalEntry(j registry.JournalEntry) api.JournalEntry {
	kind := ""
	if e, err := ledger.ParseEntry(j.Entry); err == nil {
		kind = string(e.Kind)
	}
	body := []byte(j.Body)
	if body == nil {
		body = []byte{}
	}
	return api.JournalEntry{Index: int64(j.Index), Id: j.ID, Kind: kind, Entry: j.Entry, Salt: j.Salt[:], Body: body}
}
