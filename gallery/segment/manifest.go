package segment

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// manifest names the files that make up a store. It is replaced as a whole, by renaming: before that the old files count,
// after it the new ones.
type manifest struct {
	Segments []int  `json:"segments"`
	Log      int    `json:"log"`
	Next     int    `json:"next"`           // number of the next file
	Note     string `json:"note,omitempty"` // what whoever built the store wants to find again
	Sealed   bool   `json:"sealed,omitempty"`
}

const manifestName = "store"

func segmentPath(dir string, n int) string { return filepath.Join(dir, fmt.Sprintf("%06d.seg", n)) }
func logPath(dir string, n int) string     { return filepath.Join(dir, fmt.Sprintf("%06d.log", n)) }

func readManifest(dir string) (manifest, error) {
	b, err := os.ReadFile(filepath.Join(dir, manifestName))
	if errors.Is(err, fs.ErrNotExist) {
		return manifest{Next: 1}, nil
	}
	if err != nil {
		return manifest{}, err
	}
	sum, body, ok := bytes.Cut(b, []byte("\n"))
	if !ok || string(sum) != fmt.Sprintf("%08x", checksum(body)) {
		return manifest{}, fmt.Errorf("%s: %w: manifest", dir, ErrDamaged)
	}
	var m manifest
	if err := json.Unmarshal(body, &m); err != nil {
		return m, fmt.Errorf("%s: %w: manifest: %w", dir, ErrDamaged, err)
	}
	return m, nil
}

func writeManifest(dir string, m manifest) error {
	body, err := json.Marshal(m)
	if err != nil {
		return err
	}
	path := filepath.Join(dir, manifestName)
	if err := writeSynced(path+".new", fmt.Appendf(nil, "%08x\n%s", checksum(body), body)); err != nil {
		return err
	}
	if err := os.Rename(path+".new", path); err != nil {
		return err
	}
	return syncDir(dir)
}

func writeSynced(path string, b []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	return errors.Join(err, f.Sync(), f.Close())
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// sweep destroys the store's files that the manifest does not name: they were replaced, or never finished.
func sweep(dir string, m manifest) error {
	live := map[string]bool{logPath(dir, m.Log): true}
	for _, n := range m.Segments {
		live[segmentPath(dir, n)] = true
	}
	list, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range list {
		path := filepath.Join(dir, e.Name())
		ours := strings.HasSuffix(path, ".seg") || strings.HasSuffix(path, ".log") || e.Name() == manifestName+".new"
		if !ours || live[path] || !e.Type().IsRegular() {
			continue
		}
		if err := destroy(path); err != nil {
			return fmt.Errorf("destroy %s: %w", path, err)
		}
	}
	return nil
}

// destroy overwrites a file with zeros and removes it. A file that is not there is destroyed already.
func destroy(path string) error { return destroySlowly(path, func(int) error { return nil }) }

// destroySlowly calls pace with the number of bytes after each part, and goes on only without an error.
func destroySlowly(path string, pace func(n int) error) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	info, err := f.Stat()
	zeros := make([]byte, 1<<20)
	for at := int64(0); err == nil && at < info.Size(); at += int64(len(zeros)) {
		n := min(int64(len(zeros)), info.Size()-at)
		if _, err = f.WriteAt(zeros[:n], at); err == nil {
			err = pace(int(n))
		}
	}
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
