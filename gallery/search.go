package gallery

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"convenio/finger"
)

// Finger is one finger of a probe.
type Finger struct {
	Position finger.Position // 0: unknown, compared with every finger of a record
	Template *finger.Prepared
}

// Options of a search.
type Options struct {
	// Threshold is the least fused score of a candidate; see PersonThreshold.
	Threshold finger.Score
	// Max is the greatest length of the candidate list. Defaults to DefaultMax.
	Max int
	// Workers is how many compare at the same time. Defaults to 1.
	Workers int
}

// DefaultMax is the greatest length of a candidate list when Options do not say.
const DefaultMax = 20

// MaxProbe is the greatest number of fingers of a probe.
const MaxProbe = 64

// Result of a search. Searched and Excluded are for the node's own figures: Excluded must not leave it, by answer or log.
type Result struct {
	Candidates []Candidate // by rank: score falling, ties by subject
	Searched   int         // people within reach
	Excluded   int         // people out of reach; they were counted by class and not read
}

// Candidate is an enrolled person whose fused score reaches the threshold.
type Candidate struct {
	Subject string
	Score   finger.Score  // fused over fingers, -10 log10(FMR)
	Fingers []FingerScore // what was fused, best first
}

// PersonThreshold is the threshold on a person's fused score at which a search of n people has the false positive
// identification rate fpir (0 < fpir <= 1): -10 log10(fpir/n), the bound of the union of n non-mated comparisons
// (ISO/IEC 19795-1:2021). 0 or more; for fpir <= 0 it is +Inf, which no score reaches.
func PersonThreshold(fpir float64, n int) finger.Score {
	if !(fpir > 0) {
		return finger.Score(math.Inf(1))
	}
	return finger.Score(max(0, -10*math.Log10(fpir/float64(max(n, 1)))))
}

// Search compares a probe with everyone in the classes for which reach is true; reach is called once for each class, and
// nil reaches nobody. It fails with ErrProbe, or with the context's error when that ends first: there is no partial
// result.
func (g *Gallery) Search(ctx context.Context, probe []Finger, reach func(class string) bool, opt Options) (Result, error) {
	if err := checkProbe(probe); err != nil {
		return Result{}, fmt.Errorf("search: %w", err)
	}
	if opt.Max <= 0 {
		opt.Max = DefaultMax
	}
	parts, searched, excluded := g.current.Load().reachable(reach)
	found, err := g.scan(ctx, probe, parts, opt)
	if err != nil {
		return Result{}, fmt.Errorf("search: %w", err)
	}
	return Result{Candidates: found, Searched: searched, Excluded: excluded}, nil
}

func checkProbe(probe []Finger) error {
	if len(probe) == 0 || len(probe) > MaxProbe {
		return fmt.Errorf("%w: %d fingers, 1 to %d can be", ErrProbe, len(probe), MaxProbe)
	}
	for i, f := range probe {
		if f.Template == nil {
			return fmt.Errorf("%w: finger %d has no template", ErrProbe, i)
		}
	}
	return nil
}

// scan compares the probe with everyone in parts, which is all that it is given of the gallery.
func (g *Gallery) scan(ctx context.Context, probe []Finger, parts []partition, opt Options) ([]Candidate, error) {
	var blocks [][]person
	for _, p := range parts {
		blocks = append(blocks, p.blocks...)
	}
	workers := min(max(opt.Workers, 1), max(len(blocks), 1))
	lists := make([]ranking, workers)
	var next atomic.Int64
	var wg sync.WaitGroup
	for w := range workers {
		lists[w] = ranking{max: opt.Max}
		wg.Go(func() {
			c := g.pool.Get().(Comparer)
			defer g.pool.Put(c)
			m := matcher{comparer: c, probe: probe, threshold: opt.Threshold}
			for i := int(next.Add(1)) - 1; i < len(blocks) && ctx.Err() == nil; i = int(next.Add(1)) - 1 {
				m.block(ctx, blocks[i], &lists[w])
			}
		})
	}
	wg.Wait()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	out := ranking{max: opt.Max}
	for _, l := range lists {
		for _, c := range l.list {
			out.offer(c)
		}
	}
	return out.list, nil
}

// ranking keeps the best max candidates in rank order.
type ranking struct {
	max  int
	list []Candidate
}

func (r *ranking) offer(c Candidate) {
	if len(r.list) == r.max && before(r.list[len(r.list)-1], c) <= 0 {
		return
	}
	i, _ := slices.BinarySearchFunc(r.list, c, before)
	if len(r.list) == r.max {
		r.list = r.list[:r.max-1]
	}
	r.list = slices.Insert(r.list, i, c)
}

// before orders candidates by rank: score falling, then subject, so that the order never depends on chance.
func before(a, b Candidate) int {
	if n := cmp.Compare(b.Score, a.Score); n != 0 {
		return n
	}
	return strings.Compare(a.Subject, b.Subject)
}
