package client

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"convenio/osia/abistest"
)

// memory keeps tasks as a registry would; a new client on it is a restart.
type memory struct {
	mu   sync.Mutex
	list map[string]Task
}

func (m *memory) All(context.Context) (out []Task, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, t := range m.list {
		out = append(out, t)
	}
	return out, nil
}

func (m *memory) Put(_ context.Context, t Task) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.list[t.ID] = t
	return nil
}

func (m *memory) End(_ context.Context, id string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.list, id)
	return nil
}

func (m *memory) len() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.list)
}

// Waits are told apart by their lengths: those between attempts are over at once, those for a callback and for the end when the
// test says so. No test waits for a clock.
const (
	retryWait = time.Millisecond
	pollWait  = 2 * time.Millisecond
	callLimit = 3 * time.Millisecond
	limit     = 4 * time.Millisecond
)

type world struct {
	t      *testing.T
	abis   *abistest.ABIS
	client *Client
	tasks  *memory
	server *httptest.Server // that the ABIS calls back

	mu      sync.Mutex
	handler http.Handler
	retries int

	poll, late chan time.Time
}

func newWorld(t *testing.T) *world {
	t.Helper()
	a, err := abistest.New()
	must(t, err)
	w := &world{t: t, abis: a, tasks: &memory{list: map[string]Task{}}, poll: make(chan time.Time), late: make(chan time.Time)}
	w.server = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w.mu.Lock()
		h := w.handler
		w.mu.Unlock()
		h.ServeHTTP(rw, r)
	}))
	w.start()
	t.Cleanup(func() {
		a.Close()
		w.server.Close()
		w.client.Close()
		for _, p := range a.Problems() {
			t.Errorf("a call is not as the interface describes it: %s", p)
		}
	})
	return w
}

// start makes the client, or makes it anew as a restart would.
func (w *world) start() {
	w.t.Helper()
	c, err := New(w.t.Context(), Config{
		Server: w.abis.URL, Token: func() (string, error) { return "secret", nil }, Callback: w.server.URL + "/back", Tasks: w.tasks,
		Timeout: limit, CallTimeout: callLimit, Attempts: 4,
		Retry: func(int) time.Duration { return retryWait }, Poll: func(int) time.Duration { return pollWait },
		After: w.after,
	})
	must(w.t, err)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.client, w.handler = c, c
}

func (w *world) after(d time.Duration) <-chan time.Time {
	switch d {
	case retryWait:
		w.mu.Lock()
		w.retries++
		w.mu.Unlock()
		now := make(chan time.Time, 1)
		now <- time.Time{}
		return now
	case pollWait:
		return w.poll
	default:
		return w.late
	}
}

func (w *world) search() Search {
	return Search{ID: "s1", Exchange: "x1", Gallery: "g", Max: 10, Fingers: []Finger{{Position: 2, PNG: []byte("png"), PPI: 500}}}
}

// begin searches beside the test.
func (w *world) begin(ctx context.Context, s Search) <-chan result {
	out := make(chan result, 1)
	c := w.client
	go func() {
		list, err := c.Identify(ctx, s)
		out <- result{list, err}
	}()
	return out
}

type result struct {
	list []Candidate
	err  error
}

// finds wants one candidate.
func (r result) finds(t *testing.T, person string) {
	t.Helper()
	if r.err != nil || len(r.list) != 1 || r.list[0].Person != person {
		t.Errorf("%v, %v: want %s", r.list, r.err, person)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
