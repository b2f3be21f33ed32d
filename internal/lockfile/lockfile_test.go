//go:build unix

package lockfile

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// A lock is one holder's until it is released, and says whose it is.
func TestOneHolder(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	l, err := Acquire(path, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	_, err = Acquire(path, 0o600)
	if !errors.Is(err, ErrHeld) || !strings.Contains(err.Error(), fmt.Sprint("process ", os.Getpid())) || !strings.Contains(err.Error(), path) {
		t.Errorf("a second holder: %v", err)
	}
	if err := l.Release(); err != nil {
		t.Fatal(err)
	}
	again, err := Acquire(path, 0o600)
	if err != nil {
		t.Fatalf("the lock was given up, yet: %v", err)
	}
	if err := again.Release(); err != nil {
		t.Fatal(err)
	}
	var none *Lock
	if err := none.Release(); err != nil {
		t.Error(err)
	}
	if _, err := Acquire(filepath.Join(path, "below a file"), 0o600); err == nil || errors.Is(err, ErrHeld) {
		t.Errorf("a path that cannot be: %v", err)
	}
}

// A copy of the open file, as a process has that is just being started, does not keep the lock.
func TestLockEndsWithItsHolder(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	l, err := Acquire(path, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	copied, err := syscall.Dup(int(l.file.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Close(copied)
	if err := l.Release(); err != nil {
		t.Fatal(err)
	}
	again, err := Acquire(path, 0o600)
	if err != nil {
		t.Fatalf("the lock was given up, yet: %v", err)
	}
	if err := again.Release(); err != nil {
		t.Fatal(err)
	}
}
