package client

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"convenio/osia/abistest"
)

// What the ABIS may do with a result, and what becomes of the search. Nothing of it may make a hit of nothing, or nothing of a
// hit.
func TestIdentifyDeliveries(t *testing.T) {
	for _, c := range []struct {
		name    string
		deliver func(*world, *abistest.Task) // before the 202
		polls   int                          // how often the state is asked for until the result is there
		again   int                          // of them, how often the result is asked for again
	}{
		{name: "at once, beside the answer", deliver: func(_ *world, k *abistest.Task) { k.Soon() }},
		{name: "before the answer that tells of the task", deliver: func(w *world, k *abistest.Task) {
			if s := k.Send(); s != http.StatusNoContent {
				w.t.Errorf("taken with %d", s)
			}
		}},
		{name: "twice", deliver: func(w *world, k *abistest.Task) {
			if a, b := k.Send(), k.Send(); a != http.StatusNoContent || b != http.StatusNoContent {
				w.t.Errorf("taken with %d and %d", a, b)
			}
		}},
		{name: "lost, as the ABIS believes delivered", polls: 1, again: 1, deliver: func(_ *world, k *abistest.Task) { k.State = "COMPLETED" }},
		{name: "given up by the ABIS", polls: 1, again: 1, deliver: func(_ *world, k *abistest.Task) { k.State = "RESPONSE_ERROR" }},
		{name: "being tried again by the ABIS", polls: 1, again: 1, deliver: func(_ *world, k *abistest.Task) { k.State = "RESPONSE_RETRY" }},
		{name: "late, then lost", polls: 3, again: 1, deliver: func(w *world, k *abistest.Task) {
			k.State = "PENDING"
			w.abis.Fault = func(op string, n int, _ http.ResponseWriter, _ *http.Request) bool {
				if op == "readTaskStatus" && n == 3 {
					k.Set("COMPLETED")
				}
				return false
			}
		}},
		{name: "too large first", polls: 0, deliver: func(w *world, k *abistest.Task) {
			if s := k.SendTo(k.Callback, k.ID, bytes.Repeat([]byte(" "), maxAnswer+1), "application/json"); s == http.StatusNoContent {
				w.t.Error("a result of more than the bound was taken")
			}
			k.Soon()
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			w.abis.Place("p1", "g")
			w.abis.Place("p2", "other")
			w.abis.Deliver = func(k *abistest.Task) { c.deliver(w, k) }
			got := w.begin(t.Context(), w.search())
			for range c.polls {
				w.poll <- time.Time{}
			}
			(<-got).finds(t, "p1")
			if n := w.abis.Count("redeliverTaskResult"); n != c.again {
				t.Errorf("asked %d times for the result again, want %d", n, c.again)
			}
			if n := w.abis.Count("identify"); n != 1 || w.tasks.len() != 0 {
				t.Errorf("%d searches, %d tasks are left", n, w.tasks.len())
			}
		})
	}
}

// Nobody but the ABIS that was told the secret of a search can answer it.
func TestForgedCallbacks(t *testing.T) {
	w := newWorld(t)
	w.abis.Place("p1", "g")
	task := make(chan *abistest.Task, 1)
	w.abis.Deliver = func(k *abistest.Task) { task <- k }
	got := w.begin(t.Context(), w.search())
	k := <-task
	for w.client.resumed("s1") == nil { // until the 202 is read: from then on the task's name is known
		time.Sleep(time.Millisecond)
	}
	forged := []byte(`[{"personId":"nobody","rank":1,"score":99}]`)
	other := *k
	other.Transaction = "s2"
	for name, status := range map[string]int{
		"another secret":          k.SendTo(w.server.URL+"/back/"+strings.Repeat("A", 43), k.ID, forged, "application/json"),
		"no secret":               k.SendTo(w.server.URL+"/back/", k.ID, forged, "application/json"),
		"the secret elsewhere":    k.SendTo(strings.Replace(k.Callback, "/back/", "/", 1), k.ID, forged, "application/json"),
		"another task":            k.SendTo(k.Callback, "task-9", forged, "application/json"),
		"no task":                 k.SendTo(k.Callback, "", forged, "application/json"),
		"another transaction":     other.SendTo(k.Callback, k.ID, forged, "application/json"),
		"the secret, one more at": k.SendTo(k.Callback+"A", k.ID, forged, "application/json"),
	} {
		if status != http.StatusForbidden {
			t.Errorf("%s: answered %d", name, status)
		}
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, k.Callback, nil)
	must(t, err)
	res, err := w.server.Client().Do(r)
	must(t, err)
	res.Body.Close()
	if res.StatusCode != http.StatusMethodNotAllowed || res.ContentLength != 0 {
		t.Errorf("GET: %d, %d bytes", res.StatusCode, res.ContentLength)
	}
	k.Send()
	(<-got).finds(t, "p1")
	if s := k.Send(); s != http.StatusNoContent {
		t.Errorf("the same result after the search: %d", s)
	}
	if s := k.SendTo(w.server.URL+"/back/"+strings.Repeat("B", 43), k.ID, forged, "application/json"); s != http.StatusForbidden {
		t.Errorf("after the search: %d", s)
	}
}

// What a call comes to, by what the ABIS answers to it: nothing else than 200 or 202 with a good body is a result.
func TestIdentifyFaults(t *testing.T) {
	status := func(list ...int) func(n int, w http.ResponseWriter) bool {
		return func(n int, w http.ResponseWriter) bool {
			if n > len(list) {
				return false
			}
			w.WriteHeader(list[n-1])
			return true
		}
	}
	body := func(code int, text string) func(int, http.ResponseWriter) bool {
		return func(_ int, w http.ResponseWriter) bool {
			w.WriteHeader(code)
			_, _ = w.Write([]byte(text))
			return true
		}
	}
	cut := func(n int, w http.ResponseWriter) bool {
		if n > 1 {
			return false
		}
		w.Header().Set("Content-Length", "1000")
		_, _ = w.Write([]byte(`[{"personId":"p1"`))
		panic(http.ErrAbortHandler)
	}
	for _, c := range []struct {
		name  string
		fault func(n int, w http.ResponseWriter) bool
		calls int
		want  error  // nil: the candidate
		text  string // of another error
	}{
		{name: "500, then well", fault: status(500), calls: 2},
		{name: "503 twice, then well", fault: status(503, 503), calls: 3},
		{name: "429, then well", fault: status(429), calls: 2},
		{name: "500 for good", fault: status(500, 500, 500, 500, 500), calls: 4, text: "answered 500"},
		{name: "400", fault: status(400), calls: 1, text: "answered 400"},
		{name: "404", fault: status(404), calls: 1, text: "answered 404"},
		{name: "401", fault: status(401), calls: 1, text: "does not accept the token"},
		{name: "403", fault: status(403), calls: 1, text: "does not allow"},
		{name: "redirection", fault: status(307), calls: 1, text: "answered 307"},
		{name: "204", fault: status(204), calls: 1, text: "answered 204"},
		{name: "cut in the middle, then well", fault: cut, calls: 2},
		{name: "not JSON", fault: body(200, "<html>"), calls: 1, want: ErrMalformed},
		{name: "nothing", fault: body(200, ""), calls: 1, want: ErrMalformed},
		{name: "null", fault: body(200, "null"), calls: 1, want: ErrMalformed},
		{name: "an object", fault: body(200, "{}"), calls: 1, want: ErrMalformed},
		{name: "half a list", fault: body(200, `[{"personId":"p1","rank":1,"score":1}`), calls: 1, want: ErrMalformed},
		{name: "more than a list", fault: body(200, `[] []`), calls: 1, want: ErrMalformed},
		{name: "a candidate without a name", fault: body(200, `[{"rank":1,"score":1}]`), calls: 1, want: ErrMalformed},
		{name: "a rank that is none", fault: body(200, `[{"personId":"p1","rank":1e99,"score":1}]`), calls: 1, want: ErrMalformed},
		{name: "a list without end", fault: body(200, "["+strings.Repeat("{},", maxListed+1)+"{}]"), calls: 1, want: ErrMalformed},
		{name: "more than the bound", fault: body(200, strings.Repeat(" ", maxAnswer+1)), calls: 1, want: ErrMalformed},
		{name: "a task without a name", fault: body(202, `{}`), calls: 1, want: ErrMalformed},
		{name: "a task that is none", fault: body(202, `[]`), calls: 1, want: ErrMalformed},
		{name: "at once although a callback was given", fault: body(200, `[{"personId":"p1","rank":1,"score":1}]`), calls: 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			w.abis.Place("p1", "g")
			w.abis.Fault = func(op string, n int, rw http.ResponseWriter, _ *http.Request) bool {
				return op == "identify" && c.fault(n, rw)
			}
			list, err := w.client.Identify(t.Context(), w.search())
			if c.want == nil && c.text == "" {
				result{list, err}.finds(t, "p1")
			} else if err == nil || list != nil || c.want != nil && !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.text) {
				t.Errorf("%v, %v", list, err)
			}
			if n := w.abis.Count("identify"); n != c.calls || w.retries != c.calls-1 || w.tasks.len() != 0 {
				t.Errorf("%d calls after %d waits, want %d calls; %d tasks are left", n, w.retries, c.calls, w.tasks.len())
			}
		})
	}
}

// An error that comes to the callback is an error; a body that is none of the two is not taken for nobody.
func TestCallbackErrors(t *testing.T) {
	for _, c := range []struct {
		name, kind, body string
		want             error
		status           int
	}{
		{"an Error", "application/error+json", `{"code":500,"message":"name of somebody"}`, nil, 500},
		{"an Error of the caller", "application/error+json; charset=utf-8", `{"code":400,"message":"x"}`, nil, 400},
		{"an Error that is none", "application/error+json", `[`, ErrMalformed, 0},
		{"an Error called a list", "application/json", `{"code":500,"message":"x"}`, ErrMalformed, 0},
		{"nothing", "application/json", ``, ErrMalformed, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			w.abis.Place("p1", "g")
			w.abis.Deliver = func(k *abistest.Task) { k.SendTo(k.Callback, k.ID, []byte(c.body), c.kind) }
			list, err := w.client.Identify(t.Context(), w.search())
			var e *Error
			if list != nil || err == nil || strings.Contains(err.Error(), "somebody") {
				t.Fatalf("%v, %v", list, err)
			}
			if c.want != nil && !errors.Is(err, c.want) || c.status != 0 && (!errors.As(err, &e) || e.Status != c.status) {
				t.Errorf("%v", err)
			}
			w.abis.Change(func(a *abistest.ABIS) { a.Deliver = nil })
			list, err = w.client.Identify(t.Context(), w.search())
			result{list, err}.finds(t, "p1") // it is asked for anew
		})
	}
}

// A search that is asked for again takes up what the ABIS has: after the time was over, after a restart, and when the result
// came while nobody waited.
func TestIdentifyIsTakenUp(t *testing.T) {
	for _, restart := range []bool{false, true} {
		for _, came := range []bool{false, true} {
			t.Run(map[bool]string{false: "late", true: "restart"}[restart]+map[bool]string{false: "", true: ", and the result came meanwhile"}[came], func(t *testing.T) {
				w := newWorld(t)
				w.abis.Place("p1", "g")
				task := make(chan *abistest.Task, 1)
				w.abis.Deliver = func(k *abistest.Task) { task <- k; k.State = "PENDING" }
				ctx, cancel := context.WithCancel(t.Context())
				got := w.begin(ctx, w.search())
				k := <-task
				w.poll <- time.Time{} // the 202 has been read
				if restart {
					cancel()
				} else {
					w.late <- time.Time{}
				}
				r := <-got
				if restart && !errors.Is(r.err, context.Canceled) || !restart && !errors.Is(r.err, ErrTimeout) {
					t.Fatalf("%v", r.err)
				}
				cancel()
				if w.tasks.len() != 1 {
					t.Fatal("the task is not kept")
				}
				if restart {
					w.start()
				}
				if came {
					if s := k.Send(); s != http.StatusNoContent {
						t.Fatalf("taken with %d", s)
					}
				} else {
					k.Set("RESPONSE_ERROR")
				}
				got = w.begin(t.Context(), w.search())
				if !came {
					w.poll <- time.Time{}
				}
				(<-got).finds(t, "p1")
				if n := w.abis.Count("identify"); n != 1 || w.tasks.len() != 0 {
					t.Errorf("%d searches, %d tasks are left", n, w.tasks.len())
				}
			})
		}
	}
}

// A task that the ABIS has lost ends the search with an error; the next attempt asks anew.
func TestTaskThatIsGone(t *testing.T) {
	w := newWorld(t)
	w.abis.Place("p1", "g")
	w.abis.Deliver = func(*abistest.Task) { w.abis.Purge() }
	got := w.begin(t.Context(), w.search())
	w.poll <- time.Time{}
	var e *Error
	if r := <-got; !errors.As(r.err, &e) || e.Status != http.StatusNotFound {
		t.Fatalf("%v", r.err)
	}
	w.abis.Change(func(a *abistest.ABIS) { a.Deliver = nil })
	(<-w.begin(t.Context(), w.search())).finds(t, "p1")
}

// What is under way for exchanges that are over is forgotten.
func TestForget(t *testing.T) {
	w := newWorld(t)
	must(t, w.tasks.Put(t.Context(), Task{ID: "a", Exchange: "x1", Token: secret{1}, Task: "t"}))
	must(t, w.tasks.Put(t.Context(), Task{ID: "b", Exchange: "x2", Token: secret{2}, Task: "t"}))
	w.start()
	if got := w.client.Exchanges(); len(got) != 2 || got[0] != "x1" || got[1] != "x2" {
		t.Errorf("under way: %v", got)
	}
	must(t, w.client.Forget(t.Context(), "x1"))
	if w.client.resumed("a") != nil || w.client.resumed("b") == nil || w.tasks.len() != 1 {
		t.Error("the wrong one was forgotten")
	}
}

func TestWithoutCallback(t *testing.T) {
	w := newWorld(t)
	w.abis.Place("p1", "g")
	w.client.cfg.Callback = ""
	list, err := w.client.Identify(t.Context(), w.search())
	result{list, err}.finds(t, "p1")
	w.abis.Fault = func(_ string, _ int, rw http.ResponseWriter, _ *http.Request) bool {
		rw.WriteHeader(http.StatusAccepted)
		_, _ = rw.Write([]byte(`{"taskId":"t"}`))
		return true
	}
	if _, err := w.client.Identify(t.Context(), w.search()); !errors.Is(err, ErrMalformed) {
		t.Errorf("202 without a callback: %v", err)
	}
	for _, gallery := range []string{"ALL", ""} {
		s := w.search()
		s.Gallery = gallery
		before := w.abis.Count("identify")
		if _, err := w.client.Identify(t.Context(), s); err == nil || w.abis.Count("identify") != before {
			t.Errorf("gallery %q was searched: %v", gallery, err)
		}
	}
}

// Candidates come by rank, nobody twice, and no more than were asked for.
func TestCandidates(t *testing.T) {
	list, err := candidates([]byte(`[{"personId":"b","rank":2,"score":9},{"personId":"a","rank":1},{"personId":"a","rank":3},{"personId":"c","rank":4}]`), 2)
	if err != nil || len(list) != 2 || list[0].Person != "a" || list[1].Person != "b" {
		t.Errorf("%v, %v", list, err)
	}
	if list, err = candidates([]byte(" [ ] \n"), 2); err != nil || len(list) != 0 {
		t.Errorf("%v, %v", list, err)
	}
}

func FuzzCandidates(f *testing.F) {
	f.Add([]byte(`[]`))
	f.Add([]byte(`[{"personId":"a","rank":1,"score":3.5,"scores":[{"score":1,"encounterId":"e","galleries":["g"]}]}]`))
	f.Add([]byte(`[{"personId":"a","rank":1},`))
	f.Fuzz(func(t *testing.T, b []byte) {
		list, err := candidates(b, 20)
		if err != nil && list != nil || len(list) > 20 {
			t.Fatalf("%d candidates, %v", len(list), err)
		}
	})
}
