package segment

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Snapshot copies the present state into a folder that is not there yet: a store of its own. Searches go on, changes wait.
// Whoever is removed from this store is to be removed from its copies too.
func (s *Store) Snapshot(dir string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.log == nil {
		return fmt.Errorf("snapshot: %w", errClosed)
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		return fmt.Errorf("snapshot: %w", err)
	}
	for _, n := range s.m.Segments {
		if err := copyFile(segmentPath(dir, n), segmentPath(s.dir, n)); err != nil {
			return fmt.Errorf("snapshot: %w", err)
		}
	}
	if err := copyFile(logPath(dir, s.m.Log), logPath(s.dir, s.m.Log)); err != nil {
		return fmt.Errorf("snapshot: %w", err)
	}
	if err := writeManifest(dir, s.m); err != nil {
		return fmt.Errorf("snapshot: %w", err)
	}
	return syncDir(filepath.Dir(dir))
}

func copyFile(to, from string) error {
	src, err := os.Open(from)
	if err != nil {
		return err
	}
	defer src.Close()
	dst, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(dst, src)
	return errors.Join(err, dst.Sync(), dst.Close())
}
