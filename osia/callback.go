package osia

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const (
	maxCallback     = 2048 // bytes of a callback address
	callbackTimeout = 30 * time.Second
)

// address is a parsed callback address.
type address struct {
	scheme, host, path string
}

// String is the address's origin (RFC 6454), with its port.
func (a address) String() string { return a.scheme + "://" + a.host }

func originOf(raw string) (address, error) {
	u, err := url.Parse(raw)
	if err != nil || len(raw) > maxCallback {
		return address{}, errors.New("not an address")
	}
	port := map[string]string{"http": "80", "https": "443"}[u.Scheme]
	if port == "" || u.Hostname() == "" || u.User != nil || u.Fragment != "" || u.Opaque != "" {
		return address{}, errors.New("not an http or https address")
	}
	if u.Port() != "" {
		port = u.Port()
	}
	host := strings.ToLower(u.Hostname())
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	return address{u.Scheme, host + ":" + port, strings.TrimSuffix(u.Path, "/") + u.RawQuery}, nil
}

// checkCallback refuses every origin that the configuration does not name: results go nowhere else, and nobody can have
// this server knock at doors inside its own network.
func (s *Service) checkCallback(raw string) error {
	a, err := originOf(raw)
	if err != nil {
		return bad("callback: %v", err)
	}
	if !s.origins[a.String()] {
		return bad("callback: results are not sent to this origin; the operator can add it to osia.callbacks")
	}
	return nil
}

// callbackClient follows no redirection and uses no proxy: only the origin that was checked is spoken to.
func callbackClient(roots *x509.CertPool) *http.Client {
	return &http.Client{
		Timeout: callbackTimeout,
		Transport: &http.Transport{
			TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}, MaxConnsPerHost: 8, IdleConnTimeout: time.Minute,
			MaxResponseHeaderBytes: 16 << 10,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// deliver sends one result. The receiver's 2xx ends it.
func (s *Service) deliver(ctx context.Context, id string, d taskData) error {
	u, err := url.Parse(d.Callback)
	if err != nil {
		return fmt.Errorf("callback: %w", err)
	}
	q := u.Query()
	q.Set("transactionId", d.Transaction)
	q.Set("taskId", id)
	u.RawQuery = q.Encode()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, u.String(), bytes.NewReader(d.Result))
	if err != nil {
		return fmt.Errorf("callback: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	if d.Failed {
		req.Header.Set("Content-Type", "application/error+json")
	}
	resp, err := s.client.Do(req)
	if err != nil {
		var ue *url.Error
		if errors.As(err, &ue) {
			err = ue.Err // without the address
		}
		return fmt.Errorf("callback: %w", err)
	}
	defer resp.Body.Close()
	_, _ = io.CopyN(io.Discard, resp.Body, 64<<10)
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return fmt.Errorf("callback: the receiver answered %d", resp.StatusCode)
	}
	return nil
}
