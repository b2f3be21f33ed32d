package node

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"slices"

	"convenio/finger"
	"convenio/osia"
	"convenio/osia/reach"
	"convenio/registry"
)

// deed is what is done about one encounter.
type deed struct {
	encounter *osia.Encounter // nil: it ends
	had       registry.OSIARecord
	want      *wanted // nil: no record
	renewed   bool    // the fingers are others: the old record ends and a new one begins

	subject string // the record that began or was changed
	ended   string // the record that ended
}

// wanted is the record that an encounter is to have.
type wanted struct {
	class         registry.Class
	fields        map[string]string
	samples       []registry.Sample // without pictures unless the record begins
	prints, facts []byte
}

// deed compares what an encounter has with what it is to have; nil when that is the same.
func (f *osiaRecords) deed(ctx context.Context, e *osia.Encounter, o reach.Outcome) (*deed, error) {
	had, has := f.kept[e.ID]
	has = has && e.ID != ""
	d := &deed{encounter: e, had: had}
	best := bestPrints(e.Prints)
	if o.Why != reach.Within || len(best) == 0 {
		if o.Why != reach.Within && o.Why != reach.Inactive && o.Why != reach.Unmapped {
			f.tell(ctx, e, string(o.Why))
		}
		if !has || had.Erased {
			return nil, nil
		}
		return d, nil
	}
	w, err := f.wanted(e, o, best)
	if err != nil {
		return nil, err
	}
	d.want, d.renewed = w, has && !bytes.Equal(w.prints, had.Prints)
	switch {
	case has && (had.Erased || !d.renewed && bytes.Equal(w.facts, had.Facts)):
		return nil, nil
	case has && !d.renewed:
		return d, nil
	}
	if err := f.picture(ctx, e, w, best); err != nil {
		return nil, err
	}
	if len(w.samples) > 0 {
		return d, nil
	}
	f.tell(ctx, e, "no finger with a picture") // what cannot be shown to an examiner does not become a record
	d.want = nil
	if !has {
		return nil, nil
	}
	return d, nil
}

// started ends the start: from now on each encounter that stays out of reach is told of by itself.
func (f *osiaRecords) started(ctx context.Context) {
	if f == nil {
		return
	}
	attrs := []slog.Attr{slog.Int("records", len(f.kept))}
	for _, why := range slices.Sorted(maps.Keys(f.tally)) {
		attrs = append(attrs, slog.Int("out of reach, "+why, f.tally[why]))
	}
	f.n.opt.Logger.LogAttrs(ctx, slog.LevelInfo, "osia", attrs...)
	f.tally = nil
}

// tell says in the log why an encounter of a mapped gallery is out of reach.
func (f *osiaRecords) tell(ctx context.Context, e *osia.Encounter, why string) {
	if f.tally != nil {
		f.tally[why]++
		return
	}
	f.n.opt.Logger.LogAttrs(ctx, slog.LevelWarn, "osia encounter out of reach", slog.String("encounter", e.ID), slog.String("why", why))
}

// bestPrints are the indexes of the prints worth enrolling: of each finger the best.
func bestPrints(prints []osia.Print) []int {
	var out []int
	at := map[finger.Position]int{}
	for i, p := range prints {
		if p.Quality < minEnrolQuality {
			continue
		}
		j, seen := at[p.Position]
		switch {
		case !seen:
			at[p.Position] = len(out)
			out = append(out, i)
		case p.Quality > prints[out[j]].Quality:
			out[j] = i
		}
	}
	return out
}

func (f *osiaRecords) wanted(e *osia.Encounter, o reach.Outcome, best []int) (*wanted, error) {
	w := &wanted{class: registry.Class{Category: o.Record.Category, Nationalities: o.Record.Nationalities}, fields: o.Fields}
	for _, s := range o.Record.Safeguards {
		w.class.Safeguards = append(w.class.Safeguards, registry.Safeguard{Kind: s.Kind, Against: s.Against})
	}
	var parts [][]byte
	for _, i := range best {
		p := e.Prints[i]
		w.samples = append(w.samples, registry.Sample{Position: uint8(p.Position), Quality: p.Quality, Template: p.Template})
		parts = append(parts, []byte{byte(p.Position)}, p.Template)
	}
	facts, err := json.Marshal(o.Fields)
	if err != nil {
		return nil, fmt.Errorf("facts of a record: %w", err)
	}
	w.prints, w.facts = f.n.store.OSIADigest(parts...), f.n.store.OSIADigest([]byte(w.class.Key()), facts)
	return w, nil
}

// picture puts the images into a record that begins, and leaves out the fingers that have none.
func (f *osiaRecords) picture(ctx context.Context, e *osia.Encounter, w *wanted, best []int) error {
	pictures, err := e.Pictures(ctx)
	if err != nil {
		return err
	}
	var with []registry.Sample
	for j, i := range best {
		if i < len(pictures) && pictures[i] != nil {
			s := w.samples[j]
			s.Image = pictures[i]
			with = append(with, s)
		}
	}
	w.samples = with
	return nil
}
