package demo

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"convenio/api"
)

// patience is how long the demo waits for the other side.
const patience = 30 * time.Second

// The calls that people make from their workstations, each as short as its name.

func (x *side) enrol(ctx context.Context, key string, e api.Enrolment) (string, error) {
	r, err := x.desk[operator].EnrolWithResponse(ctx, &api.EnrolParams{IdempotencyKey: key}, e)
	if err != nil {
		return "", err
	}
	if err := api.Check(r, r.ApplicationproblemJSONDefault, nil); err != nil {
		return "", err
	}
	return r.JSON201.Subject, nil
}

func (x *side) search(ctx context.Context, key string, req api.SearchRequest) (api.Exchange, error) {
	r, err := x.desk[officer].SearchWithResponse(ctx, &api.SearchParams{IdempotencyKey: key}, req)
	if err != nil {
		return api.Exchange{}, err
	}
	if err := api.Check(r, r.ApplicationproblemJSONDefault, nil); err != nil {
		return api.Exchange{}, err
	}
	return *r.JSON201, nil
}

// follow waits until an exchange of this side has settled.
func (x *side) follow(ctx context.Context, id string) (api.Exchange, error) {
	wait := int(patience / time.Second)
	r, err := x.desk[officer].GetExchangeWithResponse(ctx, id, &api.GetExchangeParams{Wait: &wait})
	if err != nil {
		return api.Exchange{}, err
	}
	if err := api.Check(r, r.ApplicationproblemJSONDefault, nil); err != nil {
		return api.Exchange{}, err
	}
	if !r.JSON200.Settled {
		return *r.JSON200, fmt.Errorf("not settled after %v: still %s", patience, r.JSON200.State)
	}
	return *r.JSON200, nil
}

// candidate waits until an exchange asks for an examiner on this side, or is answered without one.
func (x *side) candidate(ctx context.Context, asking *side, id string) (found bool, err error) {
	err = eventually(ctx, func() error {
		r, err := x.desk[examiner].ListCandidatesWithResponse(ctx)
		if err != nil {
			return err
		}
		if err := api.Check(r, r.ApplicationproblemJSONDefault, nil); err != nil {
			return err
		}
		if found = slices.ContainsFunc(*r.JSON200, func(c api.Candidate) bool { return c.Exchange == id }); found {
			return nil
		}
		wait := 0
		e, err := asking.desk[officer].GetExchangeWithResponse(ctx, id, &api.GetExchangeParams{Wait: &wait})
		if err != nil {
			return err
		}
		if err := api.Check(e, e.ApplicationproblemJSONDefault, nil); err != nil {
			return err
		}
		if !e.JSON200.Settled {
			return errors.New("neither a candidate nor an answer")
		}
		return nil
	})
	return found, err
}

// eventually repeats a check until it holds: the two nodes settle their receipts in their own time.
func eventually(ctx context.Context, check func() error) error {
	deadline := time.Now().Add(patience)
	for {
		err := check()
		if err == nil || time.Now().After(deadline) {
			return err
		}
		if err := sleep(ctx, 20*time.Millisecond); err != nil {
			return err
		}
	}
}

// idle waits until no message of this side is on its way.
func (x *side) idle(ctx context.Context) error {
	return eventually(ctx, func() error {
		s, err := x.status(ctx)
		if err == nil && s.Waiting.Outbox > 0 {
			err = fmt.Errorf("%s: %d messages have not arrived", x.id, s.Waiting.Outbox)
		}
		return err
	})
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// confirm is the examiner who has looked at both prints of every finger.
func (x *side) confirm(ctx context.Context, id string) (fingers int, err error) {
	c, err := x.desk[examiner].GetCandidateWithResponse(ctx, id)
	if err != nil {
		return 0, err
	}
	if err := api.Check(c, c.ApplicationproblemJSONDefault, nil); err != nil {
		return 0, err
	}
	for _, p := range c.JSON200.Pairs {
		if len(p.Probe) == 0 || len(p.Reference) == 0 {
			return 0, errors.New("the examiner was not shown both prints")
		}
	}
	v, err := x.desk[examiner].GiveVerdictWithResponse(ctx, id, api.Verdict{Verdict: "confirm", Reason: "demonstration: the ridges agree"})
	if err != nil {
		return 0, err
	}
	return len(c.JSON200.Pairs), api.Check(v, v.ApplicationproblemJSONDefault, nil)
}

func (x *side) disclose(ctx context.Context, id string, fields ...string) (api.Exchange, error) {
	r, err := x.desk[officer].RequestDisclosureWithResponse(ctx, id, api.RequestDisclosureJSONRequestBody{Fields: fields})
	if err != nil {
		return api.Exchange{}, err
	}
	if err := api.Check(r, r.ApplicationproblemJSONDefault, nil); err != nil {
		return api.Exchange{}, err
	}
	return *r.JSON202, nil
}

// release is the second person, once the request has come.
func (x *side) release(ctx context.Context, id string) error {
	err := eventually(ctx, func() error {
		r, err := x.desk[approver].ListApprovalsWithResponse(ctx)
		if err != nil {
			return err
		}
		if err := api.Check(r, r.ApplicationproblemJSONDefault, nil); err != nil {
			return err
		}
		if !slices.ContainsFunc(*r.JSON200, func(a api.Approval) bool { return a.Exchange == id }) {
			return errors.New("no disclosure came for approval")
		}
		return nil
	})
	if err != nil {
		return err
	}
	r, err := x.desk[approver].DecideApprovalWithResponse(ctx, id, api.DecideApprovalJSONRequestBody{Decision: "release", Reason: "demonstration: needed for the examination"})
	if err != nil {
		return err
	}
	return api.Check(r, r.ApplicationproblemJSONDefault, nil)
}

func (x *side) evidence(ctx context.Context, id string) (api.Evidence, error) {
	r, err := x.desk[auditor].GetEvidenceWithResponse(ctx, id)
	if err != nil {
		return api.Evidence{}, err
	}
	if err := api.Check(r, r.ApplicationproblemJSONDefault, nil); err != nil {
		return api.Evidence{}, err
	}
	return *r.JSON200, nil
}

func (x *side) status(ctx context.Context) (api.Status, error) {
	r, err := x.desk[operator].GetStatusWithResponse(ctx)
	if err != nil {
		return api.Status{}, err
	}
	if err := api.Check(r, r.ApplicationproblemJSONDefault, nil); err != nil {
		return api.Status{}, err
	}
	return *r.JSON200, nil
}

func (x *side) giveNotice(ctx context.Context, raw []byte) error {
	r, err := x.desk[operator].PostNoticeWithResponse(ctx, api.PostNoticeJSONRequestBody{Notice: raw})
	if err != nil {
		return err
	}
	return api.Check(r, r.ApplicationproblemJSONDefault, nil)
}

// closes waits until an answering side's ledger holds the last entry of an exchange: that its answer was delivered.
func (x *side) closes(ctx context.Context, id string) error {
	return eventually(ctx, func() error {
		e, err := x.evidence(ctx, id)
		if err != nil {
			return err
		}
		if _, ok := entry(e, "delivered", ""); !ok {
			return fmt.Errorf("%s: the answer is not known to be delivered yet", x.id)
		}
		return nil
	})
}

// entry finds the ledger entry of a kind among an exchange's evidence.
func entry(e api.Evidence, kind, idPrefix string) (api.JournalEntry, bool) {
	for _, j := range e.Entries {
		if j.Kind == kind && strings.HasPrefix(j.Id, idPrefix) {
			return j, true
		}
	}
	return api.JournalEntry{}, false
}
