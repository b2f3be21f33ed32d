package trial

import (
	"context"
	"fmt"
	"strings"
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
	fingers, err := Positions(s.Fingers)
	if err != nil {
		return Report{}, err
	}
	store, made, opened, err := s.openOrBuild()
	if err != nil {
		return Report{}, err
	}
	defer store.Close()
	t := &trial{Settings: s, fingers: fingers, pop: synth.NewPopulation(s.Seed), store: store, people: store.Gallery(), start: time.Now(),
		threshold: gallery.PersonThreshold(s.FPIR, s.People*max(s.Copies, 1))}
	if err := copies(t.people, store.Blocks(), s.Copies); err != nil {
		return Report{}, err
	}
	t.out = Report{People: s.People * max(s.Copies, 1), Distinct: s.People, Fingers: s.Fingers, Enrolled: s.enrolled(), Threshold: float64(t.threshold), Build: made.Build, Open: opened.Seconds()}
	for _, step := range []func(context.Context) error{t.sizes, t.rates, t.saturation, t.firstStages, t.enrolment, t.plant} {
		if err := step(ctx); err != nil {
			return Report{}, err
		}
	}
	return t.out, nil
}

func everyone(string) bool { return true }

func (t *trial) options() gallery.Options {
	return gallery.Options{Threshold: t.threshold, Workers: t.Workers, Clock: func() time.Duration { return time.Since(t.start) }}
}

func (t *trial) sizes(context.Context) error {
	fingers, bytes := t.people.Footprint()
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

// rates searches mated and non-mated probes one at a time.
func (t *trial) rates(ctx context.Context) error {
	var took []time.Duration
	var spent time.Duration
	findable, missed, missedByAll, first, false1 := 0, 0, 0, 0, 0
	stages := map[string]*StageReport{}
	var order []string
	kept := map[string]int{}
	for i := range t.Probes {
		person := i * (t.People / max(t.Probes, 1))
		if t.Probes > t.People {
			person = i % t.People
		}
		probe := t.probe(person)
		exact, err := t.mate(ctx, person, probe)
		if err != nil {
			return err
		}
		opt := t.options()
		opt.Follow = subject(person)
		cpu, began := cpuTime(), time.Now()
		r, err := t.people.SearchAll(ctx, []gallery.Query{{Probe: probe, Reach: everyone}}, opt)
		if err != nil {
			return err
		}
		took, spent = append(took, time.Since(began)), spent+cpuTime()-cpu
		found := false
		for k, c := range r[0].Candidates {
			if c.Subject == opt.Follow {
				found = true
				if k == 0 {
					first++
				}
			}
		}
		if !found && t.Copies > 1 && len(r[0].Candidates) > 0 {
			found = strings.HasPrefix(r[0].Candidates[0].Subject, opt.Follow) // a copy, whose score is the same
		}
		if !found {
			missed++
		}
		if exact < t.threshold {
			missedByAll++
		} else {
			findable++
		}
		for _, s := range r[0].Stages {
			if stages[s.Name] == nil {
				stages[s.Name], order = &StageReport{Name: s.Name}, append(order, s.Name)
			}
			stages[s.Name].Candidates += float64(s.Candidates)
			stages[s.Name].Ms += float64(s.Took.Microseconds()) / 1000
			if exact >= t.threshold && s.Followed {
				kept[s.Name]++
			}
		}
		t.tell("mated searches", i+1, t.Probes)
	}
	for i := range t.Probes {
		probe := t.probe(t.People + i)
		cpu, began := cpuTime(), time.Now()
		r, err := t.people.Search(ctx, probe, everyone, t.options())
		if err != nil {
			return err
		}
		took, spent = append(took, time.Since(began)), spent+cpuTime()-cpu
		if len(r.Candidates) > 0 {
			false1++
		}
		t.tell("non-mated searches", i+1, t.Probes)
	}
	o := &t.out
	o.Probes = t.Probes
	o.FNIR, o.FNIRCI = share(missed, t.Probes), Wilson(missed, t.Probes)
	o.FPIR, o.FPIRCI = share(false1, t.Probes), Wilson(false1, t.Probes)
	o.Compared, o.Rank1 = share(missedByAll, t.Probes), share(first, t.Probes)
	for _, name := range order {
		s := *stages[name]
		s.Recall = share(kept[name], findable)
		s.Candidates /= float64(t.Probes)
		s.Ms /= float64(t.Probes)
		o.Stages = append(o.Stages, s)
	}
	o.P50, o.P95, o.P99 = quantile(took, 0.5), quantile(took, 0.95), quantile(took, 0.99)
	o.CPU = float64(spent.Microseconds()) / 1000 / float64(max(len(took), 1))
	return nil
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
