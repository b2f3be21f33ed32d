package audit

import (
	"errors"
	"fmt"
	"time"

	"convenio/ledger"
)

// checkOwn looks at one ledger by itself: the genesis, IDs, times.
func (r *run) checkOwn(s *side) {
	if s.book.Size() == 0 && s.loadError == nil {
		r.find(s.between(CodeGenesis, 0, 0, time.Time{}, fmt.Sprintf("%s's ledger is empty: it has no genesis entry", s.party)))
	}
	var latest time.Time
	var latestAt uint64
	for i, e := range s.all() {
		if (i == 0) != (e.Kind == ledger.KindGenesis) {
			text := fmt.Sprintf("%s begins the ledger; a genesis entry must", s.name(i))
			if i > 0 {
				text = fmt.Sprintf("%s is a second genesis", s.name(i))
			}
			r.find(s.at(CodeGenesis, i, text))
		}
		if first, ok := s.ids[e.ID]; ok {
			r.find(s.at(CodeDuplicate, i, fmt.Sprintf("%s has the same id as #%d", s.name(i), first), s.ref(first)))
		} else {
			s.ids[e.ID] = i
		}
		if back := latest.Sub(e.At); back > r.opt.Tolerance {
			r.find(s.at(CodeBackwards, i, fmt.Sprintf("%s is dated %s, %s before entry #%d that stands before it",
				s.name(i), clock(e.At), back.Round(time.Millisecond), latestAt), s.ref(latestAt)))
		}
		if e.At.After(latest) {
			latest, latestAt = e.At, i
		}
	}
}

// damage returns what Load found wrong, if it named an entry.
func (s *side) damage() *ledger.LoadError {
	var le *ledger.LoadError
	if errors.As(s.loadError, &le) {
		return le
	}
	return nil
}

// checkOpenings compares private bodies with the commitments.
func (r *run) checkOpenings(s *side) {
	for i, e := range s.all() {
		o, ok := s.openings[e.ID]
		if ok && o.Commitment() != e.Commitment {
			r.find(s.at(CodeOpening, i, fmt.Sprintf("the private body shown for %s is not the one that it commits to", s.name(i))))
		}
	}
	var strangers int
	for id := range s.openings {
		if _, ok := s.ids[id]; !ok {
			strangers++
		}
	}
	if strangers > 0 {
		r.find(s.between(CodeOpening, s.book.Size(), s.book.Size(), time.Time{},
			fmt.Sprintf("%d private bodies were shown for entries that %s's ledger does not hold", strangers, s.party)))
	}
}
