package exchange

import (
	"crypto/tls"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestTLS(t *testing.T) {
	l := newLink(t, nil)
	stranger, _ := ring(t, "XA")
	renewed, err := newCertificate(seeded("other key"), "XA", testNow)
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		change func(*tls.Config)
		ok     bool
	}{
		"as it should be":             {func(*tls.Config) {}, true},
		"TLS 1.2":                     {func(c *tls.Config) { c.MinVersion, c.MaxVersion = 0, tls.VersionTLS12 }, false},
		"no certificate":              {func(c *tls.Config) { c.Certificates = nil }, false},
		"another key of the name":     {func(c *tls.Config) { c.Certificates = []tls.Certificate{stranger.TLS} }, false},
		"a renewed key without card":  {func(c *tls.Config) { c.Certificates = []tls.Certificate{renewed} }, false},
		"the server's own key":        {func(c *tls.Config) { c.Certificates = []tls.Certificate{l.b.TLS} }, false},
		"certificate of another key":  {func(c *tls.Config) { c.Certificates[0].PrivateKey = stranger.TLS.PrivateKey }, false},
		"without post-quantum curves": {func(c *tls.Config) { c.CurvePreferences = []tls.CurveID{tls.X25519} }, true},
		"old curves only":             {func(c *tls.Config) { c.CurvePreferences = []tls.CurveID{tls.CurveP256} }, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			c := ClientTLS(l.a, l.cb)
			test.change(c)
			if _, err := l.dial(t, c); (err == nil) != test.ok {
				t.Errorf("error %v", err)
			}
		})
	}
}

func TestTLSNegotiates(t *testing.T) {
	l := newLink(t, nil)
	c := ClientTLS(l.a, l.cb)
	c.NextProtos = []string{"h2", "http/1.1"}
	s, err := l.dial(t, c)
	if err != nil {
		t.Fatal(err)
	}
	if s.Version != tls.VersionTLS13 || s.CurveID != tls.X25519MLKEM768 || s.NegotiatedProtocol != "http/1.1" {
		t.Errorf("negotiated %s, %s, %q", tls.VersionName(s.Version), s.CurveID, s.NegotiatedProtocol)
	}
}

// A client whose partner's node does not hold the key on the card says nothing to it.
func TestTLSWrongServer(t *testing.T) {
	w := newWorld(t)
	impostor := newWorld(t)
	impostor.ca = w.ca
	asked := false
	card := serve(t, impostor, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked = true }))
	right := w.cardAt(t, card.Endpoint[len("https://"):])
	client, err := NewClient(ClientConfig{Keys: w.a, Timeout: 10 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	raw := w.sealed(t, header(t, TxSearch), nil)
	if _, err := client.Deliver(t.Context(), right, Message{Envelope: raw, Logged: logged()}); err == nil || asked {
		t.Errorf("an impostor was asked: %v", err)
	}
	if _, _, err := client.Hello(t.Context(), right); err == nil || asked {
		t.Errorf("an impostor was greeted: %v", err)
	}
}

// A server reached by something else than TLS 1.3 with a known key refuses each request, however it was set up.
func TestServerWithoutTLS(t *testing.T) {
	l := newLink(t, nil)
	s, err := NewServer(ServerConfig{Keys: l.b, Peers: l.peers, Inbox: l.inbox})
	if err != nil {
		t.Fatal(err)
	}
	ln := listen(t)
	h := &http.Server{Handler: s}
	go func() { _ = h.Serve(ln) }()
	t.Cleanup(func() { h.Close() })
	resp, err := http.Get("http://" + ln.Addr().String() + HelloPath)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusForbidden {
		t.Errorf("status %d", resp.StatusCode)
	}
}

// A node that has not installed our card is reported with what to do. (The alert may be lost when the node closes the
// connection at once; then there is an error all the same.)
func TestTLSUnknownClient(t *testing.T) {
	l := newLink(t, nil)
	stranger, _ := ring(t, "XA")
	client, err := NewClient(ClientConfig{Keys: stranger, Timeout: 10 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	for range 50 {
		_, _, err := client.Hello(t.Context(), l.cb)
		if err == nil {
			t.Fatal("greeted")
		}
		if strings.Contains(err.Error(), "is our card, as it is now, installed there?") {
			return
		}
	}
	t.Error("never told what to do")
}
