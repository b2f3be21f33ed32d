//go:build unix

package registry

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// acquireLock takes the exclusive advisory lock beside the database. The system frees it when the process ends, however it ends.
func acquireLock(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open lock file: %w", err)
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		f.Close()
		return nil, fmt.Errorf("%s: %w: stop it first", path, ErrLocked)
	}
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	return f, nil
}

// releaseLock gives the lock up at once. Closing alone would not: a process that is being started holds a copy of the open
// file from its fork until its exec, and the lock lasts until the last copy is closed.
func releaseLock(f *os.File) error {
	return errors.Join(syscall.Flock(int(f.Fd()), syscall.LOCK_UN), f.Close())
}
