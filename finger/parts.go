package finger

// Part is what one term adds to the evidence.
type Part struct {
	Key  string  // "base", what stands before anything is measured; else the term's name in lower case: "linked", "flow" ...
	Adds float64 // above 0 it speaks for one finger, below 0 for two
}

// Parts takes the evidence apart, term by term; the parts add up to Evidence, for each term counts by itself. Terms that are
// measured but not weighed are left out. It is nil where a comparison found nothing in common to measure.
func (t Terms) Parts() []Part {
	if t.Evidence <= hopeless {
		return nil
	}
	base := Terms{}.evidence()
	out := []Part{{"base", base}}
	for _, p := range []struct {
		key      string
		measured float64
		alone    Terms
	}{
		{"linked", t.Linked, Terms{Linked: t.Linked}},
		{"similarity", t.Similarity, Terms{Similarity: t.Similarity}},
		{"unpaired", t.Unpaired, Terms{Unpaired: t.Unpaired}},
		{"flow", t.FlowError, Terms{FlowError: t.FlowError}},
		{"period", t.PeriodError, Terms{PeriodError: t.PeriodError}},
		{"pairs", t.Pairs, Terms{Pairs: t.Pairs}},
		{"same-kind", t.SameKind, Terms{SameKind: t.SameKind}},
		{"common", t.Common, Terms{Common: t.Common}},
		{"share", t.Share, Terms{Share: t.Share}},
	} {
		if adds := p.alone.evidence() - base; adds != 0 || p.measured == 0 {
			out = append(out, Part{p.key, adds})
		}
	}
	return out
}
