package node

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"convenio/agreement"
	"convenio/exchange"
	"convenio/gallery"
	"convenio/osia/client"
	"convenio/registry"
)

// nationalABIS are references in a national ABIS. The registry stays the durable truth: it keeps what the ABIS has been told
// (registry.ABISPerson), run brings the ABIS to it, and no candidate counts before the registry knows it within reach and the
// node's own engine has compared it.
type nationalABIS struct {
	cfg    *ABISConfig
	store  *registry.Store
	client *client.Client
	logger *slog.Logger
	now    func() time.Time
	retry  exchange.Schedule
	before func(step string)
	wake   chan struct{} // something is to be told
	told   func()        // something was: searches may go on
	fresh  atomic.Bool   // something was, and told has not said so

	mu      sync.Mutex
	pauses  map[string]held // people whom the ABIS could not be told of, until then
	dropped ABISDropped
	trouble string
}

// ABISDropped counts candidates of the ABIS that were not taken, since the node was started.
type ABISDropped struct {
	// Unknown are those who are not in the registry.
	Unknown int `json:"unknown"`
	// OutOfReach are those whose record the search may not reach.
	OutOfReach int `json:"outOfReach"`
}

// openABIS begins to follow the registry with the ABIS. That it cannot be reached is no error now.
func (n *Node) openABIS(ctx context.Context) error {
	c := n.cfg.ABIS
	if err := n.abisWords(); err != nil {
		return err
	}
	a, err := newABIS(ctx, n.cfg, n.store, n.opt)
	if err != nil {
		return err
	}
	a.told = func() {
		n.postponed.again()
		wake(n.wakeWork)
	}
	n.abis, n.people = a, a
	if c.Callback == nil {
		return nil
	}
	_, err = n.callbackCertificate()
	return err
}

// newABIS makes the client and has the registry keep what the ABIS is told.
func newABIS(ctx context.Context, cfg Config, store *registry.Store, opt Options) (*nationalABIS, error) {
	c := cfg.ABIS
	a := &nationalABIS{
		cfg: c, store: store, logger: opt.Logger, now: opt.Now, retry: opt.Retry, before: opt.Before,
		wake: make(chan struct{}, 1), told: func() {}, pauses: map[string]held{},
	}
	conf := client.Config{Server: c.OSIA, Token: func() (string, error) { return readToken(cfg, c.Token) }, Timeout: c.Timeout, Logger: opt.Logger}
	if _, err := conf.Token(); err != nil {
		return nil, fmt.Errorf("abis.token: %w", err)
	}
	if c.Roots != "" {
		b, err := cfg.file(c.Roots)
		if err != nil {
			return nil, fmt.Errorf("abis.roots: %w", err)
		}
		conf.Roots = x509.NewCertPool()
		if !conf.Roots.AppendCertsFromPEM(b) {
			return nil, fmt.Errorf("abis.roots: %s holds no certificate in PEM", c.Roots)
		}
	}
	if c.Callback != nil {
		conf.Callback, conf.Tasks = c.Callback.URL, abisTasks{store}
	}
	if opt.ABIS != nil {
		opt.ABIS(&conf)
	}
	var err error
	if a.client, err = client.New(ctx, conf); err != nil {
		return nil, fmt.Errorf("abis: %w", err)
	}
	key, err := json.Marshal(map[string]any{"osia": c.OSIA, "galleries": c.Galleries})
	if err != nil {
		return nil, fmt.Errorf("abis: %w", err)
	}
	if err := store.Tx(ctx, func(tx *registry.Tx) error { return tx.FollowABIS(key) }); err != nil {
		return nil, fmt.Errorf("abis: %w", err)
	}
	return a, nil
}

// leaveABIS ends what openABIS began in a folder that has no ABIS any more.
func (n *Node) leaveABIS(ctx context.Context) error {
	left := 0
	err := n.store.Tx(ctx, func(tx *registry.Tx) (err error) {
		left, err = tx.LeaveABIS()
		return err
	})
	if err == nil && left > 0 {
		n.opt.Logger.LogAttrs(ctx, slog.LevelWarn, "abis: node.yaml names none any more, and the one it named may still hold people", slog.Int("people", left))
	}
	return err
}

// abisWords refuses words in the lines of galleries that the agreement does not list: a misspelt safeguard would leave people
// without a gallery, or without protection.
func (n *Node) abisWords() error {
	listed := func(list []agreement.Named, id string) bool {
		return slices.ContainsFunc(list, func(x agreement.Named) bool { return x.ID == id })
	}
	for _, l := range n.cfg.ABIS.Galleries.Classes {
		if !listed(n.law.Categories, l.Category) {
			return fmt.Errorf("abis.galleries: gallery %q: the agreement lists no category %q", l.Gallery, l.Category)
		}
		for _, s := range l.Safeguards {
			if kind, _, _ := strings.Cut(s, ":"); !listed(n.law.Safeguards, kind) {
				return fmt.Errorf("abis.galleries: gallery %q: the agreement lists no safeguard %q", l.Gallery, kind)
			}
		}
	}
	return nil
}

// maxToken bounds the file of a token, in bytes.
const maxToken = 16 << 10

// readToken reads the token's file, which must be for its owner alone.
func readToken(cfg Config, name string) (string, error) {
	path := cfg.below(name)
	info, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return "", fmt.Errorf("%s can be read by others: make it its owner's alone (chmod 600)", path)
	}
	if info.Size() > maxToken {
		return "", fmt.Errorf("%s has more than %d bytes: it is no token", path, maxToken)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	t := strings.TrimSpace(string(b))
	if t == "" {
		return "", fmt.Errorf("%s is empty", path)
	}
	return t, nil
}

// classes implements references.
func (a *nationalABIS) classes(ctx context.Context) ([]gallery.ClassCount, error) {
	list, err := a.store.Classes(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]gallery.ClassCount, len(list))
	for i, c := range list {
		out[i] = gallery.ClassCount{Class: c.Class.Key(), People: c.Subjects}
	}
	return out, nil
}

// The registry has noted these already, in the transaction that made them true.

func (a *nationalABIS) enrolled(context.Context, string, string, []print) error { return a.due() }
func (a *nationalABIS) moved(context.Context, string, string) error             { return a.due() }
func (a *nationalABIS) erased(context.Context, string) error                    { return a.due() }

func (a *nationalABIS) due() error {
	wake(a.wake)
	return nil
}
