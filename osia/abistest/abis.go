// Package abistest is a national ABIS for tests: the server generated from OSIA's description, with people in memory, and with
// every fault that a test wants. It compares nothing: whoever is in a gallery is a candidate of every search of it, so that
// what a client makes of an answer does not depend on an engine.
package abistest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"

	"convenio/osia/abis"
)

// ABIS is the server. Its fields may be set before the first call, and later under Change.
type ABIS struct {
	abis.ServerInterface // what is not here is not asked for: a call of it fails the test by Problems

	// Fault, when set, is asked before every call: it may answer in its own way and return true. n counts the calls of an
	// operation from 1.
	Fault func(op string, n int, w http.ResponseWriter, r *http.Request) bool
	// Deliver, when set, is told of every result that is to go to a callback, before the call is answered with 202. Defaults to
	// sending it at once.
	Deliver func(t *Task)
	// Redeliver, when set, is told when a client asks for a result again. Defaults to sending it at once.
	Redeliver func(t *Task)
	// Bring, when set, says whom a search of a gallery brings up. Defaults to everybody in it.
	Bring func(gallery string) []string

	URL string

	server   *httptest.Server
	router   routers.Router
	mu       sync.Mutex
	people   map[string]abis.Encounter
	tasks    map[string]*Task
	count    map[string]int
	calls    []string
	problems []string
	sending  sync.WaitGroup
}

// Task is a search whose result goes to a callback.
type Task struct {
	ID, Callback, Transaction string
	State                     string
	Result                    []byte

	abis *ABIS
}

// New starts an ABIS; Close ends it.
func New() (*ABIS, error) {
	a := &ABIS{people: map[string]abis.Encounter{}, tasks: map[string]*Task{}, count: map[string]int{}}
	doc, err := openapi3.NewLoader().LoadFromData(abis.Description)
	if err != nil {
		return nil, fmt.Errorf("description: %w", err)
	}
	if a.router, err = gorillamux.NewRouter(doc); err != nil {
		return nil, fmt.Errorf("description: %w", err)
	}
	inner := abis.Handler(a)
	a.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { a.serve(inner, w, r) }))
	a.URL = a.server.URL
	return a, nil
}

// Close waits for what is being sent and ends the server.
func (a *ABIS) Close() {
	a.server.CloseClientConnections()
	a.server.Close()
	a.sending.Wait()
}

// Change changes the script while calls go on.
func (a *ABIS) Change(f func(*ABIS)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	f(a)
}

// serve holds each call against the description, and lets the script answer first.
func (a *ABIS) serve(inner http.Handler, w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 64<<20))
	if err != nil {
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	route, params, err := a.router.FindRoute(r)
	if err != nil {
		a.problem("%s %s: %v", r.Method, r.URL.Path, err)
		w.WriteHeader(http.StatusNotFound)
		return
	}
	op := route.Operation.OperationID
	err = openapi3filter.ValidateRequest(r.Context(), &openapi3filter.RequestValidationInput{Request: r, PathParams: params, Route: route,
		Options: &openapi3filter.Options{AuthenticationFunc: bearer, ExcludeReadOnlyValidations: true}})
	if err != nil {
		a.problem("%s: %v", op, err)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	a.mu.Lock()
	a.count[op]++
	n, fault := a.count[op], a.Fault
	a.calls = append(a.calls, op)
	a.mu.Unlock()
	if fault != nil && fault(op, n, w, r) {
		return
	}
	inner.ServeHTTP(w, r)
}

func bearer(_ context.Context, in *openapi3filter.AuthenticationInput) error {
	if h := in.RequestValidationInput.Request.Header.Get("Authorization"); len(h) < len("Bearer x") || h[:7] != "Bearer " {
		return in.NewError(fmt.Errorf("no bearer token"))
	}
	return nil
}

func (a *ABIS) problem(format string, args ...any) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.problems = append(a.problems, fmt.Sprintf(format, args...))
}

// Problems are calls that are not as the interface describes them.
func (a *ABIS) Problems() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.problems)
}

// Calls are the operations that were called, in order.
func (a *ABIS) Calls() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.calls)
}

// Count is how often an operation was called.
func (a *ABIS) Count(op string) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.count[op]
}

// In lists who is in a gallery, sorted.
func (a *ABIS) In(gallery string) (people []string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, p := range slices.Sorted(maps.Keys(a.people)) {
		if slices.Contains(a.people[p].Galleries, gallery) {
			people = append(people, p)
		}
	}
	return people
}

// Encounter is what is held of a person.
func (a *ABIS) Encounter(person string) (abis.Encounter, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	e, ok := a.people[person]
	return e, ok
}

// People is everybody, sorted.
func (a *ABIS) People() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Sorted(maps.Keys(a.people))
}

func (a *ABIS) json(w http.ResponseWriter, status int, x any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(x); err != nil {
		return // the client is gone
	}
}

// Send delivers a result, and says with which status it was taken; 0 when it did not arrive.
func (t *Task) Send() int { return t.SendTo(t.Callback, t.ID, t.Result, "application/json") }

// SendTo delivers anything to anywhere.
func (t *Task) SendTo(callback, task string, body []byte, kind string) int {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, callback+"?transactionId="+t.Transaction+"&taskId="+task, bytes.NewReader(body))
	if err != nil {
		return 0
	}
	r.Header.Set("Content-Type", kind)
	c := http.Client{Transport: t.abis.server.Client().Transport}
	res, err := c.Do(r)
	if err != nil {
		return 0
	}
	defer res.Body.Close()
	if res.StatusCode == http.StatusNoContent {
		t.Set("COMPLETED")
	}
	return res.StatusCode
}

// Set changes the state that readTaskStatus tells.
func (t *Task) Set(state string) {
	t.abis.mu.Lock()
	defer t.abis.mu.Unlock()
	t.State = state
}

// Soon delivers a result beside the call that is being answered.
func (t *Task) Soon() { t.abis.sending.Go(func() { t.Send() }) }

func (a *ABIS) newTask(callback, transaction string, result any) *Task {
	b, err := json.Marshal(result)
	if err != nil {
		panic("abistest: " + err.Error())
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	t := &Task{ID: "task-" + strconv.Itoa(len(a.tasks)+1), Callback: callback, Transaction: transaction, State: "RESPONSE_SCHEDULED", Result: b, abis: a}
	a.tasks[t.ID] = t
	return t
}
