package node

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"convenio/exchange"
	"convenio/ledger"
	"convenio/registry"
)

// postponed holds searches that failed back for a while, longer each time, and knows which go on.
type postponed struct {
	mu   sync.Mutex
	list map[string]held
	busy map[string]bool // that have a place
}

type held struct {
	failures int
	until    time.Time
}

// waits says whether a search has no place yet and is not held back; and how long it is held back still.
func (l *postponed) waits(id string) (bool, time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	d := max(0, time.Until(l.list[id].until))
	return d == 0 && !l.busy[id], d
}

// free says whether there is a place.
func (l *postponed) free(places int) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.busy) < places
}

// enter takes a place for a search.
func (l *postponed) enter(id string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.busy == nil {
		l.busy = map[string]bool{}
	}
	l.busy[id] = true
}

// leave gives the place back, and holds a search that failed.
func (l *postponed) leave(id string, failed bool, schedule exchange.Schedule) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.busy, id)
	if !failed {
		delete(l.list, id)
		return
	}
	if l.list == nil {
		l.list = map[string]held{}
	}
	h := l.list[id]
	h.failures++
	h.until = time.Now().Add(schedule(h.failures))
	l.list[id] = h
}

// again lets all be tried at once: what they waited for may have happened.
func (l *postponed) again() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for id, h := range l.list {
		h.until = time.Time{}
		l.list[id] = h
	}
}

// answerAll begins to take searches that wait one step on, as many as there are places for, in the order of the queue; and says
// how long to rest until the next of those that failed. Whatever ends wakes the loop that calls it.
func (n *Node) answerAll(ctx context.Context, q *queue, waiting []registry.Exchange, rest time.Duration) time.Duration {
	ready := waiting[:0]
	for _, x := range waiting {
		now, d := n.postponed.waits(x.ID)
		if now {
			ready = append(ready, x)
		}
		if d > 0 {
			rest = min(rest, max(d, time.Millisecond))
		}
	}
	for len(ready) > 0 && n.postponed.free(n.searches()) && ctx.Err() == nil {
		i := q.next(ready)
		id := ready[i].ID
		ready = append(ready[:i], ready[i+1:]...)
		n.postponed.enter(id)
		n.answering.Go(func() {
			err := n.answerOrWait(ctx, exchange.ID(id))
			if err != nil && ctx.Err() == nil {
				n.opt.Logger.LogAttrs(ctx, slog.LevelError, "search", slog.String("exchange", id), slog.Any("error", err))
			}
			n.postponed.leave(id, err != nil, n.opt.Retry)
			wake(n.wakeWork)
		})
	}
	return rest
}

// searches is how many go on at the same time: the node's own gallery gives one all processors, an ABIS is waited for.
func (n *Node) searches() int {
	if n.cfg.ABIS != nil {
		return 4
	}
	return 1
}

// answerOrWait answers a search, or, when it cannot be carried out for too long, says so.
func (n *Node) answerOrWait(ctx context.Context, id exchange.ID) error {
	err := n.answerSearch(ctx, id)
	if err == nil || n.cfg.ABIS == nil || ctx.Err() != nil {
		return err
	}
	unlock := n.working.lock(string(id))
	defer unlock()
	x, e := n.store.Exchange(ctx, string(id))
	detail := readDetail[answerDetail](x)
	if e != nil || exchange.State(x.State) != exchange.AnsSearching || n.now().Sub(detail.Received) < n.cfg.ABIS.GiveUp {
		return errors.Join(err, e)
	}
	return n.unavailable(ctx, x, detail)
}

// unavailable answers that nobody could be searched: that is neither a hit nor a no-hit, and says nothing about anybody.
func (n *Node) unavailable(ctx context.Context, x registry.Exchange, detail answerDetail) error {
	_, d, err := n.decideAgain(ctx, detail, detail.Fingers, detail.Worst)
	if err != nil {
		return err
	}
	return n.answer(ctx, x, exchange.EvRefuseAnswer, exchange.AnswerRefused, d.Articles, &exchange.Text{
		ES: "Los registros no pudieron consultarse a tiempo. Eso no dice nada sobre la persona: repita la búsqueda.",
		EN: "The records could not be searched in time. That says nothing about the person: search again.",
	}, act{id: "unavailable:" + x.ID, kind: ledger.KindResult, exchange: exchange.ID(x.ID), body: map[string]any{"unavailable": true}})
}

// searchEntry names the entry for a search of a scope: a search that is repeated when it may reach others than before has an
// entry of its own.
func searchEntry(tx *registry.Tx, id string, within scope) (string, error) {
	first := "search:" + id
	j, err := tx.Journal(first)
	if errors.Is(err, registry.ErrNotFound) {
		return first, nil
	}
	if err != nil {
		return "", err
	}
	o, err := ledger.NewOpening(within)
	if err != nil || bytes.Equal(o.Body, j.Body) {
		return first, err
	}
	return first + ":" + exchange.DigestOf(o.Body).String()[:16], nil
}
