package node_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"

	"convenio/api"
)

// described is a client's transport that holds each answer of a node against the description that the
// node publishes, and remembers which calls were made.
type described struct {
	t      *testing.T
	router routers.Router

	mu   sync.Mutex
	made map[string]map[int]int // operation: status: times
}

func newDescribed(t *testing.T) *described {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(api.Description)
	must(t, err)
	doc.Servers = nil
	router, err := gorillamux.NewRouter(doc)
	must(t, err)
	return &described{t: t, router: router, made: map[string]map[int]int{}}
}

// over puts the checks over one person's transport.
func (d *described) over(next http.RoundTripper) http.RoundTripper {
	return roundTripper(func(r *http.Request) (*http.Response, error) {
		res, err := next.RoundTrip(r)
		if err != nil {
			return nil, err
		}
		body, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil {
			return nil, err
		}
		res.Body = io.NopCloser(bytes.NewReader(body))
		if err := d.check(r, res, body); err != nil {
			d.t.Errorf("%s %s: the answer is not as described: %v\n%s", r.Method, r.URL.Path, err, body[:min(len(body), 500)])
		}
		return res, nil
	})
}

func (d *described) check(r *http.Request, res *http.Response, body []byte) error {
	route, params, err := d.router.FindRoute(r)
	if err != nil {
		return nil //nolint:nilerr // a call that does not exist; its answer is checked where it is made
	}
	d.mu.Lock()
	if d.made[route.Operation.OperationID] == nil {
		d.made[route.Operation.OperationID] = map[int]int{}
	}
	d.made[route.Operation.OperationID][res.StatusCode]++
	d.mu.Unlock()
	if (res.StatusCode == http.StatusNoContent) != (len(body) == 0) {
		return fmt.Errorf("status %d with %d bytes", res.StatusCode, len(body))
	}
	return openapi3filter.ValidateResponse(r.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: r, PathParams: params, Route: route},
		Status:                 res.StatusCode, Header: res.Header, Body: io.NopCloser(bytes.NewReader(body)),
		Options: &openapi3filter.Options{IncludeResponseStatus: true},
	})
}

// missing lists the described operations that never succeeded.
func (d *described) missing(t *testing.T) (out []string) {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(api.Description)
	must(t, err)
	for _, item := range doc.Paths.Map() {
		for _, op := range item.Operations() {
			ok := 0
			for status, n := range d.made[op.OperationID] {
				if status < 300 {
					ok += n
				}
			}
			if ok == 0 {
				out = append(out, op.OperationID)
			}
		}
	}
	return out
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
