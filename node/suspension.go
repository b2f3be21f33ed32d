package node

import (
	"context"
	"time"

	"convenio/agreement"
	"convenio/api"
	"convenio/exchange"
	"convenio/registry"
)

// holdFor is how long a message that the agreement forbids for now waits before it is looked at again.
const holdFor = 2 * time.Second

// held says whether a message must not leave now, because what it asks or tells has been suspended
// since it was queued. It waits until the suspension ends or the message expires. Notices, and the
// word that a search is refused, always leave; while a notice has not arrived, what belongs to an exchange
// waits for it, so that nothing comes before the word that it is allowed again.
func (n *Node) held(ctx context.Context, m registry.OutboxMessage) (bool, error) {
	if m.Exchange == "" || !n.law.noticed() {
		return false, nil
	}
	notices, err := n.store.OutboxOf(ctx, "")
	if err != nil {
		return false, err
	}
	for _, o := range notices {
		if o.State == registry.Pending {
			return true, nil
		}
	}
	now := n.now()
	s := n.law.state(now).Suspended
	if !s.Any() {
		return false, nil
	}
	header, _, err := exchange.Inspect(m.Envelope, exchange.MaxEnvelope)
	if err != nil {
		return false, err
	}
	x, err := n.store.Exchange(ctx, m.Exchange)
	if err != nil {
		return false, err
	}
	r := agreement.Request{Act: agreement.ActSearch, From: word(n.card.Party), To: word(n.partner.Party), Purpose: x.Purpose, Suspended: s, Now: now}
	switch header.Transaction {
	case exchange.TxSearch:
		r.Authority = readDetail[askDetail](x).Asker.Authority
	case exchange.TxDisclose:
		r.Act, r.Authority = agreement.ActDisclose, readDetail[askDetail](x).Asker.Authority
	case exchange.TxAnswer, exchange.TxDisclosure:
		if x.State == string(exchange.AnsAnsweredRefused) || x.State == string(exchange.AnsDisclosureRefused) {
			return false, nil // it tells nothing but the article
		}
		r.From, r.To, r.Authority = r.To, r.From, readDetail[answerDetail](x).Asker.Authority
		if header.Transaction == exchange.TxDisclosure {
			r.Act = agreement.ActDisclose
			if subject, err := n.store.Subject(ctx, x.Subject); err == nil { // else it was erased: only a part without categories tells
				r.Record = recordOf(subject.Class)
			}
		}
	}
	return n.law.Suspends(r), nil
}

// noticed says whether any notice was ever given.
func (l *law) noticed() bool {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return len(l.notices) > 0
}

// suspensions lists for people what stands suspended; nil where nothing does.
func (n *Node) suspensions(at time.Time) *[]api.Suspension {
	var out []api.Suspension
	for _, s := range n.law.standing(at) {
		x := api.Suspension{By: s.By, From: s.From, Reason: s.Reason}
		if s.Part != nil {
			p := partOf(*s.Part)
			x.Part = &p
			x.Text = &api.Text{Es: n.law.DescribePart(*s.Part, "es"), En: n.law.DescribePart(*s.Part, "en")}
		}
		for _, e := range s.Except {
			if x.Except == nil {
				x.Except = &[]api.SuspendedPart{}
			}
			*x.Except = append(*x.Except, partOf(e))
		}
		out = append(out, x)
	}
	if out == nil {
		return nil
	}
	return &out
}

func partOf(p agreement.Part) api.SuspendedPart {
	list := func(words []string) *[]string {
		if len(words) == 0 {
			return nil
		}
		return &words
	}
	return api.SuspendedPart{
		Acts: list(p.Acts), Purposes: list(p.Purposes), Authorities: list(p.Authorities), Asking: list(p.Asking),
		Answering: list(p.Answering), Parties: list(p.Parties), Categories: list(p.Categories),
	}
}

// standing lists the suspensions that stand at an instant.
func (l *law) standing(at time.Time) []agreement.Stand {
	l.mu.RLock()
	defer l.mu.RUnlock()
	s, err := agreement.Standing(l.Agreement, l.notices, at)
	if err != nil {
		return nil // as in state: nothing is allowed, and which notice it is by cannot be said
	}
	return s
}

// folded is what the notices came to at an instant. It stays so until the next of them takes effect or another comes,
// so that a decision does not go through all of them.
type folded struct {
	state       agreement.State
	from, until time.Time // until: just before this instant; zero: for good
}

func (f folded) holds(at time.Time) bool {
	return !f.from.IsZero() && !at.Before(f.from) && (f.until.IsZero() || at.Before(f.until))
}

// nextNotice is when the next notice takes effect after an instant; zero: none does.
func nextNotice(list []agreement.Notice, at time.Time) (next time.Time) {
	for _, n := range list {
		if n.From.After(at) && (next.IsZero() || n.From.Before(next)) {
			next = n.From
		}
	}
	return next
}
