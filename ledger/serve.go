package ledger

import (
	"io/fs"
	"net/http"
	"os"
	"regexp"
	"strings"
	"time"

	"github.com/transparency-dev/tessera/api/layout"
)

// resourcePath matches the paths of c2sp.org/tlog-tiles and nothing else: no lock file, no private state, no half-written
// file, no way out of the folder.
var resourcePath = regexp.MustCompile(
	`^(checkpoint|tile/(entries|[0-9]|[1-5][0-9]|6[0-3])/(x[0-9]{3}/)*[0-9]{3}(\.p/([1-9][0-9]?|1[0-9][0-9]|2[0-4][0-9]|25[0-5]))?)$`)

// FS gives the ledger's public resources, and only them, for reading.
func (l *Log) FS() fs.FS { return publicFS(l.cfg.Dir) }

// Handler serves the ledger's public resources over HTTP by their paths (checkpoint, tile/...): GET and HEAD alone.
// Who may read is for the caller to decide.
func (l *Log) Handler() http.Handler { return Handler(l.cfg.Dir) }

// Handler serves the public resources of a ledger folder, for instance a copy of one; see Log.Handler.
func Handler(dir string) http.Handler {
	root := publicFS(dir)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "read only", http.StatusMethodNotAllowed)
			return
		}
		name := strings.TrimPrefix(r.URL.Path, "/")
		b, err := fs.ReadFile(root, name)
		if err != nil {
			http.Error(w, "no such resource", http.StatusNotFound)
			return
		}
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		if name == layout.CheckpointPath {
			h.Set("Content-Type", "text/plain; charset=utf-8")
			h.Set("Cache-Control", "no-store")
		} else {
			h.Set("Content-Type", "application/octet-stream")
			h.Set("Cache-Control", "max-age=31536000, immutable")
		}
		http.ServeContent(w, r, "", time.Time{}, strings.NewReader(string(b)))
	})
}

// publicFS is a ledger folder seen through resourcePath.
type publicFS string

// Open opens one resource.
func (dir publicFS) Open(name string) (fs.File, error) {
	if !resourcePath.MatchString(name) {
		return nil, &fs.PathError{Op: "open", Path: "resource", Err: fs.ErrNotExist}
	}
	f, err := os.OpenInRoot(string(dir), name)
	if err != nil {
		return nil, err
	}
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		f.Close()
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return f, nil
}
