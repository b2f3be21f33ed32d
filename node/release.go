package node

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"convenio/agreement"
	"convenio/exchange"
	"convenio/ledger"
	"convenio/registry"
)

// The words of approvals.
const (
	decisionRelease = "release"
	decisionRefuse  = "refuse"
)

// examineDisclose takes a partner's request for the facts behind a hit. Whether each field may go is
// decided here, on the class of the record itself; where the agreement wants a second person, it
// waits for one.
func (n *Node) examineDisclose(ctx context.Context, in *incoming) error {
	p, err := exchange.ParseDisclose(in.Payload)
	if err != nil {
		return exchange.NewRefusal(exchange.CodeMalformed, err.Error())
	}
	x, err := n.store.Exchange(ctx, string(in.Header.Exchange))
	if errors.Is(err, registry.ErrNotFound) || (err == nil && (x.Side != registry.Answering || x.Reference == "" || x.Reference != string(p.Reference))) {
		return exchange.NewRefusal(exchange.CodeOutOfOrder, "there is no hit with this reference")
	}
	if err != nil {
		return err
	}
	if p.Purpose != x.Purpose {
		return exchange.Denied(n.law.DefaultDeny, "the purpose is not the one of the search")
	}
	in.settle = func(tx *registry.Tx) error {
		now := n.now()
		if err := tx.Advance(x.ID, x.State, x.State, func(e *registry.Exchange) {
			changeDetail(e, func(d *answerDetail) { d.Disclose, d.Asker, d.Fields, d.Asked = in.Header.ID, p.Asker, p.Fields, now })
		}); err != nil {
			return err
		}
		if err := n.countFields(tx, x.Purpose, word(n.partner.Party), now, in.Header.ID, p.Fields); err != nil {
			return err
		}
		waits, err := n.needsApprover(tx, x.ID)
		if err != nil {
			return err
		}
		if waits {
			return n.step(tx, in.Header.Exchange, exchange.EvDisclose, nil)
		}
		return n.release(tx, x.ID, true, false)
	}
	return nil
}

// needsApprover says whether some field would go if, and only if, a second person approved.
func (n *Node) needsApprover(tx *registry.Tx, id string) (bool, error) {
	x, err := tx.Exchange(id)
	if err != nil {
		return false, err
	}
	with, err := n.decideFields(tx, x, true)
	if err != nil {
		return false, err
	}
	without, err := n.decideFields(tx, x, false)
	if err != nil {
		return false, err
	}
	for f, d := range with {
		if d.Permitted() && !without[f].Permitted() {
			return true, nil
		}
	}
	return false, nil
}

// decideFields asks the agreement about each field of a disclose, on what is known now.
func (n *Node) decideFields(tx *registry.Tx, x registry.Exchange, approved bool) (map[string]agreement.Decision, error) {
	detail := readDetail[answerDetail](x)
	subject, err := tx.Subject(x.Subject)
	if err != nil {
		return nil, fmt.Errorf("read record behind the hit: %w", err)
	}
	now := n.now()
	used, err := n.usedBefore(&tx.View, agreement.ActDisclose, x.Purpose, word(n.partner.Party), detail.Asked, len(detail.Fields))
	if err != nil {
		return nil, err
	}
	out := map[string]agreement.Decision{}
	for i, f := range detail.Fields {
		out[f] = n.law.Decide(agreement.Request{
			Act: agreement.ActDisclose, Side: agreement.SideAnswering, From: word(n.partner.Party), To: word(n.card.Party),
			Authority: detail.Asker.Authority, Role: detail.Asker.Role, Purpose: x.Purpose, Ground: x.Ground, CasePresent: detail.Asker.Case != "",
			Record: recordOf(subject.Class), Field: f, Examiners: detail.Confirmed, Approved: approved,
			Suspended: n.law.state(now).Suspended, Used: further(used, i), Now: now,
		})
	}
	return out, nil
}

// release makes the disclosure: of each field exactly what the agreement allows, or the article that
// withholds it. willing is the second person's word, where one was needed.
func (n *Node) release(tx *registry.Tx, id string, willing, approved bool) error {
	x, err := tx.Exchange(id)
	if err != nil {
		return err
	}
	decisions, err := n.decideFields(tx, x, approved)
	if err != nil {
		return err
	}
	detail := readDetail[answerDetail](x)
	xid := exchange.ID(id)
	if err := n.plan(tx, act{id: "decide:disclose:" + string(detail.Disclose), kind: ledger.KindDecide, exchange: xid,
		body: map[string]any{"fields": decisions, "approved": approved, "willing": willing}}); err != nil {
		return err
	}
	payload, err := n.disclosure(tx, x, decisions, willing)
	if err != nil {
		return err
	}
	raw, err := payload.Bytes()
	if err != nil {
		return fmt.Errorf("make disclosure: %w", err)
	}
	if _, err := n.queue(tx, outgoing{
		exchange: xid, transaction: exchange.TxDisclosure, inReplyTo: detail.Disclose, payload: raw,
		body: map[string]any{"outcome": payload.Outcome, "released": releasedNames(payload), "approved": approved},
	}); err != nil {
		return err
	}
	event := exchange.EvDenyDisclose
	if payload.Outcome == exchange.Released {
		event = exchange.EvRelease
	}
	return n.step(tx, xid, event, nil)
}

// releasedNames are the fields that go, for the overseer: never their values.
func releasedNames(p exchange.DisclosurePayload) map[string]string {
	out := map[string]string{}
	for name, f := range p.Fields {
		out[name] = string(f.Outcome)
	}
	return out
}

func (n *Node) disclosure(tx *registry.Tx, x registry.Exchange, decisions map[string]agreement.Decision, willing bool) (exchange.DisclosurePayload, error) {
	p := exchange.DisclosurePayload{Outcome: exchange.DisclosureRefused, Reference: exchange.ID(x.Reference), Fields: map[string]exchange.Field{}}
	values, err := tx.Fields(x.Subject)
	if err != nil && !errors.Is(err, registry.ErrNotFound) { // a record erased meanwhile has no class either: nothing of it is permitted
		return p, fmt.Errorf("read record behind the hit: %w", err)
	}
	articles := map[string]bool{}
	for name, d := range decisions {
		p.Fields[name] = n.disclosedField(values[name], d, willing)
		for _, a := range d.Articles {
			articles[a] = true
		}
		if p.Fields[name].Outcome == exchange.FieldReleased {
			p.Outcome = exchange.Released
		}
	}
	p.Articles = n.inOrder(articles)
	if p.Outcome != exchange.Released {
		p.Refusal = &exchange.Text{ES: "No se comunica ningún dato", EN: "No datum is disclosed"}
	}
	return p, nil
}

func (n *Node) disclosedField(value string, d agreement.Decision, willing bool) exchange.Field {
	f := exchange.Field{Outcome: exchange.FieldRefused, Article: first(d.Articles)}
	if !d.Permitted() {
		return f
	}
	if !willing {
		if t := d.Obligations.Articles["approver"]; t != "" {
			f.Article = t
		}
		return f
	}
	if value == "" {
		f.Outcome = exchange.FieldAbsent
		return f
	}
	keep := d.Obligations.Keep.After(n.now())
	if d.Obligations.Keep.IsZero() {
		keep = n.now().Add(30 * 24 * time.Hour)
	}
	until := exchange.At(keep)
	f.Outcome, f.Value, f.KeepUntil = exchange.FieldReleased, value, &until
	return f
}

// inOrder lists articles as the agreement does.
func (n *Node) inOrder(set map[string]bool) []string {
	out := []string{}
	for _, a := range n.law.Articles {
		if set[a.Number] {
			out = append(out, a.Number)
		}
	}
	return out
}

// approvedBefore says whether an approver's decision is one that was recorded already.
func (n *Node) approvedBefore(ctx context.Context, id string, who registry.Token, decision, reason string) (bool, error) {
	all, err := n.store.Approvals(ctx, id)
	return slices.ContainsFunc(all, func(a registry.Approval) bool {
		return a.Approver == who.Label && a.Decision == decision && a.Reason == reason
	}), err
}

// approve records what a second person says of a disclosure, and makes it.
func (n *Node) approve(ctx context.Context, who registry.Token, id exchange.ID, decision, reason string) error {
	unlock := n.working.lock(string(id))
	defer unlock()
	x, err := n.store.Exchange(ctx, string(id))
	if err != nil {
		return err
	}
	if x.State != string(exchange.AnsAwaitingApprover) {
		if said, err := n.approvedBefore(ctx, x.ID, who, decision, reason); said || err != nil {
			return err // the answer to the first call was lost
		}
		return fail(http.StatusConflict, "not-waiting", "the exchange does not wait for an approver", x.ID, "list what waits with 'convenio disclose list'")
	}
	verdicts, err := n.store.Verdicts(ctx, x.ID)
	if err != nil {
		return err
	}
	for _, v := range verdicts {
		if v.Examiner == who.Label {
			return fail(http.StatusForbidden, "same-person", "whoever confirmed the hit cannot approve its disclosure", x.ID, "another person must decide")
		}
	}
	detail := readDetail[answerDetail](x)
	willing := decision == decisionRelease
	n.opt.Before("approve")
	err = n.store.Tx(ctx, func(tx *registry.Tx) error {
		if err := tx.PutApproval(registry.Approval{Exchange: x.ID, What: string(detail.Disclose), Approver: who.Label, Decision: decision, Reason: reason}); err != nil {
			return err
		}
		if err := n.plan(tx, act{
			id: "approve:" + string(detail.Disclose), kind: ledger.KindApprove, exchange: id,
			body: map[string]any{"decision": decision, "reason": reason, "approver": officerCode(who), "fields": detail.Fields},
		}); err != nil {
			return err
		}
		return n.release(tx, x.ID, willing, willing)
	})
	if err != nil {
		return err
	}
	n.changed.all()
	wake(n.wakeOut)
	return n.flush(ctx, id)
}
