package ledger

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/transparency-dev/tessera"
	"github.com/transparency-dev/tessera/api/layout"
	"github.com/transparency-dev/tessera/storage/posix"
	"golang.org/x/mod/sumdb/note"

	"convenio/internal/lockfile"
)

// Timing of a log.
const (
	batchAge   = time.Millisecond       // how long Tessera waits for the rest of a batch
	gatherAge  = 2 * time.Millisecond   // how long a batch waits for those who made the last one
	batchSize  = 256                    // entries; one bundle
	publishAge = 100 * time.Millisecond // between two published checkpoints: the least that Tessera allows
	closeAge   = 5 * time.Second        // how long Close waits for the last checkpoint
)

// Config says where a ledger is and who signs it.
type Config struct {
	Dir      string        // the ledger's folder, made if missing; on one local disk
	Origin   string        // the ledger's name, for instance "ledger.example.org/us"; equal to the names of Signer and Verifier
	Signer   note.Signer   // signs checkpoints
	Verifier note.Verifier // the public half of Signer
}

func (c Config) validate() error {
	switch {
	case c.Dir == "" || c.Origin == "" || c.Signer == nil || c.Verifier == nil:
		return errors.New("open ledger: folder, origin, signer and verifier are all needed")
	case c.Signer.Name() != c.Origin || c.Verifier.Name() != c.Origin:
		return fmt.Errorf("open ledger: key names %q and %q are not the origin %q", c.Signer.Name(), c.Verifier.Name(), c.Origin)
	case c.Signer.KeyHash() != c.Verifier.KeyHash():
		return errors.New("open ledger: signer and verifier are not of one key")
	}
	return nil
}

// Errors of a Log.
var (
	ErrClosed   = errors.New("ledger is closed")
	ErrConflict = errors.New("ledger holds another entry under this id")
	ErrNoEntry  = errors.New("ledger has no such entry")
	// ErrNotDurable: the entry may or may not have reached the disk. The caller does not act on it, and may call Append
	// with the same entry again, as often as it likes.
	ErrNotDurable = errors.New("entry is not known to be on disk")
	// ErrDamaged: Open found that the folder is not what the ledger once signed. It wraps a *LoadError where entries differ.
	ErrDamaged = errors.New("ledger folder is damaged")
)

// Log is an open ledger. Its methods may be called from many goroutines.
type Log struct {
	cfg    Config
	lock   *lockfile.Lock
	add    tessera.AddFn
	stop   func(context.Context) error
	reader tessera.LogReader
	ctx    context.Context // of Tessera's background work
	cancel context.CancelFunc
	wake   chan struct{} // tells the writer to look at queue

	mu       sync.Mutex
	closed   bool
	unsure   bool // a write failed: what it left on disk is to be found out before the next one
	ids      map[idKey]uint64
	inflight map[idKey]*pending
	queue    []*pending // those in flight that the writer has not taken yet, in order
	acked    uint64     // entries below which all are known to be on disk

	cpMu     sync.Mutex // held while a checkpoint is made; taken before mu
	verified bool       // Open found the folder whole
	cp       Checkpoint // the newest signed, at first the published one
	signed   []byte     // its note; nil until this process has signed one
}

// idKey is SHA-256 of an entry's ID: equal size for all, and 40 bytes an entry with the index.
type idKey [32]byte

func keyOf(id string) idKey { return sha256.Sum256([]byte(id)) }

// Open opens the ledger in cfg.Dir, or starts an empty one. It reads all entries, recomputes their hashes, and compares
// them with the tiles and the published checkpoint: a folder that was tampered with or restored in part does not open
// (ErrDamaged), and neither does one that another process holds (ErrLocked).
// ctx bounds the opening alone.
func Open(ctx context.Context, cfg Config) (*Log, error) {
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(cfg.Dir, 0o755); err != nil {
		return nil, fmt.Errorf("open ledger: %w", err)
	}
	lock, err := lockDir(cfg.Dir)
	if err != nil {
		return nil, fmt.Errorf("open ledger: %w", err)
	}
	l := &Log{cfg: cfg, lock: lock, ids: map[idKey]uint64{}, inflight: map[idKey]*pending{}, wake: make(chan struct{}, 1)}
	l.ctx, l.cancel = context.WithCancel(context.Background())
	if err := l.start(ctx); err != nil {
		l.cancel()
		return nil, errors.Join(fmt.Errorf("open ledger %s: %w", cfg.Dir, err), lock.Release())
	}
	go l.writer()
	return l, nil
}

func (l *Log) start(ctx context.Context) error {
	l.cpMu.Lock() // Tessera starts to publish by itself; guardedSigner lets it wait for the verification
	defer l.cpMu.Unlock()
	published, err := l.readPublished()
	if err != nil {
		return err
	}
	driver, err := posix.New(l.ctx, posix.Config{Path: l.cfg.Dir})
	if err != nil {
		return err
	}
	opts := tessera.NewAppendOptions().WithCheckpointSigner(guardedSigner{l.cfg.Signer, l}).WithBatching(batchSize, batchAge).
		WithCheckpointInterval(publishAge).WithShutdownTimeout(closeAge)
	appender, stop, reader, err := tessera.NewAppender(l.ctx, driver, opts)
	if err != nil {
		return err
	}
	l.add, l.stop, l.reader, l.cp = appender.Add, stop, reader, published
	if err := l.recover(ctx, published); err != nil {
		return err
	}
	l.verified = true
	return nil
}

// Size returns the number of entries on disk.
func (l *Log) Size() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return uint64(len(l.ids))
}

// Origin returns the ledger's name.
func (l *Log) Origin() string { return l.cfg.Origin }

// Lookup returns the index of the entry with the given ID.
func (l *Log) Lookup(id string) (uint64, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	index, ok := l.ids[keyOf(id)]
	return index, ok
}

// Entry returns entry index, and its encoding as it stands in the log. The error wraps ErrNoEntry if there is none.
func (l *Log) Entry(ctx context.Context, index uint64) (Entry, []byte, error) {
	size, err := l.reader.IntegratedSize(ctx)
	if err != nil {
		return Entry{}, nil, fmt.Errorf("read entry #%d: %w", index, err)
	}
	if index >= size {
		return Entry{}, nil, fmt.Errorf("read entry #%d: %w", index, ErrNoEntry)
	}
	b, err := readBlock(ctx, l.reader, index/width, size)
	if err != nil {
		return Entry{}, nil, fmt.Errorf("read entry #%d: %w", index, err)
	}
	i := int(index % layout.EntryBundleWidth)
	if i >= len(b.raw) || i >= len(b.tile) || LeafHash(b.raw[i]) != b.tile[i] {
		return Entry{}, nil, fmt.Errorf("read entry #%d: %w", index, ErrDamaged)
	}
	e, err := ParseEntry(b.raw[i])
	return e, b.raw[i], err
}

// awaitPublished waits until the published checkpoint covers all entries. Tessera's own stop waits for those alone that were
// appended since Open, and a killed process may have left others.
func (l *Log) awaitPublished(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, closeAge)
	defer cancel()
	for {
		cp, err := l.readPublished()
		if err == nil && cp.Size >= l.Size() {
			return nil
		}
		select {
		case <-time.After(publishAge / 10):
		case <-ctx.Done():
			return errors.Join(fmt.Errorf("publish the last checkpoint: %w", ctx.Err()), err)
		}
	}
}

// Close waits for the appends in flight and for a published checkpoint that covers them, then lets the folder go.
// It may be called twice. If it fails (ctx ends, the disk is full) nothing acknowledged is lost: Open carries on.
func (l *Log) Close(ctx context.Context) error {
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		return nil
	}
	l.closed = true
	waits := make([]*pending, 0, len(l.inflight))
	for _, p := range l.inflight {
		waits = append(waits, p)
	}
	l.mu.Unlock()
	err := waitAll(ctx, waits)
	if err == nil {
		err = l.stop(ctx)
	}
	if err == nil {
		err = l.awaitPublished(ctx)
	}
	l.cancel()
	if e := l.lock.Release(); err == nil {
		err = e
	}
	if err != nil {
		return fmt.Errorf("close ledger: %w", err)
	}
	return nil
}
