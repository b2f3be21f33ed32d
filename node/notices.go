package node

import (
	"context"
	"net/http"
	"time"

	"convenio/agreement"
	"convenio/exchange"
	"convenio/ledger"
	"convenio/registry"
)

// noticeLife is how long a notice is tried to be delivered: as long as the protocol lets a message live,
// because the partner refuses the next one when this one is missing.
const noticeLife = exchange.DefaultMaxLife - 24*time.Hour

func (n *Node) storedNotices(ctx context.Context) ([]registry.Notice, error) {
	return n.store.Notices(ctx, n.law.digest.String())
}

// giveNotice puts a notice of our own party, or of an overseer, into force here, at once, and tells the partner.
func (n *Node) giveNotice(ctx context.Context, raw []byte) error {
	s, fresh, err := n.law.admit(raw, n.now())
	if err != nil {
		return fail(http.StatusUnprocessableEntity, "notice", "the notice cannot be accepted", err.Error(), "sign it with 'convenio notice sign' and this party's key").because(err)
	}
	if s.Party != word(n.card.Party) && !n.law.byOverseer(s) {
		return fail(http.StatusUnprocessableEntity, "notice", "the notice is of another party", s.Party, "a party gives its own notices, and those of overseers")
	}
	if !fresh {
		return nil
	}
	payload, err := exchange.SuspendPayload{Notice: raw}.Bytes()
	if err != nil {
		return err
	}
	n.opt.Before("notice")
	err = n.store.Tx(ctx, func(tx *registry.Tx) error {
		if err := n.keepNotice(tx, s, raw); err != nil {
			return err
		}
		_, err := n.queue(tx, outgoing{transaction: noticeTransaction(s), payload: payload, body: s.Notice, expires: n.now().Add(noticeLife)})
		return err
	})
	if err != nil {
		return err
	}
	n.law.add(s.Notice)
	n.changed.all()
	wake(n.wakeOut)
	return n.flush(ctx, "")
}

func (n *Node) keepNotice(tx *registry.Tx, s agreement.SignedNotice, raw []byte) error {
	if err := tx.PutNotice(registry.Notice{
		Agreement: n.law.digest.String(), Party: s.Party, Sequence: uint64(s.Sequence), Kind: s.Kind, Signed: raw,
	}); err != nil {
		return err
	}
	return n.plan(tx, act{id: "notice:" + s.Party + ":" + exchange.DigestOf(raw).String()[:16], kind: ledger.KindAgreement, body: s.Notice})
}

// noticeTransaction: a termination travels as a suspension; the notice itself says which it is.
func noticeTransaction(s agreement.SignedNotice) exchange.Transaction {
	if s.Kind == agreement.Resume {
		return exchange.TxResume
	}
	return exchange.TxSuspend
}

// examineNotice checks a notice of the partner, or of an overseer that was given there: its signer's
// signature, not only the node's.
func (n *Node) examineNotice(_ context.Context, in *incoming) error {
	p, err := exchange.ParseSuspend(in.Payload)
	if err != nil {
		return exchange.NewRefusal(exchange.CodeMalformed, err.Error())
	}
	s, _, err := n.law.admit(p.Notice, n.now())
	if err != nil {
		return exchange.NewRefusal(exchange.CodeMalformed, err.Error())
	}
	if s.Party != word(n.partner.Party) && !n.law.byOverseer(s) || noticeTransaction(s) != in.Header.Transaction {
		return exchange.NewRefusal(exchange.CodeMalformed, "the notice is not the sender's, or of another kind")
	}
	in.settle = func(tx *registry.Tx) error { return n.keepNotice(tx, s, p.Notice) }
	in.then = func() { n.law.add(s.Notice) }
	return nil
}
