package agreement

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// State is what the parties' notices make of an agreement at one moment. The
// entry into force and the expiry are not part of it: Decide knows them.
type State struct {
	Suspended  bool     `json:"suspended"`  // by at least one party, or terminated
	By         []string `json:"by"`         // parties whose suspension stands, sorted
	Terminated bool     `json:"terminated"` // for good
}

// Fold works out the state at a moment from every notice received, in any order.
// Each party's notices count 1, 2, 3, ... without a gap; a repeat of the same
// notice is passed over. A suspension by either party suspends; only the party
// that suspended can resume, so both may have to; a termination, once in effect,
// is final. A notice has no effect before its From; among a party's notices in
// effect, the one with the highest sequence stands.
//
// Notices must have been verified. An error (a gap, two different notices of one
// number, another agreement, a party of another agreement) leaves the state
// unknown, and the caller must treat the agreement as suspended; the returned
// state says so.
func Fold(a *Agreement, notices []Notice, at time.Time) (State, error) {
	unknown := State{Suspended: true}
	latest := map[string]Notice{}
	count := map[string]Notice{}
	s := State{}
	sorted := slices.Clone(notices)
	slices.SortStableFunc(sorted, func(x, y Notice) int {
		return cmp.Or(cmp.Compare(x.Party, y.Party), cmp.Compare(x.Sequence, y.Sequence))
	})
	for _, n := range sorted {
		if err := n.check(); err != nil {
			return unknown, fmt.Errorf("fold notices: %w", err)
		}
		if _, ok := a.Party(n.Party); !ok || n.Agreement != a.digest {
			return unknown, fmt.Errorf("fold notices: notice %d of %s is about another agreement", n.Sequence, n.Party)
		}
		prev := count[n.Party]
		n.From = n.From.UTC().Round(0)
		if n == prev {
			continue
		}
		if n.Sequence != prev.Sequence+1 {
			return unknown, fmt.Errorf("fold notices: after notice %d of %s comes a different notice %d; ask %s for the missing one",
				prev.Sequence, n.Party, n.Sequence, n.Party)
		}
		count[n.Party] = n
		if n.From.After(at) {
			continue
		}
		latest[n.Party] = n
		s.Terminated = s.Terminated || n.Kind == Terminate
	}
	for _, p := range a.Parties {
		if latest[p.ID].Kind == Suspend {
			s.By = append(s.By, p.ID)
		}
	}
	slices.Sort(s.By)
	s.Suspended = s.Terminated || len(s.By) > 0
	return s, nil
}
