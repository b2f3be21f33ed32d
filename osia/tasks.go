package osia

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"sync"
	"time"

	"convenio/osia/abis"
	"convenio/registry"
)

// States of a task (readTaskStatus).
const (
	pending   = "PENDING"
	scheduled = "RESPONSE_SCHEDULED"
	retrying  = "RESPONSE_RETRY"
	givenUp   = "RESPONSE_ERROR"
	completed = "COMPLETED"
)

// Bounds of tasks.
const (
	maxTasks   = 10000 // known
	maxPending = 500   // not carried out yet: each holds a whole request
	deliveries = 4     // at the same time
)

// taskData is what a task holds, sealed: first the request, then the result.
type taskData struct {
	Method, Target string
	Body           []byte
	Callback       string
	Transaction    string
	Result         []byte
	Failed         bool // the result is an Error
}

// task is a task in memory, without its data.
type task struct {
	registry.OSIATask
	seq  int
	busy bool
}

type tasks struct {
	mu   sync.Mutex
	list map[string]*task
	seq  int
	wake chan struct{}
}

// running is the task that a call is carried out for.
type running struct {
	task     registry.OSIATask
	data     taskData
	finished bool // its result is stored
}

type runningKey struct{}

func taskOf(ctx context.Context) *running {
	r, _ := ctx.Value(runningKey{}).(*running)
	return r
}

// finishIn stores the result in the transaction that makes the task's change, so that both happen or neither.
func (r *running) finishIn(tx *registry.Tx, answer any, now time.Time) error {
	result, err := json.Marshal(answer)
	if err != nil {
		return fmt.Errorf("task result: %w", err)
	}
	return r.finish(tx, result, false, now)
}

func (r *running) finish(tx *registry.Tx, result []byte, failed bool, now time.Time) error {
	d := r.data
	d.Method, d.Target, d.Body, d.Result, d.Failed = "", "", nil, result, failed
	b, err := json.Marshal(d)
	if err != nil {
		return fmt.Errorf("task result: %w", err)
	}
	k := r.task
	k.State, k.Next, k.Data = scheduled, now, b
	return tx.PutOSIATask(k)
}

func (s *Service) loadTasks(ctx context.Context) error {
	s.tasks.list, s.tasks.wake = map[string]*task{}, make(chan struct{}, 1)
	all, err := s.cfg.Store.OSIATasks(ctx)
	if err != nil {
		return fmt.Errorf("osia: %w", err)
	}
	for _, k := range all {
		s.tasks.seq++
		s.tasks.list[k.ID] = &task{OSIATask: k, seq: s.tasks.seq}
	}
	return nil
}

// accept stores a call to be carried out later.
func (s *Service) accept(ctx context.Context, r *http.Request, body []byte, q url.Values) (string, error) {
	if err := s.checkCallback(q.Get("callback")); err != nil {
		return "", err
	}
	var id [16]byte
	rand.Read(id[:]) // never fails: it ends the program instead
	d := taskData{Method: r.Method, Body: body, Callback: q.Get("callback"), Transaction: q.Get("transactionId")}
	q.Del("callback")
	d.Target = r.URL.EscapedPath() + "?" + q.Encode()
	b, err := json.Marshal(d)
	if err != nil {
		return "", fmt.Errorf("task: %w", err)
	}
	k := registry.OSIATask{ID: hex.EncodeToString(id[:]), State: pending, Expires: s.now().Add(s.cfg.TaskLife), Data: b}
	if p := q.Get("priority"); len(p) == 1 && p[0] >= '0' && p[0] <= '9' {
		k.Priority = int(p[0] - '0')
	}
	if err := s.roomForTask(); err != nil {
		return "", err
	}
	if err := s.cfg.Store.Tx(ctx, func(tx *registry.Tx) error { return tx.PutOSIATask(k) }); err != nil {
		return "", err
	}
	k.Data = nil
	s.tasks.mu.Lock()
	s.tasks.seq++
	s.tasks.list[k.ID] = &task{OSIATask: k, seq: s.tasks.seq}
	s.tasks.mu.Unlock()
	s.wakeTasks()
	return k.ID, nil
}

func (s *Service) roomForTask() error {
	s.tasks.mu.Lock()
	defer s.tasks.mu.Unlock()
	n := 0
	for _, k := range s.tasks.list {
		if k.State == pending {
			n++
		}
	}
	if n >= maxPending || len(s.tasks.list) >= maxTasks {
		return errBusy
	}
	return nil
}

func (s *Service) wakeTasks() {
	select {
	case s.tasks.wake <- struct{}{}:
	default:
	}
}

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
			return k, false, nil // the server stops: it was no attempt
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
			return k, false, nil // the server stops: another time
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

// status of a task, or errUnknown.
func (s *Service) taskStatus(id string) (string, error) {
	s.tasks.mu.Lock()
	defer s.tasks.mu.Unlock()
	if k := s.tasks.list[id]; k != nil && k.Expires.After(s.now()) {
		return k.State, nil
	}
	return "", errUnknown
}

// redeliver has a result sent again: at once, or when there is one.
func (s *Service) redeliver(ctx context.Context, id string) error {
	s.tasks.mu.Lock()
	k := s.tasks.list[id]
	if k == nil || !k.Expires.After(s.now()) {
		s.tasks.mu.Unlock()
		return errUnknown
	}
	if k.State == pending || k.busy {
		s.tasks.mu.Unlock()
		return nil // it is under way
	}
	k.busy = true
	next := k.OSIATask
	s.tasks.mu.Unlock()
	next.State, next.Attempts, next.Next = retrying, 0, s.now()
	err := s.cfg.Store.Tx(ctx, func(tx *registry.Tx) error { return tx.PutOSIATask(next) })
	s.tasks.mu.Lock()
	k.busy = false
	if err == nil {
		k.OSIATask = next
	}
	s.tasks.mu.Unlock()
	s.wakeTasks()
	return err
}
