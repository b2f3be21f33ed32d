package gallery

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
)

// Query is one probe with the classes that it may reach.
type Query struct {
	Probe  []Finger
	Reach  func(class string) bool
	Follow string // as in Options, for this query alone
}

// together is how many queries share one pass over the codes.
const together = 16

// SearchAll answers several queries; they share each pass over memory, and the answers are those of single searches. It
// fails with ErrProbe, or with the context's error when that ends first.
func (g *Gallery) SearchAll(ctx context.Context, queries []Query, opt Options) ([]Result, error) {
	for i, q := range queries {
		if err := checkProbe(q.Probe); err != nil {
			return nil, fmt.Errorf("search: query %d: %w", i, err)
		}
	}
	if opt.Max <= 0 {
		opt.Max = DefaultMax
	}
	defer g.running.enter()()
	g.lanes.enter(opt.Lane)
	defer g.lanes.leave(opt.Lane)
	now := g.current.Load()
	out := make([]Result, 0, len(queries))
	for part := range slices.Chunk(queries, together) {
		found, err := g.pass(ctx, now, part, opt)
		if err != nil {
			return nil, fmt.Errorf("search: %w", err)
		}
		out = append(out, found...)
	}
	return out, nil
}

// pass takes some queries through the stages.
func (g *Gallery) pass(ctx context.Context, now *snapshot, queries []Query, opt Options) ([]Result, error) {
	jobs, out, list := g.jobs(now, queries, opt)
	var scan, vote []*job
	for _, j := range jobs {
		j.bound(opt)
		if !opt.Exhaustive && j.pairs > j.compare {
			vote = append(vote, j)
		}
		if !opt.Exhaustive && j.pairs > max(j.compare, j.votes) {
			scan = append(scan, j)
		}
	}
	if len(scan) > 0 {
		if err := g.scanAll(ctx, scan, list, opt); err != nil {
			return nil, err
		}
	}
	if len(vote) > 0 {
		if err := g.voteAll(ctx, vote, list, opt); err != nil {
			return nil, err
		}
	}
	for i, j := range jobs {
		found, err := g.compareAll(ctx, j, list, opt)
		if err != nil {
			return nil, err
		}
		out[i].Candidates, out[i].Tied, out[i].Stages = found, tied(found), j.stages
	}
	return out, nil
}

// jobs lays out the queries: the blocks that any of them may reach, in order of class, and for each query which.
func (g *Gallery) jobs(now *snapshot, queries []Query, opt Options) (jobs []*job, out []Result, list []unit) {
	classes := now.classes()
	wanted := make([]bool, len(classes))
	out = make([]Result, len(queries))
	for i, q := range queries {
		j := &job{query: q, class: make([]bool, len(classes)), follow: cmp.Or(q.Follow, opt.Follow)}
		for c, k := range classes {
			if q.Reach == nil || !q.Reach(k.Class) {
				out[i].Excluded += k.People
				continue
			}
			j.class[c], wanted[c] = true, true
			out[i].Searched += k.People
		}
		jobs = append(jobs, j)
	}
	var parts []partition
	var index []int
	for c, k := range classes {
		if wanted[c] {
			parts, index = append(parts, now.partitions[k.Class]), append(index, c)
		}
	}
	list = units(parts, index)
	for _, j := range jobs {
		if !opt.Exhaustive {
			j.probe = prepareProbe(j.query.Probe, opt.Loose)
		}
		j.open(list)
	}
	return jobs, out, list
}

// chosen is one person whom the last stage compares.
type chosen struct {
	unit, slot int
	score      int32
}

// choose lists the people who are in, best first.
func (j *job) choose() (list []chosen) {
	for i, s := range j.scores {
		for slot, v := range s {
			if v != never {
				list = append(list, chosen{i, slot, v})
			}
		}
	}
	slices.SortFunc(list, func(a, b chosen) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.unit, b.unit), cmp.Compare(a.slot, b.slot))
	})
	return list
}

// compareAll is the last stage: the full comparison of everyone who is still in.
func (g *Gallery) compareAll(ctx context.Context, j *job, list []unit, opt Options) ([]Candidate, error) {
	const batch = 8
	start, who := opt.clock(), j.choose()
	workers := max(opt.Workers, 1)
	lists, made := make([]ranking, workers), make([]int, workers)
	for w := range lists {
		lists[w].max = opt.Max
	}
	matchers, failed := make([]*matcher, workers), make([]error, workers)
	err := g.each(ctx, (len(who)+batch-1)/batch, opt, func(w, i int) {
		if matchers[w] == nil {
			matchers[w] = &matcher{comparer: g.pool.Get().(Comparer), probe: j.query.Probe, threshold: opt.Threshold, loose: opt.Loose}
		}
		m := matchers[w]
		for _, c := range who[i*batch : min((i+1)*batch, len(who))] {
			if ctx.Err() != nil || failed[w] != nil {
				return
			}
			p, err := list[c.unit].person(c.slot, m.wants)
			if errors.Is(err, ErrUnknown) {
				continue
			}
			if failed[w] = err; err != nil {
				return
			}
			if x, ok := m.person(&p); ok {
				lists[w].offer(x)
			}
			made[w] += len(m.pairs)
		}
	})
	err = errors.Join(errors.Join(failed...), err)
	for _, m := range matchers {
		if m != nil {
			g.pool.Put(m.comparer)
		}
	}
	if err != nil {
		return nil, err
	}
	s := Stage{Name: "compare", People: len(who)}
	out := ranking{max: opt.Max}
	for w, l := range lists {
		s.Fingers += made[w]
		for _, c := range l.list {
			out.offer(c)
		}
	}
	for _, c := range out.list {
		s.Followed = s.Followed || j.follow != "" && c.Subject == j.follow
	}
	s.Candidates, s.Took = len(out.list), opt.clock()-start
	j.stages = append(j.stages, s)
	return out.list, nil
}

// tied counts the candidates that are within TieMargin of the best.
func tied(list []Candidate) (n int) {
	for _, c := range list {
		if c.Score+TieMargin >= list[0].Score {
			n++
		}
	}
	return n
}
