//go:build unix

package registry

import (
	"path/filepath"
	"syscall"
	"testing"
)

// TestLockEndsWithItsHolder: a copy of the open file, as a process has that is just being started, does not keep the lock.
func TestLockEndsWithItsHolder(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	f, err := acquireLock(path)
	if err != nil {
		t.Fatal(err)
	}
	copied, err := syscall.Dup(int(f.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Close(copied)
	if err := releaseLock(f); err != nil {
		t.Fatal(err)
	}
	again, err := acquireLock(path)
	if err != nil {
		t.Fatalf("the lock was given up, yet: %v", err)
	}
	if err := releaseLock(again); err != nil {
		t.Fatal(err)
	}
}
