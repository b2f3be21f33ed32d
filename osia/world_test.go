package osia

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"convenio/capture"
	"convenio/finger"
	"convenio/registry"
	"convenio/synth"
)

// world is a service, its server, and somebody who receives callbacks.
type world struct {
	t        testing.TB
	store    *registry.Store
	path     string
	service  *Service
	server   *httptest.Server
	receiver *receiver
	key      jose.JSONWebKey
	stop     func()
	options  func(*Config)
}

const audience = "abis"

func signingKey(seed byte) jose.JSONWebKey {
	private := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{seed}, ed25519.SeedSize))
	return jose.JSONWebKey{Key: private, KeyID: "test"}
}

func keysOf(t testing.TB, list ...jose.JSONWebKey) Keys {
	t.Helper()
	var set jose.JSONWebKeySet
	for _, k := range list {
		set.Keys = append(set.Keys, k.Public())
	}
	b, err := json.Marshal(set)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := ParseKeys(b)
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func newWorld(t testing.TB, options func(*Config)) *world {
	t.Helper()
	w := &world{t: t, path: filepath.Join(t.TempDir(), "registry.db"), key: signingKey(1), receiver: newReceiver(), options: options}
	t.Cleanup(w.receiver.server.Close)
	w.start()
	t.Cleanup(func() { w.stop() })
	return w
}

// start opens the store and serves; stop ends both.
func (w *world) start() {
	w.t.Helper()
	store, err := registry.Open(w.path, registry.Options{MasterKey: [32]byte{1}})
	w.must(err)
	c := Config{Store: store, Tokens: Tokens{Keys: keysOf(w.t, w.key), Audience: audience}, Callbacks: []string{w.receiver.server.URL},
		Workers: 2, Retry: []time.Duration{time.Millisecond, time.Millisecond}}
	if w.options != nil {
		w.options(&c)
	}
	w.service, err = New(context.Background(), c)
	w.must(err)
	h, err := w.service.Handler()
	w.must(err)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = w.service.Run(ctx)
	}()
	w.store, w.server = store, httptest.NewServer(h)
	var once sync.Once
	w.stop = func() {
		once.Do(func() {
			w.server.Close()
			cancel()
			<-ended
			store.Close()
		})
	}
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) token(scopes ...string) string {
	w.t.Helper()
	key, err := json.Marshal(w.key)
	w.must(err)
	tok, err := Mint(key, audience, "test", "somebody", scopes, time.Now(), time.Hour)
	w.must(err)
	return tok
}

// request makes one; callback "" for a synchronous call.
func (w *world) request(method, path string, query url.Values, body any, token string) *http.Request {
	w.t.Helper()
	q := url.Values{"transactionId": {"T1"}}
	for k, v := range query {
		q[k] = v
	}
	if q.Get("transactionId") == "-" {
		q.Del("transactionId")
	}
	var r io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		w.must(err)
		r = bytes.NewReader(b)
	}
	req, err := http.NewRequest(method, w.server.URL+path+"?"+q.Encode(), r)
	w.must(err)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	return req
}

func (w *world) do(req *http.Request) (int, http.Header, string) {
	w.t.Helper()
	resp, err := http.DefaultClient.Do(req)
	w.must(err)
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	w.must(err)
	return resp.StatusCode, resp.Header, string(b)
}

// call is a call with every scope, of which the body comes back if the status is the one wanted.
func (w *world) call(method, path string, query url.Values, body any, want int) string {
	w.t.Helper()
	status, _, text := w.do(w.request(method, path, query, body, w.token(Scopes()...)))
	if status != want {
		w.t.Fatalf("%s %s: %d %.300s, want %d", method, path, status, text, want)
	}
	return text
}

// delivery is what a callback carried.
type delivery struct {
	task, transaction, kind, body string
}

// receiver answers callbacks and keeps them.
type receiver struct {
	server    *httptest.Server
	mu        sync.Mutex
	got       []delivery
	answer    int           // status; 204 unless set
	elsewhere string        // where a redirection leads
	more      chan struct{} // closed when something comes
}

func newReceiver() *receiver {
	r := &receiver{answer: http.StatusNoContent, more: make(chan struct{})}
	r.server = httptest.NewServer(r)
	return r
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	b, _ := io.ReadAll(req.Body)
	q := req.URL.Query()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.got = append(r.got, delivery{q.Get("taskId"), q.Get("transactionId"), req.Header.Get("Content-Type"), string(b)})
	close(r.more)
	r.more = make(chan struct{})
	if r.elsewhere != "" {
		w.Header().Set("Location", r.elsewhere)
	}
	w.WriteHeader(r.answer)
}

func (r *receiver) say(status int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answer = status
}

func (r *receiver) count(task string) (n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, d := range r.got {
		if d.task == task {
			n++
		}
	}
	return n
}

func (r *receiver) wait(t testing.TB, task string) delivery {
	t.Helper()
	deadline := time.After(time.Minute)
	for {
		r.mu.Lock()
		more := r.more
		for i := len(r.got) - 1; i >= 0; i-- {
			if r.got[i].task == task {
				d := r.got[i]
				r.mu.Unlock()
				return d
			}
		}
		r.mu.Unlock()
		select {
		case <-more:
		case <-deadline:
			t.Fatalf("nothing came for task %s", task)
		}
	}
}

var drawn sync.Map

// print is one impression of a synthetic person's right index, as base64 of PNG.
func drawPrint(t testing.TB, person, impression uint64) string {
	t.Helper()
	type key struct{ p, i uint64 }
	if s, ok := drawn.Load(key{person, impression}); ok {
		return s.(string)
	}
	img, _ := synth.NewFingerAt(person, finger.RightIndex).Impression(synth.DefaultConditions(person*1000 + impression))
	png, err := capture.Print{Image: img}.PNG()
	if err != nil {
		t.Fatal(err)
	}
	s := base64.StdEncoding.EncodeToString(png)
	drawn.Store(key{person, impression}, s)
	return s
}

type object = map[string]any

func biometric(image string) object {
	return object{"biometricType": "FINGER", "biometricSubType": "RIGHT_INDEX", "image": image, "mimeType": "image/png", "compression": "PNG", "resolution": 500}
}

// meeting is an encounter with one print.
func meeting(image string, galleries ...string) object {
	return object{"status": "ACTIVE", "encounterType": "enrolment", "galleries": galleries, "biometricData": []any{biometric(image)},
		"biographicData": object{"familyName": "Ejemplo", "dateOfBirth": "1990-05-01", "nationality": "COL"}}
}

func with(o object, k string, v any) object {
	out := object{}
	for a, b := range o {
		out[a] = b
	}
	out[k] = v
	return out
}

func query(kv ...string) url.Values {
	q := url.Values{}
	for i := 0; i+1 < len(kv); i += 2 {
		q.Set(kv[i], kv[i+1])
	}
	return q
}
