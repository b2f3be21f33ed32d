package node

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"convenio/exchange"
	"convenio/ledger"
	"convenio/registry"
)

const (
	// answerGrid is the clock on which answers leave: a fixed multiple after the search came, so that
	// the time of a no-hit tells nothing of what stands in the gallery.
	answerGrid = 250 * time.Millisecond
	// dueEvery is how often the outbox is looked at when nothing wakes it.
	dueEvery = 500 * time.Millisecond
	// proofTries bounds how often one delivery is begun anew because the partner knows another size
	// of our ledger than we thought.
	proofTries = 6
	// messageLife is how long a message may take to arrive where the agreement sets no shorter time.
	messageLife = 7 * 24 * time.Hour
)

// outgoing is a message to the partner.
type outgoing struct {
	exchange    exchange.ID
	transaction exchange.Transaction
	inReplyTo   exchange.ID
	payload     []byte
	notBefore   time.Time
	expires     time.Time
	body        any // what the send entry binds, for the overseer
}

// queue seals a message and puts it into the outbox, in the transaction that decides on it. It leaves
// when its send entry is in the ledger. The id of the message is returned.
func (n *Node) queue(tx *registry.Tx, o outgoing) (exchange.ID, error) {
	now := n.now()
	if o.expires.IsZero() {
		o.expires = now.Add(messageLife)
	}
	h := exchange.Header{
		Version: exchange.Version, ID: newID(), Exchange: o.exchange, Transaction: o.transaction,
		From: n.card.Party, To: n.partner.Party, Agreement: n.law.digest,
		Created: exchange.At(now), Expires: exchange.At(o.expires), InReplyTo: o.inReplyTo,
	}
	envelope, digest, err := exchange.Seal(n.keys, n.partner, h, o.payload)
	if err != nil {
		return "", fmt.Errorf("seal %s: %w", o.transaction, err)
	}
	entry := "send:" + string(h.ID)
	if err := n.plan(tx, act{
		id: entry, kind: ledger.KindSend, exchange: o.exchange, transaction: o.transaction, message: digest, body: o.body,
	}); err != nil {
		return "", err
	}
	_, _, err = tx.PutOutbox(registry.OutboxMessage{
		ID: string(h.ID), Exchange: string(o.exchange), Peer: string(n.partner.Party), Entry: entry,
		Next: later(o.notBefore, now), Expires: o.expires, Envelope: envelope,
	})
	if err != nil {
		return "", err
	}
	return h.ID, nil
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// onGrid is the next instant of the answers' clock, counted from when the search came.
func onGrid(received, now time.Time) time.Time {
	steps := now.Sub(received)/answerGrid + 1
	return received.Add(steps * answerGrid)
}

// deliverAll sends what is due, one message after another, until ctx ends.
func (n *Node) deliverAll(ctx context.Context) error {
	for {
		due, err := n.store.Due(ctx, n.now(), 32)
		if err != nil && ctx.Err() == nil {
			n.opt.Logger.LogAttrs(ctx, slog.LevelError, "outbox", slog.Any("error", err))
		}
		for _, m := range due {
			if err := n.deliver(ctx, m); err != nil && ctx.Err() == nil {
				n.opt.Logger.LogAttrs(ctx, slog.LevelWarn, "delivery", slog.String("message", m.ID), slog.Any("error", err))
			}
		}
		if !n.pause(ctx, n.wakeOut, n.untilNext(ctx)) {
			return ctx.Err()
		}
	}
}

// untilNext is how long the outbox may rest: answers wait for their grid.
func (n *Node) untilNext(ctx context.Context) time.Duration {
	due, err := n.store.Due(ctx, n.now().Add(dueEvery), 1)
	if err != nil || len(due) == 0 {
		return dueEvery
	}
	return max(due[0].Next.Sub(n.now()), 5*time.Millisecond)
}

// pause waits to be woken, at most d. It returns false when ctx has ended.
func (n *Node) pause(ctx context.Context, woken chan struct{}, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-woken:
	case <-t.C:
	}
	return ctx.Err() == nil
}

// deliver makes one attempt at one message and records what came of it.
func (n *Node) deliver(ctx context.Context, m registry.OutboxMessage) error {
	if !n.now().Before(m.Expires) {
		return n.giveUp(ctx, m, nil)
	}
	if held, err := n.held(ctx, m); err != nil || held {
		if err == nil {
			err = n.store.RetryOutbox(ctx, m.ID, n.now().Add(holdFor))
		}
		return err
	}
	if err := n.flush(ctx, exchange.ID(m.Exchange)); err != nil {
		return err
	}
	n.opt.Before("deliver")
	d, seen, err := n.post(ctx, m)
	n.noteContact(d, err)
	if err == nil {
		return n.receipted(ctx, m, d, seen)
	}
	next, ok := n.opt.Retry.NextAttempt(m.Attempts+1, n.now(), m.Expires, err)
	if !ok {
		return errors.Join(err, n.giveUp(ctx, m, err))
	}
	return errors.Join(err, n.store.RetryOutbox(ctx, m.ID, next))
}

// post hands a message to the partner, with the proof that our ledger holds it; it answers at once
// when the partner asks for the proof from another size.
func (n *Node) post(ctx context.Context, m registry.OutboxMessage) (exchange.Delivery, ledger.Checkpoint, error) {
	since := n.shownSize()
	for try := 1; ; try++ {
		seen, err := n.peerCheckpoint(ctx)
		if err != nil {
			return exchange.Delivery{}, seen, err
		}
		logged, err := n.logged(ctx, m.Entry, since)
		if err != nil {
			return exchange.Delivery{}, seen, err
		}
		d, err := n.client.Deliver(ctx, n.partner, exchange.Message{Seen: seen.Size, Logged: logged, Envelope: m.Envelope})
		var r *exchange.Refusal
		if errors.As(err, &r) && r.Code == exchange.CodeNeedConsistency && try < proofTries {
			since = r.Have
			continue
		}
		if err == nil {
			n.showed(logged)
		}
		return d, seen, err
	}
}

// receipted records the partner's signed word on a message.
func (n *Node) receipted(ctx context.Context, m registry.OutboxMessage, d exchange.Delivery, seen ledger.Checkpoint) error {
	accepted := d.Receipt.Outcome == exchange.Accepted
	header, digest, err := exchange.Inspect(m.Envelope, exchange.MaxEnvelope)
	if err != nil {
		return err
	}
	peer, err := n.verifyReceipt(d, header, digest, seen)
	if err != nil {
		n.setTrouble(fmt.Sprintf("the partner's receipt does not agree with its ledger: %v", err))
		return errors.Join(err, n.store.RetryOutbox(ctx, m.ID, n.now().Add(time.Minute)))
	}
	a := act{
		id: "receipt:" + m.ID, kind: ledger.KindDelivered, exchange: header.Exchange, transaction: header.Transaction,
		message: digest, peer: &peer, body: map[string]any{"receipt": d.Raw},
	}
	end, event := registry.Delivered, exchange.EvReceiptAccepted
	if !accepted {
		a.kind, end, event = ledger.KindRejected, registry.Rejected, exchange.EvReceiptRefused
	}
	n.opt.Before("receipt")
	err = n.store.Tx(ctx, func(tx *registry.Tx) error {
		if err := n.plan(tx, a); err != nil {
			return err
		}
		if err := n.sawPeer(tx, &peer); err != nil {
			return err
		}
		if err := tx.FinishOutbox(m.ID, end, d.Raw); err != nil {
			return err
		}
		return n.afterReceipt(tx, header, event, d.Receipt.Refusal)
	})
	if err != nil {
		return err
	}
	n.changed.all()
	return errors.Join(n.flush(ctx, header.Exchange), n.scrub(ctx))
}

func (n *Node) verifyReceipt(d exchange.Delivery, h exchange.Header, digest exchange.Digest, seen ledger.Checkpoint) (ledger.Peer, error) {
	want := expected{kinds: []ledger.Kind{ledger.KindReceive}, exchange: h.Exchange, transaction: h.Transaction, message: digest}
	if d.Receipt.Outcome != exchange.Accepted {
		want.kinds = []ledger.Kind{ledger.KindRefuse}
	}
	l := d.Receipt.Logged
	if l.Proof.Since != seen.Size {
		// A receipt made for an earlier attempt: its proof starts where we stood then. That the entry
		// is in the signed ledger is still checked; the audit checks the rest.
		l.Proof.Since, l.Proof.Consistency, seen = 0, nil, ledger.Checkpoint{}
	}
	return n.verifyLogged(l, want, seen)
}

// afterReceipt moves an exchange on the asking side; the answering side has nothing to wait for.
func (n *Node) afterReceipt(tx *registry.Tx, h exchange.Header, event exchange.Event, refusal *exchange.Refusal) error {
	if h.Exchange == "" {
		return nil
	}
	x, err := tx.Exchange(string(h.Exchange))
	if err != nil || x.Side != registry.Asking {
		return err
	}
	return n.step(tx, h.Exchange, event, func(e *registry.Exchange) {
		if refusal == nil {
			return
		}
		changeDetail(e, func(d *askDetail) {
			d.Error = refusal.Text("en")
			d.Code = string(refusal.Code)
			if refusal.Article != "" {
				d.Articles = []string{refusal.Article}
			}
		})
	})
}

// giveUp ends a message that did not arrive in its time, or that the partner will not take as it is.
// What it held is destroyed.
func (n *Node) giveUp(ctx context.Context, m registry.OutboxMessage, why error) error {
	said, code := "the partner could not be reached before the message expired", ""
	if r := (*exchange.Refusal)(nil); errors.As(why, &r) && r.Code.Retry() != exchange.RetrySame {
		said, code = r.Text("en"), string(r.Code)
	}
	err := n.store.Tx(ctx, func(tx *registry.Tx) error {
		if err := tx.FinishOutbox(m.ID, registry.Expired, nil); err != nil || m.Exchange == "" {
			return err
		}
		x, err := tx.Exchange(m.Exchange)
		if err != nil || x.Side != registry.Asking {
			return err
		}
		return n.step(tx, exchange.ID(m.Exchange), exchange.EvUndelivered, func(e *registry.Exchange) {
			changeDetail(e, func(d *askDetail) { d.Error, d.Code = said, code })
		})
	})
	n.changed.all()
	return errors.Join(err, n.scrub(ctx))
}
