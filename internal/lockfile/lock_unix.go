//go:build unix

package lockfile

import (
	"errors"
	"os"
	"syscall"
)

func open(path string, mode os.FileMode) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, mode)
	if err != nil {
		return nil, err
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		err = held(f)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// release unlocks before it closes. Closing alone would not do: a process that is being started holds a copy of the open
// file from its fork until its exec, and the lock lasts until the last copy is closed.
func release(f *os.File) error {
	return errors.Join(syscall.Flock(int(f.Fd()), syscall.LOCK_UN), f.Close())
}
