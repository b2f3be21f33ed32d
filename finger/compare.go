package finger

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
	// AnyTurn makes Compare look at prints turned by any angle, upside down too, where upright ones do not match. It then
	// takes two to three times as long for strangers, and a score found so is less by 3, for it had twice the chances.
	AnyTurn bool

	sim      []int32     // similarity of each minutia of one side with each of the other
	similar  []candidate // those alike enough to count
	turned   turnIndex   // of the second side
	rowSum   [maxMinutiae]int32
	colSum   [maxMinutiae]int32
	keys     []uint32 // working memory of selections and sorts
	top      []link
	armed    []arm
	ties     ties
	support  []int32
	moved    []point
	target   target
	grown    []link
	usedA    bitset
	usedB    bitset
	pairs    []Pair
	bestPair []link
}

// NewComparer returns a Comparer.
func NewComparer() *Comparer { return new(Comparer) }

// link is a possible pair of minutiae.
type link struct {
	a, b   int32
	sim    int32 // local similarity, 0..simOne
	weight int32 // similarity normalised by the competition of both
}

// bitset holds a mark for each minutia of a template.
type bitset [(maxMinutiae + 63) / 64]uint64

func (s *bitset) has(i int32) bool { return s[i>>6]>>(i&63)&1 != 0 }
func (s *bitset) add(i int32)      { s[i>>6] |= 1 << (i & 63) }

// Compare compares two templates. The score is the same whichever is the probe.
func (c *Comparer) Compare(probe, reference *Prepared) Comparison {
	a, b := probe, reference
	swapped := a.rank > b.rank
	if swapped {
		a, b = b, a
	}
	out := Comparison{Terms: noTerms}
	if len(a.points) < 2 || len(b.points) < 2 {
		return out
	}
	out.Terms = c.align(a, b, maxTurn256)
	out.Score = calibrate(out.Terms.Evidence)
	out.Pairs = c.namePairs(a, b, swapped)
	if !c.AnyTurn || out.Score >= uprightScore {
		return out
	}
	terms := c.align(a, b, 128)
	if s := calibrate(terms.Evidence) - anyTurnCost; s > out.Score {
		return Comparison{Score: s, Terms: terms, Pairs: c.namePairs(a, b, swapped)}
	}
	return out
}

const (
	uprightScore = 40 // from which no other turn is tried
	anyTurnCost  = 3  // -10 log10 of one half: twice the comparisons, twice the false matches
)

// align finds the best movement of a onto b among minutiae whose directions differ by at most turn (256 a turn).
func (c *Comparer) align(a, b *Prepared, turn int) Terms {
	c.bestPair = c.bestPair[:0]
	c.similarities(a, b, turn)
	c.pickTop(len(b.points))
	if len(c.top) < 2 {
		return noTerms
	}
	c.relate(a, b)
	return c.bestHypothesis(a, b)
}

// noTerms are the terms of a comparison that found nothing in common.
var noTerms = Terms{FlowError: 1, PeriodError: 1, Evidence: hopeless}

// namePairs gives the pairs found the templates' own numbers.
func (c *Comparer) namePairs(a, b *Prepared, swapped bool) []Pair {
	c.pairs = c.pairs[:0]
	for _, l := range c.bestPair {
		p := Pair{int(a.points[l.a].index), int(b.points[l.b].index), float64(l.sim) / simOne}
		if swapped {
			p.Probe, p.Reference = p.Reference, p.Probe
		}
		c.pairs = append(c.pairs, p)
	}
	return c.pairs
}

func resize[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n, n+n/4)
	}
	return s[:n]
}
