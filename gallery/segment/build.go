package segment

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"sync"
	"sync/atomic"

	"convenio/gallery"
)

// segmentBlocks is how many blocks a Builder puts in one segment.
const segmentBlocks = 64

// Builder makes a new store of many people at once: no log, no single commits. Until Close the folder holds no store.
type Builder struct {
	dir     string
	m       manifest
	w       *writer
	keys    Keys                 // nil: not sealed
	pending map[string][]encoded // by class: people who do not fill a block yet
}

// NewBuilder begins a store in a folder without one. A store that was begun there and not closed is thrown away.
func NewBuilder(dir string) (*Builder, error) { return NewSealedBuilder(dir, nil) }

// NewSealedBuilder is NewBuilder for a sealed store. Someone whose key is gone when they are added is left out.
func NewSealedBuilder(dir string, keys Keys) (*Builder, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("build gallery: %w", err)
	}
	m, err := readManifest(dir)
	if err != nil {
		return nil, fmt.Errorf("build gallery: %w", err)
	}
	if m.Log != 0 {
		return nil, fmt.Errorf("build gallery: there is one in %s: choose another folder or remove it", dir)
	}
	if err := sweep(dir, m); err != nil {
		return nil, fmt.Errorf("build gallery: %w", err)
	}
	m.Sealed = keys != nil
	return &Builder{dir: dir, m: m, keys: keys, pending: map[string][]encoded{}}, nil
}

// Add takes people in, each subject once with all fingers.
func (b *Builder) Add(people ...Person) error {
	list, err := encodeAll(people)
	if err == nil && b.keys != nil {
		list, err = sealAll(list, b.keys)
	}
	if err != nil {
		return fmt.Errorf("build gallery: %w", err)
	}
	for _, p := range list {
		b.pending[p.Class] = append(b.pending[p.Class], p)
		if len(b.pending[p.Class]) == gallery.BlockSize {
			if err := b.flush(p.Class); err != nil {
				return fmt.Errorf("build gallery: %w", err)
			}
		}
	}
	return nil
}

func (b *Builder) flush(class string) (err error) {
	if b.w == nil {
		n := b.m.Next
		b.m.Next++
		b.m.Segments = append(b.m.Segments, n)
		if b.w, err = newWriter(segmentPath(b.dir, n), b.keys != nil); err != nil {
			return err
		}
	}
	b.w.block(b.pending[class])
	b.pending[class] = b.pending[class][:0]
	if len(b.w.entries) < segmentBlocks {
		return nil
	}
	return b.seal()
}

func (b *Builder) seal() error {
	w := b.w
	b.w = nil
	return w.close()
}

// Close writes what is left and makes the folder a store. note is kept with it.
func (b *Builder) Close(note string) error {
	b.m.Note = note
	for class, list := range b.pending {
		if len(list) > 0 {
			if err := b.flush(class); err != nil {
				return fmt.Errorf("build gallery: %w", err)
			}
		}
	}
	if b.w != nil {
		if err := b.seal(); err != nil {
			return fmt.Errorf("build gallery: %w", err)
		}
	}
	b.m.Log, b.m.Next = b.m.Next, b.m.Next+1
	if err := writeSynced(logPath(b.dir, b.m.Log), nil); err != nil {
		return fmt.Errorf("build gallery: %w", err)
	}
	if err := writeManifest(b.dir, b.m); err != nil {
		return fmt.Errorf("build gallery: %w", err)
	}
	return nil
}

// each calls do for 0 to n-1 on several goroutines.
func each(n, workers int, do func(i int)) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(workers, n) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				do(i)
			}
		})
	}
	wg.Wait()
}

// encodeAll encodes people on all processors.
func encodeAll(people []Person) ([]encoded, error) {
	out, errs := make([]encoded, len(people)), make([]error, len(people))
	each(len(people), runtime.GOMAXPROCS(0), func(i int) { out[i], errs[i] = encode(people[i]) })
	return out, errors.Join(errs...)
}
