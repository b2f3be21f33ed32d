package node

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"convenio/agreement"
	"convenio/api"
	"convenio/capture"
	"convenio/exchange"
	"convenio/ledger"
	"convenio/registry"
)

// exchangeLife is how long a node keeps the working data of an exchange: who asked, why, and the
// openings of its ledger entries. The ledger itself stays.
const exchangeLife = 2 * 365 * 24 * time.Hour

// ask is one search by an officer of ours. It decides, logs and, if the agreement allows it, queues
// the message; what is refused leaves nothing but the decision.
func (n *Node) ask(ctx context.Context, who registry.Token, key string, req api.SearchRequest) (registry.Exchange, error) {
	if req.Person != nil && req.Person.Safeguards != nil {
		if err := n.checkSafeguards(*req.Person.Safeguards); err != nil {
			return registry.Exchange{}, err
		}
	}
	prints, err := n.readPrints(ctx, req.Fingers)
	if err != nil {
		return registry.Exchange{}, err
	}
	terms, _ := n.law.SearchTerms(req.Purpose)
	good, worst := worth(prints, terms.MinQuality)
	asker := exchange.Asker{Purpose: req.Purpose, Ground: req.Ground, Case: caseCode(req.Case), Authority: who.Authority, Role: who.Role, Officer: officerCode(who)}
	now := n.now()
	r := agreement.Request{
		Act: agreement.ActSearch, Side: agreement.SideAsking, From: word(n.card.Party), To: word(n.partner.Party),
		Authority: who.Authority, Role: who.Role, Purpose: req.Purpose, Ground: req.Ground, CasePresent: req.Case != "",
		Person: personOf(req.Person), Fingers: len(good), MinQuality: worst,
		Suspended: n.law.state(now).Suspended, Now: now,
	}
	x := registry.Exchange{
		ID: string(newID()), Side: registry.Asking, Partner: string(n.partner.Party), Agreement: n.law.digest.String(), Kind: string(exchange.TxSearch),
		Purpose: req.Purpose, Ground: req.Ground, CaseReference: req.Case, Officer: who.Label, Idempotency: key, Deadline: now.Add(exchangeLife),
	}
	n.opt.Before("ask")
	err = n.store.Tx(ctx, func(tx *registry.Tx) (err error) {
		if r.Used, err = n.used(&tx.View, r.Act, r.Purpose, r.From, now); err != nil {
			return err
		}
		x, err = n.decideSearch(tx, x, r, asker, prints, good, terms)
		return err
	})
	if err != nil {
		return registry.Exchange{}, err
	}
	wake(n.wakeOut)
	return x, n.flush(ctx, exchange.ID(x.ID))
}

// decideSearch takes the decision under the agreement and makes all that follows from it, in one
// transaction. A repeated request finds what the first one made.
func (n *Node) decideSearch(tx *registry.Tx, x registry.Exchange, r agreement.Request, asker exchange.Asker, prints, good []print, terms agreement.SearchTerms) (registry.Exchange, error) {
	id := exchange.ID(x.ID)
	d := n.law.Decide(r)
	detail := askDetail{Asker: asker, Articles: d.Articles, Reasons: reasonTexts(d), Fingers: reports(prints, terms.MinQuality)}
	event := exchange.EvDeny
	if d.Permitted() {
		event = exchange.EvSend
	}
	state, err := exchange.Asking().Next(exchange.StateNew, event)
	if err != nil {
		return x, err
	}
	x.State, x.Outcome, x.Detail = string(state), string(d.Outcome), mustJSON(detail)
	stored, repeated, err := tx.AddExchange(x)
	if err != nil || repeated {
		return stored, err
	}
	if err := n.plan(tx, act{id: "decide:" + x.ID, kind: ledger.KindDecide, exchange: id, body: decisionBody{Request: r, Decision: d, Asker: &asker}}); err != nil {
		return x, err
	}
	if !d.Permitted() {
		return stored, nil
	}
	payload, err := n.searchPayload(asker, good)
	if err != nil {
		return x, err
	}
	msg, err := n.queue(tx, outgoing{
		exchange: id, transaction: exchange.TxSearch, payload: payload, expires: searchExpiry(n.now(), terms),
		body: map[string]any{"asker": asker, "fingers": len(good)},
	})
	if err != nil {
		return x, err
	}
	if err := n.count(tx, r.Act, r.Purpose, r.From, r.Now, string(id)); err != nil {
		return x, err
	}
	return stored, tx.Advance(x.ID, stored.State, stored.State, func(e *registry.Exchange) {
		changeDetail(e, func(d *askDetail) { d.Search = msg })
	})
}

// decisionBody is what a decide entry binds: the whole question and the whole answer.
type decisionBody struct {
	Request  agreement.Request  `json:"request"`
	Decision agreement.Decision `json:"decision"`
	Asker    *exchange.Asker    `json:"asker,omitempty"`
	Scope    *scope             `json:"scope,omitempty"`
}

// searchPayload is what the partner gets: who asks for what, and the prints as an ANSI/NIST-ITL file.
func (n *Node) searchPayload(asker exchange.Asker, prints []print) ([]byte, error) {
	number := string(newID())
	samples := make([]capture.SearchSample, len(prints))
	for i, p := range prints {
		samples[i] = capture.SearchSample{Position: p.position, PNG: p.png, PPI: p.ppi}
		if p.ppi < capture.MinSearchPPI || p.ppi > capture.MaxSearchPPI {
			return nil, fail(http.StatusUnprocessableEntity, "resolution", "a finger's resolution cannot be sent",
				fmt.Sprintf("%s: %d pixels per inch", p.position, p.ppi),
				fmt.Sprintf("capture at 500 pixels per inch: the format of the exchange takes %d to %d", capture.MinSearchPPI, capture.MaxSearchPPI))
		}
	}
	file, err := capture.SearchFile(capture.SearchHeader{
		From: string(n.card.Party), To: string(n.partner.Party), Number: number, At: n.now(),
	}, samples)
	if err != nil {
		return nil, err
	}
	payload, err := exchange.SearchPayload{Number: number, Asker: asker, File: file}.Bytes()
	if err != nil {
		return nil, fail(http.StatusUnprocessableEntity, "too-large", "the search does not fit into one message", err.Error(), "send fewer fingers or smaller images")
	}
	return payload, nil
}

// searchExpiry: a search that does not arrive within the time in which it should have been answered
// is of no use to anybody.
func searchExpiry(now time.Time, t agreement.SearchTerms) time.Time {
	if t.AnswerWithin <= 0 || t.AnswerWithin > messageLife {
		return now.Add(messageLife)
	}
	return now.Add(max(t.AnswerWithin, 10*time.Minute))
}

func personOf(p *api.Person) agreement.Person {
	out := agreement.UnknownPerson()
	if p == nil {
		return out
	}
	if p.Age != nil {
		out.AgeYears = *p.Age
	}
	if p.Nationalities != nil {
		out.Nationalities = *p.Nationalities
	}
	if p.Safeguards != nil {
		out.Safeguards = safeguardsOf(*p.Safeguards)
	}
	return out
}

func safeguardsOf(list []api.Safeguard) []agreement.Safeguard {
	var out []agreement.Safeguard
	for _, s := range list {
		g := agreement.Safeguard{Kind: s.Kind}
		if s.Against != nil {
			g.Against = strings.ToLower(*s.Against)
		}
		out = append(out, g)
	}
	return out
}

// caseCode and officerCode stand for a case and an officer in what leaves: opaque to the partner, and
// found again by their own side.
func caseCode(reference string) string {
	if reference == "" {
		return ""
	}
	return "case-" + exchange.DigestOf([]byte("case\x00" + reference)).String()[:16]
}

func officerCode(who registry.Token) string {
	return "officer-" + exchange.DigestOf(who.Hash[:]).String()[:16]
}

// examineAnswer checks an answer to a search of ours.
func (n *Node) examineAnswer(ctx context.Context, in *incoming) error {
	a, err := exchange.ParseAnswer(in.Payload)
	if err != nil {
		return exchange.NewRefusal(exchange.CodeMalformed, err.Error())
	}
	x, err := n.ownExchange(ctx, in.Header)
	if err != nil {
		return err
	}
	if readDetail[askDetail](x).Search != in.Header.InReplyTo {
		return exchange.NewRefusal(exchange.CodeOutOfOrder, "the answer is to another message")
	}
	event, ok := map[exchange.AnswerOutcome]exchange.Event{
		exchange.NoHit: exchange.EvAnswerNoHit, exchange.Hit: exchange.EvAnswerHit, exchange.AnswerRefused: exchange.EvAnswerRefused,
	}[a.Outcome]
	if !ok {
		return exchange.NewRefusal(exchange.CodeMalformed, "an answer with no known outcome")
	}
	in.settle = func(tx *registry.Tx) error {
		return n.step(tx, in.Header.Exchange, event, func(e *registry.Exchange) {
			e.Outcome, e.Reference = string(a.Outcome), string(a.Reference)
			changeDetail(e, func(d *askDetail) {
				d.Articles, d.Erasure, d.Reasons = a.Articles, &a.Probe, nil
				if a.Refusal != nil {
					d.Reasons = []exchange.Text{*a.Refusal}
				}
			})
		})
	}
	return nil
}

// ownExchange finds the exchange that a partner's message answers; it must be one of ours.
func (n *Node) ownExchange(ctx context.Context, h exchange.Header) (registry.Exchange, error) {
	x, err := n.store.Exchange(ctx, string(h.Exchange))
	if errors.Is(err, registry.ErrNotFound) || (err == nil && x.Side != registry.Asking) {
		return x, exchange.NewRefusal(exchange.CodeOutOfOrder, "no such exchange was begun here")
	}
	return x, err
}

// askDisclosure asks the partner for fields behind a hit.
func (n *Node) askDisclosure(ctx context.Context, who registry.Token, id exchange.ID, fields []string) (registry.Exchange, error) {
	fields = slices.Compact(slices.Sorted(slices.Values(fields)))
	x, err := n.store.Exchange(ctx, string(id))
	if err != nil {
		return x, err
	}
	if x.Side != registry.Asking || x.Reference == "" {
		return x, fail(http.StatusConflict, "no-hit", "there is nothing to ask for", "the exchange has no confirmed hit", "ask for facts only behind a hit")
	}
	now := n.now()
	detail := readDetail[askDetail](x)
	if x.State == string(exchange.AskDisclosureRequested) && slices.Equal(detail.Fields, fields) {
		return x, n.flush(ctx, id) // the answer to the first call was lost
	}
	asker := detail.Asker
	asker.Authority, asker.Role, asker.Officer = who.Authority, who.Role, officerCode(who)
	err = n.store.Tx(ctx, func(tx *registry.Tx) error {
		used, err := n.used(&tx.View, agreement.ActDisclose, x.Purpose, word(n.card.Party), now)
		if err != nil {
			return err
		}
		plan := n.decideAsking(fields, agreement.Request{
			Act: agreement.ActDisclose, Side: agreement.SideAsking, From: word(n.card.Party), To: word(n.partner.Party),
			Authority: who.Authority, Role: who.Role, Purpose: x.Purpose, Ground: x.Ground, CasePresent: x.CaseReference != "",
			Suspended: n.law.state(now).Suspended, Used: used, Now: now,
		})
		if err := n.plan(tx, act{id: "decide:" + string(newID()), kind: ledger.KindDecide, exchange: id, body: plan}); err != nil {
			return err
		}
		return n.sendDisclose(tx, x, asker, fields, plan)
	})
	if err != nil {
		return x, err
	}
	if err := n.flush(ctx, id); err != nil {
		return x, err
	}
	wake(n.wakeOut)
	return n.store.Exchange(ctx, string(id))
}

// askPlan is what our own node allows to ask for. Which class of record stands behind the hit is not
// known here: a field may be asked for when the agreement would allow it for some class, the partner's
// people having confirmed and approved. The partner decides on the class itself.
type askPlan struct {
	Ask      []string                      `json:"ask"`
	Withheld map[string][]string           `json:"withheld,omitempty"` // field: articles
	Reasons  []exchange.Text               `json:"reasons,omitempty"`  // why, for what is withheld
	Decided  map[string]agreement.Decision `json:"decided"`
}

func (n *Node) decideAsking(fields []string, r agreement.Request) askPlan {
	p := askPlan{Withheld: map[string][]string{}, Decided: map[string]agreement.Decision{}}
	used := r.Used
	for _, f := range fields {
		r.Used = further(used, len(p.Ask))
		d := n.decideField(f, r)
		p.Decided[f] = d
		if d.Permitted() {
			p.Ask = append(p.Ask, f)
			continue
		}
		p.Withheld[f] = d.Articles
		p.Reasons = append(p.Reasons, reasonTexts(d)...)
	}
	return p
}

func (n *Node) decideField(field string, r agreement.Request) agreement.Decision {
	terms, _ := n.law.DisclosureTerms(r.Purpose, field)
	r.Field, r.Examiners, r.Approved = field, terms.Examiners, true
	var denied *agreement.Decision
	for _, c := range n.law.Categories {
		r.Record = agreement.Record{Category: c.ID}
		d := n.law.Decide(r)
		if d.Permitted() {
			return d
		}
		if denied == nil { // the agreement lists its commonest class first: its reason is the one to give
			denied = &d
		}
	}
	if denied == nil {
		d := n.law.Decide(r)
		denied = &d
	}
	return *denied
}

// sendDisclose queues the disclose message for what may be asked. When nothing may, the exchange stays
// where it is and says why.
func (n *Node) sendDisclose(tx *registry.Tx, x registry.Exchange, asker exchange.Asker, fields []string, plan askPlan) error {
	id := exchange.ID(x.ID)
	if len(plan.Ask) == 0 {
		return tx.Advance(x.ID, x.State, x.State, func(e *registry.Exchange) {
			changeDetail(e, func(d *askDetail) { d.Withheld, d.Reasons = plan.Withheld, plan.Reasons })
		})
	}
	payload, err := exchange.DisclosePayload{Reference: exchange.ID(x.Reference), Asker: asker, Fields: plan.Ask}.Bytes()
	if err != nil {
		return fail(http.StatusUnprocessableEntity, "words", "a field has not the agreed form", err.Error(), "use the field ids that the agreement lists")
	}
	msg, err := n.queue(tx, outgoing{
		exchange: id, transaction: exchange.TxDisclose, inReplyTo: readDetail[askDetail](x).Search, payload: payload,
		body: map[string]any{"asker": asker, "fields": plan.Ask},
	})
	if err != nil {
		return err
	}
	if err := n.countFields(tx, x.Purpose, word(n.card.Party), n.now(), msg, plan.Ask); err != nil {
		return err
	}
	return n.step(tx, id, exchange.EvAskDisclosure, func(e *registry.Exchange) {
		changeDetail(e, func(d *askDetail) {
			d.Disclose, d.Fields, d.Error, d.Code, d.Withheld, d.Reasons = msg, fields, "", "", plan.Withheld, plan.Reasons
		})
	})
}

// examineDisclosure checks the answer to a disclose of ours, and keeps what it brings under a key
// that ends when the agreement says so.
func (n *Node) examineDisclosure(ctx context.Context, in *incoming) error {
	p, err := exchange.ParseDisclosure(in.Payload)
	if err != nil {
		return exchange.NewRefusal(exchange.CodeMalformed, err.Error())
	}
	x, err := n.ownExchange(ctx, in.Header)
	if err != nil {
		return err
	}
	if readDetail[askDetail](x).Disclose != in.Header.InReplyTo || exchange.ID(x.Reference) != p.Reference {
		return exchange.NewRefusal(exchange.CodeOutOfOrder, "the disclosure is to another message")
	}
	event := exchange.EvDisclosureRefused
	if p.Outcome == exchange.Released {
		event = exchange.EvDisclosureReleased
	}
	in.settle = func(tx *registry.Tx) error {
		if err := n.keepDisclosed(tx, x, in.Header.ID, p); err != nil {
			return err
		}
		return n.step(tx, in.Header.Exchange, event, func(e *registry.Exchange) {
			changeDetail(e, func(d *askDetail) {
				d.Articles = p.Articles
				if p.Refusal != nil {
					d.Reasons = []exchange.Text{*p.Refusal}
				}
				if d.Withheld == nil {
					d.Withheld = map[string][]string{}
				}
				for name, f := range p.Fields {
					if f.Outcome != exchange.FieldReleased {
						d.Withheld[name] = []string{f.Article}
					}
				}
			})
		})
	}
	return nil
}

// keepDisclosed stores each released field under a key of its own, so that each ends at its own time:
// the earlier of what the partner said and what our own reading of the agreement gives.
func (n *Node) keepDisclosed(tx *registry.Tx, x registry.Exchange, msg exchange.ID, p exchange.DisclosurePayload) error {
	for name, f := range p.Fields {
		if f.Outcome != exchange.FieldReleased {
			continue
		}
		until := f.KeepUntil.Time
		if t, ok := n.law.RetentionTerms(name); ok {
			if ours := t.Keep.After(n.now()); ours.Before(until) {
				until = ours
			}
		}
		_, _, err := tx.PutDisclosure(registry.Disclosure{
			ID: string(msg) + ":" + name, Exchange: x.ID, Deadline: until, Data: mustJSON(disclosedField{Name: name, Field: f, Until: until}),
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// disclosedField is one field as it is kept by the side that asked.
type disclosedField struct {
	Name  string         `json:"name"`
	Field exchange.Field `json:"field"`
	Until time.Time      `json:"until"`
}
