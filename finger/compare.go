package finger

import "slices"

// Pair is one minutia of the probe paired with one of the reference.
type Pair struct {
	Probe, Reference int     // indices into the templates' Minutiae
	Similarity       float64 // 0..1, of their surroundings
}

// Comparison is the outcome of comparing a probe with a reference.
type Comparison struct {
	Score Score
	Pairs []Pair // minutiae found to correspond; belongs to the Comparer until its next Compare
	Terms Terms  // what the score was made of
}

// Comparer compares prepared templates. It holds working memory: use one per goroutine.
type Comparer struct {
	sim      []int32
	rowSum   []int32
	colSum   []int32
	top      []link
	support  []int32
	compat   []int32
	moved    []point
	grown    []link
	usedA    []bool
	usedB    []bool
	pairs    []Pair
	bestPair []link
}

// NewComparer returns a Comparer.
func NewComparer() *Comparer { return new(Comparer) }

// link is a possible pair of minutiae.
type link struct {
	a, b   int32
	sim    int32 // local similarity, 0..simOne
	weight int32 // similarity normalised by the competition of both, or a pairing's cost
}

// Compare compares two templates. The score is the same whichever is the probe.
func (c *Comparer) Compare(probe, reference *Prepared) Comparison {
	a, b := probe, reference
	swapped := a.rank > b.rank
	if swapped {
		a, b = b, a
	}
	out := Comparison{Terms: Terms{FlowError: 1, PeriodError: 1, Evidence: hopeless}}
	if len(a.points) < 2 || len(b.points) < 2 {
		return out
	}
	c.similarities(a, b)
	c.pickTop(a, b)
	if len(c.top) < 2 {
		return out
	}
	c.relate(a, b)
	out.Terms = c.bestHypothesis(a, b)
	out.Score = calibrate(out.Terms.Evidence)
	c.pairs = c.pairs[:0]
	for _, l := range c.bestPair {
		p := Pair{int(a.points[l.a].index), int(b.points[l.b].index), float64(l.sim) / simOne}
		if swapped {
			p.Probe, p.Reference = p.Reference, p.Probe
		}
		c.pairs = append(c.pairs, p)
	}
	out.Pairs = c.pairs
	return out
}

// similarities fills the matrix of local similarities and its row and column sums.
func (c *Comparer) similarities(a, b *Prepared) {
	na, nb := len(a.points), len(b.points)
	c.sim = resize(c.sim, na*nb)
	c.rowSum = resize(c.rowSum, na)
	c.colSum = resize(c.colSum, nb)
	clear(c.rowSum)
	clear(c.colSum)
	for i := range na {
		row := c.sim[i*nb : (i+1)*nb]
		da, ta := &a.desc[i], a.points[i].dir
		for j := range row {
			row[j] = 0
			if absInt(int(int8(ta-b.points[j].dir))) > maxTurn256 {
				continue
			}
			s := similarity(da, &b.desc[j])
			row[j] = s
			c.rowSum[i] += s
			c.colSum[j] += s
		}
	}
}

func resize[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n, n+n/4)
	}
	return s[:n]
}

const topLinks = 48 // links that take part in alignment

// pickTop keeps the links that stand out among their rivals: similarity over the sum of row and column (as MSU
// LatentAFIS does), so that minutiae with common surroundings do not crowd out the telling ones.
func (c *Comparer) pickTop(a, b *Prepared) {
	nb := len(b.points)
	c.top = c.top[:0]
	floor := int32(0)
	for i := range a.points {
		for j := range b.points {
			s := c.sim[i*nb+j]
			if s < simOne/8 {
				continue
			}
			w := int32(int64(s) * int64(s) * 64 / int64(c.rowSum[i]+c.colSum[j]-s))
			if w <= floor {
				continue
			}
			c.top = append(c.top, link{int32(i), int32(j), s, w})
			if len(c.top) >= 4*topLinks {
				floor = c.cutTop()
			}
		}
	}
	c.cutTop()
}

// cutTop sorts and cuts the list; it returns the weight of the last.
func (c *Comparer) cutTop() int32 {
	slices.SortFunc(c.top, func(x, y link) int {
		if x.weight != y.weight {
			return int(y.weight - x.weight)
		}
		if x.a != y.a {
			return int(x.a - y.a)
		}
		return int(x.b - y.b)
	})
	if len(c.top) < topLinks {
		return 0
	}
	c.top = c.top[:topLinks]
	return c.top[topLinks-1].weight
}
