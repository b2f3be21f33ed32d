package registry

import (
	"database/sql"
	"errors"
	"fmt"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// Sentinels by which a caller decides. They come wrapped with what was being done; use errors.Is.
var (
	// ErrNotFound: there is no such row, or what was asked for has been destroyed.
	ErrNotFound = errors.New("not found")
	// ErrConflict: another value is already stored under this identifier. The caller must not overwrite it: the same
	// identifier with other content is a fault or an attack.
	ErrConflict = errors.New("conflicts with what is stored")
	// ErrState: the exchange or message is not in the state that the step starts from; see StateError.
	ErrState = errors.New("not in the expected state")
	// ErrInvalid: a value that the registry refuses to store.
	ErrInvalid = errors.New("invalid value")
	// ErrDiskFull: nothing of the transaction was written. Free space and repeat the step.
	ErrDiskFull = errors.New("disk full")
	// ErrCorrupt: the database, or a sealed datum in it, is damaged or was altered. Stop and restore.
	ErrCorrupt = errors.New("database damaged")
	// ErrLocked: another process has the database open.
	ErrLocked = errors.New("database in use by another process")
	// ErrForeign: the file is not a registry of Convenio.
	ErrForeign = errors.New("not a convenio registry")
	// ErrNewer: the database was written by a newer version of the program.
	ErrNewer = errors.New("database of a newer version")
	// ErrMasterKey: the database was made with another master key.
	ErrMasterKey = errors.New("wrong master key")
	// ErrScrubPending: the key is destroyed, but a reader still holds old pages in the write-ahead log. Call
	// Store.Scrub again; the store does so by itself until it succeeds.
	ErrScrubPending = errors.New("old pages not yet overwritten")
	// ErrClosed: the store was closed.
	ErrClosed = errors.New("registry closed")
)

// StateError says in which state an exchange or message was found; it is an ErrState.
type StateError struct{ What, ID, Want, Have string }

func (e *StateError) Error() string {
	return fmt.Sprintf("%s %s is in state %q, the step starts from %q", e.What, e.ID, e.Have, e.Want)
}

// Is makes errors.Is(err, ErrState) true.
func (e *StateError) Is(target error) bool { return target == ErrState }

// failed wraps err with the act and turns the database's codes into the sentinels above.
func failed(act string, err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("%s: %w", act, ErrNotFound)
	}
	if kind := kindOf(err); kind != nil && !errors.Is(err, kind) {
		return fmt.Errorf("%s: %w: %w", act, kind, err)
	}
	return fmt.Errorf("%s: %w", act, err)
}

// kindOf maps an SQLite result code (sqlite.org/rescode.html) to a sentinel, nil when there is none.
func kindOf(err error) error {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return nil
	}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_FULL:
		return ErrDiskFull
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return ErrCorrupt
	}
	switch e.Code() {
	case sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY:
		return ErrConflict
	case sqlite3.SQLITE_CONSTRAINT_CHECK:
		return ErrInvalid
	case sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY:
		return ErrNotFound
	}
	return nil
}

func invalid(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{ErrInvalid}, args...)...)
}

// maxID is the longest identifier stored, in bytes.
const maxID = 256

// checkID refuses empty, overlong and unprintable identifiers, so that no key, log line or query carries them.
func checkID(what, id string) error {
	if id == "" || len(id) > maxID {
		return invalid("%s must have 1 to %d bytes, has %d", what, maxID, len(id))
	}
	for _, r := range id {
		if r < 0x20 || r == 0x7f || r == 0xfffd {
			return invalid("%s holds a control or broken character", what)
		}
	}
	return nil
}
