package gallery

import (
	"cmp"
	"math"
	"slices"

	"convenio/finger"
)

// FingerScore is one pair of fingers that was fused into a candidate's score.
type FingerScore struct {
	Probe       int             // index into the probe
	Position    finger.Position // of the probe's finger
	Reference   finger.Position // of the record's finger
	Score       finger.Score    // of this comparison
	Comparisons int             // how many comparisons this one is the best of; the fused score allows for them
}

// matcher compares one probe with people. It belongs to one worker.
type matcher struct {
	comparer  Comparer
	probe     []Finger
	threshold finger.Score
	loose     bool // positions are not to be relied on

	pairs  []pair // all comparisons with one person
	chosen []pair // those that are fused
	scores []finger.Score
}

// pair is one comparison of finger p of the probe with finger r of a record.
type pair struct {
	p, r         int
	probeF, recF int // physical finger of the probe, of the record
	score        finger.Score
}

// person compares the probe with one record; false when that is no candidate: below the threshold, or without a finger
// that can be compared.
func (m *matcher) person(who *person) (Candidate, bool) {
	m.compare(who.fingers)
	if len(m.pairs) == 0 {
		return Candidate{}, false
	}
	m.assign()
	m.scores = m.scores[:0]
	for _, p := range m.chosen {
		m.scores = append(m.scores, allowFor(p.score, m.tried(p.probeF)))
	}
	score := finger.Fuse(m.scores)
	if !(score >= m.threshold) {
		return Candidate{}, false
	}
	return Candidate{Subject: who.subject, Score: score, Fingers: m.evidence(who.fingers)}, true
}

func (m *matcher) evidence(record []sample) []FingerScore {
	out := make([]FingerScore, len(m.chosen))
	for i, p := range m.chosen {
		out[i] = FingerScore{p.p, m.probe[p.p].Position, record[p.r].position, p.score, m.tried(p.probeF)}
	}
	return out
}

// wants tells whether a record's finger of a position is compared with any of the probe.
func (m *matcher) wants(r finger.Position) bool {
	for _, p := range m.probe {
		if m.loose || p.Position == r || p.Position == 0 || r == 0 {
			return true
		}
	}
	return false
}

// compare makes all comparisons that the positions allow: equal, or unknown on either side.
func (m *matcher) compare(record []sample) {
	m.pairs = m.pairs[:0]
	for i, p := range m.probe {
		for j, r := range record {
			if !m.loose && p.Position != r.position && p.Position != 0 && r.position != 0 {
				continue
			}
			m.pairs = append(m.pairs, pair{
				p: i, r: j,
				probeF: physical(p.Position, i), recF: physical(r.position, j),
				score: atLeast0(m.comparer.Compare(p.Template, r.template)),
			})
		}
	}
}

// atLeast0 takes a score that is negative or no number as 0: no evidence.
func atLeast0(s finger.Score) finger.Score {
	if s > 0 {
		return s
	}
	return 0
}

// physical numbers the finger that a sample is of: samples of one known position are of one finger, a sample of unknown
// position is taken as a finger of its own.
func physical(p finger.Position, index int) int {
	if p != 0 {
		return int(p)
	}
	return -1 - index
}

// assign chooses, best score first, pairs in which no finger of either side comes twice: Fisher's method wants
// independent scores, and two samples of one finger are not.
func (m *matcher) assign() {
	slices.SortStableFunc(m.pairs, func(a, b pair) int { return cmp.Compare(b.score, a.score) })
	m.chosen = m.chosen[:0]
	for _, p := range m.pairs {
		taken := func(c pair) bool { return c.probeF == p.probeF || c.recF == p.recF }
		if !slices.ContainsFunc(m.chosen, taken) {
			m.chosen = append(m.chosen, p)
		}
	}
}

// tried is how many comparisons a finger of the probe took part in.
func (m *matcher) tried(probeF int) (n int) {
	for _, p := range m.pairs {
		if p.probeF == probeF {
			n++
		}
	}
	return n
}

// allowFor lowers the score of the best of n comparisons to that of one: the probability that any of n non-mated
// comparisons scores s is at most n times that of one (Bonferroni).
func allowFor(s finger.Score, n int) finger.Score {
	if n <= 1 {
		return s
	}
	return max(0, s-finger.Score(10*math.Log10(float64(n))))
}
