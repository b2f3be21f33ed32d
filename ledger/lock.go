package ledger

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// lockName stands in the ledger's folder; it is never served.
const lockName = "ledger.lock"

// ErrLocked is returned by Open when another process, or another Log of this one, holds the ledger.
var ErrLocked = errors.New("ledger is held by another process")

// lockDir takes the exclusive lock of a ledger folder. The kernel drops it when the process ends, however it ends.
func lockDir(dir string) (*os.File, error) {
	path := filepath.Join(dir, lockName)
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, fmt.Errorf("open lock file: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		holder, _ := io.ReadAll(io.LimitReader(f, 32))
		f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("%w: process %d cannot start on %s, process %s writes to it: stop that one first",
				ErrLocked, os.Getpid(), dir, strings.TrimSpace(string(holder)))
		}
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	// The number serves the message above alone: a full disk must not keep a ledger from opening.
	if f.Truncate(0) == nil {
		_, _ = f.WriteAt(fmt.Appendf(nil, "%d\n", os.Getpid()), 0)
	}
	return f, nil
}

// unlockDir gives the lock up at once. Closing alone would not: a process that is being started holds a copy of the open
// file from its fork until its exec, and the lock lasts until the last copy is closed.
func unlockDir(f *os.File) error {
	return errors.Join(syscall.Flock(int(f.Fd()), syscall.LOCK_UN), f.Close())
}
