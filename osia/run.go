package osia

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"convenio/osia/abis"
	"convenio/registry"
)

// Run carries out tasks and sends their results until ctx ends.
func (s *Service) Run(ctx context.Context) error {
	var wg sync.WaitGroup
	defer wg.Wait()
	work := make(chan struct{}, s.cfg.Workers)
	send := make(chan struct{}, deliveries)
	for {
		k, wait := s.nextTask(s.now(), len(work) < cap(work), len(send) < cap(send))
		if k == nil {
			t := time.NewTimer(wait)
			select {
			case <-ctx.Done():
				t.Stop()
				return nil
			case <-s.tasks.wake:
			case <-t.C:
			}
			t.Stop()
			continue
		}
		places := send
		if k.State == pending {
			places = work
		}
		places <- struct{}{} // there is one: only this loop takes them
		wg.Go(func() {
			s.advance(ctx, k)
			<-places
			s.wakeTasks()
		})
	}
}

// nextTask takes what is to be done now, of what there is room for: a task past its time, the first pending one of the
// highest priority, or a delivery that is due. Else it says how long nothing is.
func (s *Service) nextTask(now time.Time, mayWork, maySend bool) (*task, time.Duration) {
	s.tasks.mu.Lock()
	defer s.tasks.mu.Unlock()
	var best *task
	wait := time.Minute
	for _, k := range s.tasks.list {
		due := k.Expires
		switch {
		case k.busy:
			continue
		case k.State == pending && mayWork, !k.Expires.After(now):
			due = now
		case maySend && (k.State == scheduled || k.State == retrying):
			due = k.Next
		}
		if due.After(now) {
			wait = min(wait, due.Sub(now))
			continue
		}
		if k.State == pending && !mayWork || k.State != pending && !maySend {
			continue
		}
		if best == nil || k.Priority > best.Priority || k.Priority == best.Priority && k.seq < best.seq {
			best = k
		}
	}
	if best != nil {
		best.busy = true
	}
	return best, max(wait, time.Millisecond)
}

// advance takes one step of a task, and keeps what became of it.
func (s *Service) advance(ctx context.Context, k *task) {
	next, ended, err := s.step(ctx, k.OSIATask)
	if err != nil && ctx.Err() == nil {
		s.cfg.Logger.LogAttrs(ctx, slog.LevelError, "osia task", slog.String("task", k.ID), slog.Any("error", err))
	}
	s.tasks.mu.Lock()
	defer s.tasks.mu.Unlock()
	k.busy = false
	k.OSIATask = next
	if ended {
		delete(s.tasks.list, k.ID)
	}
	if err != nil { // it could not be stored: not at once again
		k.Next = s.now().Add(time.Second)
	}
}

// step does it; the task comes back as it was stored.
func (s *Service) step(ctx context.Context, k registry.OSIATask) (next registry.OSIATask, ended bool, err error) {
	store := func(f func(tx *registry.Tx) error) error { return s.cfg.Store.Tx(ctx, f) }
	if !k.Expires.After(s.now()) {
		err := store(func(tx *registry.Tx) error { return tx.EndOSIATask(k.ID) })
		return k, err == nil, err
	}
	full, err := s.cfg.Store.OSIATask(ctx, k.ID)
	if err != nil {
		return k, false, err
	}
	var d taskData
	if err := json.Unmarshal(full.Data, &d); err != nil {
		return k, false, fmt.Errorf("stored task: %w", err)
	}
	if k.State == pending {
		return s.carryOut(ctx, k, d)
	}
	if err := s.deliver(ctx, k.ID, d); err != nil {
		if ctx.Err() != nil {
			return k, false, nil //nolint:nilerr // the server stops: it was no attempt
		}
		s.cfg.Logger.LogAttrs(ctx, slog.LevelWarn, "osia callback", slog.String("task", k.ID), slog.Any("error", err))
		k.Attempts++
		k.State = givenUp
		if k.Attempts <= len(s.cfg.Retry) {
			k.State, k.Next = retrying, s.now().Add(s.cfg.Retry[k.Attempts-1])
		}
	} else {
		k.State = completed
	}
	return k, false, store(func(tx *registry.Tx) error { return tx.PutOSIATask(k) })
}

// carryOut answers a task's call as if it were made now.
func (s *Service) carryOut(ctx context.Context, k registry.OSIATask, d taskData) (registry.OSIATask, bool, error) {
	run := &running{task: k, data: d}
	req, err := http.NewRequestWithContext(context.WithValue(ctx, runningKey{}, run), d.Method, d.Target, bytes.NewReader(d.Body))
	if err != nil {
		return k, false, fmt.Errorf("stored task: %w", err)
	}
	if len(d.Body) > 0 {
		req.Header.Set("Content-Type", "application/json")
	}
	rec := &recorder{header: http.Header{}, status: http.StatusOK}
	s.inner.ServeHTTP(rec, req)
	if !run.finished {
		if ctx.Err() != nil {
			return k, false, nil //nolint:nilerr // the server stops: another time
		}
		result, failed := rec.result()
		if err := s.cfg.Store.Tx(ctx, func(tx *registry.Tx) error { return run.finish(tx, result, failed, s.now()) }); err != nil {
			return k, false, err
		}
	}
	k.State, k.Next = scheduled, s.now()
	return k, false, nil
}

// recorder keeps an answer.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (r *recorder) Header() http.Header         { return r.header }
func (r *recorder) WriteHeader(status int)      { r.status = status }
func (r *recorder) Write(b []byte) (int, error) { return r.body.Write(b) }

// result is the answer as a callback carries it: its body, "OK" for one without, or an Error.
func (r *recorder) result() (body []byte, failed bool) {
	body = bytes.TrimSpace(r.body.Bytes())
	if r.status < 400 {
		if len(body) == 0 {
			return []byte(`"OK"`), false
		}
		return body, false
	}
	var e abis.Error
	if json.Unmarshal(body, &e) == nil && e.Message != "" {
		return body, true
	}
	e = abis.Error{Code: int32(r.status), Message: http.StatusText(r.status)}
	body, _ = json.Marshal(e) // a number and a text
	return body, true
}
