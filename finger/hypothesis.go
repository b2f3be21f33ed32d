package finger

// Most pairs of strangers can be told early, for they share no movement of the print that many links agree on. A
// comparison ends with score 0 when the best-fed link has too little support, or the best movement promises too little,
// for the smaller print's number of minutiae. Half of all strangers end here, and of mated pairs that scored 20 or more
// without these ends 1 of 1,817 of the five real sets, 1 of 1,798 of the same made harder to half strength, and 40 of 1,911
// to full strength.
const (
	hopelessSupport = 7  // halves, times the cube of the smaller number of minutiae
	hopelessPromise = 80 // times that number less hopelessSpare
	hopelessSpare   = 12
	beyondRival     = 2  // evidence with which a second movement needs no look
	belowRival      = -8 // and under which it would not help
)

// hypothesis is a motion with what it promises.
type hypothesis struct {
	motion
	promise int32
}

// bestHypothesis relaxes link weights (each is fed by those it agrees with), makes a motion of each of the strongest
// seeds, follows up the one that promises most, a close second too where the first leaves doubt, and keeps the better terms.
func (c *Comparer) bestHypothesis(a, b *Prepared) Terms {
	best := noTerms
	smaller := min(len(a.points), len(b.points))
	if 2*c.relax() < hopelessSupport*int64(smaller*smaller*smaller) {
		return best
	}
	var buf [hypotheses]hypothesis
	trial := c.hypotheses(a, b, &buf)
	first, second := bestTwo(trial)
	if first < 0 || int(trial[first].promise) < hopelessPromise*(smaller-hopelessSpare) {
		return best
	}
	best = c.follow(a, b, trial[first].motion, best)
	if second >= 0 && trial[second].promise*rivalShare >= trial[first].promise*100 && best.Evidence > belowRival && best.Evidence < beyondRival {
		best = c.follow(a, b, trial[second].motion, best)
	}
	return best
}

// follow works a movement out in full and returns the better terms of its own and those so far.
func (c *Comparer) follow(a, b *Prepared, m motion, best Terms) Terms {
	t := c.evaluate(a, b, m)
	if t.Evidence <= best.Evidence {
		return best
	}
	c.bestPair = append(c.bestPair[:0], c.grown...)
	return t
}

// hypotheses makes a motion of each of the strongest seeds.
func (c *Comparer) hypotheses(a, b *Prepared, out *[hypotheses]hypothesis) []hypothesis {
	c.target.set(b)
	for n := range out {
		seed := c.takeSeed()
		if seed < 0 {
			return out[:n]
		}
		m := c.fitMotion(a, b, seed)
		out[n] = hypothesis{m, c.promise(a, b, m)}
		c.dropFollowers(seed)
	}
	return out[:]
}

// bestTwo returns the places of the two that promise most, earlier ones first among equals; -1 where there is none.
func bestTwo(trial []hypothesis) (first, second int) {
	first, second = -1, -1
	for i := range trial {
		switch {
		case first < 0 || trial[i].promise > trial[first].promise:
			first, second = i, first
		case second < 0 || trial[i].promise > trial[second].promise:
			second = i
		}
	}
	return first, second
}

// takeSeed returns the link with most support, or -1.
func (c *Comparer) takeSeed() int {
	seed := 0
	for i, v := range c.support {
		if v > c.support[seed] {
			seed = i
		}
	}
	if c.support[seed] <= 0 {
		return -1
	}
	return seed
}

// dropFollowers takes a seed and all that agree with it out of the running: they say the same.
func (c *Comparer) dropFollowers(seed int) {
	c.support[seed] = 0
	for _, t := range c.ties.of(seed) {
		if t.value > compatOne/8 {
			c.support[t.other] = 0
		}
	}
}
