package exchange

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// memoryInbox keeps receipts by envelope digest, as a registry would.
type memoryInbox struct {
	keys   *KeyRing
	decide func(Message) (*Refusal, error)
	slow   time.Duration

	mu          sync.Mutex
	stored      map[Digest][]byte
	calls, done int
}

func (i *memoryInbox) Receive(ctx context.Context, peer PartyID, m Message) (Reply, error) {
	select {
	case <-time.After(i.slow):
	case <-ctx.Done():
		return Reply{}, ctx.Err()
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	i.calls++
	d := DigestOf(m.Envelope)
	if raw, ok := i.stored[d]; ok {
		return Reply{Receipt: raw, Duplicate: true}, nil
	}
	var refusal *Refusal
	if i.decide != nil {
		r, err := i.decide(m)
		if err != nil {
			return Reply{}, err
		}
		refusal = r
	}
	i.done++
	receipt, err := NewReceipt(i.keys, peer, d, refusal, logged(), testNow)
	if err != nil {
		return Reply{}, err
	}
	raw, err := receipt.Bytes()
	if err != nil {
		return Reply{}, err
	}
	i.stored[d] = raw
	return Reply{Receipt: raw}, nil
}

// link is a running node XB and a client of XA that reaches it.
type link struct {
	world
	inbox  *memoryInbox
	peers  *Peers
	client *Client
	addr   string
	ahead  atomic.Int64 // XB's clock minus XA's
}

func newLink(t testing.TB, change func(*ServerConfig)) *link {
	t.Helper()
	l := &link{world: newWorld(t)}
	ln := listen(t)
	l.addr = ln.Addr().String()
	l.cb = l.cardAt(t, l.addr)
	var err error
	if l.peers, err = NewPeers(l.ca); err != nil {
		t.Fatal(err)
	}
	l.inbox = &memoryInbox{keys: l.b, stored: map[Digest][]byte{}}
	cfg := ServerConfig{Keys: l.b, Peers: l.peers, Inbox: l.inbox, Agreement: func() Digest { return testAgreement },
		Now: func() time.Time { return testNow.Add(time.Duration(l.ahead.Load())) }}
	if change != nil {
		change(&cfg)
	}
	server, err := NewServer(cfg)
	if err != nil {
		t.Fatal(err)
	}
	h := server.HTTPServer()
	h.ErrorLog = quietLog
	go func() { _ = h.ServeTLS(ln, "", "") }()
	t.Cleanup(func() { h.Close() })
	if l.client, err = NewClient(ClientConfig{Keys: l.a, Now: func() time.Time { return testNow }, Timeout: 20 * time.Second}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.client.Close)
	return l
}

func listen(t testing.TB) net.Listener {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return ln
}

// cardAt is XB's card with another endpoint.
func (w world) cardAt(t testing.TB, addr string) Card {
	t.Helper()
	c, err := w.b.Card(Text{ES: "Otro", EN: "Other"}, "https://"+addr, testNow)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// serve runs a handler of the test's own as XB's node.
func serve(t testing.TB, w world, handler http.Handler) Card {
	t.Helper()
	peers, err := NewPeers(w.ca)
	if err != nil {
		t.Fatal(err)
	}
	ln := listen(t)
	h := &http.Server{Handler: handler, TLSConfig: ServerTLS(w.b, peers), ErrorLog: quietLog}
	go func() { _ = h.ServeTLS(ln, "", "") }()
	t.Cleanup(func() { h.Close() })
	return w.cardAt(t, ln.Addr().String())
}

func (l *link) advance(d time.Duration) { l.ahead.Store(int64(d)) }

func (l *link) message(t testing.TB, payload string) Message {
	t.Helper()
	return Message{Envelope: l.sealed(t, header(t, TxSearch), []byte(payload)), Logged: logged()}
}

// rawHTTP is a client with XA's keys that sends whatever a test wants.
func (l *link) rawHTTP() *http.Client {
	return &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{
		TLSClientConfig: ClientTLS(l.a, l.cb), DisableKeepAlives: true}}
}

func (l *link) post(t testing.TB, media string, body io.Reader) (*http.Response, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://"+l.addr+MessagesPath, body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", media)
	return l.rawHTTP().Do(req)
}

// dial makes a TLS connection to the node with a configuration that the test has spoilt, and asks for a byte: with
// TLS 1.3 a client learns only then that the server refused its certificate.
func (l *link) dial(t testing.TB, c *tls.Config) (tls.ConnectionState, error) {
	t.Helper()
	conn, err := tls.DialWithDialer(&net.Dialer{Timeout: 10 * time.Second}, "tcp", l.addr, c)
	if err != nil {
		return tls.ConnectionState{}, err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Write([]byte("GET " + HelloPath + " HTTP/1.1\r\nHost: x\r\n\r\n")); err != nil {
		return conn.ConnectionState(), err
	}
	_, err = conn.Read(make([]byte, 1))
	return conn.ConnectionState(), err
}
