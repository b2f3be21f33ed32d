package node

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"time"

	"convenio/capture"
	"convenio/finger"
	"convenio/osia/client"
	"convenio/registry"
)

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
