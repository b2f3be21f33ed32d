package client

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// What is asked for comes about whatever was there before, and again changes nothing.
func TestPeople(t *testing.T) {
	fingers := []Finger{{Position: 2, PNG: []byte("png"), PPI: 500}, {PNG: []byte("other")}}
	w := newWorld(t)
	c := w.client
	must(t, c.Put(t.Context(), "t1", "p1", "g", fingers))
	must(t, c.Put(t.Context(), "t1", "p1", "h", fingers)) // again, as after a crash
	if got := w.abis.Calls(); !slices.Equal(got, []string{"createEncounter", "createEncounter", "updateEncounter"}) {
		t.Errorf("calls: %v", got)
	}
	e, ok := w.abis.Encounter("p1")
	if !ok || !slices.Equal(e.Galleries, []string{"h"}) || len(e.BiometricData) != 2 || e.BiographicData != nil || e.ContextualData != nil || e.ClientData != nil {
		t.Errorf("held: %+v", e)
	}
	if b := e.BiometricData; *b[0].BiometricSubType != "RIGHT_INDEX" || *b[0].Resolution != 500 || *b[0].Image != "cG5n" || *b[1].BiometricSubType != "UNKNOWN" || b[1].Resolution != nil {
		t.Errorf("fingers: %+v", b)
	}
	must(t, c.Move(t.Context(), "t2", "p1", "g"))
	if in, was := w.abis.In("g"), w.abis.In("h"); !slices.Equal(in, []string{"p1"}) || len(was) != 0 {
		t.Errorf("in g %v, in h %v", in, was)
	}
	if err := c.Move(t.Context(), "t2", "p2", "g"); !errors.Is(err, ErrUnknown) {
		t.Errorf("move of nobody: %v", err)
	}
	for _, gallery := range []string{"ALL", ""} {
		if c.Put(t.Context(), "t", "p1", gallery, fingers) == nil || c.Move(t.Context(), "t", "p1", gallery) == nil {
			t.Errorf("somebody was put into %q", gallery)
		}
	}
	w.abis.Place("p2", "g")
	w.abis.Place("p3", "g")
	if list, err := c.Content(t.Context(), "t", "g", 1, 2); err != nil || !slices.Equal(list, []string{"p2", "p3"}) {
		t.Errorf("content: %v, %v", list, err)
	}
	if list, err := c.Content(t.Context(), "t", "nothing", 0, 2); err != nil || len(list) != 0 {
		t.Errorf("content of nothing: %v, %v", list, err)
	}
	must(t, c.Delete(t.Context(), "t3", "p1"))
	must(t, c.Delete(t.Context(), "t3", "p1"))
	if _, ok := w.abis.Encounter("p1"); ok {
		t.Error("the person is still there")
	}
}

// A call that took effect and whose answer never came is made again, without harm.
func TestAnswerThatNeverCame(t *testing.T) {
	w := newWorld(t)
	w.abis.Fault = func(op string, n int, _ http.ResponseWriter, _ *http.Request) bool {
		if op == "createEncounter" && n == 1 {
			w.abis.Place("p1", "old")
			panic(http.ErrAbortHandler)
		}
		return false
	}
	must(t, w.client.Put(t.Context(), "t1", "p1", "g", nil))
	if got := w.abis.In("g"); !slices.Equal(got, []string{"p1"}) {
		t.Errorf("in g: %v", got)
	}
}

// Whoever changes between being there and not is given up on.
func TestContradiction(t *testing.T) {
	w := newWorld(t)
	w.abis.Fault = func(op string, _ int, rw http.ResponseWriter, _ *http.Request) bool {
		rw.WriteHeader(map[string]int{"createEncounter": 409, "updateEncounter": 404}[op])
		return true
	}
	if err := w.client.Put(t.Context(), "t1", "p1", "g", nil); err == nil || len(w.abis.Calls()) != 4 {
		t.Errorf("%v after %v", err, w.abis.Calls())
	}
}

// A delay beyond the time that a call has ends it.
func TestCallTimeout(t *testing.T) {
	w := newWorld(t)
	there, release := make(chan struct{}), make(chan struct{})
	defer close(release)
	w.abis.Fault = func(string, int, http.ResponseWriter, *http.Request) bool {
		close(there)
		<-release
		return true
	}
	done := make(chan error, 1)
	go func() { done <- w.client.Delete(t.Context(), "t", "p1") }()
	<-there
	w.late <- time.Time{}
	if err := <-done; !errors.Is(err, ErrTimeout) {
		t.Errorf("%v", err)
	}
}

// The token is asked for at every call, and is in no error.
func TestToken(t *testing.T) {
	w := newWorld(t)
	tokens := []string{"first", "second"}
	var seen []string
	w.client.cfg.Token = func() (string, error) {
		x := tokens[0]
		tokens = tokens[1:]
		return x, nil
	}
	w.abis.Fault = func(_ string, _ int, rw http.ResponseWriter, r *http.Request) bool {
		seen = append(seen, r.Header.Get("Authorization"))
		rw.WriteHeader(http.StatusNoContent)
		return true
	}
	must(t, w.client.Delete(t.Context(), "t", "p1"))
	must(t, w.client.Delete(t.Context(), "t", "p1"))
	if !slices.Equal(seen, []string{"Bearer first", "Bearer second"}) {
		t.Errorf("%q", seen)
	}
	for _, bad := range []string{"", "two words", "line\nbreak", strings.Repeat("x", 20<<10)} {
		tokens = []string{bad}
		if err := w.client.Delete(t.Context(), "t", "p1"); err == nil || bad != "" && strings.Contains(err.Error(), bad) {
			t.Errorf("token %.20q: %v", bad, err)
		}
	}
}

func TestCheckAddress(t *testing.T) {
	for raw, good := range map[string]bool{
		"https://abis.example":        true,
		"https://abis.example:8443/x": true,
		"http://127.0.0.1:80":         true,
		"http://[::1]:80":             true,
		"http://localhost":            true,
		"http://abis.example":         false,
		"http://127.0.0.1.example":    false,
		"ftp://abis.example":          false,
		"abis.example":                false,
		"https://":                    false,
		"https://user@abis.example":   false,
		"https://abis.example?x=1":    false,
		"https://abis.example#x":      false,
		"":                            false,
	} {
		if err := CheckAddress(raw); (err == nil) != good {
			t.Errorf("%q: %v", raw, err)
		}
	}
}
