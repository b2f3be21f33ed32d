package ledger

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"convenio/internal/lockfile"
)

// lockName stands in the ledger's folder; it is never served.
const lockName = "ledger.lock"

// ErrLocked is returned by Open when another process, or another Log of this one, holds the ledger.
var ErrLocked = errors.New("ledger is held by another process")

// lockDir takes the exclusive lock of a ledger folder.
func lockDir(dir string) (*lockfile.Lock, error) {
	l, err := lockfile.Acquire(filepath.Join(dir, lockName), 0o644)
	if errors.Is(err, lockfile.ErrHeld) {
		return nil, fmt.Errorf("%w: process %d cannot start on %s: %w: stop that one first", ErrLocked, os.Getpid(), dir, err)
	}
	return l, err
}
