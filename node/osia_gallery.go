package node

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"convenio/finger"
	"convenio/registry"
)

// made takes out of the gallery who went, and moves who is of another class. Who came waits for settle.
func (f *osiaRecords) made(ctx context.Context, deeds []*deed) {
	f.n.opt.Before("osia-shown")
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, d := range deeds {
		if d.ended != "" {
			f.out(ctx, d.ended)
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
		} else if err := f.n.people.moved(ctx, d.subject, d.want.class.Key()); err != nil {
			f.n.opt.Logger.LogAttrs(ctx, slog.LevelError, "move in gallery", slog.Any("error", err))
			f.out(ctx, d.subject) // where it stands it must not be found
		}
	}
}

// out takes a record out of the gallery.
func (f *osiaRecords) out(ctx context.Context, subject string) {
	if err := f.n.people.erased(ctx, subject); err != nil {
		f.n.opt.Logger.LogAttrs(ctx, slog.LevelError, "take out of gallery", slog.Any("error", err))
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
func (f *osiaRecords) gone(ctx context.Context, people references, subject string) error {
	if f != nil {
		f.mu.Lock()
		defer f.mu.Unlock()
	}
	return people.erased(ctx, subject)
}

// show reads a record back: it may have changed, or ended, while it waited.
func (f *osiaRecords) show(ctx context.Context, subject string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	rows, err := f.n.store.TemplatesOf(ctx, subject)
	if errors.Is(err, registry.ErrNotFound) {
		return nil
	}
	if err != nil || len(rows) == 0 {
		return err
	}
	var prints []print
	for _, r := range rows {
		t, err := finger.ParseTemplate(r.Template)
		if err != nil {
			return fmt.Errorf("template %d: %w", r.Sample, err)
		}
		prints = append(prints, print{position: finger.Position(r.Position), template: t})
	}
	return f.n.people.enrolled(ctx, subject, rows[0].Class, prints)
}
