package node

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"convenio/agreement"
	"convenio/capture"
	"convenio/exchange"
	"convenio/finger"
	"convenio/gallery"
	"convenio/ledger"
	"convenio/registry"
)

// probeLife is how long a probe may wait here at most, whatever people do: an examiner who never
// comes must not turn it into a record.
const probeLife = 72 * time.Hour

// examineSearch decides on a search by the partner before anything is kept of it.
func (n *Node) examineSearch(ctx context.Context, in *incoming) error {
	p, err := exchange.ParseSearch(in.Payload)
	if err != nil {
		return exchange.NewRefusal(exchange.CodeMalformed, err.Error())
	}
	h, samples, err := capture.ReadSearchFile(p.File)
	if err == nil && (h.From != string(in.Header.From) || h.To != string(in.Header.To) || h.Number != p.Number) {
		err = errors.New("the file of the search names other parties, or another number")
	}
	if err != nil {
		return exchange.NewRefusal(exchange.CodeMalformed, err.Error())
	}
	r := n.searchRequest(p.Asker, len(samples), 100, n.now())
	err = n.store.View(ctx, func(v *registry.View) (err error) {
		r.Used, err = n.used(v, r.Act, r.Purpose, r.From, r.Now)
		return err
	})
	if err != nil {
		return err
	}
	d := n.law.Decide(r)
	in.decision = decisionBody{Request: r, Decision: d, Asker: &p.Asker}
	if !d.Permitted() {
		return exchange.Denied(first(d.Articles), "the agreement does not allow this search")
	}
	in.settle = func(tx *registry.Tx) error {
		now := n.now()
		if err := n.stillAllowed(tx, r); err != nil {
			return err
		}
		x := registry.Exchange{
			ID: string(in.Header.Exchange), Side: registry.Answering, Partner: string(in.Header.From), Agreement: n.law.digest.String(), Kind: string(exchange.TxSearch),
			Purpose: p.Purpose, Ground: p.Ground, CaseReference: p.Case, Officer: p.Officer, State: string(exchange.AnsReceived), Deadline: now.Add(exchangeLife),
			Detail: mustJSON(answerDetail{Search: in.Header.ID, Asker: p.Asker, Received: now}),
		}
		if _, repeated, err := tx.AddExchange(x); err != nil || repeated {
			if repeated {
				return exchange.NewRefusal(exchange.CodeOutOfOrder, "the exchange was begun before, by another message")
			}
			return err
		}
		if err := tx.PutProbe(x.ID, mustJSON(samples), now.Add(probeLife)); err != nil {
			return err
		}
		return n.count(tx, r.Act, r.Purpose, r.From, now, string(in.Header.Exchange))
	}
	return nil
}

// stillAllowed decides again inside the transaction that counts the search: of two searches that come
// together, both within the quota, the second may find it used up.
func (n *Node) stillAllowed(tx *registry.Tx, r agreement.Request) (err error) {
	if r.Used, err = n.used(&tx.View, r.Act, r.Purpose, r.From, r.Now); err != nil {
		return err
	}
	if d := n.law.Decide(r); !d.Permitted() {
		return exchange.Denied(first(d.Articles), "the agreement does not allow this search")
	}
	return nil
}

func first(articles []string) string {
	if len(articles) == 0 {
		return ""
	}
	return articles[0]
}

// searchRequest is the partner's search as the agreement sees it from here: of the person, nothing is
// known but the prints.
func (n *Node) searchRequest(a exchange.Asker, fingers, worst int, now time.Time) agreement.Request {
	return agreement.Request{
		Act: agreement.ActSearch, Side: agreement.SideAnswering, From: word(n.partner.Party), To: word(n.card.Party),
		Authority: a.Authority, Role: a.Role, Purpose: a.Purpose, Ground: a.Ground, CasePresent: a.Case != "",
		Person: agreement.UnknownPerson(), Fingers: fingers, MinQuality: worst,
		Suspended: n.law.state(now).Suspended, Now: now,
	}
}

// decideAgain asks the agreement about a search that was accepted before, on what is known now.
func (n *Node) decideAgain(ctx context.Context, detail answerDetail, fingers, worst int) (agreement.Request, agreement.Decision, error) {
	r := n.searchRequest(detail.Asker, fingers, worst, n.now())
	err := n.store.View(ctx, func(v *registry.View) (err error) {
		r.Used, err = n.usedBefore(v, r.Act, r.Purpose, r.From, detail.Received, 1)
		return err
	})
	return r, n.law.Decide(r), err
}

// scope is what a search may reach: the classes of record that the agreement lets this request see.
// The others take no part: they are never handed to the comparison.
type scope struct {
	Reached  []string            `json:"reached"`  // classes
	Excluded map[string][]string `json:"excluded"` // class: articles
	People   int                 `json:"people"`   // within reach
	Out      int                 `json:"out"`      // out of reach
}

func (n *Node) reach(ctx context.Context, base agreement.Request) (scope, map[string]bool, error) {
	s := scope{Excluded: map[string][]string{}}
	may := map[string]bool{}
	classes, err := n.people.classes(ctx)
	if err != nil {
		return s, nil, err
	}
	for _, c := range classes {
		class, err := registry.ParseClass(c.Class)
		if err != nil {
			return s, nil, fmt.Errorf("class of records: %w", err)
		}
		r := base
		r.Act, r.Record = agreement.ActReach, recordOf(class)
		if d := n.law.Decide(r); d.Permitted() {
			may[c.Class] = true
			s.Reached = append(s.Reached, c.Class)
			s.People += c.People
		} else {
			s.Excluded[c.Class] = d.Articles
			s.Out += c.People
		}
	}
	return s, may, nil
}

func recordOf(c registry.Class) agreement.Record {
	r := agreement.Record{Category: c.Category, Nationalities: c.Nationalities}
	for _, g := range c.Safeguards {
		r.Safeguards = append(r.Safeguards, agreement.Safeguard{Kind: g.Kind, Against: g.Against})
	}
	return r
}

// answerSearch takes a received search through to its answer, or to the examiner.
func (n *Node) answerSearch(ctx context.Context, id exchange.ID) error {
	unlock := n.working.lock(string(id))
	defer unlock()
	x, err := n.store.Exchange(ctx, string(id))
	if err != nil {
		return err
	}
	if s := exchange.State(x.State); s != exchange.AnsReceived && s != exchange.AnsSearching {
		return nil
	}
	prints, err := n.probe(ctx, id)
	if err != nil {
		return err
	}
	detail := readDetail[answerDetail](x)
	terms, _ := n.law.SearchTerms(x.Purpose)
	good, worst := worth(prints, terms.MinQuality)
	r, d, err := n.decideAgain(ctx, detail, len(good), worst)
	if err != nil {
		return err
	}
	if !d.Permitted() {
		return n.refuseSearch(ctx, x, decisionBody{Request: r, Decision: d, Asker: &detail.Asker})
	}
	within, may, err := n.reach(ctx, r)
	if err != nil {
		return err
	}
	n.opt.Before("search")
	err = n.store.Tx(ctx, func(tx *registry.Tx) error {
		if err := n.plan(tx,
			act{id: "decide:" + x.ID, kind: ledger.KindDecide, exchange: id, body: decisionBody{Request: r, Decision: d, Asker: &detail.Asker, Scope: &within}},
			act{id: "search:" + x.ID, kind: ledger.KindSearch, exchange: id, body: within},
		); err != nil {
			return err
		}
		return n.step(tx, id, exchange.EvSearch, func(e *registry.Exchange) {
			changeDetail(e, func(d *answerDetail) { d.Fingers, d.Worst = len(good), worst })
		})
	})
	if err != nil {
		return err
	}
	if err := n.flush(ctx, id); err != nil {
		return err
	}
	found, err := n.people.search(ctx, query{exchange: x.ID, prints: good, reach: may, options: gallery.Options{
		Threshold: gallery.PersonThreshold(terms.FPIR, within.People), Max: max(terms.MaxCandidates, 1), Workers: n.workers(),
	}})
	if err != nil {
		return fmt.Errorf("search gallery: %w", err)
	}
	return n.settleSearch(ctx, x, d, found)
}

// probe reads the partner's images again and extracts them with our own engine.
func (n *Node) probe(ctx context.Context, id exchange.ID) ([]print, error) {
	samples, err := n.probeSamples(ctx, id)
	if err != nil {
		return nil, err
	}
	prints := make([]print, 0, len(samples))
	for _, s := range samples {
		p, err := n.readPrint(ctx, s.Position.String(), s.PNG, float64(s.PPI))
		if err != nil {
			if ours := (*problem)(nil); !errors.As(err, &ours) {
				return nil, err
			}
			p = print{position: s.Position} // not an image: a finger that cannot be used
		}
		prints = append(prints, p)
	}
	return prints, nil
}

func probeFingers(prints []print) []gallery.Finger {
	out := make([]gallery.Finger, len(prints))
	for i, p := range prints {
		out[i] = gallery.Finger{Position: p.position, Template: finger.Prepare(p.template)}
	}
	return out
}

// settleSearch ends the machine's part: no candidate is answered with no hit, a candidate waits for a
// person.
func (n *Node) settleSearch(ctx context.Context, x registry.Exchange, d agreement.Decision, found gallery.Result) error {
	id := exchange.ID(x.ID)
	var candidates []registry.Candidate
	for i, c := range found.Candidates {
		rc := registry.Candidate{Rank: i + 1, Subject: c.Subject, Score: float64(c.Score)}
		for _, f := range c.Fingers {
			rc.Fingers = append(rc.Fingers, registry.FingerScore{Probe: uint8(f.Position), Reference: uint8(f.Reference), Score: float64(f.Score)})
		}
		candidates = append(candidates, rc)
	}
	result := act{id: "result:" + x.ID, kind: ledger.KindResult, exchange: id, body: map[string]any{"candidates": candidates, "people": found.Searched}}
	n.opt.Before("result")
	if len(candidates) == 0 {
		return n.answer(ctx, x, exchange.EvNoCandidate, exchange.NoHit, d.Articles, nil, result)
	}
	err := n.store.Tx(ctx, func(tx *registry.Tx) error {
		if err := n.plan(tx, result); err != nil {
			return err
		}
		if err := tx.PutCandidates(x.ID, candidates); err != nil {
			return err
		}
		return n.step(tx, id, exchange.EvCandidate, nil)
	})
	if err != nil {
		return err
	}
	n.changed.all()
	return n.flush(ctx, id)
}

// refuseSearch answers that the agreement does not allow the search after all: too few usable
// fingers, or a suspension that came in between.
func (n *Node) refuseSearch(ctx context.Context, x registry.Exchange, why decisionBody) error {
	texts := reasonTexts(why.Decision)
	if len(texts) == 0 {
		texts = []exchange.Text{{ES: "El convenio no lo permite", EN: "The agreement does not allow it"}}
	}
	return n.answer(ctx, x, exchange.EvRefuseAnswer, exchange.AnswerRefused, why.Decision.Articles, &texts[0],
		act{id: "decide:" + x.ID + ":" + x.State, kind: ledger.KindDecide, exchange: exchange.ID(x.ID), body: why})
}

// answer ends a search: the probe's key is destroyed, the ledger says so, and the answer is queued, all
// at once. A no hit leaves on the answers' clock, looks the same whatever the gallery holds, and
// carries our word that the probe is gone.
func (n *Node) answer(ctx context.Context, x registry.Exchange, event exchange.Event, outcome exchange.AnswerOutcome, articles []string, refusal *exchange.Text, before ...act) error {
	id := exchange.ID(x.ID)
	now := n.now()
	detail := readDetail[answerDetail](x)
	payload := exchange.AnswerPayload{Outcome: outcome, Articles: articles, Refusal: refusal, Probe: exchange.Erasure{Erased: true, At: exchange.At(now)}}
	if outcome == exchange.Hit {
		payload.Reference = newID()
	}
	raw, err := payload.Bytes()
	if err != nil {
		return fmt.Errorf("make answer: %w", err)
	}
	n.opt.Before("answer")
	err = n.store.Tx(ctx, func(tx *registry.Tx) error {
		if err := n.plan(tx, append(slices.Clone(before),
			act{id: "erase:probe:" + x.ID, kind: ledger.KindErase, exchange: id, body: map[string]any{"what": "probe", "exchange": x.ID}},
		)...); err != nil {
			return err
		}
		if err := tx.DestroyProbe(x.ID); err != nil {
			return err
		}
		if _, err := n.queue(tx, outgoing{
			exchange: id, transaction: exchange.TxAnswer, inReplyTo: detail.Search, payload: raw,
			notBefore: onGrid(detail.Received, now), body: payload,
		}); err != nil {
			return err
		}
		return n.step(tx, id, event, func(e *registry.Exchange) {
			e.Outcome, e.Reference = string(outcome), string(payload.Reference)
			changeDetail(e, func(d *answerDetail) { d.Articles = articles })
		})
	})
	if err != nil {
		return err
	}
	n.changed.all()
	wake(n.wakeOut)
	return n.scrub(ctx)
}
