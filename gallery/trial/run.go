package trial

import (
	"context"
	"errors"
	"fmt"
	"time"

	"convenio/finger"
	"convenio/gallery"
	"convenio/gallery/segment"
	"convenio/synth"
)

// trial is one run.
type trial struct {
	Settings
	fingers   []finger.Position
	pop       synth.Population
	store     *segment.Store
	people    *gallery.Gallery
	threshold finger.Score
	start     time.Time
	out       Report
}

// Run builds or opens the gallery and measures.
func Run(ctx context.Context, s Settings) (Report, error) {
	t, err := s.start()
	if err != nil {
		return Report{}, err
	}
	defer t.store.Close()
	for _, step := range []func(context.Context) error{t.sizes, t.rates, t.saturation, t.firstStages, t.enrolment, t.plant} {
		if err := step(ctx); err != nil {
			return Report{}, err
		}
	}
	return t.out, nil
}

// start opens the gallery of a trial, built if it is not there. Whoever calls it closes the store.
func (s *Settings) start() (*trial, error) {
	fingers, err := Positions(s.Fingers)
	if err != nil {
		return nil, err
	}
	store, made, opened, err := s.openOrBuild()
	if err != nil {
		return nil, err
	}
	t := &trial{Settings: *s, fingers: fingers, pop: synth.NewPopulation(s.Seed), store: store, people: store.Gallery(), start: time.Now(),
		threshold: gallery.PersonThreshold(s.FPIR, s.People*max(s.Copies, 1))}
	if s.built() > s.People {
		t.people, err = first(store.Blocks(), s.People)
	}
	if err == nil {
		err = copies(t.people, store.Blocks(), s.Copies)
	}
	if err != nil {
		return nil, errors.Join(err, store.Close())
	}
	t.out = Report{People: s.People * max(s.Copies, 1), Distinct: s.People, Fingers: s.Fingers, Enrolled: s.enrolled(), Threshold: float64(t.threshold), Build: made.Build, Open: opened.Seconds()}
	return t, nil
}

func everyone(string) bool { return true }

func (t *trial) options() gallery.Options {
	return gallery.Options{Threshold: t.threshold, Workers: t.Workers, Clock: func() time.Duration { return time.Since(t.start) }}
}

func (t *trial) sizes(context.Context) error {
	fingers, bytes := t.store.Gallery().Footprint()
	files, err := t.store.Files()
	if err != nil {
		return err
	}
	t.out.Resident, t.out.Disk = float64(bytes)/float64(max(fingers, 1)), float64(files)/float64(max(fingers, 1))
	return nil
}

// probe is a capture of a person: of index people and above nobody is enrolled.
func (t *trial) probe(person int) []gallery.Finger {
	out := make([]gallery.Finger, len(t.fingers))
	for i, f := range t.fingers {
		out[i] = gallery.Finger{Position: f, Template: finger.Prepare(t.pop.Probe(uint64(person), f, 0))}
	}
	return out
}

// mate compares a probe with its own person alone: what an exhaustive search would find.
func (t *trial) mate(ctx context.Context, person int, probe []gallery.Finger) (finger.Score, error) {
	g := gallery.New()
	for _, f := range t.fingers {
		r := gallery.Reference{Subject: subject(person), Position: f, Class: class, Template: finger.Prepare(t.pop.Reference(uint64(person), f))}
		if err := g.Add(r); err != nil {
			return 0, err
		}
	}
	r, err := g.Search(ctx, probe, everyone, gallery.Options{Exhaustive: true})
	if err != nil || len(r.Candidates) == 0 {
		return 0, err
	}
	return r.Candidates[0].Score, nil
}

// saturation searches batches that share each pass.
func (t *trial) saturation(ctx context.Context) error {
	n := min(t.Probes, 32)
	if n == 0 {
		return nil
	}
	queries := make([]gallery.Query, n)
	for i := range queries {
		queries[i] = gallery.Query{Probe: t.probe(t.People + i), Reach: everyone}
	}
	began := time.Now()
	if _, err := t.people.SearchAll(ctx, queries, t.options()); err != nil {
		return fmt.Errorf("saturation: %w", err)
	}
	t.out.SearchesPerS = float64(n) / time.Since(began).Seconds()
	return nil
}
