package gallery

import (
	"flag"
	"testing"

	"convenio/finger"
	"convenio/gallery/code"
	"convenio/gallery/kernel"
)

var recallMates = flag.Int("recall", 0, "measure the recall of votes by one finger on so many mates, among 10,000 strangers")

// recordOf is a finger's record as a shelf holds it.
func recordOf(p *finger.Prepared) *[kernel.RecordWords]uint64 {
	var r [kernel.RecordWords]uint64
	c := code.Encode(p, code.MaxReference)
	fillRecord(&r, &c)
	return &r
}

// Among 100,000 people one finger is searched by votes and comparisons. A mate whose score reaches the threshold for so many
// must be within the share of strangers that is compared. Whether it is can be told from a sample of strangers, and from the
// full comparison with the mate alone.
func TestRecallOfOneFinger(t *testing.T) {
	mates, strangers := 80, 300
	if *recallMates > 0 {
		mates, strangers = *recallMates, 10_000
	}
	const people, share = 100_000, float64(DefaultCompare*aloneShare) / 100_000
	threshold := PersonThreshold(0.001, people)
	others := make([]*[kernel.RecordWords]uint64, strangers)
	for i := range others {
		others[i] = recordOf(finger.Prepare(popOf(32).Reference(uint64(i), finger.RightIndex)))
	}
	var d desk
	cmp := finger.NewComparer()
	findable, lost := 0, 0
	for i := range mates {
		probe := finger.Prepare(popOf(31).Probe(uint64(i), finger.RightIndex, 0))
		mate := finger.Prepare(popOf(31).Reference(uint64(i), finger.RightIndex))
		if cmp.Compare(probe, mate).Score < threshold {
			continue
		}
		findable++
		p := &prepareProbe([]Finger{{finger.RightIndex, probe}}, false)[0]
		votes, above := d.weigh(p, recordOf(mate)), 0
		for _, r := range others {
			if d.weigh(p, r) >= votes {
				above++
			}
		}
		if float64(above) > share*float64(strangers) {
			lost++
		}
	}
	t.Logf("%d of %d mates reach %.0f; %d of them are lost by votes", findable, mates, float64(threshold), lost)
	if findable < mates/2 || lost*100 > findable && lost > 1 {
		t.Errorf("%d of %d lost", lost, findable)
	}
}
