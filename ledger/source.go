package ledger

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"

	"github.com/transparency-dev/tessera/api/layout"
)

// Bounds of what is read as one resource.
const (
	hashBytes      = 32
	maxTileBytes   = layout.TileWidth * hashBytes
	maxBundleBytes = layout.EntryBundleWidth * (2 + 1<<16)
)

// Source reads the resources of a tiled log. partial is the width of a partial tile or bundle, 0 for a full one.
// What is not there is an error that wraps fs.ErrNotExist; any other error says that reading failed.
type Source interface {
	ReadCheckpoint(ctx context.Context) ([]byte, error)
	ReadTile(ctx context.Context, level, index uint64, partial uint8) ([]byte, error)
	ReadEntryBundle(ctx context.Context, index uint64, partial uint8) ([]byte, error)
}

// DirSource reads a ledger's folder, or a copy of one. Links that lead out of it are not followed.
func DirSource(dir string) Source {
	return resources(func(ctx context.Context, path string, limit int64) ([]byte, error) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		f, err := os.OpenInRoot(dir, path)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		return readAll(f, path, limit)
	})
}

// HTTPSource reads a ledger below base, as Log.Handler serves it. c carries the TLS settings and the timeout.
func HTTPSource(base *url.URL, c *http.Client) Source {
	return resources(func(ctx context.Context, path string, limit int64) ([]byte, error) {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, base.JoinPath(path).String(), nil)
		if err != nil {
			return nil, err
		}
		resp, err := c.Do(req)
		if err != nil {
			return nil, err
		}
		defer resp.Body.Close()
		switch resp.StatusCode {
		case http.StatusOK:
			return readAll(resp.Body, path, limit)
		case http.StatusNotFound, http.StatusGone:
			return nil, fmt.Errorf("get %s: %s: %w", path, resp.Status, fs.ErrNotExist)
		}
		return nil, fmt.Errorf("get %s: %s", path, resp.Status)
	})
}

// resources is a Source that reads each resource by its path.
type resources func(ctx context.Context, path string, limit int64) ([]byte, error)

func (r resources) ReadCheckpoint(ctx context.Context) ([]byte, error) {
	return r(ctx, layout.CheckpointPath, maxCheckpointBytes)
}

func (r resources) ReadTile(ctx context.Context, level, index uint64, partial uint8) ([]byte, error) {
	return r(ctx, layout.TilePath(level, index, partial), maxTileBytes)
}

func (r resources) ReadEntryBundle(ctx context.Context, index uint64, partial uint8) ([]byte, error) {
	return r(ctx, layout.EntriesPath(index, partial), maxBundleBytes)
}

// errTooLong is what a resource over its bound is: damaged, not unreachable.
var errTooLong = errors.New("longer than the format allows")

func readAll(r io.Reader, path string, limit int64) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	if int64(len(b)) > limit {
		return nil, fmt.Errorf("read %s: %w", path, errTooLong)
	}
	return b, nil
}

// partialOrFull asks for a partial resource, and for the full one where the log has dropped the partial
// (c2sp.org/tlog-tiles, "Partial Tiles").
func partialOrFull(partial uint8, read func(partial uint8) ([]byte, error)) (b []byte, full bool, err error) {
	b, err = read(partial)
	if partial > 0 && errors.Is(err, fs.ErrNotExist) {
		if b, err := read(0); err == nil {
			return b, true, nil
		}
	}
	return b, partial == 0, err
}
