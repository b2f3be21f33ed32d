package node

import (
	"context"
	"fmt"
	"sync"

	"convenio/osia"
	"convenio/osia/reach"
	"convenio/registry"
)

// osiaRecords keeps records of the node's own gallery in step with encounters of national systems: each encounter that the
// mapping takes has one record, which begins, changes and ends in the transaction of the encounter's change.
type osiaRecords struct {
	n       *Node
	mapping *reach.Mapping
	kept    map[string]registry.OSIARecord // by encounter; changed by one osia change at a time
	tally   map[string]int                 // why encounters are out of reach, while everybody is gone through at the start

	settling sync.Mutex // one at a time brings ledger and gallery up to what is durable
	mu       sync.Mutex // held while the gallery is changed for a record
	waiting  []string   // subjects that are to come into the gallery once the ledger holds them
}

// Covers implements osia.Follower.
func (f *osiaRecords) Covers(gallery string) bool { return f.mapping.Covers(gallery) }

// followOSIA makes the follower of an OSIA service, or nil without a mapping; what an earlier mapping took is ended then.
func (n *Node) followOSIA(ctx context.Context) (osia.Follower, error) {
	kept, err := n.store.OSIARecords(ctx)
	if err != nil {
		return nil, err
	}
	if n.cfg.OSIA == nil || n.cfg.OSIA.Records == nil {
		return nil, n.unmapAll(ctx, kept)
	}
	m, err := n.cfg.OSIA.Records.Compile(n.law.Agreement)
	if err != nil {
		return nil, fmt.Errorf("osia.records: %w", err)
	}
	f := &osiaRecords{n: n, mapping: m, kept: map[string]registry.OSIARecord{}, tally: map[string]int{}}
	for _, r := range kept {
		f.kept[r.Encounter] = r
	}
	n.osiaRecords = f
	return f, nil
}

func (n *Node) unmapAll(ctx context.Context, kept []registry.OSIARecord) error {
	f := &osiaRecords{n: n, kept: map[string]registry.OSIARecord{}}
	for _, r := range kept {
		d := &deed{had: r}
		if err := n.store.Tx(ctx, func(tx *registry.Tx) error { return f.end(tx, d) }); err != nil {
			return fmt.Errorf("end records without a mapping: %w", err)
		}
		f.made(ctx, []*deed{d})
	}
	f.settle(ctx)
	return nil
}

// Follow implements osia.Follower.
func (f *osiaRecords) Follow(ctx context.Context, c osia.Change) (osia.Step, error) {
	var deeds []*deed
	for _, person := range c.People {
		outcomes := f.mapping.Records(looksOf(person))
		for i, e := range person {
			d, err := f.deed(ctx, e, outcomes[i])
			if err != nil {
				return osia.Step{}, err
			}
			if d != nil {
				deeds = append(deeds, d)
			}
		}
	}
	for _, id := range c.Ended {
		if had, ok := f.kept[id]; ok {
			deeds = append(deeds, &deed{had: had})
		}
	}
	if len(deeds) == 0 {
		return osia.Step{}, nil
	}
	in := func(tx *registry.Tx) error {
		f.n.opt.Before("osia-records")
		for _, d := range deeds {
			if err := f.do(tx, d); err != nil {
				return fmt.Errorf("record of an OSIA encounter: %w", err)
			}
		}
		return nil
	}
	return osia.Step{In: in, After: func(ctx context.Context) { f.made(ctx, deeds) }, Settle: f.settle}, nil
}

func looksOf(person []*osia.Encounter) []reach.Encounter {
	out := make([]reach.Encounter, len(person))
	for i, e := range person {
		out[i] = reach.Encounter{Active: e.Active, Galleries: e.Galleries, Biographic: e.Biographic, Contextual: e.Contextual}
	}
	return out
}
