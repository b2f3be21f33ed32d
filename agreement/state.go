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
	Suspended  Suspension `json:"suspended"`  // by at least one party, or terminated; for Request.Suspended
	By         []string   `json:"by"`         // those whose suspension stands, sorted
	Terminated bool       `json:"terminated"` // for good
}

// Stand is one suspension that stands.
type Stand struct {
	By     string    `json:"by"`
	Part   *Part     `json:"part,omitempty"`   // nil: the whole
	Except []Part    `json:"except,omitempty"` // what was resumed of it since
	From   time.Time `json:"from"`
	Reason string    `json:"reason"`
}

// Fold works out the state at a moment from every notice received, in any order.
// Each party's notices count 1, 2, 3, ... without a gap; a repeat of the same
// notice is passed over. A suspension by either party suspends, the whole or the
// part that it names, beside what is suspended already; only the party that
// suspended can resume, the whole or a part, so both may have to; a termination,
// once in effect, is final. A notice has no effect before its From; a party's
// notices in effect work in their sequence. Of more than two parties, a party
// suspends only what it asks and answers itself. What is said of a party holds for
// an overseer that the agreement lists, but that it cannot terminate.
//
// Notices must have been verified. An error (a gap, two different notices of one
// number, another agreement, a party of another agreement, a part in words that the
// agreement does not list) leaves the state unknown, and the caller must treat the
// agreement as suspended; the returned state says so.
func Fold(a *Agreement, notices []Notice, at time.Time) (State, error) {
	stands, terminated, err := standing(a, notices, at)
	if err != nil {
		return State{Suspended: Suspension{Whole: true}}, err
	}
	s := State{Terminated: terminated, Suspended: Suspension{Whole: terminated}}
	for _, x := range stands {
		if !slices.Contains(s.By, x.By) {
			s.By = append(s.By, x.By)
		}
		p := SuspendedPart{Except: x.Except}
		if x.Part != nil {
			p.Part = *x.Part
		}
		if len(a.Parties) > 2 {
			p.Of = a.partyOf(x.By)
		}
		if s.Suspended.Whole || p.Empty() && p.Of == "" && len(p.Except) == 0 || len(s.Suspended.Parts) == maxParts {
			s.Suspended = Suspension{Whole: true}
			continue
		}
		s.Suspended.Parts = append(s.Suspended.Parts, p)
	}
	slices.Sort(s.By)
	return s, nil
}

// Standing lists the suspensions that stand at a moment, by who gave them and in
// their order. Its errors are Fold's.
func Standing(a *Agreement, notices []Notice, at time.Time) ([]Stand, error) {
	stands, _, err := standing(a, notices, at)
	return stands, err
}

// standing puts the notices in order and lets each work.
func standing(a *Agreement, notices []Notice, at time.Time) ([]Stand, bool, error) {
	sorted := slices.Clone(notices)
	slices.SortStableFunc(sorted, func(x, y Notice) int {
		return cmp.Or(cmp.Compare(x.Party, y.Party), cmp.Compare(x.Sequence, y.Sequence))
	})
	var out, own []Stand
	terminated := false
	prev := Notice{}
	for _, n := range sorted {
		if err := a.CheckNotice(n); err != nil {
			return nil, false, fmt.Errorf("fold notices: %w", err)
		}
		n.From = n.From.UTC().Round(0)
		if n.Same(prev) {
			continue
		}
		if n.Party != prev.Party {
			out, own, prev = append(out, own...), nil, Notice{Party: n.Party}
		}
		if n.Sequence != prev.Sequence+1 {
			return nil, false, fmt.Errorf("fold notices: after notice %d of %s comes a different notice %d; ask %s for the missing one",
				prev.Sequence, n.Party, n.Sequence, n.Party)
		}
		prev = n
		if n.From.After(at) {
			continue
		}
		own = n.work(own)
		terminated = terminated || n.Kind == Terminate
	}
	return append(out, own...), terminated, nil
}

// CheckNotice says why a notice can have no effect under this agreement: it means
// nothing, is about another text, is of nobody who may give it, or names what the
// agreement does not list. It does not verify the signature.
func (a *Agreement) CheckNotice(n Notice) error {
	if err := n.check(); err != nil {
		return err
	}
	if n.Agreement != a.digest {
		return fmt.Errorf("notice %d of %s is about another agreement", n.Sequence, n.Party)
	}
	if err := a.mayGive(&n); err != nil {
		return err
	}
	if n.Part != nil {
		if err := a.CheckPart(*n.Part); err != nil {
			return fmt.Errorf("notice %d of %s: %w", n.Sequence, n.Party, err)
		}
	}
	return nil
}

// work is what a notice makes of its party's suspensions that stand.
func (n *Notice) work(stands []Stand) []Stand {
	switch n.Kind {
	case Resume:
		return n.resume(stands)
	case Terminate:
		return nil
	}
	s := Stand{By: n.Party, Part: n.Part, From: n.From, Reason: n.Reason}
	stands = slices.DeleteFunc(stands, func(x Stand) bool { return s.part().includes(x.part()) })
	if slices.ContainsFunc(stands, func(x Stand) bool { return len(x.Except) == 0 && x.part().includes(s.part()) }) {
		return stands
	}
	if len(stands) >= maxParts { // too many to tell apart: all of it, which only refuses more
		s.Part, stands = nil, nil
	}
	return append(stands, s)
}

// resume takes a part, or the whole, out of what stands.
func (n *Notice) resume(stands []Stand) []Stand {
	if n.Part == nil {
		return nil
	}
	var out []Stand
	for _, x := range stands {
		switch {
		case n.Part.includes(x.part()):
			continue
		case n.Part.apart(x.part()), slices.ContainsFunc(x.Except, func(e Part) bool { return e.includes(n.Part) }):
		case len(x.Except) < maxParts: // beyond that the rest stays suspended
			x.Except = append(slices.Clone(x.Except), *n.Part)
		}
		out = append(out, x)
	}
	return out
}

// part is what a suspension is of; the empty part is the whole.
func (s *Stand) part() *Part {
	if s.Part == nil {
		return &Part{}
	}
	return s.Part
}
