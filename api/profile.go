package api

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"os"
	"time"

	"github.com/goccy/go-yaml"
)

// Profile is what one person's workstation needs to reach the node of its own country.
// It holds a secret: the file is to be readable by its owner alone.
type Profile struct {
	// Node is the base URL of the officers' interface, such as https://127.0.0.1:7444.
	Node string `yaml:"node"`
	// SPKI pins the node's TLS key: SHA-256 of its SubjectPublicKeyInfo, in hex.
	SPKI string `yaml:"spki"`
	// Role and Authority say whose token it is; the node holds the truth.
	Role      string `yaml:"role"`
	Authority string `yaml:"authority,omitempty"`
	// Token is the bearer token.
	Token string `yaml:"token"`
}

// LoadProfile reads a profile file.
func LoadProfile(path string) (Profile, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return Profile{}, fmt.Errorf("read profile: %w", err)
	}
	var p Profile
	if err := yaml.UnmarshalWithOptions(b, &p, yaml.Strict()); err != nil {
		return Profile{}, fmt.Errorf("read profile %s: %w", path, err)
	}
	if p.Node == "" || p.Token == "" || len(p.SPKI) != 2*sha256.Size {
		return Profile{}, fmt.Errorf("read profile %s: node, spki (64 hex digits) and token are all needed", path)
	}
	return p, nil
}

// Save writes the profile so that only its owner can read it. It replaces no file.
func (p Profile) Save(path string) error {
	b, err := yaml.Marshal(p)
	if err != nil {
		return fmt.Errorf("write profile: %w", err)
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("write profile: %w", err)
	}
	if _, err := f.Write(b); err != nil {
		return errors.Join(fmt.Errorf("write profile: %w", err), f.Close())
	}
	return f.Close()
}

// HTTPClient returns a client that trusts the pinned node alone, over TLS 1.3, and adds the token.
func (p Profile) HTTPClient() *http.Client {
	return &http.Client{
		Timeout: 90 * time.Second,
		Transport: &bearer{token: p.Token, next: &http.Transport{
			TLSClientConfig:     pinned(p.SPKI),
			MaxIdleConnsPerHost: 8,
			IdleConnTimeout:     time.Minute,
		}},
	}
}

// Client returns the typed client of the profile's node.
func (p Profile) Client() (*ClientWithResponses, error) {
	return NewClientWithResponses(p.Node, WithHTTPClient(p.HTTPClient()))
}

// pinned accepts one server key and no authority: the profile came from the node's own operator.
func pinned(spki string) *tls.Config {
	return &tls.Config{
		MinVersion:         tls.VersionTLS13,
		InsecureSkipVerify: true, //nolint:gosec // the key itself is checked below
		VerifyConnection: func(cs tls.ConnectionState) error {
			if len(cs.PeerCertificates) == 0 {
				return errors.New("the node showed no certificate")
			}
			sum := sha256.Sum256(cs.PeerCertificates[0].RawSubjectPublicKeyInfo)
			if hex.EncodeToString(sum[:]) != spki {
				return errors.New("the node's key is not the one in the profile: wrong address, or an impostor")
			}
			return nil
		},
	}
}

type bearer struct {
	token string
	next  http.RoundTripper
}

func (b *bearer) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer "+b.token)
	return b.next.RoundTrip(r)
}

type responder interface {
	StatusCode() int
}

// Failure is an answer that is not the one hoped for.
type Failure struct {
	Problem
}

func (f *Failure) Error() string {
	s := f.Title
	if f.Detail != nil && *f.Detail != "" {
		s += ": " + *f.Detail
	}
	if f.Hint != nil && *f.Hint != "" {
		s += " (" + *f.Hint + ")"
	}
	return s
}

// Check turns a non-2xx answer into a *Failure; problem is the response's ApplicationproblemJSONDefault.
func Check(res responder, problem *Problem, err error) error {
	switch {
	case err != nil:
		return unreachable(err)
	case problem != nil:
		return &Failure{Problem: *problem}
	case res.StatusCode() >= 300:
		return &Failure{Problem: Problem{Status: res.StatusCode(), Code: "unexpected", Title: fmt.Sprintf("the node answered HTTP %d", res.StatusCode())}}
	}
	return nil
}

func unreachable(err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return fmt.Errorf("reach the node: %w", err)
}
