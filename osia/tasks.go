package osia

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"time"

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
