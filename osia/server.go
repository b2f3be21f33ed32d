package osia

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

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"

	"convenio/osia/abis"
)

// Bounds of requests.
const (
	maxBody        = 32 << 20
	maxRequests    = 8 // under way at the same time; others wait
	maxTransaction = 256
)

// Handler answers the interface: a call is checked against its token, the description, and its token's scopes; then it is
// carried out, or kept as a task where it names a callback.
func (s *Service) Handler() (http.Handler, error) {
	doc, err := openapi3.NewLoader().LoadFromData(abis.Description)
	if err != nil {
		return nil, fmt.Errorf("osia description: %w", err)
	}
	router, err := gorillamux.NewRouter(doc)
	if err != nil {
		return nil, fmt.Errorf("osia description: %w", err)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := s.serve(router, w, r); err != nil {
			s.writeFault(w, err)
		}
	}), nil
}

func (s *Service) serve(router routers.Router, w http.ResponseWriter, r *http.Request) error {
	scopes, err := s.bearer(r)
	if err != nil {
		w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token"`)
		w.WriteHeader(http.StatusUnauthorized)
		return nil
	}
	route, params, err := router.FindRoute(r)
	if errors.Is(err, routers.ErrMethodNotAllowed) {
		w.WriteHeader(http.StatusMethodNotAllowed)
		return nil
	}
	if err != nil {
		return errUnknown
	}
	if need := scopeOf(route.Operation); !slices.Contains(scopes, need) {
		w.Header().Set("WWW-Authenticate", fmt.Sprintf(`Bearer error="insufficient_scope", scope=%q`, need))
		w.WriteHeader(http.StatusForbidden)
		return nil
	}
	select {
	case s.entered <- struct{}{}:
		defer func() { <-s.entered }()
	case <-r.Context().Done():
		return r.Context().Err()
	}
	body, err := s.described(w, r, route, params)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	if q.Has("callback") && route.Operation.Parameters.GetByInAndName("query", "callback") != nil {
		id, err := s.accept(r.Context(), r, body, q)
		if err != nil {
			return err
		}
		return writeJSON(w, http.StatusAccepted, abis.TaskId{TaskId: id})
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	s.inner.ServeHTTP(w, r)
	return nil
}

// bearer returns the scopes of the request's token (RFC 6750, header only).
func (s *Service) bearer(r *http.Request) ([]string, error) {
	kind, raw, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(kind, "Bearer") || len(r.Header.Values("Authorization")) != 1 {
		return nil, errToken
	}
	return s.cfg.Tokens.verify(strings.TrimSpace(raw), s.now())
}

func scopeOf(op *openapi3.Operation) string {
	if op.Security != nil {
		for _, need := range *op.Security {
			for _, scopes := range need {
				if len(scopes) == 1 {
					return scopes[0]
				}
			}
		}
	}
	panic("osia: an operation without its scope")
}

// described reads the body and refuses what the description does not describe.
func (s *Service) described(w http.ResponseWriter, r *http.Request, route *routers.Route, params map[string]string) ([]byte, error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		return nil, bad("the body cannot be read, or has more than %d MiB", maxBody>>20)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	if len(r.URL.Query().Get("transactionId")) > maxTransaction {
		return nil, bad("transactionId has more than %d bytes", maxTransaction)
	}
	if err := shallow(body); err != nil {
		return nil, err
	}
	err = openapi3filter.ValidateRequest(r.Context(), &openapi3filter.RequestValidationInput{
		Request: r, PathParams: params, Route: route,
		Options: &openapi3filter.Options{
			AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, ExcludeReadOnlyValidations: true, SkipSettingDefaults: true,
		},
	})
	if err != nil {
		return nil, bad("%s", shortly(err))
	}
	for _, v := range params {
		if name, err := url.PathUnescape(v); err != nil || checkNames(name) != nil {
			return nil, bad("an id of the path is not 1 to %d printable bytes", maxName)
		}
	}
	return body, nil
}

// Bounds of JSON, checked before it is read: a small text of many empty lists takes a hundred times its size in memory, and
// what is stored and hashed is walked recursively.
const (
	maxDepth  = 32
	maxValues = 20000
)

func shallow(body []byte) error {
	depth, values, text, escaped := 0, 0, false, false
	for _, c := range body {
		switch {
		case escaped:
			escaped = false
		case text && c == '\\':
			escaped = true
		case c == '"':
			text = !text
		case text:
		case c == '{' || c == '[' || c == ',':
			if values++; values > maxValues {
				return bad("the body has more than %d values", maxValues)
			}
			if c == ',' {
				continue
			}
			if depth++; depth > maxDepth {
				return bad("the body is nested deeper than %d levels", maxDepth)
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return nil
}

// shortly says where a request is wrong and why, without repeating its content.
func shortly(err error) string {
	var re *openapi3filter.RequestError
	if !errors.As(err, &re) {
		return "the request is not as described"
	}
	where := "body"
	if re.Parameter != nil {
		where = re.Parameter.In + " " + re.Parameter.Name
	}
	var se *openapi3.SchemaError
	if !errors.As(err, &se) {
		return where + ": not as described"
	}
	reason := se.Reason
	if se.SchemaField == "enum" || se.SchemaField == "format" || se.SchemaField == "properties" && strings.Contains(reason, "unsupported") {
		reason = "not as described (" + se.SchemaField + ")"
	}
	return strings.Join(append(append([]string{where}, se.JSONPointer()...), reason), ": ")
}

// clearKey is under which a call finds its body with encrypted parts in clear.
type clearKey struct{}

func openedOf(ctx context.Context) opened {
	o, _ := ctx.Value(clearKey{}).(opened)
	return o
}

// operations is the generated server over what the service does, behind the blocks of protection.
func (s *Service) operations() http.Handler {
	strict := abis.NewStrictHandlerWithOptions(&operations{s}, nil, abis.StrictHTTPServerOptions{
		RequestErrorHandlerFunc: func(w http.ResponseWriter, _ *http.Request, _ error) {
			s.writeFault(w, bad("the request is not as described"))
		},
		ResponseErrorHandlerFunc: func(w http.ResponseWriter, _ *http.Request, err error) { s.writeFault(w, err) },
	})
	h := abis.HandlerWithOptions(strict, abis.StdHTTPServerOptions{
		ErrorHandlerFunc: func(w http.ResponseWriter, _ *http.Request, _ error) {
			s.writeFault(w, bad("a parameter is not as described"))
		},
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := context.WithValue(r.Context(), csvKey{}, acceptsCSV(r))
		if r.Body != nil {
			body, err := io.ReadAll(r.Body)
			if err == nil && len(body) > 0 {
				var o opened
				o, body, err = s.cfg.Protection.open(body)
				ctx = context.WithValue(ctx, clearKey{}, o)
			}
			if err != nil {
				s.writeFault(w, err)
				return
			}
			r.Body = io.NopCloser(bytes.NewReader(body))
		}
		h.ServeHTTP(w, r.WithContext(ctx))
	})
}

// writeFault is the one place where errors become answers. Those that the interface gives no body have none.
func (s *Service) writeFault(w http.ResponseWriter, err error) {
	f := faultOf(err)
	if f.status >= 500 && !errors.Is(err, context.Canceled) {
		s.cfg.Logger.Error("osia request", slog.Any("error", err))
	}
	switch f.status {
	case http.StatusNotFound, http.StatusConflict:
		w.WriteHeader(f.status)
	default:
		_ = writeJSON(w, f.status, abis.Error{Code: int32(f.status), Message: f.message})
	}
}

func writeJSON(w http.ResponseWriter, status int, x any) error {
	b, err := json.Marshal(x)
	if err != nil {
		return fmt.Errorf("answer: %w", err)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(b)
	return nil
}
