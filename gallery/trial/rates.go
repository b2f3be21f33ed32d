package trial

import (
	"context"
	"strings"
	"time"

	"convenio/gallery"
)

// tallies count what searches one at a time came to.
type tallies struct {
	took                                      []time.Duration
	cpu                                       time.Duration
	findable, missed, missedByAll, first, hit int // hit: non-mated searches that found somebody
	stages                                    []StageReport
	kept                                      []int // by stage: findable mates still in
}

// rates searches mated and then non-mated probes one at a time.
func (t *trial) rates(ctx context.Context) error {
	var n tallies
	for i := range t.Probes {
		person := i * max(1, t.People/t.Probes) % t.People
		if err := t.mated(ctx, person, &n); err != nil {
			return err
		}
		t.tell("mated searches", i+1, t.Probes)
	}
	for i := range t.Probes {
		r, err := t.timed(ctx, t.probe(t.People+i), t.options(), &n)
		if err != nil {
			return err
		}
		if len(r.Candidates) > 0 {
			n.hit++
		}
		t.tell("non-mated searches", i+1, t.Probes)
	}
	t.write(&n)
	return nil
}

// timed is one search with its time.
func (t *trial) timed(ctx context.Context, probe []gallery.Finger, opt gallery.Options, n *tallies) (gallery.Result, error) {
	cpu, began := cpuTime(), time.Now()
	r, err := t.people.Search(ctx, probe, everyone, opt)
	n.took, n.cpu = append(n.took, time.Since(began)), n.cpu+cpuTime()-cpu
	return r, err
}

// mated searches for somebody who is there.
func (t *trial) mated(ctx context.Context, person int, n *tallies) error {
	probe := t.probe(person)
	exact, err := t.mate(ctx, person, probe)
	if err != nil {
		return err
	}
	opt := t.options()
	opt.Follow = subject(person)
	r, err := t.timed(ctx, probe, opt, n)
	if err != nil {
		return err
	}
	found := false
	for k, c := range r.Candidates {
		// Copies of a person have the person's score, and come in any order.
		if c.Subject == opt.Follow || t.Copies > 1 && strings.HasPrefix(c.Subject, opt.Follow) {
			found = true
			if k == 0 {
				n.first++
			}
		}
	}
	if !found {
		n.missed++
	}
	findable := exact >= t.threshold
	if findable {
		n.findable++
	} else {
		n.missedByAll++
	}
	n.add(r.Stages, findable, found)
	return nil
}

// add counts a search's stages; whether the last one kept the mate is the answer's to say.
func (n *tallies) add(stages []gallery.Stage, findable, found bool) {
	for k, s := range stages {
		if k == len(n.stages) {
			n.stages, n.kept = append(n.stages, StageReport{Name: s.Name}), append(n.kept, 0)
		}
		n.stages[k].Candidates += float64(s.Candidates)
		n.stages[k].Ms += float64(s.Took.Microseconds()) / 1000
		if findable && (s.Followed || k == len(stages)-1 && found) {
			n.kept[k]++
		}
	}
}

// write puts the counts into the report.
func (t *trial) write(n *tallies) {
	o := &t.out
	o.Probes = t.Probes
	o.FNIR, o.FNIRCI = share(n.missed, t.Probes), Wilson(n.missed, t.Probes)
	o.FPIR, o.FPIRCI = share(n.hit, t.Probes), Wilson(n.hit, t.Probes)
	o.Compared, o.Rank1 = share(n.missedByAll, t.Probes), share(n.first, t.Probes)
	for k, s := range n.stages {
		s.Recall = share(n.kept[k], n.findable)
		s.Candidates /= float64(t.Probes)
		s.Ms /= float64(t.Probes)
		o.Stages = append(o.Stages, s)
	}
	o.P50, o.P95, o.P99 = quantile(n.took, 0.5), quantile(n.took, 0.95), quantile(n.took, 0.99)
	o.CPU = float64(n.cpu.Microseconds()) / 1000 / float64(max(len(n.took), 1))
}
