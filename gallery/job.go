package gallery

import (
	"convenio/finger"
	"convenio/gallery/code"
)

// probeFinger is a finger of a probe as the first stages need it.
type probeFinger struct {
	position finger.Position
	columns  []int // of a shelf that it is compared with
	alone    bool  // the probe is this finger
	code.Code
	words []uint64
	dirs  []uint8
	z     [zSize]int16 // what a distance says, see calibrate
}

// prepareProbe makes the codes of a probe. With loose, positions are not relied on.
func prepareProbe(probe []Finger, loose bool) []probeFinger {
	out := make([]probeFinger, len(probe))
	for i, f := range probe {
		p := &out[i]
		p.position, p.alone, p.Code = f.Position, len(probe) == 1, code.Encode(f.Template, code.MaxProbe)
		for _, m := range p.Minutiae {
			p.words, p.dirs = append(p.words, m.Word), append(p.dirs, m.Dir)
		}
		switch {
		case f.Position == 0 || loose:
			for c := range positions {
				p.columns = append(p.columns, c)
			}
		case int(f.Position) < positions:
			p.columns = []int{0, int(f.Position)}
		}
	}
	return out
}

// job is one query on its way through the stages.
type job struct {
	query          Query
	follow         string
	probe          []probeFinger
	class          []bool    // which classes it may reach
	scores         [][]int32 // by unit and slot, of the last stage done; out of reach: nil
	people         int       // within reach
	pairs          int       // comparisons of fingers that everyone within reach would take
	votes, compare int       // bounds of the second and the last stage, in fingers
	stages         []Stage
}

// aloneShare is how many times as many comparisons one finger of known position is given: its votes tell least. Of 1,108
// synthetic mates whose score reaches the threshold for 100,000 people, 19 were not within the first hundredth of strangers,
// 7 not within six hundredths (TestRecallOfOneFinger).
const aloneShare = 6

// bound sets a job's bounds. Strangers' sums over k fingers deviate by the root of k, mates' means grow with k: fewer people
// need be looked at.
func (j *job) bound(opt Options) {
	j.votes, j.compare = opt.Votes, opt.Compare
	if j.votes <= 0 {
		j.votes = DefaultVotes / max(1, j.known()/2)
	}
	if j.compare <= 0 {
		j.compare = DefaultCompare * 2 / max(2, j.known()/2)
		if len(j.probe) == 1 && j.known() == 1 {
			j.compare = DefaultCompare * aloneShare
		}
	}
}

// known is how many fingers of known positions the probe has.
func (j *job) known() int {
	var seen [positions]bool
	n := 0
	for i := range j.probe {
		if p := &j.probe[i]; len(p.columns) == 2 && !seen[p.position] {
			seen[p.position] = true
			n++
		}
	}
	return n
}

// Scores that no stage gives.
const (
	never  = -1 << 30 // the person is out
	always = 1 << 30  // the first stages cannot tell: the person stays in
)

// open prepares a job's place for scores and counts what is before it.
func (j *job) open(list []unit) {
	j.scores = make([][]int32, len(list))
	j.people, j.pairs = 0, 0
	for i := range list {
		u := &list[i]
		if !j.class[u.class] {
			continue
		}
		j.people += u.size()
		j.pairs += j.against(u)
		s := make([]int32, u.size())
		for slot := range s {
			if !u.there(slot) {
				s[slot] = never
			}
		}
		for _, slot := range u.codes.Bare {
			if s[slot] != never {
				s[slot] = always
			}
		}
		j.scores[i] = s
	}
}

// against is how many comparisons of codes the job has with a unit.
func (j *job) against(u *unit) (n int) {
	for i := range j.probe {
		for _, c := range j.probe[i].columns {
			n += len(u.codes.Columns[c].Slots)
		}
	}
	return n
}

// share is how many people of those within reach come with so many comparisons, at least 20.
func (j *job) share(comparisons int) int {
	return max(20, int(int64(comparisons)*int64(j.people)/int64(max(j.pairs, 1))))
}

// keep puts out everyone but the best n, and those of whom the first stages cannot tell. Of those who tie with the last of
// the n the first ones stay: where nobody can be told apart, as with a probe of three minutiae, the work stays bounded. It
// returns how many are left.
func (j *job) keep(n int) (left int) {
	cut, ties := j.cut(n)
	for _, s := range j.scores {
		for slot, v := range s {
			switch {
			case v == never:
			case v == always || bucket(v) > cut:
				left++
			case bucket(v) == cut && ties > 0:
				ties--
				left++
			default:
				s[slot] = never
			}
		}
	}
	return left
}

// scoreSpan is how many scores, half of them below zero, can be told apart when people are kept.
const scoreSpan = 1 << 14

func bucket(score int32) int { return int(min(max(score+scoreSpan/2, 0), scoreSpan-1)) }

// cut finds the bucket in which the n-th best score is, and how many of that bucket are among the n.
func (j *job) cut(n int) (at, ties int) {
	count := make([]int, scoreSpan)
	for _, s := range j.scores {
		for _, v := range s {
			if v != never && v != always {
				count[bucket(v)]++
			}
		}
	}
	for at = len(count) - 1; at > 0 && n > count[at]; at-- {
		n -= count[at]
	}
	return at, n
}

// done writes a stage down.
func (j *job) done(s Stage, list []unit) {
	if j.follow != "" {
		s.Followed = j.holds(list, j.follow)
	}
	j.stages = append(j.stages, s)
}

func (j *job) holds(list []unit, subject string) bool {
	for i, s := range j.scores {
		for slot, v := range s {
			if v != never && list[i].subject(slot) == subject {
				return true
			}
		}
	}
	return false
}

// in is how many people are still in.
func (j *job) in() (n int) {
	for _, s := range j.scores {
		for _, v := range s {
			if v != never {
				n++
			}
		}
	}
	return n
}
