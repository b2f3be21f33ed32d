package gallery

import (
	"context"
	"math"
	"math/bits"

	"convenio/gallery/code"
	"convenio/gallery/kernel"
)

// The second stage: minutiae whose words are near each other vote for a movement of the print. The few nearest pairs are
// tried as such; a movement's votes are those of all pairs that it brings together, each minutia of the probe counted once.
const (
	voteLimit  = 8  // bits by which two words may differ
	voteTurn   = 48 // 256 to a turn: by which two directions may
	voteSeeds  = 4  // movements tried; ten find no more mates
	voteSpread = 14 // 256 to a turn: by which two pairs' turns may differ
	voteReach  = 7  // steps by which a pair may miss
	voteFloor  = 16 // votes that strangers often get; those above count four times when fingers are added up
	mostHits   = 192
)

var voteCos, voteSin = func() (c, s [256]int32) {
	for i := range 256 {
		a := 2 * math.Pi * float64(i) / 256
		c[i], s[i] = int32(math.RoundToEven(math.Cos(a)*1024)), int32(math.RoundToEven(math.Sin(a)*1024))
	}
	return c, s
}()

// hit is a pair of minutiae near each other.
type hit struct {
	probe          uint8
	turn           int8
	weight         uint8
	px, py, rx, ry int8
}

// near is a pair of minutiae by number, and the distance of their words.
type near struct{ i, k, d uint8 }

// votes compares a probe's finger with one record.
func (d *desk) votes(p *probeFinger, r *[kernel.RecordWords]uint64) int32 {
	kernel.Hits(d.mask[:len(p.words)], r, p.words, p.dirs, voteLimit, voteTurn)
	hits := d.hits[:d.collect(p, r)]
	var best int32
	for s := range min(len(hits), voteSeeds) {
		best = max(best, tally(hits, &hits[s]))
	}
	return best
}

// collect lists the hits, nearest words first.
func (d *desk) collect(p *probeFinger, r *[kernel.RecordWords]uint64) int {
	raw, list := &d.pairs, &d.hits
	var at [voteLimit + 2]int
	n := 0
	there := uint32(1<<(r[kernel.RecordN]&countMask) - 1)
	for i, m := range d.mask[:len(p.words)] {
		for m &= there; m != 0 && n < mostHits; m &= m - 1 {
			k := bits.TrailingZeros32(m)
			raw[n] = near{uint8(i), uint8(k), uint8(bits.OnesCount64(p.words[i] ^ r[k]))}
			at[raw[n].d+1]++
			n++
		}
	}
	for i := 1; i < len(at); i++ {
		at[i] += at[i-1]
	}
	for _, x := range raw[:n] {
		k, by := int(x.k)/8, x.k%8*8
		m := &p.Minutiae[x.i]
		list[at[x.d]] = hit{
			probe: x.i, turn: int8(uint8(r[kernel.Minutiae+k]>>by) - m.Dir), weight: voteLimit + 2 - x.d,
			px: m.X, py: m.Y, rx: int8(r[kernel.RecordX+k] >> by), ry: int8(r[kernel.RecordY+k] >> by),
		}
		at[x.d]++
	}
	return n
}

// tally counts the votes for the movement that one pair stands for.
func tally(hits []hit, seed *hit) (sum int32) {
	c, s := voteCos[uint8(seed.turn)], voteSin[uint8(seed.turn)]
	var used uint64
	for i := range hits {
		h := &hits[i]
		if dr := h.turn - seed.turn; dr > voteSpread || dr < -voteSpread {
			continue
		}
		dx, dy := int32(h.px)-int32(seed.px), int32(h.py)-int32(seed.py)
		ex := (dx*c+dy*s)>>10 + int32(seed.rx) - int32(h.rx)
		ey := (dy*c-dx*s)>>10 + int32(seed.ry) - int32(h.ry)
		if ex > voteReach || ex < -voteReach || ey > voteReach || ey < -voteReach || used>>h.probe&1 == 1 {
			continue
		}
		used |= 1 << h.probe
		sum += int32(h.weight)
	}
	return sum
}

// vote scores one unit for one job: over fingers, the best votes are added up.
func (j *job) vote(u *unit, scores []int32, d *desk) (compared int) {
	sum := d.sum[:len(scores)]
	clear(sum)
	for f := range j.probe {
		p := &j.probe[f]
		best := d.best[:len(scores)]
		clear(best)
		for _, c := range p.columns {
			col := &u.codes.Columns[c]
			for e, slot := range col.Slots {
				if scores[slot] != never {
					best[slot] = max(best[slot], d.votes(p, col.record(e)))
					compared++
				}
			}
		}
		for slot, v := range best {
			sum[slot] += v + 3*max(0, v-voteFloor)
		}
	}
	for slot, v := range scores {
		if v != never && v != always {
			scores[slot] = sum[slot]
		}
	}
	return compared
}

// voteAll is the second stage for several jobs.
func (g *Gallery) voteAll(ctx context.Context, jobs []*job, list []unit, opt Options) error {
	start, workers := opt.clock(), max(opt.Workers, 1)
	desks := make([]desk, workers)
	compared := make([]int, workers*len(jobs))
	before := make([]int, len(jobs))
	for k, j := range jobs {
		before[k] = j.in()
	}
	err := g.each(ctx, len(list), opt, func(worker, i int) {
		for k, j := range jobs {
			if j.scores[i] != nil {
				compared[worker*len(jobs)+k] += j.vote(&list[i], j.scores[i], &desks[worker])
			}
		}
	})
	if err != nil {
		return err
	}
	took := opt.clock() - start
	for k, j := range jobs {
		n := 0
		for w := range workers {
			n += compared[w*len(jobs)+k]
		}
		left := j.keep(j.share(j.compare))
		j.done(Stage{Name: "vote", People: before[k], Fingers: n, Candidates: left, Took: took}, list)
	}
	return nil
}

var _ [64 - code.MaxProbe]struct{} // a probe's minutiae fit the bits of a word
