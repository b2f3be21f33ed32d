package ledger

import (
	"syscall"
	"testing"
)

// TestLockEndsWithItsHolder: a copy of the open file, as a process has that is just being started, does not keep the lock.
func TestLockEndsWithItsHolder(t *testing.T) {
	dir := t.TempDir()
	f, err := lockDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	copied, err := syscall.Dup(int(f.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Close(copied)
	if err := unlockDir(f); err != nil {
		t.Fatal(err)
	}
	again, err := lockDir(dir)
	if err != nil {
		t.Fatalf("the lock was given up, yet: %v", err)
	}
	if err := unlockDir(again); err != nil {
		t.Fatal(err)
	}
}
