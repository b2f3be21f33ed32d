package osia

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime"
	"sync"
	"time"

	"convenio/osia/abis"
	"convenio/registry"
)

// Config is what a Service needs. Store and Tokens must be given.
type Config struct {
	Store *registry.Store
	// Tokens says which bearer tokens are good.
	Tokens Tokens
	// Protection opens encryption and integrity blocks.
	Protection Protection
	// Callbacks are the origins, such as https://client.example:8443, that results may be sent to. Defaults to none.
	Callbacks []string
	// CallbackRoots are the authorities trusted for callbacks. Defaults to the system's.
	CallbackRoots *x509.CertPool
	// Retry says how long a result waits after each failed delivery; after the last it is given up until it is asked for
	// again. Defaults to 1 s, 10 s, 1 min, 10 min, 1 h.
	Retry []time.Duration
	// TaskLife is how long a task is known. Defaults to a day.
	TaskLife time.Duration
	// Workers bounds the processors used. Defaults to all.
	Workers int
	// FPIR is the false positive identification rate of a search for which the caller gives no threshold. Defaults to 1e-3.
	FPIR float64
	// Follower is told of every change. Defaults to nobody.
	Follower Follower
	// Now is the clock. Defaults to time.Now.
	Now func() time.Time
	// Logger gets what an operator should know. Defaults to nothing.
	Logger *slog.Logger
}

func (c Config) withDefaults() Config {
	if c.Retry == nil {
		c.Retry = []time.Duration{time.Second, 10 * time.Second, time.Minute, 10 * time.Minute, time.Hour}
	}
	if c.TaskLife == 0 {
		c.TaskLife = 24 * time.Hour
	}
	if c.Workers <= 0 {
		c.Workers = runtime.NumCPU()
	}
	if c.FPIR == 0 {
		c.FPIR = 1e-3
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	return c
}

// Service answers the interface. It is safe for concurrent use.
type Service struct {
	cfg     Config
	origins map[string]bool
	client  *http.Client
	cpu     chan struct{} // one place for each processor that heavy work may use
	entered chan struct{} // one place for each request under way
	inner   http.Handler  // the operations, without token, checks and callbacks

	write  changes // one change at a time, from looking to committing
	mu     sync.RWMutex
	people people

	tasks tasks
}

// New reads what is kept and makes the service.
func New(ctx context.Context, c Config) (*Service, error) {
	c = c.withDefaults()
	if c.Store == nil || len(c.Tokens.Keys.list) == 0 || c.Tokens.Audience == "" {
		return nil, errors.New("osia: a store, token keys and an audience are needed")
	}
	s := &Service{cfg: c, people: people{}, origins: map[string]bool{}, client: callbackClient(c.CallbackRoots),
		cpu: make(chan struct{}, c.Workers), entered: make(chan struct{}, maxRequests)}
	for _, o := range c.Callbacks {
		origin, err := originOf(o)
		if err != nil || origin.path != "" {
			return nil, fmt.Errorf("osia: callback origin %q: give scheme, host and port, such as https://client.example:8443", o)
		}
		s.origins[origin.String()] = true
	}
	s.inner = s.operations()
	err := c.Store.EachOSIAEncounter(ctx, func(o registry.OSIAEncounter) error {
		e, err := restored(o)
		if err == nil {
			s.people.put(e)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("osia: %w", err)
	}
	if err := s.catchUp(ctx); err != nil {
		return nil, fmt.Errorf("osia: %w", err)
	}
	return s, s.loadTasks(ctx)
}

func (s *Service) now() time.Time { return s.cfg.Now().UTC().Truncate(time.Millisecond) }

func (s *Service) enterCPU(ctx context.Context) error {
	select {
	case s.cpu <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *Service) leaveCPU() { <-s.cpu }

// change is one encounter to be stored.
type change struct {
	now  *encounter
	was  *encounter // what it takes the place of; nil for a new one
	body []byte     // biometric data; nil leaves what is stored
	// given is the biometric data in clear, where body is, and pictures are the images made of it ahead; see Service.pictured.
	given    []abis.BiometricData
	pictures [][]byte
}

// apply makes changes durable, all or none, with the answer of the task that asked for them if one did; then they are seen.
// The caller holds s.write.
func (s *Service) apply(ctx context.Context, put []change, drop []*encounter, answer any) error {
	task := taskOf(ctx)
	step, seen, err := s.follow(ctx, put, drop)
	if err != nil {
		return err
	}
	err = s.cfg.Store.Tx(ctx, func(tx *registry.Tx) error {
		for i, c := range put {
			o, err := c.now.stored(c.body)
			if err != nil {
				return err
			}
			if c.now.id, err = tx.PutOSIAEncounter(o); err != nil {
				return err
			}
			seen[i].ID = c.now.id
		}
		if err := step.in(tx); err != nil {
			return err
		}
		for _, e := range drop {
			if err := tx.EndOSIAEncounter(e.id); err != nil {
				return err
			}
		}
		if task == nil {
			return nil
		}
		return task.finishIn(tx, answer, s.now())
	})
	if errors.Is(err, registry.ErrConflict) {
		return errConflict
	}
	if err != nil {
		return err
	}
	if task != nil {
		task.finished = true
	}
	s.see(put, drop)
	s.write.then(step.made(ctx))
	return nil
}

// see makes changes visible to searches.
func (s *Service) see(put []change, drop []*encounter) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range put {
		if c.was != nil {
			s.people.drop(c.was.head.Person, c.was.head.Encounter)
		}
	}
	for _, e := range drop {
		s.people.drop(e.head.Person, e.head.Encounter)
	}
	for _, c := range put {
		s.people.put(c.now)
	}
}
