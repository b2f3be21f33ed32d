package node

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	mathrand "math/rand/v2"
	"net"
	"os"
	"runtime"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/note"

	"convenio/exchange"
	"convenio/ledger"
	"convenio/osia"
	"convenio/osia/client"
	"convenio/registry"
)

// Options are what tests and the command hand in. The zero value works.
type Options struct {
	// Now is the clock. Defaults to time.Now.
	Now func() time.Time
	// Logger gets what an operator should know. Defaults to nothing.
	Logger *slog.Logger
	// Version is what the node says of its program. Defaults to "unknown".
	Version string
	// Retry says how long a message waits after each attempt at delivery. Defaults to half a second,
	// doubled up to a minute.
	Retry exchange.Schedule
	// ABIS changes how the client of a national ABIS waits. Defaults to not at all.
	ABIS func(*client.Config)
	// Before is called before each durable step with the step's name. Fault tests stop the process
	// there. Defaults to nothing.
	Before func(step string)
}

// Node is one party's running installation.
type Node struct {
	cfg     Config
	opt     Options
	keys    *exchange.KeyRing
	card    exchange.Card
	partner exchange.Card
	peers   *exchange.Peers

	law       *law
	store     *registry.Store
	log       *ledger.Log
	people    references
	postponed postponed // searches that wait after a failure, or go on
	answering sync.WaitGroup
	client    *exchange.Client

	partnerLedger note.Verifier
	flushing      keyed      // one flush of an exchange's entries at a time
	working       keyed      // one step of an exchange at a time
	changed       *broadcast // tells waiters that some exchange moved
	wakeWork      chan struct{}
	wakeOut       chan struct{}
	stopping      chan struct{} // closed when the node begins to stop
	cpu           chan struct{} // one place for each processor that heavy work may use

	mu       sync.Mutex
	shown    uint64 // size of our ledger that the partner has verified, as far as we know
	clock    time.Duration
	reached  bool
	trouble  string // what stands between us and the partner
	refusals int    // at the door, in the current hour
	hour     time.Time

	exchangeListener, apiListener net.Listener

	abis         *nationalABIS // nil: the node searches its own gallery
	abisListener net.Listener

	osia         *osia.Service // nil: not served
	osiaTLS      tls.Certificate
	osiaListener net.Listener
	osiaRecords  *osiaRecords // nil: no gallery of it is mapped
}

// Open opens the folder of a node: keys, cards, agreement, registry, gallery and ledger. Each thing
// that is missing or wrong is said with what to do about it.
func Open(ctx context.Context, cfg Config, opt Options) (*Node, error) {
	n := &Node{cfg: cfg.WithDefaults(), opt: opt.withDefaults(), changed: newBroadcast(),
		wakeWork: make(chan struct{}, 1), wakeOut: make(chan struct{}, 1), stopping: make(chan struct{})}
	n.cpu = make(chan struct{}, n.workers())
	for _, open := range []func(context.Context) error{
		n.openIdentity, n.openLaw, n.openRegistry, n.openLedger, n.openGallery, n.openOSIA,
	} {
		if err := open(ctx); err != nil {
			return nil, errors.Join(err, n.Close())
		}
	}
	return n, nil
}

func (o Options) withDefaults() Options {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Version == "" {
		o.Version = "unknown"
	}
	if o.Retry == nil {
		o.Retry = exchange.Exponential(500*time.Millisecond, time.Minute, mathrand.Float64)
	}
	if o.Before == nil {
		o.Before = func(string) {}
	}
	return o
}

func (n *Node) workers() int {
	if n.cfg.Workers > 0 {
		return n.cfg.Workers
	}
	return runtime.NumCPU()
}

func (n *Node) now() time.Time { return n.opt.Now().UTC().Truncate(time.Millisecond) }

func (n *Node) openIdentity(context.Context) (err error) {
	if n.keys, err = exchange.Load(n.cfg.path(keysDir)); err != nil {
		return err
	}
	if n.card, err = readCard(n.cfg.path(cardFile)); err != nil {
		return err
	}
	if string(n.card.Party) != n.cfg.Party || n.keys.ID != n.card.Party {
		return fmt.Errorf("folder %s: node.yaml is for %s, the keys for %s, the card for %s: they must be one party's", n.cfg.Dir, n.cfg.Party, n.keys.ID, n.card.Party)
	}
	if err := n.keys.Fits(n.card); err != nil {
		return fmt.Errorf("folder %s: %w", n.cfg.Dir, err)
	}
	if n.partner, err = readPartner(n.cfg); err != nil {
		return err
	}
	if n.peers, err = exchange.NewPeers(n.partner); err != nil {
		return err
	}
	if n.partnerLedger, err = n.partner.LedgerVerifier(); err != nil {
		return fmt.Errorf("partner's card: %w", err)
	}
	n.client, err = exchange.NewClient(exchange.ClientConfig{Keys: n.keys, Now: n.opt.Now})
	return err
}

func (n *Node) openLaw(context.Context) (err error) {
	n.law, err = loadLaw(n.cfg, n.card, n.partner)
	return err
}

func (n *Node) openRegistry(ctx context.Context) (err error) {
	n.store, err = registry.Open(n.cfg.path(registryFile), registry.Options{MasterKey: n.keys.Rest, Now: n.opt.Now})
	if err != nil {
		return err
	}
	if err := n.store.ClaimMeta(ctx, registry.MetaParty, []byte(n.cfg.Party)); err != nil {
		return fmt.Errorf("registry %s belongs to another party: %w", n.cfg.path(registryFile), err)
	}
	return n.law.restore(ctx, n.storedNotices)
}

func (n *Node) openLedger(ctx context.Context) error {
	signer, err := n.keys.LedgerSigner()
	if err != nil {
		return fmt.Errorf("ledger key: %w", err)
	}
	verifier, err := n.card.LedgerVerifier()
	if err != nil {
		return fmt.Errorf("ledger key: %w", err)
	}
	if err := n.ledgerThere(ctx); err != nil {
		return err
	}
	n.log, err = ledger.Open(ctx, ledger.Config{Dir: n.cfg.path(ledgerDir), Origin: signer.Name(), Signer: signer, Verifier: verifier})
	if err != nil {
		return err
	}
	if err := n.ledgerFits(ctx); err != nil {
		return err
	}
	err = n.store.Tx(ctx, func(tx *registry.Tx) error {
		return n.plan(tx,
			act{id: "genesis", kind: ledger.KindGenesis, body: map[string]any{"party": n.cfg.Party, "card": n.card.Fingerprint()}},
			act{id: "agreement:" + n.law.digest.String(), kind: ledger.KindAgreement,
				body: map[string]any{"agreement": n.law.ID, "version": n.law.Version, "digest": n.law.digest}},
		)
	})
	if err != nil {
		return err
	}
	return n.flushAll(ctx)
}

// Run serves officers and partner until ctx ends. It returns nil when it was asked to end.
func (n *Node) Run(ctx context.Context) error {
	if err := n.listen(ctx); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		<-ctx.Done()
		close(n.stopping)
	}()
	services := []func(context.Context) error{
		n.serveExchange, n.serveAPI, n.serveOSIA, n.serveCallbacks, n.followABIS, n.work, n.deliverAll, n.sweep, n.greet,
		n.keepGallery,
	}
	ended := make(chan error, len(services))
	for _, s := range services {
		go func() { ended <- s(ctx) }()
	}
	n.opt.Logger.LogAttrs(ctx, slog.LevelInfo, "ready",
		slog.String("party", n.cfg.Party), slog.String("exchange", n.exchangeListener.Addr().String()), slog.String("api", n.apiListener.Addr().String()))
	var first error
	for range services {
		err := <-ended
		if err != nil && !errors.Is(err, context.Canceled) && first == nil {
			first = err
		}
		cancel()
	}
	return first
}

// Close releases the folder. It may be called twice.
func (n *Node) Close() error {
	var errs []error
	for _, l := range []net.Listener{n.exchangeListener, n.apiListener, n.osiaListener, n.abisListener} {
		if l != nil {
			l.Close()
		}
	}
	if n.client != nil {
		n.client.Close()
	}
	if n.abis != nil {
		n.abis.client.Close()
	}
	if n.log != nil {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		errs = append(errs, n.log.Close(ctx))
		n.log = nil
	}
	if n.store != nil {
		errs = append(errs, n.store.Close())
		n.store = nil
	}
	return errors.Join(errs...)
}

func readCard(path string) (exchange.Card, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return exchange.Card{}, fmt.Errorf("read card: %w", err)
	}
	c, err := exchange.ParseCard(b)
	if err != nil {
		return exchange.Card{}, fmt.Errorf("read card %s: %w", path, err)
	}
	return c, nil
}

func newID() exchange.ID {
	id, err := exchange.NewID(rand.Reader)
	if err != nil {
		panic("node: no randomness: " + err.Error())
	}
	return id
}

// broadcast wakes everyone who waits for any change.
type broadcast struct {
	mu sync.Mutex
	c  chan struct{}
}

func newBroadcast() *broadcast { return &broadcast{c: make(chan struct{})} }

func (b *broadcast) wait() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.c
}

func (b *broadcast) all() {
	b.mu.Lock()
	defer b.mu.Unlock()
	close(b.c)
	b.c = make(chan struct{})
}

// wake lets a loop run again; a loop that is to run anyway is not told twice.
func wake(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
