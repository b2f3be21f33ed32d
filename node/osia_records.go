package node

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"

	"convenio/finger"
	"convenio/gallery"
	"convenio/ledger"
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

// do carries out one deed in the transaction of the encounter's change. A record that was erased for itself meanwhile stays so.
func (f *osiaRecords) do(tx *registry.Tx, d *deed) error {
	if d.had.Subject != "" {
		s, err := tx.Subject(d.had.Subject)
		if err != nil {
			return err
		}
		if d.had.Erased = !s.Erased.IsZero(); d.had.Erased && d.encounter != nil {
			d.want = nil
			return nil
		}
	}
	if d.had.Subject != "" && (d.want == nil || d.renewed) {
		if err := f.end(tx, d); err != nil {
			return err
		}
	}
	switch {
	case d.want == nil:
		return nil
	case d.had.Subject == "" || d.renewed:
		return f.begin(tx, d)
	}
	return f.change(tx, d)
}

func (f *osiaRecords) begin(tx *registry.Tx, d *deed) (err error) {
	w := d.want
	if d.subject, _, err = tx.AddSubject(registry.NewSubject{Class: w.class, Fields: w.fields, Samples: w.samples}); err != nil {
		return err
	}
	if err := f.join(tx, d); err != nil {
		return err
	}
	return f.n.plan(tx, enrolAct(d.subject, w.class, len(w.samples)))
}

func (f *osiaRecords) change(tx *registry.Tx, d *deed) error {
	w := d.want
	d.subject = d.had.Subject
	if _, err := tx.SetClass(d.subject, w.class); err != nil {
		return err
	}
	if err := tx.SetFields(d.subject, w.fields); err != nil {
		return err
	}
	if err := f.join(tx, d); err != nil {
		return err
	}
	return f.n.plan(tx, changeAct(d.subject, w.class))
}

func (f *osiaRecords) join(tx *registry.Tx, d *deed) error {
	return tx.PutOSIARecord(registry.OSIARecord{Encounter: d.encounter.ID, Subject: d.subject, Prints: d.want.prints, Facts: d.want.facts})
}

func (f *osiaRecords) end(tx *registry.Tx, d *deed) error {
	if d.had.Erased {
		if d.encounter == nil && f.mapping != nil {
			return tx.DropOSIARecord(d.had.Encounter)
		}
		return nil
	}
	d.ended = d.had.Subject
	if err := f.n.plan(tx, eraseAct(d.ended)); err != nil {
		return err
	}
	return errors.Join(tx.EraseSubject(d.ended), tx.DropOSIARecord(d.had.Encounter))
}

// made takes out of the gallery who went, and moves who is of another class. Who came waits for settle.
func (f *osiaRecords) made(ctx context.Context, deeds []*deed) {
	f.n.opt.Before("osia-shown")
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, d := range deeds {
		if d.ended != "" {
			f.n.people.Remove(d.ended)
			delete(f.kept, d.had.Encounter)
		}
		switch {
		case d.encounter == nil:
			delete(f.kept, d.had.Encounter)
			continue
		case d.had.Erased:
			f.kept[d.encounter.ID] = d.had
			continue
		case d.want == nil:
			continue
		}
		f.kept[d.encounter.ID] = registry.OSIARecord{Encounter: d.encounter.ID, Subject: d.subject, Prints: d.want.prints, Facts: d.want.facts}
		if d.had.Subject == "" || d.renewed {
			f.waiting = append(f.waiting, d.subject)
		} else if err := f.n.people.SetClass(d.subject, d.want.class.Key()); err != nil && !errors.Is(err, gallery.ErrUnknown) {
			f.n.opt.Logger.LogAttrs(ctx, slog.LevelError, "move in gallery", slog.Any("error", err))
			f.n.people.Remove(d.subject) // where it stands it must not be found
		}
	}
}

// settle brings what is durable into the ledger, and then who waits into the gallery. What fails stays for the next time:
// until then the records are out of reach.
func (f *osiaRecords) settle(ctx context.Context) {
	if f == nil {
		return
	}
	f.settling.Lock()
	defer f.settling.Unlock()
	f.mu.Lock()
	waiting := f.waiting
	f.waiting = nil
	f.mu.Unlock()
	err := f.n.flush(ctx, "")
	for err == nil && len(waiting) > 0 {
		if err = f.show(ctx, waiting[0]); err == nil {
			waiting = waiting[1:]
		}
	}
	if err == nil {
		return
	}
	f.mu.Lock()
	f.waiting = append(f.waiting, waiting...)
	f.mu.Unlock()
	if ctx.Err() == nil {
		f.n.opt.Logger.LogAttrs(ctx, slog.LevelError, "osia records", slog.Int("waiting", len(waiting)), slog.Any("error", err))
	}
}

// gone takes an erased record out of the gallery for good, should it be on its way there.
func (f *osiaRecords) gone(subject string) {
	if f != nil {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.n.people.Remove(subject)
	}
}

// show reads a record back: it may have changed, or ended, while it waited.
func (f *osiaRecords) show(ctx context.Context, subject string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	s, err := f.n.store.Subject(ctx, subject)
	if err != nil || !s.Erased.IsZero() {
		return err
	}
	samples, err := f.n.store.Samples(ctx, subject)
	if err != nil {
		return err
	}
	var prints []print
	for _, a := range samples {
		t, err := finger.ParseTemplate(a.Template)
		if err != nil {
			return fmt.Errorf("template %d: %w", a.ID, err)
		}
		prints = append(prints, print{position: finger.Position(a.Position), template: t})
	}
	return f.n.show(subject, s.Class.Key(), prints)
}

// The ledger's words about a record, whoever made it.

func enrolAct(subject string, class registry.Class, fingers int) act {
	return act{id: "enrol:" + subject, kind: ledger.KindEnrol, body: map[string]any{"subject": subject, "class": class, "fingers": fingers}}
}

func changeAct(subject string, class registry.Class) act {
	return act{id: "change:" + string(newID()), kind: ledger.KindChange, body: map[string]any{"subject": subject, "class": class}}
}

func eraseAct(subject string) act {
	return act{id: "erase:subject:" + subject, kind: ledger.KindErase, body: map[string]any{"what": "subject", "subject": subject}}
}
