package node

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"syscall"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"

	"convenio/api"
	"convenio/exchange"
	"convenio/ledger"
	"convenio/registry"
)

// maxRequestBytes bounds a request of an officer: twenty images of a megabyte, in base64.
const maxRequestBytes = 32 << 20

// maxConnections bounds the connections that are open at once on each of the two ports.
const maxConnections = 256

// ErrPortInUse is returned by Run when another program listens where this node is to listen.
var ErrPortInUse = errors.New("port in use")

func (n *Node) listen(ctx context.Context) (err error) {
	if n.exchangeListener, err = listenOn(ctx, "exchange", n.cfg.Exchange.Listen); err != nil {
		return err
	}
	if n.apiListener, err = listenOn(ctx, "api", n.cfg.API.Listen); err != nil {
		return err
	}
	if err := n.listenForABIS(ctx); err != nil || n.osia == nil {
		return err
	}
	n.osiaListener, err = listenOn(ctx, "osia", n.cfg.OSIA.Listen)
	return err
}

func listenOn(ctx context.Context, what, addr string) (net.Listener, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("%s: %s: %w: stop the other program, or change %s.listen in node.yaml", what, addr, ErrPortInUse, what)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: listen on %s: %w", what, addr, err)
	}
	return exchange.LimitListener(l, maxConnections), nil
}

// ExchangeAddr and APIAddr are where a running node listens.
func (n *Node) ExchangeAddr() string { return n.exchangeListener.Addr().String() }

// APIAddr is where officers reach a running node.
func (n *Node) APIAddr() string { return n.apiListener.Addr().String() }

func (n *Node) serveExchange(ctx context.Context) error {
	s, err := exchange.NewServer(exchange.ServerConfig{
		Keys: n.keys, Peers: n.peers, Inbox: n, Now: n.opt.Now,
		Agreement: func() exchange.Digest { return n.law.digest },
		OnError: func(peer exchange.PartyID, err error) {
			n.opt.Logger.LogAttrs(ctx, slog.LevelError, "door", slog.String("peer", string(peer)), slog.Any("error", err))
		},
	})
	if err != nil {
		return err
	}
	h := s.HTTPServer()
	h.ErrorLog = slog.NewLogLogger(n.opt.Logger.Handler(), slog.LevelDebug)
	return serve(ctx, h, tls.NewListener(n.exchangeListener, exchange.ServerTLS(n.keys, n.peers)))
}

func (n *Node) serveAPI(ctx context.Context) error {
	handler, err := n.apiHandler()
	if err != nil {
		return err
	}
	h := &http.Server{
		Handler: handler, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, WriteTimeout: 3 * time.Minute,
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 16 << 10, ErrorLog: slog.NewLogLogger(n.opt.Logger.Handler(), slog.LevelDebug),
	}
	config := &tls.Config{Certificates: []tls.Certificate{n.keys.TLS}, MinVersion: tls.VersionTLS13}
	return serve(ctx, h, tls.NewListener(n.apiListener, config))
}

// serve runs a server until ctx ends, then lets what is under way finish.
func serve(ctx context.Context, h *http.Server, l net.Listener) error {
	stopped := make(chan error, 1)
	go func() {
		<-ctx.Done()
		grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 8*time.Second)
		defer cancel()
		err := h.Shutdown(grace)
		if err != nil {
			err = h.Close()
		}
		stopped <- err
	}()
	if err := h.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return <-stopped
}

// apiHandler is the officers' interface: every call is checked against the description, then against
// its token, and then answered.
func (n *Node) apiHandler() (http.Handler, error) {
	doc, err := openapi3.NewLoader().LoadFromData(api.Description)
	if err != nil {
		return nil, fmt.Errorf("api description: %w", err)
	}
	doc.Servers = nil
	router, err := gorillamux.NewRouter(doc)
	if err != nil {
		return nil, fmt.Errorf("api description: %w", err)
	}
	strict := api.NewStrictHandlerWithOptions(&handlers{n}, nil, api.StrictHTTPServerOptions{
		RequestErrorHandlerFunc: func(w http.ResponseWriter, _ *http.Request, err error) {
			n.writeProblem(w, fail(http.StatusBadRequest, "request", "the request cannot be read", err.Error(), "see api/openapi.yaml"))
		},
		ResponseErrorHandlerFunc: func(w http.ResponseWriter, _ *http.Request, err error) { n.writeProblem(w, err) },
	})
	mux := http.NewServeMux()
	mux.Handle("GET /v1/ledger/", n.authenticated(n.only(roleAuditor, http.StripPrefix("/v1/ledger", n.log.Handler()))))
	mux.Handle("/", n.authenticated(n.described(router, api.Handler(strict))))
	return mux, nil
}

// described refuses what the description does not describe.
func (n *Node) described(router routers.Router, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRequestBytes))
		if err != nil {
			n.writeProblem(w, fail(http.StatusRequestEntityTooLarge, "too-large", "the request is too large", fmt.Sprintf("at most %d MiB are taken", maxRequestBytes>>20), "send smaller images"))
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		route, params, err := router.FindRoute(r)
		if err != nil {
			n.writeProblem(w, fail(http.StatusNotFound, "no-such-call", "there is no such call", r.Method+" "+r.URL.Path, "see api/openapi.yaml"))
			return
		}
		err = openapi3filter.ValidateRequest(r.Context(), &openapi3filter.RequestValidationInput{
			Request: r, PathParams: params, Route: route,
			Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc},
		})
		if err != nil {
			n.writeProblem(w, fail(http.StatusBadRequest, "request", "the request is not as the description says", shortly(err), "see api/openapi.yaml"))
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		next.ServeHTTP(w, r)
	})
}

// shortly keeps the first line of a validation error: the rest repeats the request, which may be personal.
func shortly(err error) string {
	var re *openapi3filter.RequestError
	if errors.As(err, &re) {
		where := "request"
		if re.Parameter != nil {
			where = re.Parameter.In + " " + re.Parameter.Name
		} else if re.RequestBody != nil {
			where = "body"
		}
		var se *openapi3.SchemaError
		if errors.As(err, &se) {
			return strings.Join(append(append([]string{where}, se.JSONPointer()...), se.Reason), ": ")
		}
		return where + ": " + re.Reason
	}
	return "request"
}

// writeProblem is the one place where errors become answers. What is not a problem made for people is
// logged and told as internal.
func (n *Node) writeProblem(w http.ResponseWriter, err error) {
	var p *problem
	if !errors.As(err, &p) {
		p = n.translate(err)
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p.Problem)
}

func (n *Node) translate(err error) *problem {
	switch {
	case errors.Is(err, registry.ErrNotFound):
		return fail(http.StatusNotFound, "not-found", "there is no such thing here", "", "check the id").because(err)
	case errors.Is(err, registry.ErrDiskFull), errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EFBIG),
		errors.Is(err, ledger.ErrNotDurable) && n.diskIsFull(): // the ledger's library hides why it could not write
		n.opt.Logger.Error("disk full", slog.Any("error", err))
		return fail(http.StatusInsufficientStorage, "disk-full", "the node's disk is full", "", "free space on the disk of the node's folder, then try again: nothing was lost").because(err)
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return fail(http.StatusServiceUnavailable, "stopped", "the node stopped working on this", "", "try again with the same Idempotency-Key").because(err)
	case errors.Is(err, registry.ErrConflict), errors.Is(err, registry.ErrState):
		return fail(http.StatusConflict, "conflict", "something else happened first", "", "look at the exchange again").because(err)
	}
	var r *exchange.Refusal
	if errors.As(err, &r) && r.Code == exchange.CodeOutOfOrder {
		return fail(http.StatusConflict, "state", "the exchange is not in a state for this", r.Detail, "look at the exchange again")
	}
	n.opt.Logger.Error("request", slog.Any("error", err))
	return fail(http.StatusInternalServerError, "internal", "the node failed", "its log says why", "tell the operator; trying again with the same Idempotency-Key is safe").because(err)
}
