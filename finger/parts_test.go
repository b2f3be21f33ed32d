package finger

import (
	"math"
	"testing"
)

// The parts of a score add up to its evidence, whatever was measured.
func TestPartsAddUp(t *testing.T) {
	for name, terms := range map[string]Terms{
		"much in common":   {Linked: 7.5, Unpaired: 2.25, FlowError: 0.04, PeriodError: 0.03},
		"beyond the caps":  {Linked: 0.1, Unpaired: 30, FlowError: 0.9, PeriodError: 0.8},
		"nothing measured": {},
	} {
		terms.Evidence = terms.evidence()
		sum := 0.0
		for _, p := range terms.Parts() {
			sum += p.Adds
		}
		if math.Abs(sum-terms.Evidence) > 1e-9 {
			t.Errorf("%s: parts add up to %v, the evidence is %v", name, sum, terms.Evidence)
		}
	}
	if p := (Terms{Evidence: hopeless}).Parts(); p != nil {
		t.Errorf("a comparison without anything in common has parts: %v", p)
	}
}
