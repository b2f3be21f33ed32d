package gallery

import (
	"context"
	"math"
	"math/bits"
	"slices"

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
	voteFew    = 20 // minutiae of a record that is searched by one finger; each that it has less counts as a vote
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

// vote scores one unit for one job by some of the probe's fingers: over fingers, the best votes are added up, to what an
// earlier round gave where there was one.
func (j *job) vote(u *unit, scores []int32, d *desk, fingers []int, again bool) (compared int) {
	in := d.in[:0]
	for slot, v := range scores {
		if v != never {
			in = append(in, uint16(slot))
		}
	}
	if len(in) == 0 {
		return 0
	}
	sum, best := d.sum[:len(scores)], d.best[:len(scores)]
	for _, slot := range in {
		sum[slot] = 0
	}
	for _, f := range fingers {
		for _, slot := range in {
			best[slot] = 0
		}
		p := &j.probe[f]
		for _, c := range p.columns {
			compared += d.voteColumn(p, &u.codes.Columns[c], scores, in, best)
		}
		for _, slot := range in {
			v := best[slot]
			sum[slot] += v + 3*max(0, v-voteFloor)
		}
	}
	for _, slot := range in {
		switch v := scores[slot]; {
		case v == always:
		case again:
			scores[slot] = v + sum[slot]
		default:
			scores[slot] = sum[slot]
		}
	}
	return compared
}

// voteColumn compares a probe's finger with a column's records of the people who are in.
func (d *desk) voteColumn(p *probeFinger, col *Column, scores []int32, in []uint16, best []int32) (compared int) {
	if col.ordered { // entry e is of person e: no need to look at the others
		for _, slot := range in {
			if int(slot) < len(col.Slots) {
				best[slot] = max(best[slot], d.weigh(p, col.record(int(slot))))
				compared++
			}
		}
		return compared
	}
	for e, slot := range col.Slots {
		if scores[slot] != never {
			best[slot] = max(best[slot], d.weigh(p, col.record(e)))
			compared++
		}
	}
	return compared
}

// weigh is votes, with what a record of few minutiae is given where one finger alone must find it: its mate can bring few
// votes, and no other finger makes up for that.
func (d *desk) weigh(p *probeFinger, r *[kernel.RecordWords]uint64) int32 {
	v := d.votes(p, r)
	if p.alone {
		v += max(0, voteFew-int32(r[kernel.RecordN]&countMask))
	}
	return v
}

// Rounds of voting. Of many fingers of known positions the richest vote first, and only the people they speak for most are
// looked at by the others (docs/scale.md has what that loses); less than half of the votes are counted.
const (
	firstFingers = 4  // that vote first
	fewestRounds = 8  // with fewer fingers all vote at once
	roundShare   = 25 // people kept after the first round for each that the stage passes on
)

// rounds are the fingers that vote, round by round.
func (j *job) rounds() [][]int {
	all := make([]int, len(j.probe))
	for i := range all {
		all[i] = i
	}
	if j.known() < fewestRounds || j.known() != len(j.probe) {
		return [][]int{all}
	}
	slices.SortStableFunc(all, func(a, b int) int { return len(j.probe[b].Minutiae) - len(j.probe[a].Minutiae) })
	return [][]int{all[:firstFingers], all[firstFingers:]}
}

// voteAll is the second stage for several jobs.
func (g *Gallery) voteAll(ctx context.Context, jobs []*job, list []unit, opt Options) error {
	start, workers := opt.clock(), max(opt.Workers, 1)
	desks := make([]desk, workers)
	compared := make([]int, workers*len(jobs))
	before, left := make([]int, len(jobs)), make([]int, len(jobs))
	rounds := make([][][]int, len(jobs))
	most := 0
	for k, j := range jobs {
		before[k], rounds[k] = j.in(), j.rounds()
		most = max(most, len(rounds[k]))
	}
	for r := range most {
		err := g.each(ctx, len(list), opt, func(worker, i int) {
			for k, j := range jobs {
				if j.scores[i] != nil && r < len(rounds[k]) {
					compared[worker*len(jobs)+k] += j.vote(&list[i], j.scores[i], &desks[worker], rounds[k][r], r > 0)
				}
			}
		})
		if err != nil {
			return err
		}
		for k, j := range jobs {
			switch n := j.share(j.compare); {
			case r+1 < len(rounds[k]):
				j.keep(n * roundShare)
			case r+1 == len(rounds[k]):
				left[k] = j.keep(n)
			}
		}
	}
	took := opt.clock() - start
	for k, j := range jobs {
		n := 0
		for w := range workers {
			n += compared[w*len(jobs)+k]
		}
		j.done(Stage{Name: "vote", People: before[k], Fingers: n, Candidates: left[k], Took: took}, list)
	}
	return nil
}

var _ [64 - code.MaxProbe]struct{} // a probe's minutiae fit the bits of a word
