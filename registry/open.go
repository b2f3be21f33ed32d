package registry

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"convenio/internal/lockfile"
)

// Options of Open.
type Options struct {
	// MasterKey wraps every data key. Required; keep it apart from the database. It is not stored.
	MasterKey [32]byte
	// Now is the clock. Defaults to time.Now.
	Now func() time.Time
	// Readers is the number of connections that read beside the writer. Defaults to the number of processors, at least 2.
	Readers int
}

func (o Options) withDefaults() Options {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Readers <= 0 {
		o.Readers = max(2, runtime.NumCPU())
	}
	return o
}

// Store is an open registry.
type Store struct {
	path   string
	now    func() time.Time
	master *master
	lock   *lockfile.Lock
	writer *pool // of one
	reader *pool
	scrub  scrubber
	closed sync.Once
}

// busyTimeoutMs is how long a statement waits for another connection's lock, in milliseconds.
const busyTimeoutMs = 5000

// Open opens the registry at path, making it (readable by its owner only) if there is none, and brings its schema up to
// date. It fails with ErrLocked, ErrForeign, ErrNewer, ErrMasterKey, ErrCorrupt or ErrDiskFull, each with what to do.
func Open(path string, opt Options) (*Store, error) {
	opt = opt.withDefaults()
	m, err := newMaster(opt.MasterKey)
	if err != nil {
		return nil, fmt.Errorf("open registry: %w", err)
	}
	path, err = filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("open registry: %w", err)
	}
	lock, err := lockfile.Acquire(path+".lock", 0o600)
	if errors.Is(err, lockfile.ErrHeld) {
		return nil, fmt.Errorf("open registry: %w: stop it first: %w", ErrLocked, err)
	}
	if err != nil {
		return nil, fmt.Errorf("open registry: %w", err)
	}
	s := &Store{path: path, now: opt.Now, master: m, lock: lock}
	if err := s.start(opt.Readers); err != nil {
		return nil, errors.Join(fmt.Errorf("open registry %s: %w", path, err), s.release())
	}
	return s, nil
}

func (s *Store) start(readers int) error {
	ctx := context.Background()
	if err := makeFile(s.path); err != nil {
		return err
	}
	if err := recognise(ctx, s.path); err != nil {
		return err
	}
	writer, err := connect(ctx, s.path, 1, "_journal_mode=WAL")
	if err != nil {
		return err
	}
	s.writer = newPool(writer, 1, "BEGIN IMMEDIATE")
	if err := migrate(ctx, writer); err != nil {
		return err
	}
	reader, err := connect(ctx, s.path, readers, "_query_only=1")
	if err != nil {
		return err
	}
	s.reader = newPool(reader, readers, "BEGIN")
	if err := s.checkMasterKey(ctx); err != nil {
		return err
	}
	// A crash between the destruction of a key and the overwriting of old pages is made good here.
	s.scrub.mark()
	return s.Scrub(ctx)
}

// makeFile creates the database file for its owner only; SQLite gives the same mode to the files beside it.
func makeFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("make file: %w", err)
	}
	return f.Close()
}

func connect(ctx context.Context, path string, conns int, extra string) (*sql.DB, error) {
	db, err := sql.Open("sqlite", dataSource(path, extra))
	if err != nil {
		return nil, failed("connect", err)
	}
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(conns)
	if err := db.PingContext(ctx); err != nil {
		return nil, errors.Join(failed("connect", err), db.Close())
	}
	return db, nil
}

func dataSource(path, extra string) string {
	const common = "_defensive=1&_dqs=0&_foreign_keys=1&_synchronous=FULL" +
		"&_pragma=secure_delete(1)&_pragma=temp_store(2)&_pragma=trusted_schema(0)"
	u := url.URL{Scheme: "file", Path: filepath.ToSlash(path)}
	return fmt.Sprintf("%s?_busy_timeout=%d&%s&%s", u.String(), busyTimeoutMs, common, extra)
}

// Close overwrites what is still to be overwritten and closes the database. It may be called twice.
func (s *Store) Close() error {
	var err error
	s.closed.Do(func() {
		err = errors.Join(s.Scrub(context.Background()), s.release())
	})
	return err
}

func (s *Store) release() error {
	s.scrub.stop()
	var errs []error
	if s.reader != nil {
		errs = append(errs, s.reader.close())
	}
	if s.writer != nil {
		errs = append(errs, s.writer.close())
	}
	return errors.Join(append(errs, s.lock.Release())...)
}
