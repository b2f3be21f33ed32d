package node

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"sync"
	"time"

	"convenio/capture"
	"convenio/exchange"
	"convenio/finger"
	"convenio/osia/client"
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
			soonest, failed, err := a.tellAll(ctx, page, done)
			if rest = min(rest, soonest); err != nil {
				return rest, err
			}
			if failures = (failures + failed) * min(failed, 1); failures >= abisDown {
				return rest, nil
			}
			if !there && len(a.wake) > 0 {
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

// tellAll tells the ABIS of some people, and counts those of whom it could not be told.
func (a *nationalABIS) tellAll(ctx context.Context, page []registry.ABISPerson, done func()) (soonest time.Duration, failed int, err error) {
	soonest = abisLook
	var mu sync.Mutex
	var wg sync.WaitGroup
	defer wg.Wait()
	places := make(chan struct{}, abisCalls)
	for _, p := range page {
		mu.Lock()
		over := err != nil || failed >= abisDown
		mu.Unlock()
		if ctx.Err() != nil || over {
			break
		}
		if d := a.paused(p.Subject); d > 0 {
			mu.Lock()
			soonest = min(soonest, d)
			mu.Unlock()
			continue
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
				if done != nil {
					done()
				}
			case errors.As(e, &f):
				failed++
				soonest = min(soonest, f.again)
			case err == nil:
				err = e
			}
		})
	}
	wg.Wait()
	return soonest, failed, err
}

// abisFailure is an ABIS that could not be told of somebody, and when it is tried again.
type abisFailure struct {
	err   error
	again time.Duration
}

func (f *abisFailure) Error() string { return f.err.Error() }
func (f *abisFailure) Unwrap() error { return f.err }

// tell brings the ABIS to what the registry holds of one person. A crash anywhere leaves the person due, and telling again what
// the ABIS knows does nothing.
func (a *nationalABIS) tell(ctx context.Context, p registry.ABISPerson) error {
	want, err := a.cfg.Galleries.ofKey(p.Class)
	if err != nil {
		return err
	}
	if err := a.store.Tx(ctx, func(tx *registry.Tx) error { return tx.TellABIS(p.Subject, want) }); err != nil {
		return err
	}
	a.before("abis tell")
	gone, err := a.call(ctx, p, want)
	if err != nil {
		return a.failed(ctx, p, err)
	}
	if gone {
		return nil // erased meanwhile: still due
	}
	a.before("abis told")
	if err := a.store.Tx(ctx, func(tx *registry.Tx) error { return tx.ABISConfirmed(p.Subject, want, p.Due) }); err != nil {
		return err
	}
	a.mu.Lock()
	delete(a.pauses, p.Subject)
	a.mu.Unlock()
	a.setTrouble(nil)
	a.fresh.Store(true)
	if p.Held != "" || p.Telling {
		a.told() // a search may have waited for that
	}
	return nil
}

// call makes the calls. gone is true when there was nothing to send any more.
func (a *nationalABIS) call(ctx context.Context, p registry.ABISPerson, want string) (gone bool, err error) {
	transaction := p.Person + "-" + strconv.Itoa(p.Due)
	if want == "" {
		return false, a.client.Delete(ctx, transaction, p.Person)
	}
	if p.Held != "" && !p.Telling {
		err := a.client.Move(ctx, transaction, p.Person, want)
		if !errors.Is(err, client.ErrUnknown) {
			return false, err
		}
	}
	samples, err := a.store.Samples(ctx, p.Subject)
	if errors.Is(err, registry.ErrNotFound) || err == nil && len(samples) == 0 {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	fingers := make([]client.Finger, len(samples))
	for i, s := range samples {
		fingers[i] = client.Finger{Position: finger.Position(s.Position), PNG: s.Image, PPI: resolutionOf(s)}
	}
	return false, a.client.Put(ctx, transaction, p.Person, want, fingers)
}

// resolutionOf is what a stored picture says of its resolution, in pixels per inch; 0 when it says nothing that can be read.
func resolutionOf(s registry.Sample) int {
	p, err := capture.Read(s.Image, 0, finger.Position(s.Position))
	if err != nil {
		return 0
	}
	return int(p.Image.PPI + 0.5)
}

// failed notes that the ABIS could not be told of somebody, and sets the pause until it is tried again.
func (a *nationalABIS) failed(ctx context.Context, p registry.ABISPerson, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var e *client.Error
	refused := errors.As(err, &e) && e.Permanent()
	if refused {
		if err := a.store.Tx(ctx, func(tx *registry.Tx) error { return tx.ABISRefused(p.Subject, e.Status) }); err != nil {
			return err
		}
	}
	a.setTrouble(err)
	a.mu.Lock()
	h := a.pauses[p.Subject]
	h.failures++
	wait := min(a.retry(h.failures), abisLongWait)
	if refused {
		wait = abisRefusal
	}
	h.until = time.Now().Add(wait)
	a.pauses[p.Subject] = h
	a.mu.Unlock()
	a.logger.LogAttrs(ctx, slog.LevelWarn, "abis could not be told of somebody", slog.String("subject", p.Subject), slog.Any("error", err))
	return &abisFailure{fmt.Errorf("tell the ABIS: %w", err), wait}
}

// paused is how long somebody is not to be tried again.
func (a *nationalABIS) paused(subject string) time.Duration {
	a.mu.Lock()
	defer a.mu.Unlock()
	return max(0, time.Until(a.pauses[subject].until))
}
