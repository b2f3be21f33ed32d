package finger

import "math"

// Part is what one term adds to the evidence.
type Part struct {
	Key  string  // "base", "linked", "unpaired", "flow", "period"
	Adds float64 // above 0 it speaks for one finger, below 0 for two
}

// Parts takes the evidence apart, term by term; the parts add up to Evidence. "base" is what stands before anything is
// measured. It is nil where a comparison found nothing in common to measure.
func (t Terms) Parts() []Part {
	if t.Evidence <= hopeless {
		return nil
	}
	return []Part{
		{"base", weightOne},
		{"linked", weightLinked * math.Sqrt(t.Linked)},
		{"unpaired", weightUnpaired * math.Sqrt(t.Unpaired)},
		{"flow", weightFlow * min(t.FlowError, flowErrorCap)},
		{"period", weightPeriod * min(t.PeriodError, periodErrorCap)},
	}
}
