package node

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"convenio/api"
	"convenio/exchange"
	"convenio/registry"
)

// handlers answers the calls of the officers' interface; each is a few lines around the node.
type handlers struct{ *Node }

// GetStatus implements api.StrictServerInterface.
func (h *handlers) GetStatus(ctx context.Context, _ api.GetStatusRequestObject) (api.GetStatusResponseObject, error) {
	s, err := h.status(ctx)
	return api.GetStatus200JSONResponse(s), err
}

func (n *Node) status(ctx context.Context) (s api.Status, err error) {
	now := n.now()
	s.Party, s.Version, s.Time = n.cfg.Party, n.opt.Version, now
	classes, err := n.people.classes(ctx)
	if err != nil {
		return s, err
	}
	for _, c := range classes {
		s.People += c.People
	}
	s.Agreement.Id, s.Agreement.Version, s.Agreement.Fictional = n.law.ID, n.law.Version, n.law.Fictional
	s.Agreement.Digest, s.Agreement.State = n.law.digest.String(), n.law.stands(now)
	s.Agreement.Suspensions = n.suspensions(now)
	if problem := n.law.problem(now); problem != "" {
		s.Agreement.Problem = &problem
	}
	s.Ledger.Origin, s.Ledger.Size = n.log.Origin(), int64(n.log.Size())
	n.mu.Lock()
	s.Partner.Party, s.Partner.Endpoint, s.Partner.Reachable = string(n.partner.Party), n.partner.Endpoint, n.reached
	if n.clock != 0 {
		ms := n.clock.Milliseconds()
		s.Partner.ClockDifferenceMs = &ms
	}
	if n.trouble != "" {
		trouble := n.trouble
		s.Partner.Problem = &trouble
	}
	n.mu.Unlock()
	s.Searching = n.searching()
	if free, err := freeBytes(n.cfg.Dir); err == nil {
		f := int64(free)
		s.DiskFreeBytes = &f
	}
	due, err := n.store.Due(ctx, now.Add(365*24*time.Hour), 0)
	if err != nil {
		return s, err
	}
	s.Waiting.Outbox = len(due)
	for state, count := range map[exchange.State]*int{exchange.AnsAwaitingExaminer: &s.Waiting.Examiner, exchange.AnsAwaitingApprover: &s.Waiting.Approver} {
		list, err := n.waitingIn(ctx, state)
		if err != nil {
			return s, err
		}
		*count = len(list)
	}
	return s, nil
}

// waitingIn lists exchanges that wait for a person, oldest first.
func (n *Node) waitingIn(ctx context.Context, state exchange.State) ([]registry.Exchange, error) {
	list, err := n.store.Exchanges(ctx, registry.ExchangeFilter{Side: registry.Answering, States: []string{string(state)}})
	slices.Reverse(list)
	return list, err
}

// Enrol implements api.StrictServerInterface.
func (h *handlers) Enrol(ctx context.Context, r api.EnrolRequestObject) (api.EnrolResponseObject, error) {
	if err := need(ctx, roleOperator); err != nil {
		return nil, err
	}
	if err := h.roomForWork(); err != nil {
		return nil, err
	}
	out, err := h.enrol(ctx, scoped(ctx, r.Params.IdempotencyKey), *r.Body)
	return api.Enrol201JSONResponse(out), err
}

// scoped keeps one person's idempotency keys from meeting another's.
func scoped(ctx context.Context, key string) string { return holder(ctx).Label + "\x00" + key }

// EraseSubject implements api.StrictServerInterface.
func (h *handlers) EraseSubject(ctx context.Context, r api.EraseSubjectRequestObject) (api.EraseSubjectResponseObject, error) {
	if err := need(ctx, roleOperator); err != nil {
		return nil, err
	}
	return api.EraseSubject204Response{}, h.eraseSubject(ctx, r.Subject)
}

// PutSafeguards implements api.StrictServerInterface.
func (h *handlers) PutSafeguards(ctx context.Context, r api.PutSafeguardsRequestObject) (api.PutSafeguardsResponseObject, error) {
	if err := need(ctx, roleOperator); err != nil {
		return nil, err
	}
	return api.PutSafeguards204Response{}, h.protect(ctx, r.Subject, r.Body.Safeguards)
}

// Search implements api.StrictServerInterface.
func (h *handlers) Search(ctx context.Context, r api.SearchRequestObject) (api.SearchResponseObject, error) {
	if err := need(ctx, roleOfficer); err != nil {
		return nil, err
	}
	if err := h.roomForWork(); err != nil {
		return nil, err
	}
	x, err := h.ask(ctx, holder(ctx), scoped(ctx, r.Params.IdempotencyKey), *r.Body)
	if err != nil {
		return nil, err
	}
	out, err := h.describe(ctx, x)
	return api.Search201JSONResponse(out), err
}

// GetExchange implements api.StrictServerInterface.
func (h *handlers) GetExchange(ctx context.Context, r api.GetExchangeRequestObject) (api.GetExchangeResponseObject, error) {
	if err := need(ctx, roleOfficer, roleAuditor, roleOperator); err != nil {
		return nil, err
	}
	wait := 0
	if r.Params.Wait != nil {
		wait = *r.Params.Wait
	}
	if err := h.mayLook(ctx, r.Exchange); err != nil {
		return nil, err
	}
	x, err := h.settled(ctx, exchange.ID(r.Exchange), time.Duration(wait)*time.Second)
	if err != nil {
		return nil, err
	}
	out, err := h.describe(ctx, x)
	if duty(holder(ctx).Role) != roleOfficer {
		out.Disclosed = nil // an operator and an auditor see that it happened, not what it said
	}
	return api.GetExchange200JSONResponse(out), err
}

// mayLook keeps officers to the exchanges that their own authority began: another authority's is as
// if it were not there.
func (n *Node) mayLook(ctx context.Context, id string) error {
	t := holder(ctx)
	if duty(t.Role) != roleOfficer {
		return nil
	}
	x, err := n.store.Exchange(ctx, id)
	if err != nil {
		return err
	}
	if x.Side != registry.Asking || readDetail[askDetail](x).Asker.Authority != t.Authority {
		return registry.ErrNotFound
	}
	return nil
}

// settled waits until an exchange needs nothing more of the machines, at most d.
func (n *Node) settled(ctx context.Context, id exchange.ID, d time.Duration) (registry.Exchange, error) {
	deadline := time.NewTimer(d)
	defer deadline.Stop()
	for {
		moved := n.changed.wait()
		x, err := n.store.Exchange(ctx, string(id))
		if err != nil || isSettled(x) {
			return x, err
		}
		select {
		case <-moved:
		case <-deadline.C:
			return x, nil
		case <-n.stopping:
			return x, nil
		case <-ctx.Done():
			return x, ctx.Err()
		}
	}
}

// isSettled: nothing moves on its own in these states; a person's turn, or nobody's.
func isSettled(x registry.Exchange) bool {
	switch exchange.State(x.State) {
	case exchange.AskSent, exchange.AskAcknowledged, exchange.AskDisclosureRequested, exchange.AnsReceived, exchange.AnsSearching:
		return false
	}
	return true
}

// describe is an exchange as its own side's officer sees it.
func (n *Node) describe(ctx context.Context, x registry.Exchange) (api.Exchange, error) {
	out := api.Exchange{
		Id: x.ID, Side: api.ExchangeSide(x.Side), Partner: x.Partner, Purpose: x.Purpose, State: x.State,
		Created: x.Created, Updated: x.Updated, Settled: isSettled(x), Articles: []string{},
	}
	if x.Side == registry.Answering {
		if d := readDetail[answerDetail](x); d.Articles != nil {
			out.Articles = d.Articles
		}
		return out, nil
	}
	d := readDetail[askDetail](x)
	if d.Articles != nil {
		out.Articles = d.Articles
	}
	out.Reasons = apiTexts(d.Reasons)
	if d.Fingers != nil {
		out.Fingers = &d.Fingers
	}
	if x.Reference != "" {
		out.Reference = &x.Reference
	}
	if d.Erasure != nil && d.Erasure.Erased {
		out.Erasure = &api.Erasure{At: d.Erasure.At.Time}
	}
	if len(d.Withheld) > 0 {
		out.Withheld = &d.Withheld
	}
	if d.Error != "" {
		out.Error = &d.Error
	} else if trouble := n.link(); !out.Settled && trouble != "" {
		out.Error = &trouble
	}
	return out, n.addDisclosed(ctx, x, &out)
}

func (n *Node) addDisclosed(ctx context.Context, x registry.Exchange, out *api.Exchange) error {
	rows, err := n.store.Disclosures(ctx, x.ID)
	if err != nil || len(rows) == 0 {
		return err
	}
	fields := map[string]api.DisclosedField{}
	for _, r := range rows {
		if r.Data == nil {
			continue // it has ended
		}
		var f disclosedField
		if err := json.Unmarshal(r.Data, &f); err != nil {
			return err
		}
		fields[f.Name] = api.DisclosedField{Value: f.Field.Value, Articles: []string{f.Field.Article}, KeepUntil: f.Until}
	}
	out.Disclosed = &fields
	return nil
}

func apiTexts(list []exchange.Text) *[]api.Text {
	if len(list) == 0 {
		return nil
	}
	out := make([]api.Text, len(list))
	for i, t := range list {
		out[i] = api.Text{Es: t.ES, En: t.EN}
	}
	return &out
}

// RequestDisclosure implements api.StrictServerInterface.
func (h *handlers) RequestDisclosure(ctx context.Context, r api.RequestDisclosureRequestObject) (api.RequestDisclosureResponseObject, error) {
	if err := need(ctx, roleOfficer); err != nil {
		return nil, err
	}
	if err := h.mayLook(ctx, r.Exchange); err != nil {
		return nil, err
	}
	x, err := h.askDisclosure(ctx, holder(ctx), exchange.ID(r.Exchange), r.Body.Fields)
	if err != nil {
		return nil, err
	}
	out, err := h.describe(ctx, x)
	return api.RequestDisclosure202JSONResponse(out), err
}

// ListCandidates implements api.StrictServerInterface.
func (h *handlers) ListCandidates(ctx context.Context, _ api.ListCandidatesRequestObject) (api.ListCandidatesResponseObject, error) {
	if err := need(ctx, roleExaminer); err != nil {
		return nil, err
	}
	waiting, err := h.waitingIn(ctx, exchange.AnsAwaitingExaminer)
	if err != nil {
		return nil, err
	}
	out := api.ListCandidates200JSONResponse{}
	for _, x := range waiting {
		c, _, err := h.standing(ctx, exchange.ID(x.ID))
		if errors.Is(err, registry.ErrNotFound) {
			continue // the last one was rejected just now: nothing waits for an examiner
		}
		if err != nil {
			return nil, err
		}
		out = append(out, candidate(x, c))
	}
	return out, nil
}

func candidate(x registry.Exchange, c registry.Candidate) api.Candidate {
	return api.Candidate{Exchange: x.ID, Partner: x.Partner, Purpose: x.Purpose, Rank: c.Rank, Received: x.Created, Score: float32(c.Score)}
}

// GetCandidate implements api.StrictServerInterface.
func (h *handlers) GetCandidate(ctx context.Context, r api.GetCandidateRequestObject) (api.GetCandidateResponseObject, error) {
	if err := need(ctx, roleExaminer); err != nil {
		return nil, err
	}
	x, err := h.store.Exchange(ctx, r.Exchange)
	if err != nil {
		return nil, err
	}
	c, _, err := h.standing(ctx, exchange.ID(x.ID))
	if err != nil {
		return nil, err
	}
	pairs, err := h.sideBySide(ctx, exchange.ID(x.ID), c)
	if err != nil {
		return nil, err
	}
	out := api.GetCandidate200JSONResponse{Candidate: candidate(x, c)}
	for _, p := range pairs {
		out.Pairs = append(out.Pairs, api.FingerPair{Position: p.position.String(), Probe: p.probe, Reference: p.reference, Score: float32(p.score)})
	}
	return out, nil
}

// GiveVerdict implements api.StrictServerInterface.
func (h *handlers) GiveVerdict(ctx context.Context, r api.GiveVerdictRequestObject) (api.GiveVerdictResponseObject, error) {
	if err := need(ctx, roleExaminer); err != nil {
		return nil, err
	}
	return api.GiveVerdict204Response{}, h.giveVerdict(ctx, holder(ctx), exchange.ID(r.Exchange), string(r.Body.Verdict), r.Body.Reason)
}

// ListApprovals implements api.StrictServerInterface.
func (h *handlers) ListApprovals(ctx context.Context, _ api.ListApprovalsRequestObject) (api.ListApprovalsResponseObject, error) {
	if err := need(ctx, roleApprover); err != nil {
		return nil, err
	}
	waiting, err := h.waitingIn(ctx, exchange.AnsAwaitingApprover)
	if err != nil {
		return nil, err
	}
	out := api.ListApprovals200JSONResponse{}
	for _, x := range waiting {
		d := readDetail[answerDetail](x)
		out = append(out, api.Approval{Exchange: x.ID, Partner: x.Partner, Purpose: x.Purpose, Asked: d.Asked, Fields: d.Fields})
	}
	return out, nil
}

// DecideApproval implements api.StrictServerInterface.
func (h *handlers) DecideApproval(ctx context.Context, r api.DecideApprovalRequestObject) (api.DecideApprovalResponseObject, error) {
	if err := need(ctx, roleApprover); err != nil {
		return nil, err
	}
	return api.DecideApproval204Response{}, h.approve(ctx, holder(ctx), exchange.ID(r.Exchange), string(r.Body.Decision), r.Body.Reason)
}

// GetAgreement implements api.StrictServerInterface.
func (h *handlers) GetAgreement(_ context.Context, _ api.GetAgreementRequestObject) (api.GetAgreementResponseObject, error) {
	now := h.now()
	out := api.GetAgreement200JSONResponse{
		Id: h.law.ID, Version: h.law.Version, Digest: h.law.digest.String(), Fictional: h.law.Fictional,
		Title: api.Text{Es: h.law.Title.In("es"), En: h.law.Title.In("en")},
		State: api.AgreementStateState(h.law.stands(now)), Bundle: h.law.Bundle(),
	}
	if by := h.law.state(now).By; len(by) > 0 {
		out.SuspendedBy = &by
	}
	out.Suspensions = h.suspensions(now)
	return out, nil
}

// PostNotice implements api.StrictServerInterface.
func (h *handlers) PostNotice(ctx context.Context, r api.PostNoticeRequestObject) (api.PostNoticeResponseObject, error) {
	if err := need(ctx, roleOperator); err != nil {
		return nil, err
	}
	return api.PostNotice204Response{}, h.giveNotice(ctx, r.Body.Notice)
}

// GetEvidence implements api.StrictServerInterface.
func (h *handlers) GetEvidence(ctx context.Context, r api.GetEvidenceRequestObject) (api.GetEvidenceResponseObject, error) {
	if err := need(ctx, roleAuditor); err != nil {
		return nil, err
	}
	e, err := h.evidence(ctx, r.Exchange)
	return api.GetEvidence200JSONResponse(e), err
}

// ListOpenings implements api.StrictServerInterface.
func (h *handlers) ListOpenings(ctx context.Context, r api.ListOpeningsRequestObject) (api.ListOpeningsResponseObject, error) {
	if err := need(ctx, roleAuditor); err != nil {
		return nil, err
	}
	from, limit := uint64(0), 1000
	if r.Params.From != nil {
		from = uint64(*r.Params.From)
	}
	if r.Params.Limit != nil {
		limit = *r.Params.Limit
	}
	rows, err := h.store.JournalFrom(ctx, from, limit)
	if err != nil {
		return nil, err
	}
	out := api.ListOpenings200JSONResponse{}
	for _, j := range rows {
		out = append(out, journalEntry(j))
	}
	return out, nil
}
