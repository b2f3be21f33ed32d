package exchange

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"
)

// ClientConfig is what a Client needs. Zero values take the defaults.
type ClientConfig struct {
	Keys    *KeyRing
	Now     func() time.Time // defaults to time.Now
	Timeout time.Duration    // of one delivery, from dial to receipt; defaults to 90 s
	PerPeer int              // connections to one peer; defaults to 8

	// Dial opens connections; defaults to a net.Dialer. Proxies of the environment are never used.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
}

// Client delivers messages to partners' nodes. It is safe for concurrent use and reuses connections.
type Client struct {
	config ClientConfig
	mu     sync.Mutex
	peers  map[PartyID]*peerClient
}

// peerClient holds the connections to one party under one card.
type peerClient struct {
	endpoint string
	key      Digest
	http     *http.Client
}

// NewClient returns a client; it fails without keys.
func NewClient(c ClientConfig) (*Client, error) {
	if c.Keys == nil {
		return nil, errors.New("exchange client needs keys")
	}
	setDefault(&c.Timeout, 90*time.Second)
	setDefault(&c.PerPeer, 8)
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Dial == nil {
		c.Dial = (&net.Dialer{Timeout: 15 * time.Second, KeepAlive: 30 * time.Second}).DialContext
	}
	return &Client{config: c, peers: map[PartyID]*peerClient{}}, nil
}

// Delivery is the outcome of one delivery that ended in a receipt.
type Delivery struct {
	Receipt   Receipt       // verified: signed by the partner's node key, for this message
	Raw       []byte        // its bytes, to be stored
	Duplicate bool          // the partner had received the message before
	Clock     time.Duration // the partner's clock minus ours, to about the duration of the request
}

// Deliver posts a message to the node of a card. A receipt, accepting or refusing, is final and comes without error; the
// proof in it is the caller's to verify. A *Refusal as error is unsigned: Code.Retry says what may follow. Any other
// error (no connection, no answer, a receipt that does not verify) leaves open whether the message arrived: deliver the
// same envelope again until it expires. When the error is met after the partner's clock was read, Delivery.Clock is set.
func (c *Client) Deliver(ctx context.Context, to Card, m Message) (Delivery, error) {
	d, err := c.deliver(ctx, to, m)
	if err != nil {
		return d, fmt.Errorf("deliver to %s: %w", to.Party, err)
	}
	return d, nil
}

func (c *Client) deliver(ctx context.Context, to Card, m Message) (Delivery, error) {
	ctx, cancel := context.WithTimeout(ctx, c.config.Timeout)
	defer cancel()
	m.Sent = At(c.config.Now())
	body, err := m.Bytes()
	if err != nil {
		return Delivery{}, err
	}
	a, err := c.do(ctx, to, http.MethodPost, MessagesPath, body)
	if err != nil {
		return Delivery{}, err
	}
	d := Delivery{Clock: a.clock}
	if a.media != ReceiptType {
		return d, a.refusal()
	}
	receipt, err := ParseReceipt(a.body)
	if err != nil {
		return d, err
	}
	if err := receipt.Verify(to, c.config.Keys.ID, DigestOf(m.Envelope)); err != nil {
		return d, err
	}
	d.Receipt, d.Raw, d.Duplicate = receipt, a.body, a.duplicate
	return d, nil
}

// Close closes the connections that are idle; the client may be used on.
func (c *Client) Close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, p := range c.peers {
		p.http.CloseIdleConnections()
	}
}

// answer is what came back for one request.
type answer struct {
	status    int
	media     string
	body      []byte
	duplicate bool
	clock     time.Duration
}

// refusal reads an answer that holds no receipt.
func (a answer) refusal() error {
	if a.media != RefusalType {
		return fmt.Errorf("the node answered with status %d and no receipt", a.status)
	}
	r, err := parseRefusal(a.body)
	if err != nil {
		return err
	}
	return r
}

func (c *Client) do(ctx context.Context, to Card, method, path string, body []byte) (answer, error) {
	p := c.peer(to)
	req, err := http.NewRequestWithContext(ctx, method, p.endpoint+path, bytes.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	if method == http.MethodPost {
		req.Header.Set("Content-Type", MessageType)
	}
	begin := c.config.Now()
	resp, err := p.http.Do(req)
	if err != nil {
		return answer{}, explain(err)
	}
	defer resp.Body.Close()
	middle := begin.Add(c.config.Now().Sub(begin) / 2)
	b, err := readBounded(resp.Body, maxReceiptBytes)
	if err != nil {
		return answer{}, fmt.Errorf("read answer: %w", err)
	}
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 1)) // reach the end, so that the connection is reused
	a := answer{status: resp.StatusCode, media: resp.Header.Get("Content-Type"), body: b,
		duplicate: resp.Header.Get(duplicateField) == "true"}
	if t, err := time.Parse(timeLayout, resp.Header.Get(timeField)); err == nil {
		a.clock = t.Sub(middle)
	}
	return a, nil
}

// explain adds what an operator may do about the commonest failure of a new link.
func explain(err error) error {
	var op *net.OpError
	if errors.As(err, &op) && op.Op == "remote error" { // crypto/tls: an alert that the other side sent
		return fmt.Errorf("%w: the node refused our TLS key; is our card, as it is now, installed there?", err)
	}
	return err
}

// peer returns the connections to a card's node; a card that changed gets new ones.
func (c *Client) peer(to Card) *peerClient {
	c.mu.Lock()
	defer c.mu.Unlock()
	p := c.peers[to.Party]
	if p != nil && p.endpoint == to.Endpoint && p.key == to.Keys.TLS {
		return p
	}
	if p != nil {
		p.http.CloseIdleConnections()
	}
	p = &peerClient{endpoint: to.Endpoint, key: to.Keys.TLS, http: c.newHTTP(to)}
	c.peers[to.Party] = p
	return p
}

func (c *Client) newHTTP(to Card) *http.Client {
	return &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			Proxy:                  nil,
			DialContext:            c.config.Dial,
			TLSClientConfig:        ClientTLS(c.config.Keys, to),
			TLSHandshakeTimeout:    15 * time.Second,
			MaxConnsPerHost:        c.config.PerPeer,
			MaxIdleConnsPerHost:    c.config.PerPeer,
			IdleConnTimeout:        90 * time.Second,
			MaxResponseHeaderBytes: 16 << 10,
			DisableCompression:     true,
		},
	}
}
