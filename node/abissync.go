package node

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"

	"convenio/exchange"
	"convenio/registry"
)

// Bounds of telling the ABIS of people.
const (
	abisPage     = 64
	abisCalls    = 4                // at the same time
	abisDown     = 5                // failures in a row after which the ABIS is taken to be down
	abisRefusal  = time.Hour        // until somebody is tried again whom the ABIS refused
	abisSave     = 10 * time.Second // between two savings of the status, at least, during a pass
	abisLook     = time.Minute      // between looks for what is due, when nothing wakes it
	abisLongWait = 10 * time.Minute // bounds the waiting for one person
)

// followABIS brings the ABIS to what the registry holds until ctx ends, and keeps its status in the folder.
func (n *Node) followABIS(ctx context.Context) error {
	if n.abis == nil {
		<-ctx.Done()
		return nil
	}
	saved := time.Now()
	save := func() { // a first pass may take hours
		if time.Since(saved) > abisSave {
			saved = time.Now()
			_ = n.saveABISStatus(ctx) // said after the pass, if it goes on failing
		}
	}
	for {
		rest, err := n.abis.pass(ctx, save)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err == nil {
			err = n.forgetSearches(ctx)
		}
		if err == nil {
			err = n.saveABISStatus(ctx)
		}
		if err != nil {
			n.opt.Logger.LogAttrs(ctx, slog.LevelError, "abis", slog.Any("error", err))
		}
		if !n.pause(ctx, n.abis.wake, rest) {
			return ctx.Err()
		}
	}
}

// forgetSearches ends what is under way at the ABIS for exchanges that wait for no search any more. What is under way is listed
// first: a search that begins meanwhile is of an exchange that was there before it.
func (n *Node) forgetSearches(ctx context.Context) error {
	for _, id := range n.abis.client.Exchanges() {
		x, err := n.store.Exchange(ctx, id)
		if err != nil && !errors.Is(err, registry.ErrNotFound) {
			return err
		}
		if s := exchange.State(x.State); s == exchange.AnsReceived || s == exchange.AnsSearching {
			continue
		}
		if err := n.abis.client.Forget(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

// pass tells the ABIS of everybody who is due and whose pause is over: first those whom it may hold already, so that whoever is
// protected or erased waits for nobody's enrolment. It returns how long to rest. done, if given, is told of each person.
func (a *nationalABIS) pass(ctx context.Context, done func()) (rest time.Duration, err error) {
	rest, failures := abisLook, 0
	for _, there := range []bool{true, false} {
		for last := int64(0); ; {
			var page []registry.ABISPerson
			err := a.store.View(ctx, func(v *registry.View) (err error) {
				page, err = v.ABISDue(there, last, abisPage)
				return err
			})
			if err != nil || len(page) == 0 {
				if err != nil {
					return rest, err
				}
				break
			}
			last = page[len(page)-1].Seq
			if !there { // the others had their turn
				page = slices.DeleteFunc(page, func(p registry.ABISPerson) bool { return p.Held != "" || p.Telling })
			}
			if page, err = a.settle(ctx, page, done); err != nil {
				return rest, err
			}
			t, err := a.tellAll(ctx, page, done)
			if rest = min(rest, t.soonest); err != nil {
				return rest, err
			}
			if failures = (failures + t.failed) * min(t.failed, 1); failures >= abisDown {
				return rest, nil
			}
			if !there && t.told > 0 && len(a.wake) > 0 {
				return 0, nil // something changed: those who are there come first again
			}
		}
	}
	if a.fresh.Swap(false) {
		a.told()
	}
	return rest, nil
}

// settle confirms those of a page with whom the ABIS is right as it is, all in one transaction, and returns the others.
func (a *nationalABIS) settle(ctx context.Context, page []registry.ABISPerson, done func()) (left []registry.ABISPerson, err error) {
	var right []registry.ABISPerson
	for _, p := range page {
		want, err := a.cfg.Galleries.ofKey(p.Class)
		if err != nil {
			return nil, err
		}
		if p.Telling || p.Held != want {
			left = append(left, p)
		} else {
			right = append(right, p)
		}
	}
	if len(right) == 0 {
		return left, nil
	}
	err = a.store.Tx(ctx, func(tx *registry.Tx) error {
		for _, p := range right {
			if err := tx.ABISConfirmed(p.Subject, p.Held, p.Due); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil && done != nil {
		for range right {
			done()
		}
	}
	return left, err
}

// told is what became of a page.
type told struct {
	told, failed int
	soonest      time.Duration // until somebody of it is to be tried again
}

// tellAll tells the ABIS of some people.
func (a *nationalABIS) tellAll(ctx context.Context, page []registry.ABISPerson, done func()) (out told, err error) {
	out.soonest = abisLook
	var mu sync.Mutex
	var wg sync.WaitGroup
	places := make(chan struct{}, abisCalls)
	for _, p := range page {
		mu.Lock()
		over := err != nil || out.failed >= abisDown
		if d := a.paused(p.Subject); d > 0 && !over {
			out.soonest = min(out.soonest, d)
			mu.Unlock()
			continue
		}
		mu.Unlock()
		if ctx.Err() != nil || over {
			break
		}
		places <- struct{}{}
		wg.Go(func() {
			defer func() { <-places }()
			e := a.tell(ctx, p)
			mu.Lock()
			defer mu.Unlock()
			var f *abisFailure
			switch {
			case e == nil:
				out.told++
				if done != nil {
					done()
				}
			case errors.As(e, &f):
				out.failed++
				out.soonest = min(out.soonest, f.again)
			case err == nil:
				err = e
			}
		})
	}
	wg.Wait()
	return out, err
}
