package gallery

import (
	"context"
	"fmt"
	"testing"

	"convenio/finger"
)

// Of many fingers four vote first, and the others only for those people whom the first round keeps; mates come through.
func TestVotesInRounds(t *testing.T) {
	const people = 540
	var fingers []finger.Position
	for f := finger.RightThumb; len(fingers) < fewestRounds; f++ {
		fingers = append(fingers, f)
	}
	g := crowd(t, 21, people, fingers, oneClass)
	opt := Options{Threshold: 60, Votes: 1 << 20, Compare: 1, Workers: 2}
	for i := 0; i < people; i += 90 {
		opt.Follow = fmt.Sprint("s", i)
		r, err := g.Search(context.Background(), probeOf(21, i, fingers), everyone, opt)
		if err != nil {
			t.Fatal(err)
		}
		vote := r.Stages[0]
		if want := people*firstFingers + 20*roundShare*(len(fingers)-firstFingers); vote.Name != "vote" || vote.Fingers != want || vote.Candidates != 20 || !vote.Followed {
			t.Errorf("probe %d: %+v, want %d fingers compared and the mate among 20", i, vote, want)
		}
		if len(r.Candidates) != 1 || r.Candidates[0].Subject != opt.Follow {
			t.Errorf("probe %d: %v", i, r.Candidates)
		}
	}
	// Fewer fingers, or such of unknown position, all vote at once.
	for name, probe := range map[string][]Finger{
		"fewer":            probeOf(21, 0, fingers[:fewestRounds-1]),
		"unknown position": append(probeOf(21, 0, fingers[1:]), Finger{0, probeOf(21, 0, fingers[:1])[0].Template}),
	} {
		j := job{probe: prepareProbe(probe, false)}
		if n := len(j.rounds()); n != 1 {
			t.Errorf("%s: %d rounds", name, n)
		}
	}
}
