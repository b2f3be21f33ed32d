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

// postponed holds searches that failed back for a while, longer each time.
type postponed struct {
	mu   sync.Mutex
	list map[string]held
}

type held struct {
	failures int
	until    time.Time
}

// wait is how long a search has to wait still; 0: no longer.
func (l *postponed) wait(id string) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	return max(0, time.Until(l.list[id].until))
}

func (l *postponed) failed(id string, schedule exchange.Schedule) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.list == nil {
		l.list = map[string]held{}
	}
	h := l.list[id]
	h.failures++
	h.until = time.Now().Add(schedule(h.failures))
	l.list[id] = h
}

func (l *postponed) done(id string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.list, id)
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

// answerAll takes searches that wait one step on, the oldest first, and says how long to rest until the next of those that
// failed; 0 when none did.
func (n *Node) answerAll(ctx context.Context, waiting []registry.Exchange) (rest time.Duration) {
	places := make(chan struct{}, n.searches())
	var wg sync.WaitGroup
	defer wg.Wait()
	var mu sync.Mutex
	soonest := func(d time.Duration) {
		mu.Lock()
		defer mu.Unlock()
		if d = max(d, time.Millisecond); rest == 0 || d < rest {
			rest = d
		}
	}
	for i := len(waiting) - 1; i >= 0 && ctx.Err() == nil; i-- {
		x := waiting[i]
		if d := n.postponed.wait(x.ID); d > 0 {
			soonest(d)
			continue
		}
		places <- struct{}{}
		wg.Go(func() {
			defer func() { <-places }()
			if err := n.answerOrWait(ctx, exchange.ID(x.ID)); err != nil && ctx.Err() == nil {
				n.postponed.failed(x.ID, n.opt.Retry)
				soonest(n.postponed.wait(x.ID))
				n.opt.Logger.LogAttrs(ctx, slog.LevelError, "search", slog.String("exchange", x.ID), slog.Any("error", err))
				return
			}
			n.postponed.done(x.ID)
		})
	}
	wg.Wait()
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
