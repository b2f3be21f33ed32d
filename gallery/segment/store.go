package segment

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sync"

	"convenio/gallery"
	"convenio/internal/lockfile"
)

// Options of a store.
type Options struct {
	// Keys seal what is kept of people. nil: it is not sealed.
	Keys Keys
	// Note is, with Keys, whose store it is: another one's is not opened.
	Note string
	// Thorough has Load open templates too, and not codes alone: after damage was found.
	Thorough bool
	// Rate is how many bytes a second Tend writes and reads at most, beside what is asked of the store. 0: no bound.
	Rate int
}

// Errors of Open.
var (
	// ErrAnother: the store in the folder is not the one that Options describe.
	ErrAnother = errors.New("gallery is another one's, or is not sealed as it should be")
	errSealed  = errors.New("gallery is sealed: it opens to its node")
	errClosed  = errors.New("gallery is closed")
)

// Store is a gallery on disk. Its methods may be called by many at once; changes wait for each other, searches for nobody.
type Store struct {
	dir    string
	opt    Options
	people *gallery.Gallery
	step   func(string) error // told before each step that a crash could follow; tests end the store there
	limits limits

	folding sync.Mutex // one compaction at a time

	mu      sync.Mutex
	lock    *lockfile.Lock
	m       manifest
	files   []*file
	log     *journal
	recent  map[string]Person // people who are in the log, as they are now and as the log has them
	where   *index            // people who are in segments
	closing bool
	loaded  bool    // people are in the gallery: at once, or for a sealed store when Load has ended
	making  *making // the compaction under way
	retired []*file // replaced; searches that began before may read them
	stale   []spot  // places whose people were taken over by another segment
}

// spot is a person's place in a segment.
type spot struct {
	block *kept
	slot  int
}

// Open opens the store in a folder, which it makes if there is none. A sealed store can be checked and copied, not searched.
func Open(dir string) (*Store, error) { return OpenWith(dir, Options{}) }

// OpenWith is Open with options. With Keys the store is sealed, and is searched once Load has opened the codes.
func OpenWith(dir string, opt Options) (*Store, error) {
	return open(dir, opt, func(string) error { return nil })
}

func open(dir string, opt Options, step func(string) error) (*Store, error) {
	if bigEndian() {
		return nil, errors.New("open gallery: this machine is big-endian, segments are not")
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("open gallery: %w", err)
	}
	s := &Store{dir: dir, opt: opt, people: gallery.New(), step: step, limits: defaultLimits, recent: map[string]Person{}, where: newIndex()}
	if err := s.start(); err != nil {
		s.Close()
		return nil, fmt.Errorf("open gallery: %w", err)
	}
	return s, nil
}

// Destroy overwrites and removes the store in a folder, if there is one.
func Destroy(dir string) error {
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	l, err := lockfile.Acquire(filepath.Join(dir, "lock"), 0o600)
	if err != nil {
		return fmt.Errorf("destroy gallery: %w", err)
	}
	err = destroy(filepath.Join(dir, manifestName))
	if err == nil {
		err = errors.Join(syncDir(dir), sweep(dir, manifest{}))
	}
	if err = errors.Join(err, l.Release()); err != nil {
		return fmt.Errorf("destroy gallery: %w", err)
	}
	return nil
}

func (s *Store) start() (err error) {
	if s.lock, err = lockfile.Acquire(filepath.Join(s.dir, "lock"), 0o600); err != nil {
		return err
	}
	if s.m, err = readManifest(s.dir); err != nil {
		return err
	}
	if s.m.Log == 0 {
		s.m.Log, s.m.Next = s.m.Next, s.m.Next+1
		s.m.Sealed, s.m.Note = s.opt.Keys != nil, s.opt.Note
		if err := writeManifest(s.dir, s.m); err != nil {
			return err
		}
	}
	if s.opt.Keys != nil && (!s.m.Sealed || s.m.Note != s.opt.Note) {
		return ErrAnother
	}
	if err := sweep(s.dir, s.m); err != nil {
		return err
	}
	if s.files, err = s.openFiles(); err != nil {
		return err
	}
	if err := s.enter(s.files); err != nil {
		return err
	}
	if !s.m.Sealed {
		if err := s.attach(s.files, nil); err != nil {
			return err
		}
		s.loaded = true
	}
	s.log, err = openJournal(logPath(s.dir, s.m.Log), s.apply)
	return err
}

// openFiles opens the segments, several at once.
func (s *Store) openFiles() ([]*file, error) {
	files, errs := make([]*file, len(s.m.Segments)), make([]error, len(s.m.Segments))
	each(len(files), runtime.GOMAXPROCS(0), func(i int) {
		n := s.m.Segments[i]
		files[i], errs[i] = openFile(n, segmentPath(s.dir, n), s.opt.Keys)
		if errs[i] == nil && files[i].sealed != s.m.Sealed {
			errs[i] = fmt.Errorf("%s: %w: sealed is %v", files[i].path, ErrDamaged, files[i].sealed)
		}
	})
	return files, errors.Join(errs...)
}

// enter notes where a new store's people are. Who is in an earlier segment too was taken over from there, by a fold that a
// crash ended, and is overwritten there.
func (s *Store) enter(files []*file) error {
	people := 0
	for _, f := range files {
		for _, k := range f.blocks {
			people += k.people
		}
	}
	s.where.reserve(people)
	hashes := make([][]uint64, len(files)) // by person
	each(len(files), runtime.GOMAXPROCS(0), func(i int) { hashes[i] = files[i].hashes(s.where) })
	var stale []spot
	for i, f := range files {
		person := 0
		for _, k := range f.blocks {
			s.where.add(k)
			for slot := range k.people {
				hash := hashes[i][person]
				if person++; k.isGone(slot) {
					continue
				}
				before, had := s.where.set(hash, spot{k, slot})
				if had && before.block.file == f {
					return fmt.Errorf("%s: %w: a subject comes twice", f.path, ErrDamaged)
				}
				if had {
					stale = append(stale, before)
				}
			}
		}
	}
	if len(stale) == 0 {
		return nil
	}
	if err := s.step("blank"); err != nil {
		return err
	}
	return s.blank(stale)
}

// hashes are those of all names of a segment.
func (f *file) hashes(x *index) (out []uint64) {
	for _, k := range f.blocks {
		for slot := range k.people {
			out = append(out, x.hash(k.name(slot)))
		}
	}
	return out
}

// attach gives segments' people to the gallery.
func (s *Store) attach(files []*file, replaced []gallery.KeptPlace) error {
	var blocks []gallery.KeptBlock
	for _, f := range files {
		for _, k := range f.blocks {
			blocks = append(blocks, gallery.KeptBlock{Class: k.class, Kept: k})
		}
	}
	return s.people.Attach(blocks, gallery.Attaching{
		Gone: func(b, slot int) bool {
			k := blocks[b].Kept.(*kept)
			_, recent := s.recent[string(k.name(slot))]
			return recent || k.isGone(slot)
		},
		Find: func(subject string) (gallery.Kept, int, bool) {
			at, ok := s.where.find(subject)
			return at.block, at.slot, ok
		},
		Replaced: replaced,
	})
}

// Close lets go of the files, and ends a compaction. A search that is under way keeps what it reads.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closing = true
	for s.making != nil {
		s.overtake()
	}
	var errs []error
	if s.log != nil {
		errs = append(errs, s.log.file.Close())
		s.log = nil
	}
	errs = append(errs, s.lock.Release())
	s.lock = nil
	return errors.Join(errs...)
}
