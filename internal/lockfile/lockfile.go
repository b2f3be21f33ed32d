// Package lockfile keeps a second process, and a second opening in the same one, away from a folder or a file. The system
// gives the lock up when the process ends, however it ends.
package lockfile

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// ErrHeld says that somebody else has the lock.
var ErrHeld = errors.New("held by another process")

// Lock is a lock that is held.
type Lock struct{ file *os.File }

// Acquire takes the lock of a path, making the file with the mode if there is none. It does not wait: it fails with ErrHeld,
// and names the process that wrote its number there, when the lock is somebody else's.
func Acquire(path string, mode os.FileMode) (*Lock, error) {
	f, err := open(path, mode)
	if errors.Is(err, ErrHeld) {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if err != nil {
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	// The number serves the message alone: a full disk must not keep anything from opening.
	if f.Truncate(0) == nil {
		_, _ = f.WriteAt(fmt.Appendf(nil, "%d\n", os.Getpid()), 0)
	}
	return &Lock{f}, nil
}

// Release gives the lock up at once. It may be called on nil.
func (l *Lock) Release() error {
	if l == nil {
		return nil
	}
	return release(l.file)
}

// held makes the error, with the holder's number where it can be read.
func held(f io.Reader) error {
	b, _ := io.ReadAll(io.LimitReader(f, 32))
	if n := strings.TrimSpace(string(b)); n != "" {
		return fmt.Errorf("%w: process %s", ErrHeld, n)
	}
	return ErrHeld
}
