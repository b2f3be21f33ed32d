package finger

import "math"

// Terms are what a score is made of: the minutiae paired under the best alignment, how they hang together, what speaks
// against them in the area both prints cover, and how the ridge flow agrees there.
type Terms struct {
	Pairs       float64 // minutiae paired
	Similarity  float64 // sum over pairs: similarity of the surroundings, 0..1 each
	SameKind    float64 // pairs of equal type
	Linked      float64 // sum over neighbouring pairs that keep distance and direction to each other: quality times root of similarity
	Unpaired    float64 // sum of quality, 0..1 each, of minutiae of both sides without partner in the common area
	Common      float64 // common area, in nodes of 16x16 px
	FlowError   float64 // mean angle between the two ridge flows there, 0..1 (1: across)
	PeriodError float64 // mean relative difference of the ridge periods there
	Share       float64 // paired quality over all quality in the common area, 0..1; shown, not weighed
	Evidence    float64 // weighted sum: logarithm of the odds of being mated, up to a constant
}

// evaluate pairs under one motion and measures the evidence for and against it.
func (c *Comparer) evaluate(a, b *Prepared, m motion) Terms {
	c.pairUp(a, b, m)
	t := Terms{Pairs: float64(len(c.grown))}
	for _, l := range c.grown {
		p, q := c.moved[l.a], b.points[l.b]
		t.Similarity += float64(l.sim) / simOne
		if p.kind == q.kind {
			t.SameKind++
		}
		t.Share += float64(p.quality) + float64(q.quality)
	}
	c.unpaired(a, b, m, &t)
	c.linked(a, b, &t)
	flowAgreement(a, b, m, &t)
	t.Evidence = t.evidence()
	return t
}

// unpaired adds up the minutiae without partner where the other print could show one.
func (c *Comparer) unpaired(a, b *Prepared, m motion, t *Terms) {
	lonely := 0
	for i, p := range c.moved {
		if !c.usedA.has(int32(i)) && b.field.node(int(p.x>>3), int(p.y>>3)) >= 0 {
			lonely += int(p.quality)
		}
	}
	back := motion{rot: -m.rot, ax: m.bx, ay: m.by, bx: m.ax, by: m.ay}
	for j, q := range b.points {
		if c.usedB.has(int32(j)) {
			continue
		}
		x, y := back.apply(q.x, q.y)
		if a.field.node(int(x>>3), int(y>>3)) >= 0 {
			lonely += int(q.quality)
		}
	}
	t.Unpaired = float64(lonely) / 100
	if t.Share > 0 {
		t.Share /= t.Share + float64(lonely)
	}
}

// linkReach is how far apart pairs may lie to support each other, in eighths of a pixel.
const linkReach = 90 * 8

// linked sums up the support between neighbouring pairs, judged in the unbent prints.
func (c *Comparer) linked(a, b *Prepared, t *Terms) {
	arms := c.arms(a, b, c.grown)
	for i := range c.grown {
		l, s := &c.grown[i], &arms[i]
		quality := min(a.points[l.a].quality, b.points[l.b].quality)
		for j := i + 1; j < len(arms); j++ {
			if dx, dy := s.ax-arms[j].ax, s.ay-arms[j].ay; dx*dx+dy*dy > linkReach*linkReach {
				continue
			}
			if v := compatible(s, &arms[j]); v > compatOne/3 {
				k := &c.grown[j]
				w := min(quality, a.points[k.a].quality, b.points[k.b].quality)
				root := math.Sqrt(float64(min(l.sim, k.sim)) / simOne)
				t.Linked += float64(float64(v) * float64(w) / (compatOne * 100) * root)
			}
		}
	}
}

// flowAgreement compares orientation and period over the common area.
func flowAgreement(a, b *Prepared, m motion, t *Terms) {
	var n, flow, period int
	for ny := range a.field.h {
		for nx := range a.field.w {
			i := ny*a.field.w + nx
			if a.field.reliable[i] == 0 {
				continue
			}
			x, y := m.apply(int32(nx*fieldPx+fieldPx/2)*8, int32(ny*fieldPx+fieldPx/2)*8)
			j := b.field.node(int(x>>3), int(y>>3))
			if j < 0 {
				continue
			}
			n++
			turned := a.field.orientation[i] + uint8((m.rot+1)>>1)
			flow += halfTurnDiff(turned, b.field.orientation[j])
			pa, pb := int(a.field.period[i]), int(b.field.period[j])
			period += absInt(pa-pb) * 256 / (pa + pb)
		}
	}
	t.Common = float64(n)
	if n > 0 {
		t.FlowError = float64(flow) / float64(n*128)
		t.PeriodError = float64(period) / float64(n*128)
	}
}

// Weights of the terms, by logistic regression (internal/fit) over mated and non-mated pairs of four sets of three real
// sensors and one generator, of the same images made harder (internal/harden: turned, bent, cut to a part, unevenly dry
// and wet, noisy) to half and to full strength; all sets weigh equally, a set's non-mated pairs four times its mated ones.
// Leaving out one set at a time changed the error rates of the others little (docs/finger.md). Square roots keep a term
// from growing with the print's size alone; flow and period are capped because a few fingers cannot show how often two
// strangers' ridge flows are alike.
const (
	weightOne        = 2.0
	weightUnpaired   = -2.85
	weightFlow       = -12.0
	weightPeriod     = -16.0
	weightLinked     = 3.7
	weightSimilarity = 2.65
	flowErrorCap     = 0.3
	periodErrorCap   = 0.2
)

// evidence is the raw score: the logarithm of the odds that the pair is mated, up to a constant.
func (t Terms) evidence() float64 {
	e := weightOne + float64(weightUnpaired*math.Sqrt(t.Unpaired))
	e += float64(weightFlow * min(t.FlowError, flowErrorCap))
	e += float64(weightPeriod * min(t.PeriodError, periodErrorCap))
	e += float64(weightLinked * math.Sqrt(t.Linked))
	return e + float64(weightSimilarity*math.Sqrt(t.Similarity))
}
