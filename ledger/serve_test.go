package ledger_test

import (
	"context"
	"errors"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"convenio/ledger"
)

func TestHandler(t *testing.T) {
	l, _, _ := proven(t, 300)
	if err := l.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	h := l.Handler()
	cases := []struct {
		method, path string
		status       int
		contentType  string
	}{
		{"GET", "/checkpoint", 200, "text/plain; charset=utf-8"},
		{"HEAD", "/checkpoint", 200, "text/plain; charset=utf-8"},
		{"GET", "/tile/0/000", 200, "application/octet-stream"},
		{"GET", "/tile/entries/000", 200, "application/octet-stream"},
		{"GET", "/tile/entries/001.p/44", 200, "application/octet-stream"},
		{"GET", "/tile/1/000.p/1", 200, "application/octet-stream"},
		{"POST", "/checkpoint", 405, ""},
		{"DELETE", "/tile/0/000", 405, ""},
		{"GET", "/", 404, ""},
		{"GET", "/ledger.lock", 404, ""},
		{"GET", "/.state/treeState", 404, ""},
		{"GET", "/tile", 404, ""},
		{"GET", "/tile/0/", 404, ""},
		{"GET", "/tile/0/000.p", 404, ""},
		{"GET", "/tile/0/000.p/0", 404, ""},
		{"GET", "/tile/0/000.p/256", 404, ""},
		{"GET", "/tile/64/000", 404, ""},
		{"GET", "/tile/00/000", 404, ""},
		{"GET", "/tile/0/0001", 404, ""},
		{"GET", "/tile/0/999", 404, ""},
		{"GET", "/tile/../.state/treeState", 404, ""},
		{"GET", "/tile/0/%2e%2e/%2e%2e/ledger.lock", 404, ""},
		{"GET", "/checkpoint/", 404, ""},
		{"GET", "//checkpoint", 404, ""},
		{"GET", "/checkpoint%00", 404, ""},
		{"GET", "/checkpoint%0a", 404, ""},
	}
	for _, c := range cases {
		t.Run(c.method+" "+c.path, func(t *testing.T) {
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequest(c.method, c.path, nil))
			if w.Code != c.status {
				t.Fatalf("status %d, want %d: %s", w.Code, c.status, w.Body)
			}
			if c.contentType != "" && w.Header().Get("Content-Type") != c.contentType {
				t.Fatalf("content type %q", w.Header().Get("Content-Type"))
			}
		})
	}
	if b, err := fs.ReadFile(l.FS(), "checkpoint"); err != nil || len(b) == 0 {
		t.Fatalf("FS: %v", err)
	}
}

func TestHandlerFollowsNoLinkOut(t *testing.T) {
	dir := t.TempDir()
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(secret, filepath.Join(dir, "checkpoint")); err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	ledger.Handler(dir).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/checkpoint", nil))
	if w.Code != http.StatusNotFound {
		t.Fatalf("status %d: %s", w.Code, w.Body)
	}
	if _, err := ledger.DirSource(dir).ReadCheckpoint(t.Context()); err == nil {
		t.Fatal("DirSource followed the link")
	}
}

// TestHostileServer: what a server may do to whoever loads from it.
func TestHostileServer(t *testing.T) {
	s, v := keys(t, origin)
	dir := t.TempDir()
	if err := ledger.Write(t.Context(), dir, s, entries(30)); err != nil {
		t.Fatal(err)
	}
	good := ledger.Handler(dir)
	endless := func(w http.ResponseWriter) {
		chunk := make([]byte, 1<<16)
		for range 1 << 10 { // 64 MiB: far over any bound of the format
			if _, err := w.Write(chunk); err != nil {
				return
			}
		}
	}
	cases := map[string]struct {
		path   string
		serve  func(w http.ResponseWriter)
		damage ledger.Damage // "" for an error that is no LoadError
	}{
		"endless checkpoint": {"/checkpoint", endless, ledger.BadCheckpoint},
		"endless bundle":     {"/tile/entries/000.p/30", endless, ledger.Missing},
		"endless tile":       {"/tile/0/000.p/30", endless, ledger.TileDamaged},
		"no bundle":          {"/tile/entries/000.p/30", func(w http.ResponseWriter) { w.WriteHeader(http.StatusNotFound) }, ledger.Missing},
		"server error":       {"/tile/entries/000.p/30", func(w http.ResponseWriter) { w.WriteHeader(http.StatusInternalServerError) }, ""},
		"claims 2^50 entries": {"/checkpoint", func(w http.ResponseWriter) {
			_, _ = w.Write([]byte(origin + "\n1125899906842624\nAAAA\n\n"))
		}, ""},
		"claims a million entries": {"/checkpoint", func(w http.ResponseWriter) {
			_, _ = w.Write([]byte(origin + "\n1000000\nAAAA\n\n"))
		}, ledger.BadCheckpoint},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == c.path {
					c.serve(w)
					return
				}
				good.ServeHTTP(w, r)
			}))
			defer srv.Close()
			base, err := url.Parse(srv.URL)
			if err != nil {
				t.Fatal(err)
			}
			_, err = ledger.Load(t.Context(), ledger.HTTPSource(base, srv.Client()), v, origin)
			var le *ledger.LoadError
			if errors.As(err, &le) != (c.damage != "") || err == nil || (le != nil && le.What != c.damage) {
				t.Fatalf("Load: %v", err)
			}
		})
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if b, err := ledger.Load(ctx, ledger.DirSource(dir), v, origin); !errors.Is(err, context.Canceled) || b != nil {
		t.Fatalf("cancelled Load: %v", err)
	}
}
