package gallery

import (
	"context"
	"math"

	"convenio/gallery/code"
	"convenio/gallery/kernel"
)

// The first stage: the aggregates of a probe's fingers against those of everyone. What a distance says is measured in
// sixteenths of the deviation of strangers' distances; over fingers it is added up, and divided by the root of their
// number so that people with few fingers and with many compare.
const (
	sigma    = 16
	leastZ   = -sigma * 3 / 2 // one bad finger does not put a person out
	mostZ    = 12 * sigma
	sampled  = 4096 // distances that a probe finger's scale is taken from
	fewest   = 64   // with fewer the scale is a usual one
	usualD   = 245  // mean and deviation of strangers' distances
	usualDev = 14
	zSize    = 1024 // more than there are distances, so that no bound needs checking
)

var rootOf = func() (r [2 * MaxProbe]int32) { // 1024 over the root
	for n := 1; n < len(r); n++ {
		r[n] = int32(1024 / math.Sqrt(float64(n)))
	}
	return r
}()

// desk is a worker's memory.
type desk struct {
	distance []uint16
	best     [blockSize]int32 // of the probe's finger at hand
	sum      [blockSize]int32
	fingers  [blockSize]uint8
	in       [blockSize]uint16 // people of a block who are still in
	mask     [code.MaxProbe]uint32
	pairs    [mostHits]near
	hits     [mostHits]hit
}

func (d *desk) distances(col *Column, p *probeFinger) []uint16 {
	n := len(col.Slots)
	room := (n + kernel.Lanes - 1) / kernel.Lanes * kernel.Lanes
	if cap(d.distance) < room {
		d.distance = make([]uint16, room)
	}
	kernel.Distances(d.distance[:room], col.Sums, &p.Sum)
	return d.distance[:n]
}

// calibrate takes each probe finger's scale from a sample of blocks spread over those within reach.
func (j *job) calibrate(list []unit, d *desk) {
	var mine []int
	for i := range list {
		if j.scores[i] != nil {
			mine = append(mine, i)
		}
	}
	for f := range j.probe {
		p := &j.probe[f]
		var n, sum, square int
		for step := max(1, len(mine)/8); n < sampled && step > 0; step = 0 {
			for k := 0; k < len(mine) && n < sampled; k += step {
				for _, c := range p.columns {
					for _, v := range d.distances(&list[mine[k]].codes.Columns[c], p) {
						n++
						sum += int(v)
						square += int(v) * int(v)
					}
				}
			}
		}
		p.scale(n, sum, square)
	}
}

func (p *probeFinger) scale(n, sum, square int) {
	mean, deviation := float64(usualD), float64(usualDev)
	if n >= fewest {
		mean = float64(sum) / float64(n)
		deviation = max(4, math.Sqrt(max(0, float64(square)/float64(n)-float64(mean*mean))))
	}
	for v := range p.z[:code.SumWords*64+1] {
		z := (mean - float64(v)) * sigma / deviation
		p.z[v] = int16(min(max(z, leastZ), mostZ))
	}
}

// scan scores one unit for one job.
func (j *job) scan(u *unit, scores []int32, d *desk) {
	sum, fingers := d.sum[:len(scores)], d.fingers[:len(scores)]
	clear(sum)
	clear(fingers)
	whole := uint8(0) // fingers that everybody has
	for f := range j.probe {
		p := &j.probe[f]
		if col := u.codes.only(p.columns, len(scores)); col != nil {
			whole++
			dist := d.distances(col, p)
			to := sum[:len(dist)]
			for e, v := range dist {
				to[e] += int32(p.z[v%zSize])
			}
			continue
		}
		d.scanParts(u, p, sum, fingers)
	}
	for slot, v := range scores {
		if v != never && v != always {
			scores[slot] = sum[slot] * rootOf[(fingers[slot]+whole)%uint8(len(rootOf))] >> 10
		}
	}
}

// only returns the column in which, alone of those given, everybody is once and in order; nil if there is none. It is the
// usual case, and the fast one.
func (s *Shelf) only(columns []int, people int) (col *Column) {
	for _, c := range columns {
		if len(s.Columns[c].Slots) == 0 {
			continue
		}
		if col != nil {
			return nil
		}
		col = &s.Columns[c]
	}
	if col == nil || len(col.Slots) != people || !col.ordered {
		return nil
	}
	return col
}

// scanParts is scan for a finger that some people have several times or not at all: the best of each person's counts.
func (d *desk) scanParts(u *unit, p *probeFinger, sum []int32, fingers []uint8) {
	best := d.best[:len(sum)]
	for i := range best {
		best[i] = never
	}
	for _, c := range p.columns {
		col := &u.codes.Columns[c]
		if len(col.Slots) == 0 {
			continue
		}
		slots := col.Slots
		for e, v := range d.distances(col, p) {
			slot := slots[e]
			best[slot] = max(best[slot], int32(p.z[v%zSize]))
		}
	}
	for slot, v := range best {
		if v != never {
			sum[slot] += v
			fingers[slot]++
		}
	}
}

// scanAll is the first stage for several jobs: each block is read once.
func (g *Gallery) scanAll(ctx context.Context, jobs []*job, list []unit, opt Options) error {
	start := opt.clock()
	desks := make([]desk, max(opt.Workers, 1))
	for _, j := range jobs {
		j.calibrate(list, &desks[0])
	}
	err := g.each(ctx, len(list), opt, func(worker, i int) {
		for _, j := range jobs {
			if j.scores[i] != nil {
				j.scan(&list[i], j.scores[i], &desks[worker])
			}
		}
	})
	if err != nil {
		return err
	}
	took := opt.clock() - start
	for _, j := range jobs {
		left := j.keep(j.share(j.votes))
		j.done(Stage{Name: "scan", People: j.people, Fingers: j.pairs, Candidates: left, Took: took}, list)
	}
	return nil
}
