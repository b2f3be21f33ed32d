package node

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"convenio/osia/client"
	"convenio/registry"
)

// abisTasks keeps tasks in the registry.
type abisTasks struct{ store *registry.Store }

// All implements client.Tasks.
func (s abisTasks) All(ctx context.Context) (out []client.Task, err error) {
	err = s.store.View(ctx, func(v *registry.View) error {
		list, err := v.ABISTasks()
		for _, k := range list {
			out = append(out, client.Task(k))
		}
		return err
	})
	return out, err
}

// Put implements client.Tasks.
func (s abisTasks) Put(ctx context.Context, k client.Task) error {
	return s.store.Tx(ctx, func(tx *registry.Tx) error { return tx.PutABISTask(registry.ABISTask(k)) })
}

// End implements client.Tasks.
func (s abisTasks) End(ctx context.Context, id string) error {
	return s.store.Tx(ctx, func(tx *registry.Tx) error { return tx.EndABISTask(id) })
}

func (n *Node) listenForABIS(ctx context.Context) (err error) {
	if n.abis == nil || n.cfg.ABIS.Callback == nil {
		return nil
	}
	n.abisListener, err = listenOn(ctx, "abis.callback", n.cfg.ABIS.Callback.Listen)
	return err
}

// serveCallbacks takes results from the ABIS.
func (n *Node) serveCallbacks(ctx context.Context) error {
	if n.abisListener == nil {
		<-ctx.Done()
		return nil
	}
	h := &http.Server{
		Handler: n.abis.client, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, WriteTimeout: time.Minute,
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 16 << 10, ErrorLog: slog.NewLogLogger(n.opt.Logger.Handler(), slog.LevelDebug),
	}
	if strings.HasPrefix(n.cfg.ABIS.Callback.URL, "http:") {
		return serve(ctx, h, n.abisListener)
	}
	cert, err := n.callbackCertificate()
	if err != nil {
		return err
	}
	return serve(ctx, h, tls.NewListener(n.abisListener, &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12}))
}

func (n *Node) callbackCertificate() (tls.Certificate, error) {
	c := n.cfg.ABIS.Callback
	if c.Certificate == "" {
		return n.keys.TLS, nil
	}
	cert, err1 := n.cfg.file(c.Certificate)
	key, err2 := n.cfg.file(c.Key)
	if err := errors.Join(err1, err2); err != nil {
		return tls.Certificate{}, fmt.Errorf("abis.callback: %w", err)
	}
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		return pair, fmt.Errorf("abis.callback.certificate: %w", err)
	}
	return pair, nil
}
