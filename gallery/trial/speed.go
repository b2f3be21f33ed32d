package trial

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"convenio/gallery/kernel"
	"convenio/gallery/segment"
)

// repeats is how often a speed is measured; the best counts, since other work on the machine only slows. Speeds of one
// core are by processor time where the system tells it.
const repeats = 7

// firstStages measures the first stages on one core, whatever the gallery's size, and the memory's limit beside them.
func (t *trial) firstStages(ctx context.Context) error {
	probe := t.probe(t.People)
	for range repeats {
		opt := t.options()
		opt.Workers, opt.Votes, opt.Compare = 1, 1, 1
		if cpuTime() > 0 {
			opt.Clock = cpuTime // one thread works: what others do on the machine counts less
		}
		r, err := t.people.Search(ctx, probe, everyone, opt)
		if err != nil {
			return err
		}
		if s := r.Stages[0]; s.Name == "scan" && s.Took > 0 {
			t.out.FirstStageRate = max(t.out.FirstStageRate, float64(s.Fingers)/s.Took.Seconds())
		}
		opt.Votes = min(200_000, t.People*len(t.fingers)) // votes on so many
		if r, err = t.people.Search(ctx, probe, everyone, opt); err != nil {
			return err
		}
		for _, s := range r.Stages {
			if s.Name == "vote" && s.Took > 0 {
				t.out.VoteRate = max(t.out.VoteRate, float64(s.Fingers)/s.Took.Seconds())
			}
		}
	}
	t.out.MemoryRead = t.out.FirstStageRate * kernel.SumWords * 8 / 1e9
	t.out.MemoryLimit = memoryLimit(cmp.Or(t.reading, 512))
	return nil
}

// memoryLimit adds up so many MiB, the fastest of several times, in GB a second.
func memoryLimit(mib int) (best float64) {
	words := make([]uint64, mib<<17)
	for i := range words {
		words[i] = uint64(i)
	}
	for range repeats {
		began, cpu := time.Now(), cpuTime()
		var s [8]uint64
		for i := 0; i+8 <= len(words); i += 8 {
			w := (*[8]uint64)(words[i:])
			for k := range s {
				s[k] += w[k]
			}
		}
		took := time.Since(began)
		if cpu > 0 {
			took = cpuTime() - cpu
		}
		best = max(best, float64(len(words)*8)/took.Seconds()/1e9)
		runtime.KeepAlive(s)
	}
	return best
}

// enrolment adds people to a store of its own, ten a call, each call on disk when it returns.
func (t *trial) enrolment(context.Context) error {
	dir := filepath.Join(t.Dir, "enrolment.tmp")
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	s, err := segment.Open(dir)
	if err != nil {
		return err
	}
	defer s.Close()
	people := make([]segment.Person, 40)
	for i := range people {
		if people[i], err = enrolled(t.pop, i, t.fingers); err != nil {
			return err
		}
	}
	for r := range 3 {
		began := time.Now()
		for i := 0; i < len(people); i += 10 {
			part := append([]segment.Person(nil), people[i:i+10]...)
			for k := range part {
				part[k].Subject = fmt.Sprint(r, " ", i, " ", k)
			}
			if err := s.Add(part...); err != nil {
				return err
			}
		}
		t.out.Enrol = max(t.out.Enrol, float64(len(people)*len(t.fingers))/time.Since(began).Seconds())
	}
	return nil
}
