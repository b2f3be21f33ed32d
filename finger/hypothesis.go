package finger

// hypothesis is a motion with what it promises.
type hypothesis struct {
	motion
	promise int32
}

// bestHypothesis relaxes link weights (each is fed by those it agrees with), makes a motion of each of the strongest
// seeds, follows up the two that promise most and keeps the better terms.
func (c *Comparer) bestHypothesis(a, b *Prepared) Terms {
	c.relax()
	c.layRows(b)
	var trial [hypotheses]hypothesis
	n := 0
	for n < hypotheses {
		seed := c.takeSeed()
		if seed < 0 {
			break
		}
		m := c.fitMotion(a, b, seed)
		trial[n] = hypothesis{m, c.promise(a, b, m)}
		c.dropFollowers(seed)
		n++
	}
	first, second := bestTwo(trial[:n])
	best := Terms{Evidence: hopeless}
	c.bestPair = c.bestPair[:0]
	for _, k := range [followed]int{first, second} {
		if k < 0 || trial[k].promise*rivalShare < trial[first].promise*100 {
			break
		}
		t := c.evaluate(a, b, trial[k].motion)
		if t.Evidence > best.Evidence {
			best = t
			c.bestPair = append(c.bestPair[:0], c.grown...)
		}
	}
	return best
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
