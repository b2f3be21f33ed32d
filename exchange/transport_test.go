package exchange

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func TestDeliver(t *testing.T) {
	l := newLink(t, nil)
	m := l.message(t, "hello")
	first, err := l.client.Deliver(t.Context(), l.cb, m)
	if err != nil {
		t.Fatal(err)
	}
	if first.Receipt.Outcome != Accepted || first.Duplicate {
		t.Errorf("first delivery: %+v", first)
	}
	again, err := l.client.Deliver(t.Context(), l.cb, m)
	if err != nil {
		t.Fatal(err)
	}
	if !again.Duplicate || !bytes.Equal(again.Raw, first.Raw) {
		t.Error("a repeated delivery did not get the same receipt marked as duplicate")
	}
	if l.inbox.done != 1 {
		t.Errorf("acted %d times", l.inbox.done)
	}
}

func TestDeliverRefusedByReceipt(t *testing.T) {
	l := newLink(t, nil)
	l.inbox.decide = func(Message) (*Refusal, error) { return Denied("7.2", "purpose not listed"), nil }
	d, err := l.client.Deliver(t.Context(), l.cb, l.message(t, "x"))
	if err != nil {
		t.Fatal(err)
	}
	if d.Receipt.Outcome != Refused || d.Receipt.Refusal.Article != "7.2" {
		t.Errorf("receipt %+v", d.Receipt)
	}
}

func TestDeliverUnsignedRefusals(t *testing.T) {
	trouble := errors.New("disk of node full at /var/lib")
	for name, test := range map[string]struct {
		err  error
		want Code
	}{
		"need consistency": {NeedConsistency(41), CodeNeedConsistency},
		"busy":             {Busy(3 * time.Second), CodeBusy},
		"own trouble":      {trouble, CodeBusy},
		"wrapped":          {fmt.Errorf("receive: %w", NeedConsistency(41)), CodeNeedConsistency},
	} {
		t.Run(name, func(t *testing.T) {
			var told atomic.Value
			l := newLink(t, func(c *ServerConfig) { c.OnError = func(_ PartyID, err error) { told.Store(err) } })
			l.inbox.decide = func(Message) (*Refusal, error) { return nil, test.err }
			_, err := l.client.Deliver(t.Context(), l.cb, l.message(t, "x"))
			var r *Refusal
			if !errors.As(err, &r) || r.Code != test.want {
				t.Fatalf("error %v", err)
			}
			if r.Code == CodeNeedConsistency && r.Have != 41 {
				t.Errorf("the size the receiver has was lost: %+v", r)
			}
			if strings.Contains(err.Error(), "/var/lib") {
				t.Error("the partner was told of the node's insides")
			}
			if err, _ := told.Load().(error); name == "own trouble" && !errors.Is(err, trouble) {
				t.Error("the node was not told of its own trouble")
			}
		})
	}
}

func TestHello(t *testing.T) {
	l := newLink(t, nil)
	l.advance(90 * time.Second)
	h, clock, err := l.client.Hello(t.Context(), l.cb)
	if err != nil {
		t.Fatal(err)
	}
	if h.Party != "XB" || h.Version != Version || h.Agreement != testAgreement || clock != 90*time.Second {
		t.Errorf("hello %+v, clock %s", h, clock)
	}
}

// Clocks too far apart are said by the receiver, to the second, and measured by the sender.
func TestDeliverClockSkew(t *testing.T) {
	for _, diff := range []time.Duration{-603 * time.Second, 603 * time.Second} {
		l := newLink(t, nil)
		l.advance(diff)
		d, err := l.client.Deliver(t.Context(), l.cb, l.message(t, "x"))
		var r *Refusal
		if !errors.As(err, &r) || r.Code != CodeClockSkew || !strings.Contains(r.Detail, "differ by 10m3s") {
			t.Errorf("error %v", err)
		}
		if d.Clock != diff {
			t.Errorf("measured %s, want %s", d.Clock, diff)
		}
		if l.inbox.calls != 0 {
			t.Error("the message was looked at")
		}
	}
}

func TestTooLarge(t *testing.T) {
	l := newLink(t, func(c *ServerConfig) { c.MaxBytes = 8 << 10 })
	m := l.message(t, strings.Repeat("x", 200<<10))
	_, err := l.client.Deliver(t.Context(), l.cb, m)
	// The server may close before all is sent: then the client sees the connection end.
	var r *Refusal
	if err == nil || errors.As(err, &r) && r.Code != CodeTooLarge {
		t.Errorf("announced: %v", err)
	}
	body, err := m.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	resp, err := l.post(t, MessageType, io.MultiReader(bytes.NewReader(body))) // length not known: chunked
	if err == nil {
		defer resp.Body.Close()
		if resp.StatusCode != http.StatusRequestEntityTooLarge {
			t.Errorf("chunked: status %d", resp.StatusCode)
		}
	}
	if l.inbox.calls != 0 {
		t.Error("the message was looked at")
	}
}

func TestBadRequests(t *testing.T) {
	l := newLink(t, nil)
	good, err := l.message(t, "x").Bytes()
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		media string
		body  []byte
		want  int
	}{
		"other media type": {"application/json", good, http.StatusBadRequest},
		"no media type":    {"", good, http.StatusBadRequest},
		"junk":             {MessageType, []byte("junk"), http.StatusBadRequest},
		"empty":            {MessageType, nil, http.StatusBadRequest},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			resp, err := l.post(t, test.media, bytes.NewReader(test.body))
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			b, err := io.ReadAll(resp.Body)
			if err != nil {
				t.Fatal(err)
			}
			if r, err := parseRefusal(b); err != nil || r.Code != CodeMalformed || resp.StatusCode != test.want {
				t.Errorf("status %d, %v, %s", resp.StatusCode, err, b)
			}
		})
	}
	for path, want := range map[string]int{MessagesPath: 405, "/": 404, "/exchange/v1/messages/x": 404, HelloPath: 200} {
		resp, err := l.rawHTTP().Get("https://" + l.addr + path)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("GET %s: status %d, want %d", path, resp.StatusCode, want)
		}
	}
	if l.inbox.calls != 0 {
		t.Error("a message was looked at")
	}
}

// A body that trickles is cut off; the node's other work does not count against the body's time.
func TestSlowBody(t *testing.T) {
	l := newLink(t, func(c *ServerConfig) { c.BodyTime = 500 * time.Millisecond })
	pr, pw := io.Pipe()
	defer pw.Close()
	go func() { _, _ = pw.Write([]byte(messageMagic)) }()
	begin := time.Now()
	resp, err := l.post(t, MessageType, pr)
	if err == nil {
		resp.Body.Close()
		if resp.StatusCode != http.StatusBadRequest {
			t.Errorf("status %d", resp.StatusCode)
		}
	}
	if time.Since(begin) > 10*time.Second {
		t.Error("a slow body held its place")
	}
	if l.inbox.calls != 0 {
		t.Error("the message was looked at")
	}
	l.inbox.slow = time.Second
	if _, err := l.client.Deliver(t.Context(), l.cb, l.message(t, "x")); err != nil {
		t.Errorf("a slow inbox after a quick body: %v", err)
	}
}

func TestBusy(t *testing.T) {
	l := newLink(t, func(c *ServerConfig) { c.PerPeer = 1 })
	inside, leave := make(chan struct{}), make(chan struct{})
	l.inbox.decide = func(Message) (*Refusal, error) {
		close(inside)
		<-leave
		return nil, nil
	}
	first := make(chan error)
	m := l.message(t, "x")
	go func() {
		_, err := l.client.Deliver(t.Context(), l.cb, m)
		first <- err
	}()
	<-inside
	_, err := l.client.Deliver(t.Context(), l.cb, l.message(t, "x"))
	var r *Refusal
	if !errors.As(err, &r) || r.Code != CodeBusy || r.Wait() <= 0 {
		t.Errorf("second message while the only place is taken: %v", err)
	}
	close(leave)
	if err := <-first; err != nil {
		t.Errorf("first message: %v", err)
	}
	l.inbox.decide = nil
	if _, err := l.client.Deliver(t.Context(), l.cb, l.message(t, "x")); err != nil {
		t.Errorf("the place was not given back: %v", err)
	}
}

// A card withdrawn is refused at the next request, on a connection that is open already.
func TestCardWithdrawn(t *testing.T) {
	l := newLink(t, nil)
	if _, err := l.client.Deliver(t.Context(), l.cb, l.message(t, "x")); err != nil {
		t.Fatal(err)
	}
	if err := l.peers.Set(); err != nil {
		t.Fatal(err)
	}
	_, err := l.client.Deliver(t.Context(), l.cb, l.message(t, "x"))
	var r *Refusal
	if !errors.As(err, &r) || r.Code != CodeUnknownParty {
		t.Errorf("error %v", err)
	}
}

func TestConnectionReused(t *testing.T) {
	l := newLink(t, nil)
	var dials atomic.Int32
	client, err := NewClient(ClientConfig{Keys: l.a, Now: func() time.Time { return testNow },
		Dial: func(ctx context.Context, network, addr string) (net.Conn, error) {
			dials.Add(1)
			return new(net.Dialer).DialContext(ctx, network, addr)
		}})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	for range 5 {
		if _, err := client.Deliver(t.Context(), l.cb, l.message(t, "x")); err != nil {
			t.Fatal(err)
		}
	}
	if n := dials.Load(); n != 1 {
		t.Errorf("%d connections for 5 messages", n)
	}
}

// What a hostile or broken partner may answer: none of it is taken for a receipt.
func TestClientRefusesAnswers(t *testing.T) {
	w := newWorld(t)
	raw, d, err := Seal(w.a, w.cb, header(t, TxSearch), nil)
	if err != nil {
		t.Fatal(err)
	}
	stranger, _ := ring(t, "XB")
	receipt := func(k *KeyRing, to PartyID, d Digest) []byte {
		r, err := NewReceipt(k, to, d, nil, logged(), testNow)
		if err != nil {
			t.Fatal(err)
		}
		b, err := r.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	send := func(status int, media string, body []byte) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { write(w, status, media, body) }
	}
	good := receipt(w.b, "XA", d)
	tests := map[string]struct {
		answer http.HandlerFunc
		ok     bool
	}{
		"receipt":               {send(200, ReceiptType, good), true},
		"by another key":        {send(200, ReceiptType, receipt(stranger, "XA", d)), false},
		"for another sender":    {send(200, ReceiptType, receipt(w.b, "XC", d)), false},
		"for another message":   {send(200, ReceiptType, receipt(w.b, "XA", testAgreement)), false},
		"as another type":       {send(200, "application/json", good), false},
		"cut":                   {send(200, ReceiptType, good[:100]), false},
		"nothing":               {send(200, ReceiptType, nil), false},
		"page":                  {send(200, "text/html", []byte("<p>welcome")), false},
		"refusal of junk":       {send(503, RefusalType, []byte("{}")), false},
		"refusal, code of ours": {send(503, RefusalType, []byte(`{"code":"maybe","detail":"x"}`)), false},
		"endless": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", ReceiptType)
			for range 200 {
				if _, err := w.Write(make([]byte, 1<<20)); err != nil {
					return
				}
			}
		}, false},
		"elsewhere": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://127.0.0.1:1/", http.StatusTemporaryRedirect)
		}, false},
		"cut off": {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			card := serve(t, w, test.answer)
			client, err := NewClient(ClientConfig{Keys: w.a, Timeout: 10 * time.Second})
			if err != nil {
				t.Fatal(err)
			}
			defer client.Close()
			got, err := client.Deliver(t.Context(), card, Message{Envelope: raw, Logged: logged()})
			if (err == nil) != test.ok {
				t.Errorf("error %v", err)
			}
			if err != nil && got.Raw != nil {
				t.Error("bytes were given as a receipt that are none")
			}
		})
	}
}

func TestDeliverTimesOut(t *testing.T) {
	l := newLink(t, nil)
	l.inbox.slow = 5 * time.Second
	client, err := NewClient(ClientConfig{Keys: l.a, Now: func() time.Time { return testNow }, Timeout: 200 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	begin := time.Now()
	_, err = client.Deliver(t.Context(), l.cb, l.message(t, "x"))
	if !errors.Is(err, context.DeadlineExceeded) || time.Since(begin) > 4*time.Second {
		t.Errorf("after %s: %v", time.Since(begin), err)
	}
}

func TestLimitListener(t *testing.T) {
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ln := LimitListener(inner, 2)
	accepted := make(chan net.Conn)
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				close(accepted)
				return
			}
			accepted <- c
		}
	}()
	for range 4 {
		c, err := net.Dial("tcp", inner.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
	}
	first := <-accepted
	<-accepted
	select {
	case <-accepted:
		t.Fatal("a third connection was accepted")
	case <-time.After(100 * time.Millisecond):
	}
	first.Close()
	first.Close() // gives back one place, not two
	<-accepted
	select {
	case <-accepted:
		t.Fatal("a connection closed twice gave back two places")
	case <-time.After(100 * time.Millisecond):
	}
	ln.Close()
	if _, open := <-accepted; open {
		t.Error("accepted after close")
	}
}

func TestNewServerAndClientNeed(t *testing.T) {
	if _, err := NewServer(ServerConfig{}); err == nil {
		t.Error("a server without keys was made")
	}
	if _, err := NewClient(ClientConfig{}); err == nil {
		t.Error("a client without keys was made")
	}
}
