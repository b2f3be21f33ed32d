package node

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"convenio/exchange"
	"convenio/ledger"
	"convenio/registry"
)

// sweepEvery is how often data past their deadline are ended.
const sweepEvery = 30 * time.Second

// sweep ends data at their deadlines until ctx ends: nothing outlives its purpose because nobody asked.
func (n *Node) sweep(ctx context.Context) error {
	for {
		if err := n.sweepOnce(ctx); err != nil && ctx.Err() == nil {
			n.opt.Logger.LogAttrs(ctx, slog.LevelError, "sweep", slog.Any("error", err))
		}
		t := time.NewTimer(sweepEvery)
		select {
		case <-ctx.Done():
			t.Stop()
			return ctx.Err()
		case <-t.C:
		}
	}
}

func (n *Node) sweepOnce(ctx context.Context) error {
	n.osiaRecords.settle(ctx)
	due, err := n.store.DueKeys(ctx, n.now(), 1000)
	if err != nil {
		return err
	}
	for _, k := range due {
		if err := n.end(ctx, k); err != nil {
			return fmt.Errorf("end %s: %w", k.Purpose, err)
		}
	}
	if err := n.expireAsked(ctx); err != nil {
		return err
	}
	if len(due) == 0 {
		return nil
	}
	n.changed.all()
	return n.scrub(ctx)
}

// answerLife is how long a partner that took a message may be silent: its people's time with a probe,
// and the time its answer may travel. After that no answer will come.
const answerLife = probeLife + messageLife

// expireAsked ends exchanges of ours that the partner will not answer any more, so that an officer does
// not wait for ever.
func (n *Node) expireAsked(ctx context.Context) error {
	waiting, err := n.store.Exchanges(ctx, registry.ExchangeFilter{
		Side:   registry.Asking,
		States: []string{string(exchange.AskAcknowledged), string(exchange.AskDisclosureRequested)},
	})
	if err != nil {
		return err
	}
	for _, x := range waiting {
		if n.now().Sub(x.Updated) < answerLife {
			continue
		}
		err := n.store.Tx(ctx, func(tx *registry.Tx) error {
			return n.step(tx, exchange.ID(x.ID), exchange.EvExpire, func(e *registry.Exchange) {
				changeDetail(e, func(d *askDetail) { d.Error = "the partner took the message and did not answer in time" })
			})
		})
		var r *exchange.Refusal
		if err != nil && !errors.As(err, &r) && !errors.Is(err, registry.ErrState) {
			return fmt.Errorf("expire: %w", err)
		}
		n.changed.all()
	}
	return nil
}

// end destroys one key past its deadline, and the ledger says so. What a search still waited for ends
// with its probe.
func (n *Node) end(ctx context.Context, k registry.Key) error {
	x := exchange.ID("")
	if k.Purpose == registry.ForProbe || k.Purpose == registry.ForExchange {
		x = exchange.ID(k.Owner)
		unlock := n.working.lock(k.Owner)
		defer unlock()
	}
	err := n.store.Tx(ctx, func(tx *registry.Tx) error {
		if err := n.plan(tx, act{
			id:   "erase:" + string(k.Purpose) + ":" + exchange.DigestOf([]byte(k.Owner)).String()[:32],
			kind: ledger.KindErase, exchange: x, body: map[string]any{"what": k.Purpose, "owner": k.Owner, "deadline": k.Deadline},
		}); err != nil {
			return err
		}
		if k.Purpose == registry.ForProbe {
			if err := n.closeUnanswered(tx, x); err != nil {
				return err
			}
		}
		return tx.DestroyKey(k.KeyRef)
	})
	if err != nil {
		return err
	}
	if k.Purpose == registry.ForSubject {
		if err := n.people.erased(ctx, k.Owner); err != nil {
			return err
		}
	}
	return n.flush(ctx, x)
}

// closeUnanswered ends an exchange whose probe ran out before anybody answered it.
func (n *Node) closeUnanswered(tx *registry.Tx, id exchange.ID) error {
	err := n.step(tx, id, exchange.EvClose, nil)
	var r *exchange.Refusal
	if errors.As(err, &r) {
		return nil // it was answered: nothing waits
	}
	return err
}

// diskIsFull says whether there is no room on the disk of the node's folder even for a ledger entry.
func (n *Node) diskIsFull() bool {
	free, err := freeBytes(n.cfg.Dir)
	return err == nil && free < 1<<20
}

// roomForWork refuses new work while the disk is nearly full, so that what is under way can end.
func (n *Node) roomForWork() error {
	free, err := freeBytes(n.cfg.Dir)
	if err != nil {
		return fmt.Errorf("read free space: %w", err)
	}
	if need := n.cfg.MinFreeMiB << 20; free < need {
		return fail(http.StatusInsufficientStorage, "disk-full", "the node's disk is nearly full",
			fmt.Sprintf("%d MiB are free, %d MiB are needed", free>>20, n.cfg.MinFreeMiB), "free space on the disk of the node's folder, then try again: nothing was lost")
	}
	return nil
}
