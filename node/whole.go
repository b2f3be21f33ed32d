package node

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"convenio/registry"
)

// errNotWhole is for a folder whose registry and ledger do not know the same entries: a disk that is
// not mounted, a folder restored in part. To go on would be to sign another history.
var errNotWhole = errors.New("registry and ledger are not of the same moment: restore the whole folder, as one")

// ledgerThere refuses to begin a new ledger where the registry knows of an older one.
func (n *Node) ledgerThere(ctx context.Context) error {
	_, err := os.Stat(n.cfg.path(ledgerDir, "checkpoint"))
	if err == nil || !errors.Is(err, fs.ErrNotExist) {
		return nil // ledger.Open says what is wrong with it
	}
	known, err := n.store.JournalFrom(ctx, 0, 1)
	if err != nil {
		return fmt.Errorf("read journal: %w", err)
	}
	if len(known) > 0 {
		return fmt.Errorf("open ledger: %s holds none, and the registry knows its entries: %w", n.cfg.path(ledgerDir), errNotWhole)
	}
	return nil
}

// ledgerFits refuses a ledger that ends before an entry that the registry has seen in it, and one
// that holds entries where the registry is new.
func (n *Node) ledgerFits(ctx context.Context) error {
	dir, size := n.cfg.path(ledgerDir), n.log.Size()
	beyond, err := n.store.JournalFrom(ctx, size, 1)
	if err != nil {
		return fmt.Errorf("read journal: %w", err)
	}
	if len(beyond) > 0 {
		return fmt.Errorf("open ledger: %s has %d entries, and the registry knows entry #%d: %w", dir, size, beyond[0].Index, errNotWhole)
	}
	_, err = n.store.Journal(ctx, "genesis")
	if size > 0 && errors.Is(err, registry.ErrNotFound) {
		return fmt.Errorf("open ledger: %s has %d entries, and the registry knows none: %w", dir, size, errNotWhole)
	}
	if err != nil && !errors.Is(err, registry.ErrNotFound) {
		return fmt.Errorf("read journal: %w", err)
	}
	return nil
}
