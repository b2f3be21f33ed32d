package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// maxAnswer bounds the body of an answer or of a callback, in bytes.
const maxAnswer = 4 << 20

// Errors by which a caller decides.
var (
	// ErrTimeout: the ABIS did not answer in time. What it was asked is under way and taken up by the next attempt.
	ErrTimeout = errors.New("the ABIS did not answer in time")
	// ErrUnknown: the ABIS does not know the person, or the gallery.
	ErrUnknown = errors.New("the ABIS does not know it")
	// ErrMalformed: the ABIS's answer is not as the interface describes it.
	ErrMalformed = errors.New("the ABIS's answer is not as OSIA describes it")
)

// Error is an ABIS's answer other than success. It repeats nothing that the ABIS says: that may be about a person.
type Error struct {
	Op     string // of the interface
	Status int    // of HTTP, or the code of an error that came to the callback
}

func (e *Error) Error() string {
	switch e.Status {
	case http.StatusUnauthorized:
		return e.Op + ": the ABIS does not accept the token (401)"
	case http.StatusForbidden:
		return e.Op + ": the token does not allow this at the ABIS (403)"
	}
	return fmt.Sprintf("%s: the ABIS answered %d", e.Op, e.Status)
}

// Permanent says that the same call will be refused again: it is wrong, not the moment or the token.
func (e *Error) Permanent() bool {
	return e.Status >= 300 && e.Status < 500 && !passing(e.Status) && !barred(e.Status)
}

// passing statuses are worth another attempt.
func passing(status int) bool {
	return status >= 500 || status == http.StatusTooManyRequests || status == http.StatusRequestTimeout
}

// barred statuses are about the token.
func barred(status int) bool {
	return status == http.StatusUnauthorized || status == http.StatusForbidden
}

// answer is what the ABIS said.
type answer struct {
	status int
	body   []byte
	failed bool // by callback: the body is an Error
}

// call makes one call, again while it fails in a way that may pass. wanted statuses are answers, all others an *Error.
func (c *Client) call(ctx context.Context, op string, f func(context.Context) (*http.Response, error), wanted ...int) (answer, error) {
	for n := 1; ; n++ {
		a, err := c.once(ctx, f)
		if err == nil && slices.Contains(wanted, a.status) {
			return a, nil
		}
		if err == nil {
			err = &Error{op, a.status}
		}
		if cause := context.Cause(ctx); cause != nil {
			return answer{}, fmt.Errorf("%s: %w", op, cause)
		}
		if a.status != 0 && !passing(a.status) || errors.Is(err, errToken) || n >= c.cfg.Attempts {
			return answer{}, wrap(op, err)
		}
		c.cfg.Logger.LogAttrs(ctx, slog.LevelDebug, "abis call", slog.String("operation", op), slog.Int("attempt", n), slog.Any("error", err))
		select {
		case <-c.cfg.After(c.cfg.Retry(n)):
		case <-ctx.Done():
			return answer{}, fmt.Errorf("%s: %w", op, context.Cause(ctx))
		}
	}
}

func wrap(op string, err error) error {
	var e *Error
	if errors.As(err, &e) {
		return err
	}
	return fmt.Errorf("%s: %w", op, err)
}

func (c *Client) once(ctx context.Context, f func(context.Context) (*http.Response, error)) (answer, error) {
	res, err := f(ctx)
	if err != nil {
		var ue *url.Error
		if errors.As(err, &ue) {
			err = ue.Err // without the address, which has a person's name at the ABIS in it
		}
		return answer{}, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
	if err != nil {
		return answer{}, fmt.Errorf("the answer broke off: %w", err)
	}
	if len(body) > maxAnswer {
		return answer{status: res.StatusCode}, fmt.Errorf("%w: it has more than %d MiB", ErrMalformed, maxAnswer>>20)
	}
	return answer{status: res.StatusCode, body: body}, nil
}

var errToken = errors.New("no token for the ABIS")

// bearer gives a call its token.
func (c *Client) bearer(_ context.Context, r *http.Request) error {
	t, err := c.cfg.Token()
	if err != nil {
		return fmt.Errorf("%w: %w", errToken, err)
	}
	if t == "" || len(t) > 16<<10 || strings.ContainsFunc(t, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return fmt.Errorf("%w: it has to be one run of printable characters", errToken)
	}
	r.Header.Set("Authorization", "Bearer "+t)
	r.Header.Set("Accept", "application/json")
	return nil
}

func decode[T any](op string, body []byte) (out T, err error) {
	if err := json.Unmarshal(body, &out); err != nil {
		return out, fmt.Errorf("%s: %w", op, ErrMalformed) // what it says is not repeated
	}
	return out, nil
}

// each reads a list, up to a number of elements: a small text of many empty ones must not take a hundred times its size.
func each[T any](op string, body []byte, most int, f func(T)) error {
	d := json.NewDecoder(bytes.NewReader(body))
	if t, err := d.Token(); err != nil || t != json.Delim('[') {
		return fmt.Errorf("%s: %w: no list", op, ErrMalformed)
	}
	for n := 0; d.More(); n++ {
		if n == most {
			return fmt.Errorf("%s: %w: a list of more than %d", op, ErrMalformed, most)
		}
		var x T
		if err := d.Decode(&x); err != nil {
			return fmt.Errorf("%s: %w", op, ErrMalformed)
		}
		f(x)
	}
	if _, err := d.Token(); err != nil { // the list's end
		return fmt.Errorf("%s: %w", op, ErrMalformed)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return fmt.Errorf("%s: %w: more than a list", op, ErrMalformed)
	}
	return nil
}
