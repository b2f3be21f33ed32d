package finger

import "math"

// Print is one impression of a finger of a person: where it is said to be from, and its template made ready. A person may
// have several impressions of a finger; what was not captured is left out.
type Print struct {
	Position Position
	Prepared *Prepared
}

// Order says how two people's fingers were put against each other.
type Order uint8

// Orders, from the one expected to the one that needs most chances.
const (
	OrderAsSaid  Order = iota // each with the finger of the same position
	OrderSwapped              // right hand with left hand: the hands were captured the wrong way round
	OrderAny                  // the best one-to-one order: fingers out of sequence, or positions unknown
)

// String returns the order's name.
func (o Order) String() string {
	return [...]string{"as-said", "hands-swapped", "any"}[min(o, OrderAny)]
}

// PositionScore is the score of one finger of the probe with one of the reference; of several impressions the best counts.
type PositionScore struct {
	Probe, Reference Position
	Score            Score
}

// PersonComparison is the outcome of comparing two people's fingers.
type PersonComparison struct {
	Score   Score
	Order   Order
	Fingers []PositionScore // of that order, by the probe's position; those of unknown position last
}

// ComparePeople compares the fingers of two people under each order and keeps the best. Each order's scores are fused by
// Fuse and reduced by what its number of chances is worth: 10 log10 of it (Bonferroni's inequality), so that the result
// keeps the meaning of a Score. Orders other than the one said can so only win by prints that truly correspond.
// Fingers that one side lacks do not count. It takes one comparison for each pair of impressions.
func (c *Comparer) ComparePeople(probe, reference []Print) PersonComparison {
	a, b := byFinger(probe), byFinger(reference)
	m := make([][]Score, len(a))
	for i := range a {
		m[i] = make([]Score, len(b))
		for j := range b {
			m[i][j] = c.compareFingers(a[i].prints, b[j].prints)
		}
	}
	var best PersonComparison
	for order := OrderAsSaid; order <= OrderAny; order++ {
		mate, chances := matesOf(order, a, b, m)
		p := PersonComparison{Order: order}
		var scores []Score
		for i, j := range mate {
			if j >= 0 {
				scores = append(scores, m[i][j])
				p.Fingers = append(p.Fingers, PositionScore{a[i].position, b[j].position, m[i][j]})
			}
		}
		if p.Score = Fuse(scores) - Score(10*math.Log10(chances)); order == OrderAsSaid || p.Score > best.Score {
			best = p
		}
	}
	best.Score = roundScore(float64(best.Score))
	return best
}

// fingerPrints are the impressions of one finger.
type fingerPrints struct {
	position Position
	prints   []*Prepared
}

// byFinger gathers impressions by position, in the order of positions; each of unknown position is a finger of its own.
func byFinger(prints []Print) (list []fingerPrints) {
	for p := RightThumb; p <= LeftLittle; p++ {
		f := fingerPrints{position: p}
		for _, x := range prints {
			if x.Position == p && x.Prepared != nil {
				f.prints = append(f.prints, x.Prepared)
			}
		}
		if len(f.prints) > 0 {
			list = append(list, f)
		}
	}
	for _, x := range prints {
		if (x.Position == Unknown || !x.Position.Valid()) && x.Prepared != nil && len(list) < maxFingers {
			list = append(list, fingerPrints{prints: []*Prepared{x.Prepared}})
		}
	}
	return list
}

// maxFingers bounds the search for the best order; impressions of unknown position beyond it are not looked at.
const maxFingers = 12

// compareFingers takes the best of all pairs of impressions, less what so many chances are worth.
func (c *Comparer) compareFingers(a, b []*Prepared) (best Score) {
	for _, p := range a {
		for _, q := range b {
			best = max(best, c.Compare(p, q).Score)
		}
	}
	return max(best-Score(10*math.Log10(float64(len(a)*len(b)))), 0)
}

// matesOf says which finger of b each of a is put against in an order, -1 for none, and how many such orders there are.
func matesOf(order Order, a, b []fingerPrints, m [][]Score) (mate []int, chances float64) {
	if order == OrderAny {
		return bestOrder(m, len(b))
	}
	mate = make([]int, len(a))
	for i := range a {
		mate[i] = -1
		want := a[i].position
		if order == OrderSwapped {
			want = want.Mirrored()
		}
		for j := range b {
			if want != Unknown && b[j].position == want {
				mate[i] = j
			}
		}
	}
	return mate, []float64{1, 2}[order]
}

// Mirrored returns the same finger of the other hand.
func (p Position) Mirrored() Position {
	switch {
	case p >= RightThumb && p <= RightLittle:
		return p + (LeftThumb - RightThumb)
	case p >= LeftThumb && p <= LeftLittle:
		return p - (LeftThumb - RightThumb)
	}
	return Unknown
}

// bestOrder puts the fingers one to one so that the sum of scores is greatest, by dynamic programming over the sets of b
// already taken, and counts the ways there are: n!/(n-k)! for k fingers against n.
func bestOrder(m [][]Score, nb int) (mate []int, chances float64) {
	sets := 1 << nb
	sum := make([]Score, (len(m)+1)*sets) // best sum of the rows from i on when a set of columns is taken
	from := make([]int8, (len(m)+1)*sets)
	for i := len(m) - 1; i >= 0; i-- {
		for taken := range sets {
			best, pick := sum[(i+1)*sets+taken], int8(-1)
			for j := range nb {
				if taken>>j&1 == 0 {
					if s := m[i][j] + sum[(i+1)*sets+taken|1<<j]; s > best {
						best, pick = s, int8(j)
					}
				}
			}
			sum[i*sets+taken], from[i*sets+taken] = best, pick
		}
	}
	mate = make([]int, len(m))
	taken := 0
	for i := range mate {
		mate[i] = int(from[i*sets+taken])
		if mate[i] >= 0 {
			taken |= 1 << mate[i]
		}
	}
	chances = 1
	for k := range min(len(m), nb) {
		chances *= float64(max(len(m), nb) - k)
	}
	return mate, chances
}
