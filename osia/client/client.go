package client

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"convenio/osia/abis"
)

// Config is what a Client needs. Server and Token must be given; Callback needs Tasks.
type Config struct {
	// Server is where the ABIS is, an address without /v1: https, or http on this machine.
	Server string
	// Roots are the authorities trusted for the ABIS's certificate. Defaults to the system's.
	Roots *x509.CertPool
	// Token gives the bearer token; it is asked before every call.
	Token func() (string, error)
	// Callback is the address under which the ABIS reaches this Client as a handler. Defaults to none: searches are answered
	// in the call that asks for them.
	Callback string
	// Tasks keeps what is under way.
	Tasks Tasks
	// Timeout bounds one search, from the call to the result. Defaults to 2 minutes.
	Timeout time.Duration
	// CallTimeout bounds one call of any other kind. Defaults to 1 minute.
	CallTimeout time.Duration
	// Attempts is how often a call is made while it fails in a way that may pass. Defaults to 4.
	Attempts int
	// Retry is how long to wait after the nth failed attempt. Defaults to half a second, doubled up to 10.
	Retry func(n int) time.Duration
	// Poll is how long to wait for a callback before the nth question for the task's state. Defaults to 2 seconds, doubled up
	// to 30.
	Poll func(n int) time.Duration
	// After is the clock for all waiting. Defaults to time.After.
	After func(time.Duration) <-chan time.Time
	// Logger gets what an operator should know. Defaults to nothing.
	Logger *slog.Logger
}

func (c Config) withDefaults() Config {
	if c.Timeout <= 0 {
		c.Timeout = 2 * time.Minute
	}
	if c.CallTimeout <= 0 {
		c.CallTimeout = time.Minute
	}
	if c.Attempts <= 0 {
		c.Attempts = 4
	}
	if c.Retry == nil {
		c.Retry = doubled(500*time.Millisecond, 10*time.Second)
	}
	if c.Poll == nil {
		c.Poll = doubled(2*time.Second, 30*time.Second)
	}
	if c.After == nil {
		c.After = time.After
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	return c
}

func doubled(first, longest time.Duration) func(int) time.Duration {
	return func(n int) time.Duration {
		wait := first
		for i := 1; i < n && wait < longest; i++ {
			wait *= 2
		}
		return min(wait, longest)
	}
}

// Client speaks to one ABIS. It is safe for concurrent use.
type Client struct {
	cfg  Config
	abis *abis.Client

	mu    sync.Mutex
	waits map[string]*wait    // by our name for the search
	known map[secret]*wait    // by what the ABIS proves itself with
	past  map[secret]struct{} // of searches that are over
	order []secret            // of past, oldest first

	entered chan struct{} // one place for each callback under way
}

// New makes a client and takes up what Tasks holds.
func New(ctx context.Context, cfg Config) (*Client, error) {
	cfg = cfg.withDefaults()
	if err := CheckAddress(cfg.Server); err != nil {
		return nil, fmt.Errorf("address of the ABIS: %w", err)
	}
	if cfg.Token == nil {
		return nil, errors.New("a token for the ABIS is needed")
	}
	c := &Client{cfg: cfg, waits: map[string]*wait{}, known: map[secret]*wait{}, past: map[secret]struct{}{}, entered: make(chan struct{}, maxCallbacks)}
	var err error
	if c.abis, err = abis.NewClient(cfg.Server, abis.WithHTTPClient(httpClient(cfg.Roots))); err != nil {
		return nil, fmt.Errorf("address of the ABIS: %w", err)
	}
	if cfg.Callback == "" {
		return c, nil
	}
	if err := CheckAddress(cfg.Callback); err != nil {
		return nil, fmt.Errorf("callback address: %w", err)
	}
	if cfg.Tasks == nil {
		return nil, errors.New("callbacks need somewhere to keep tasks")
	}
	return c, c.restore(ctx)
}

// CheckAddress refuses what is no https address, or http address of this machine, without user, query and fragment.
func CheckAddress(raw string) error {
	u, err := url.Parse(raw)
	if err != nil || u.Hostname() == "" || u.Opaque != "" || u.Scheme != "https" && u.Scheme != "http" {
		return errors.New("an https address is needed, such as https://abis.example:8443")
	}
	if u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return errors.New("the address must have no user, query or fragment")
	}
	if u.Scheme == "http" && !loopback(u.Hostname()) {
		return errors.New("http is for this machine alone: biometric data must not travel in clear; use https")
	}
	return nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}

// httpClient follows no redirection and uses no proxy: only the ABIS is spoken to.
func httpClient(roots *x509.CertPool) *http.Client {
	return &http.Client{
		Transport: &http.Transport{
			TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}, MaxConnsPerHost: 16, MaxIdleConnsPerHost: 4,
			IdleConnTimeout: time.Minute, MaxResponseHeaderBytes: 32 << 10, TLSHandshakeTimeout: 30 * time.Second,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// within bounds a context by the client's clock.
func (c *Client) within(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	late := c.cfg.After(d)
	go func() {
		select {
		case <-late:
			cancel(ErrTimeout)
		case <-ctx.Done():
		}
	}()
	return ctx, func() { cancel(nil) }
}

// Close drops the connections that are kept.
func (c *Client) Close() {
	if h, ok := c.abis.Client.(*http.Client); ok {
		h.CloseIdleConnections()
	}
}
