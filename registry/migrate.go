package registry

import (
	"context"
	"crypto/subtle"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
)

//go:embed migrations/*.sql
var migrations embed.FS

// applicationID marks our files, "CVNO" in ASCII (sqlite.org/pragma.html#pragma_application_id).
const applicationID = 0x43564e4f

// recognise refuses a file that is not ours before anything in it is changed.
func recognise(ctx context.Context, path string) error {
	db, err := sql.Open("sqlite", dataSource(path, "_query_only=1"))
	if err != nil {
		return failed("look at file", err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	var id, tables int64
	err = db.QueryRowContext(ctx, "SELECT a.application_id, (SELECT count(*) FROM sqlite_schema) FROM pragma_application_id a").Scan(&id, &tables)
	if errors.Is(kindOf(err), ErrCorrupt) {
		return fmt.Errorf("%w: the file is no SQLite database, or its first page is damaged; name another file", ErrForeign)
	}
	if err != nil {
		return failed("look at file", err)
	}
	if id == applicationID || (id == 0 && tables == 0) {
		return nil
	}
	return fmt.Errorf("%w: application id %#x, %d tables; name another file", ErrForeign, id, tables)
}

// migrate brings the schema to the version of this program and refuses a newer or altered one.
func migrate(ctx context.Context, db *sql.DB) error {
	if _, err := db.ExecContext(ctx, fmt.Sprintf("PRAGMA application_id = %d", applicationID)); err != nil {
		return failed("mark file", err)
	}
	dir, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	provider, err := goose.NewProvider(goose.DialectSQLite3, db, dir, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return failed("prepare migrations", err)
	}
	current, target, err := provider.GetVersions(ctx)
	if err != nil {
		return failed("read schema version", err)
	}
	if current > target {
		return fmt.Errorf("%w: it has schema %d, this program knows %d; run the newer program", ErrNewer, current, target)
	}
	if _, err := provider.Up(ctx); err != nil {
		return failed(fmt.Sprintf("migrate schema from %d to %d", current, target), err)
	}
	return nil
}

// checkMasterKey stores what recognises the master key at first use and compares it later.
func (s *Store) checkMasterKey(ctx context.Context) error {
	return s.Tx(ctx, func(tx *Tx) error {
		have, err := tx.Meta(metaMasterCheck)
		if errors.Is(err, ErrNotFound) {
			return tx.SetMeta(metaMasterCheck, s.master.check)
		}
		if err != nil {
			return err
		}
		if subtle.ConstantTimeCompare(have, s.master.check) != 1 {
			return fmt.Errorf("%w: this database was made with a different one", ErrMasterKey)
		}
		return nil
	})
}
