package node

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"convenio/agreement"
	"convenio/capture"
	"convenio/exchange"
	"convenio/finger"
	"convenio/ledger"
	"convenio/registry"
)

// The words of verdicts.
const (
	verdictConfirm = "confirm"
	verdictReject  = "reject"
)

// probeSamples reads the images that the partner sent, while they are still here.
func (n *Node) probeSamples(ctx context.Context, id exchange.ID) ([]capture.SearchSample, error) {
	raw, err := n.store.Probe(ctx, string(id))
	if err != nil {
		return nil, fmt.Errorf("read probe: %w", err)
	}
	var samples []capture.SearchSample
	if err := json.Unmarshal(raw, &samples); err != nil {
		return nil, fmt.Errorf("read probe: %w", err)
	}
	return samples, nil
}

// standing is the candidate that an examiner is to look at now: the best one not rejected yet.
func (n *Node) standing(ctx context.Context, id exchange.ID) (registry.Candidate, []registry.Verdict, error) {
	candidates, err := n.store.Candidates(ctx, string(id))
	if err != nil {
		return registry.Candidate{}, nil, err
	}
	all, err := n.store.Verdicts(ctx, string(id))
	if err != nil {
		return registry.Candidate{}, nil, err
	}
	for _, c := range candidates {
		var on []registry.Verdict
		rejected := false
		for _, v := range all {
			if v.Rank == c.Rank {
				on, rejected = append(on, v), rejected || v.Verdict == verdictReject
			}
		}
		if !rejected {
			return c, on, nil
		}
	}
	return registry.Candidate{}, nil, registry.ErrNotFound
}

// pair is a probe finger beside the reference finger that it was compared with.
type pair struct {
	position         finger.Position
	score            float64
	probe, reference []byte
}

// sideBySide gathers what an examiner looks at. It holds no name and no fact about the person.
func (n *Node) sideBySide(ctx context.Context, id exchange.ID, c registry.Candidate) ([]pair, error) {
	samples, err := n.probeSamples(ctx, id)
	if err != nil {
		return nil, err
	}
	references, err := n.store.Samples(ctx, c.Subject)
	if err != nil {
		return nil, err
	}
	var out []pair
	for _, f := range c.Fingers {
		p := pair{position: finger.Position(f.Reference), score: f.Score}
		for _, s := range samples {
			if uint8(s.Position) == f.Probe {
				p.probe = s.PNG
			}
		}
		for _, r := range references {
			if r.Position == f.Reference {
				p.reference = r.Image
			}
		}
		if p.probe != nil && p.reference != nil {
			out = append(out, p)
		}
	}
	return out, nil
}

// giveVerdict records what an examiner says of the standing candidate. The answer leaves when the
// agreement's number of examiners has confirmed, or when the last candidate is rejected.
func (n *Node) giveVerdict(ctx context.Context, who registry.Token, id exchange.ID, verdict, reason string) error {
	unlock := n.working.lock(string(id))
	defer unlock()
	x, err := n.store.Exchange(ctx, string(id))
	if err != nil {
		return err
	}
	if x.State != string(exchange.AnsAwaitingExaminer) {
		if said, err := n.saidBefore(ctx, x.ID, who, verdict, reason); said || err != nil {
			return err // the answer to the first call was lost
		}
		return fail(http.StatusConflict, "not-waiting", "the exchange does not wait for an examiner", x.ID, "list what waits with 'convenio adjudicate list'")
	}
	c, _, err := n.standing(ctx, id)
	if errors.Is(err, registry.ErrNotFound) {
		return n.settleVerdicts(ctx, x) // all were rejected; the node stopped before it answered
	}
	if err != nil {
		return err
	}
	a := act{
		id: fmt.Sprintf("verdict:%s:%d:%s", x.ID, c.Rank, officerCode(who)), kind: ledger.KindVerdict, exchange: id,
		body: map[string]any{"verdict": verdict, "reason": reason, "rank": c.Rank, "examiner": officerCode(who), "subject": c.Subject, "score": c.Score},
	}
	n.opt.Before("verdict")
	err = n.store.Tx(ctx, func(tx *registry.Tx) error {
		if err := tx.PutVerdict(registry.Verdict{Exchange: x.ID, Rank: c.Rank, Examiner: who.Label, Verdict: verdict, Reason: reason}); err != nil {
			if errors.Is(err, registry.ErrConflict) {
				return fail(http.StatusConflict, "said-before", "you have given another verdict on this candidate", x.ID, "a verdict is not taken back; tell your supervisor").because(err)
			}
			return err
		}
		return n.plan(tx, a)
	})
	if err != nil {
		return err
	}
	if err := n.flush(ctx, id); err != nil {
		return err
	}
	return n.settleVerdicts(ctx, x)
}

// saidBefore says whether an examiner's verdict is one that was recorded already.
func (n *Node) saidBefore(ctx context.Context, id string, who registry.Token, verdict, reason string) (bool, error) {
	all, err := n.store.Verdicts(ctx, id)
	return slices.ContainsFunc(all, func(v registry.Verdict) bool {
		return v.Examiner == who.Label && v.Verdict == verdict && v.Reason == reason
	}), err
}

// resumeVerdicts settles what a stopped node had recorded a verdict on and not yet answered.
func (n *Node) resumeVerdicts(ctx context.Context) error {
	waiting, err := n.waitingIn(ctx, exchange.AnsAwaitingExaminer)
	if err != nil {
		return err
	}
	for _, x := range waiting {
		if err := n.resumeVerdict(ctx, exchange.ID(x.ID)); err != nil {
			return fmt.Errorf("settle verdict on %s: %w", x.ID, err)
		}
	}
	return nil
}

func (n *Node) resumeVerdict(ctx context.Context, id exchange.ID) error {
	unlock := n.working.lock(string(id))
	defer unlock()
	given, err := n.store.Verdicts(ctx, string(id))
	if err != nil || len(given) == 0 {
		return err
	}
	x, err := n.store.Exchange(ctx, string(id))
	if err != nil || x.State != string(exchange.AnsAwaitingExaminer) {
		return err
	}
	return n.settleVerdicts(ctx, x)
}

// settleVerdicts answers the search if the verdicts given so far settle it.
func (n *Node) settleVerdicts(ctx context.Context, x registry.Exchange) error {
	detail := readDetail[answerDetail](x)
	r, d, err := n.decideAgain(ctx, detail, detail.Fingers, detail.Worst)
	if err != nil {
		return err
	}
	if !d.Permitted() { // suspended while the examiner looked
		return n.refuseSearch(ctx, x, decisionBody{Request: r, Decision: d, Asker: &detail.Asker})
	}
	c, verdicts, err := n.standing(ctx, exchange.ID(x.ID))
	if errors.Is(err, registry.ErrNotFound) {
		return n.answer(ctx, x, exchange.EvReject, exchange.NoHit, d.Articles, nil, verdictDecision(x, r, d, nil))
	}
	if err != nil {
		return err
	}
	reach, err := n.stillInReach(ctx, r, c.Subject)
	if err != nil {
		return err
	}
	settled := verdictDecision(x, r, d, &reach)
	if !reach.Permitted() {
		return n.answer(ctx, x, exchange.EvReject, exchange.NoHit, d.Articles, nil, settled)
	}
	confirmed := map[string]bool{}
	for _, v := range verdicts {
		if v.Verdict == verdictConfirm {
			confirmed[v.Examiner] = true
		}
	}
	terms, _ := n.law.SearchTerms(x.Purpose)
	if len(confirmed) < max(terms.Examiners, 1) {
		return nil
	}
	if err := n.store.Advance(ctx, x.ID, x.State, x.State, func(e *registry.Exchange) {
		e.Subject = c.Subject
		changeDetail(e, func(d *answerDetail) { d.Confirmed = len(confirmed) })
	}, nil); err != nil {
		return err
	}
	if x, err = n.store.Exchange(ctx, x.ID); err != nil {
		return err
	}
	return n.answer(ctx, x, exchange.EvConfirm, exchange.Hit, d.Articles, nil, settled)
}

// stillInReach asks the agreement whether the record behind a candidate may be reached now: between the
// search and the verdict a person may have been given a safeguard, or been erased.
func (n *Node) stillInReach(ctx context.Context, r agreement.Request, subject string) (agreement.Decision, error) {
	s, err := n.store.Subject(ctx, subject)
	if err != nil {
		return agreement.Decision{}, fmt.Errorf("read record behind the candidate: %w", err)
	}
	r.Act, r.Record = agreement.ActReach, recordOf(s.Class)
	return n.law.Decide(r), nil
}

// verdictDecision is the decision under which a verdict is answered. It is logged whatever it says, so
// that the plain log does not tell a rejected candidate from one that has come under protection.
func verdictDecision(x registry.Exchange, r agreement.Request, d agreement.Decision, reach *agreement.Decision) act {
	return act{id: "decide:verdict:" + x.ID, kind: ledger.KindDecide, exchange: exchange.ID(x.ID),
		body: map[string]any{"request": r, "decision": d, "reach": reach}}
}
