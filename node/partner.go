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

// peerCheckpoint is the last checkpoint of the partner's ledger that was verified here; zero if none.
func (n *Node) peerCheckpoint(ctx context.Context) (ledger.Checkpoint, error) {
	p, err := n.store.PeerCheckpoint(ctx, string(n.partner.Party))
	if errors.Is(err, registry.ErrNotFound) {
		return ledger.Checkpoint{}, nil
	}
	return ledger.Checkpoint{Size: p.Size, Root: ledger.Digest(p.Root)}, err
}

// sawPeer keeps a verified checkpoint of the partner's ledger, unless a later one is kept already.
func (n *Node) sawPeer(tx *registry.Tx, p *ledger.Peer) error {
	if p == nil {
		return nil
	}
	have, err := tx.PeerCheckpoint(string(n.partner.Party))
	if err != nil && !errors.Is(err, registry.ErrNotFound) {
		return err
	}
	if have.Size >= p.Size {
		return nil
	}
	return tx.SetPeerCheckpoint(registry.PeerCheckpoint{Peer: string(n.partner.Party), Size: p.Size, Root: p.Root})
}

func (n *Node) shownSize() uint64 {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.shown
}

// showed notes that the partner has verified our ledger up to the checkpoint of this proof.
func (n *Node) showed(l exchange.Logged) {
	cp, err := n.ownCheckpoint(l.Proof.Checkpoint)
	if err != nil {
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.shown = max(n.shown, cp.Size)
}

func (n *Node) ownCheckpoint(signed []byte) (ledger.Checkpoint, error) {
	v, err := n.card.LedgerVerifier()
	if err != nil {
		return ledger.Checkpoint{}, err
	}
	return ledger.ParseCheckpoint(signed, v, v.Name())
}

// clockWarning is the difference of the two nodes' clocks from which an operator is told.
const clockWarning = 30 * time.Second

// noteContact keeps what a delivery showed of the link and the partner's clock.
func (n *Node) noteContact(d exchange.Delivery, err error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	var r *exchange.Refusal
	n.reached = err == nil || errors.As(err, &r)
	if d.Clock != 0 {
		n.clock = d.Clock
	}
	switch {
	case errors.As(err, &r):
		n.trouble = r.Text("en")
	case err != nil:
		n.trouble = err.Error()
	default:
		n.trouble = ""
	}
}

func (n *Node) setTrouble(s string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.trouble = s
}

// link says what stands between us and the partner; "" for nothing.
func (n *Node) link() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.trouble
}

// greetAgain is how long until the partner is asked again: soon while it cannot be reached.
func (n *Node) greetAgain() time.Duration {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.reached {
		return time.Minute
	}
	return 5 * time.Second
}

// greet asks the partner who it is, at the start and every minute, so that an operator learns of a
// broken link, another text or a clock that is off before an officer does.
func (n *Node) greet(ctx context.Context) error {
	for {
		n.greetOnce(ctx)
		t := time.NewTimer(n.greetAgain())
		select {
		case <-ctx.Done():
			t.Stop()
			return ctx.Err()
		case <-t.C:
		}
	}
}

func (n *Node) greetOnce(ctx context.Context) {
	h, clock, err := n.client.Hello(ctx, n.partner)
	n.mu.Lock()
	defer n.mu.Unlock()
	n.reached = err == nil
	n.trouble = ""
	if err != nil {
		n.trouble = err.Error()
		return
	}
	n.clock = clock
	switch {
	case clock.Abs() > clockWarning:
		n.trouble = fmt.Sprintf("our clock and the partner's differ by %v: set the clock", clock.Abs().Round(time.Second))
	case h.Agreement != n.law.digest:
		n.trouble = "the partner's agreement is another text than ours"
	}
	if n.trouble != "" {
		n.opt.Logger.LogAttrs(ctx, slog.LevelWarn, "partner", slog.String("problem", n.trouble))
	}
}
