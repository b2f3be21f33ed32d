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
)

var rootOf = func() (r [MaxProbe + 1]int32) { // 1024 over the root
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
	for v := range p.z {
		z := (mean - float64(v)) * sigma / deviation
		p.z[v] = int16(min(max(z, leastZ), mostZ))
	}
}

// scan scores one unit for one job.
func (j *job) scan(u *unit, scores []int32, d *desk) {
	sum, fingers := d.sum[:len(scores)], d.fingers[:len(scores)]
	clear(sum)
	clear(fingers)
	for f := range j.probe {
		p := &j.probe[f]
		best := d.best[:len(scores)]
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
				best[slot] = max(best[slot], int32(p.z[v]))
			}
		}
		for slot, v := range best {
			if v != never {
				sum[slot] += v
				fingers[slot]++
			}
		}
	}
	for slot, v := range scores {
		if v != never && v != always {
			scores[slot] = sum[slot] * rootOf[fingers[slot]] >> 10
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
		j.done(Stage{Name: "scan", People: j.people, Fingers: j.pairs, Candidates: left, Took: took}, list, opt.Follow)
	}
	return nil
}
