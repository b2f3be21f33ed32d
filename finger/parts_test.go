package finger

import (
	"math"
	"testing"
)

// The parts of a score add up to its evidence, whatever was measured.
func TestPartsAddUp(t *testing.T) {
	for name, terms := range map[string]Terms{
		"much in common":   {Pairs: 20, Similarity: 11, SameKind: 15, Linked: 7.5, Unpaired: 2.25, Common: 300, FlowError: 0.04, PeriodError: 0.03, Share: 0.7},
		"beyond the caps":  {Pairs: 3, Similarity: 1, SameKind: 1, Linked: 0.1, Unpaired: 30, Common: 90, FlowError: 0.9, PeriodError: 0.8, Share: 0.1},
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

// What is measured and not weighed is no part.
func TestPartsLeaveOutWhatIsNotWeighed(t *testing.T) {
	terms := Terms{Pairs: 20, Linked: 7.5, Unpaired: 2, FlowError: 0.1, PeriodError: 0.1, Share: 0.7}
	terms.Evidence = terms.evidence()
	keys := map[string]bool{}
	for _, p := range terms.Parts() {
		keys[p.Key] = true
	}
	for key, want := range map[string]bool{"base": true, "linked": true, "unpaired": true, "flow": true, "period": true, "share": false} {
		if keys[key] != want {
			t.Errorf("%s is a part: %v, want %v", key, keys[key], want)
		}
	}
}
