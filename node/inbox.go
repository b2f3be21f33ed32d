package node

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"convenio/exchange"
	"convenio/ledger"
	"convenio/registry"
)

// refusalsAnHour bounds the ledger entries that a partner can make us write by sending what we refuse.
const refusalsAnHour = 1000

// Receive implements exchange.Inbox: it is the door. What passes is durable, here and in the ledger,
// before the receipt says so; what does not pass is refused, logged and receipted too. The same
// message again gets the same receipt, and nothing happens.
func (n *Node) Receive(ctx context.Context, _ exchange.PartyID, m exchange.Message) (exchange.Reply, error) {
	header, digest, err := exchange.Inspect(m.Envelope, exchange.MaxEnvelope)
	if err != nil {
		return exchange.Reply{}, err // not even a message: there is nothing to log it by
	}
	id := string(header.ID)
	unlock := n.working.lock("inbox " + id)
	defer unlock()
	if reply, known, err := n.knownMessage(ctx, id, digest, m.Seen); known || err != nil {
		return reply, err
	}
	if err := n.roomForWork(); err != nil {
		n.opt.Logger.LogAttrs(ctx, slog.LevelError, "door closed", slog.Any("error", err))
		return exchange.Reply{}, exchange.Busy(time.Minute)
	}
	in, refusal := n.examine(ctx, m, header)
	if refusal == nil {
		if refusal, err = n.accept(ctx, id, digest, in); err != nil {
			return exchange.Reply{}, err
		}
	}
	if refusal != nil {
		// An id that is taken belongs to the message that was received first: there is nothing new to log.
		if !refusal.Code.Final() || refusal.Code == exchange.CodeReplay {
			return exchange.Reply{}, refusal
		}
		if err := n.refuse(ctx, id, header, digest, in, refusal); err != nil {
			return exchange.Reply{}, err
		}
	}
	return n.acknowledge(ctx, id, m.Seen)
}

// incoming is a message that passed the protocol's checks, and what accepting it will do.
type incoming struct {
	exchange.Opened
	peer *ledger.Peer
	// settle makes the message true, in the transaction that accepts it.
	settle func(*registry.Tx) error
	// then runs once the message is accepted and logged.
	then func()
	// decision is what the agreement said, for the overseer.
	decision any
}

// knownMessage finds a message that was received before and gives its receipt again.
func (n *Node) knownMessage(ctx context.Context, id string, digest exchange.Digest, seen uint64) (exchange.Reply, bool, error) {
	row, err := n.store.Inbox(ctx, string(n.partner.Party), id)
	if errors.Is(err, registry.ErrNotFound) {
		return exchange.Reply{}, false, nil
	}
	if err != nil {
		return exchange.Reply{}, false, err
	}
	if row.Digest != [32]byte(digest) {
		// The id belongs to the message that came first, which has its receipt and its ledger entry; there
		// is no place under it for a second, altered or not.
		return exchange.Reply{}, false, exchange.NewRefusal(exchange.CodeReplay, "another message with this id was received before")
	}
	if row.Receipt == nil {
		// Stopped between accepting and answering.
		reply, err := n.acknowledge(ctx, id, seen)
		return reply, true, err
	}
	return exchange.Reply{Receipt: row.Receipt, Duplicate: true}, true, nil
}

// examine makes every check that changes nothing: the protocol's, the agreement's, and last that the
// sender has the message in its ledger.
func (n *Node) examine(ctx context.Context, m exchange.Message, h exchange.Header) (*incoming, *exchange.Refusal) {
	opened, err := exchange.Open(n.keys, n.partner, m.Envelope, n.now(), exchange.OpenOptions{
		Agreements: []exchange.Digest{n.law.digest},
		Seen: func(_ exchange.PartyID, id exchange.ID) (exchange.Digest, bool) {
			row, err := n.store.Inbox(ctx, string(n.partner.Party), string(id))
			return exchange.Digest(row.Digest), err == nil
		},
	})
	if err != nil {
		return nil, asRefusal(err)
	}
	in := &incoming{Opened: opened}
	check, ok := map[exchange.Transaction]func(context.Context, *incoming) error{
		exchange.TxSearch:     n.examineSearch,
		exchange.TxAnswer:     n.examineAnswer,
		exchange.TxDisclose:   n.examineDisclose,
		exchange.TxDisclosure: n.examineDisclosure,
		exchange.TxSuspend:    n.examineNotice,
		exchange.TxResume:     n.examineNotice,
	}[h.Transaction]
	if !ok {
		return in, exchange.NewRefusal(exchange.CodeUnsupported, "this node does not know the transaction")
	}
	if err := check(ctx, in); err != nil {
		return in, asRefusal(err)
	}
	seen, err := n.peerCheckpoint(ctx)
	if err != nil {
		return in, asRefusal(err)
	}
	p, err := n.verifyLogged(m.Logged, expected{
		kinds: []ledger.Kind{ledger.KindSend}, exchange: h.Exchange, transaction: h.Transaction, message: opened.Digest,
	}, seen)
	if err != nil {
		return in, asRefusal(err)
	}
	in.peer = &p
	return in, nil
}

// asRefusal turns any error into something the partner may be told: what is not a refusal is our own
// trouble, and the partner is to come back later.
func asRefusal(err error) *exchange.Refusal {
	var r *exchange.Refusal
	if errors.As(err, &r) {
		return r
	}
	return exchange.Busy(5 * time.Second)
}

// accept makes a message true: the inbox row, the receive entry and what follows from the message
// come into being together or not at all. A message that the state of its exchange no longer allows
// is refused instead.
func (n *Node) accept(ctx context.Context, id string, digest exchange.Digest, in *incoming) (*exchange.Refusal, error) {
	n.opt.Before("accept")
	err := n.store.Tx(ctx, func(tx *registry.Tx) error {
		if _, _, err := tx.PutInbox(registry.InboxMessage{
			Peer: string(n.partner.Party), ID: id, Digest: digest, State: registry.Accepted,
		}); err != nil {
			return err
		}
		if err := n.plan(tx, act{
			id: "receive:" + id, kind: ledger.KindReceive, exchange: in.Header.Exchange, transaction: in.Header.Transaction,
			message: digest, peer: in.peer, body: map[string]any{"decision": in.decision, "signature": in.Signature, "header": string(in.HeaderRaw)},
		}); err != nil {
			return err
		}
		if err := in.settle(tx); err != nil {
			return err
		}
		return n.sawPeer(tx, in.peer)
	})
	var r *exchange.Refusal
	switch {
	case errors.As(err, &r):
		return r, nil
	case err != nil:
		return nil, fmt.Errorf("accept %s: %w", in.Header.Transaction, err)
	}
	if in.then != nil {
		in.then()
	}
	n.changed.all()
	wake(n.wakeWork)
	wake(n.wakeOut)
	return nil, n.flush(ctx, in.Header.Exchange)
}

// refuse logs a refusal at the door. The connection is authenticated, so what is logged can be held
// against whoever holds the partner's keys.
func (n *Node) refuse(ctx context.Context, id string, h exchange.Header, digest exchange.Digest, in *incoming, r *exchange.Refusal) error {
	if !n.mayRefuse() {
		return exchange.Busy(time.Hour)
	}
	n.opt.Before("refuse")
	a := act{
		id: "refuse:" + id, kind: ledger.KindRefuse, exchange: h.Exchange, transaction: h.Transaction, message: digest,
	}
	body := refusalBody{Refusal: *r}
	if in != nil {
		a.peer, body.Decision = in.peer, in.decision
	}
	a.body = body
	err := n.store.Tx(ctx, func(tx *registry.Tx) error {
		if _, _, err := tx.PutInbox(registry.InboxMessage{
			Peer: string(n.partner.Party), ID: id, Digest: digest, State: registry.Refused,
		}); err != nil {
			return err
		}
		return n.plan(tx, a)
	})
	if err != nil {
		return fmt.Errorf("refuse %s: %w", h.Transaction, err)
	}
	return nil
}

// refusalBody is what a refuse entry binds.
type refusalBody struct {
	Refusal  exchange.Refusal `json:"refusal"`
	Decision any              `json:"decision,omitempty"`
}

func (n *Node) mayRefuse() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if now := n.now(); now.Sub(n.hour) >= time.Hour {
		n.hour, n.refusals = now, 0
	}
	n.refusals++
	return n.refusals <= refusalsAnHour
}

// acknowledge makes and stores the receipt of a message that was accepted or refused. What the receipt
// says is read back from the journal, so that it is the same after a restart.
func (n *Node) acknowledge(ctx context.Context, id string, seen uint64) (exchange.Reply, error) {
	row, err := n.store.Inbox(ctx, string(n.partner.Party), id)
	if err != nil {
		return exchange.Reply{}, err
	}
	entry, refused := "receive:"+id, row.State == registry.Refused
	if refused {
		entry = "refuse:" + id
	}
	j, err := n.store.Journal(ctx, entry)
	if err != nil {
		return exchange.Reply{}, err
	}
	var refusal *exchange.Refusal
	if refused {
		var body refusalBody
		if err := json.Unmarshal(j.Body, &body); err != nil {
			return exchange.Reply{}, fmt.Errorf("read refusal: %w", err)
		}
		refusal = &body.Refusal
	}
	if err := n.flush(ctx, exchange.ID(j.Exchange)); err != nil {
		return exchange.Reply{}, err
	}
	logged, err := n.logged(ctx, entry, seen)
	if err != nil {
		return exchange.Reply{}, err
	}
	receipt, err := exchange.NewReceipt(n.keys, n.partner.Party, row.Digest, refusal, logged, n.now())
	if err != nil {
		return exchange.Reply{}, fmt.Errorf("make receipt: %w", err)
	}
	raw, err := receipt.Bytes()
	if err != nil {
		return exchange.Reply{}, fmt.Errorf("make receipt: %w", err)
	}
	n.opt.Before("acknowledge")
	if raw, err = n.store.SetReceipt(ctx, string(n.partner.Party), id, raw); err != nil {
		return exchange.Reply{}, err
	}
	n.showed(logged)
	return exchange.Reply{Receipt: raw}, nil
}
