-- Times are milliseconds since 1970 UTC, 0 for none. Protected data are only in vault, data keys only in key_slots.

-- +goose Up
CREATE TABLE meta (
	name  TEXT PRIMARY KEY,
	value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Rows of key_slots and vault are appended and blanked in place, never deleted: a page whose rows only arrive at its end
-- is never split or merged, so that no copy of a row stays behind in the slack of another page.
CREATE TABLE key_slots (
	id      INTEGER PRIMARY KEY,
	wrapped BLOB NOT NULL CHECK (length(wrapped) = 60)
) STRICT;

CREATE TABLE keys (
	id       INTEGER PRIMARY KEY REFERENCES key_slots (id),
	purpose  TEXT NOT NULL,
	owner    TEXT NOT NULL,
	created  INTEGER NOT NULL,
	deadline INTEGER NOT NULL,
	UNIQUE (purpose, owner)
) STRICT;
CREATE INDEX keys_deadline ON keys (deadline) WHERE deadline > 0;

CREATE TABLE vault (
	id     INTEGER PRIMARY KEY,
	key_id INTEGER REFERENCES key_slots (id),
	name   TEXT,
	data   BLOB
) STRICT;
CREATE UNIQUE INDEX vault_name ON vault (key_id, name) WHERE key_id IS NOT NULL;

CREATE TABLE classes (
	id    INTEGER PRIMARY KEY,
	class TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE subjects (
	seq         INTEGER PRIMARY KEY,
	id          TEXT NOT NULL UNIQUE,
	class_id    INTEGER REFERENCES classes (id),
	idempotency BLOB UNIQUE,
	created     INTEGER NOT NULL,
	erased      INTEGER NOT NULL DEFAULT 0,
	CHECK ((class_id IS NULL) = (erased > 0))
) STRICT;
CREATE INDEX subjects_class ON subjects (class_id);

CREATE TABLE samples (
	id       INTEGER PRIMARY KEY,
	subject  INTEGER NOT NULL REFERENCES subjects (seq),
	position INTEGER NOT NULL CHECK (position BETWEEN 0 AND 255),
	quality  INTEGER NOT NULL CHECK (quality BETWEEN 0 AND 255)
) STRICT;
CREATE INDEX samples_subject ON samples (subject);

CREATE TABLE exchanges (
	seq           INTEGER PRIMARY KEY,
	id            TEXT NOT NULL UNIQUE,
	side          TEXT NOT NULL CHECK (side IN ('asking', 'answering')),
	partner       TEXT NOT NULL,
	agreement     TEXT NOT NULL,
	kind          TEXT NOT NULL,
	purpose       TEXT NOT NULL,
	ground        TEXT NOT NULL,
	state         TEXT NOT NULL,
	outcome       TEXT NOT NULL,
	reference     TEXT NOT NULL,
	subject_index BLOB,
	idempotency   BLOB UNIQUE,
	created       INTEGER NOT NULL,
	updated       INTEGER NOT NULL,
	deadline      INTEGER NOT NULL,
	ended         INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX exchanges_state ON exchanges (state, seq);
CREATE INDEX exchanges_reference ON exchanges (partner, reference) WHERE reference <> '';
CREATE INDEX exchanges_subject ON exchanges (subject_index) WHERE subject_index IS NOT NULL;

CREATE TABLE candidates (
	exchange      TEXT NOT NULL REFERENCES exchanges (id),
	rank          INTEGER NOT NULL CHECK (rank > 0),
	subject_index BLOB NOT NULL,
	PRIMARY KEY (exchange, rank)
) STRICT, WITHOUT ROWID;
CREATE INDEX candidates_subject ON candidates (subject_index);

CREATE TABLE verdicts (
	exchange TEXT NOT NULL REFERENCES exchanges (id),
	rank     INTEGER NOT NULL CHECK (rank > 0),
	examiner TEXT NOT NULL,
	verdict  TEXT NOT NULL,
	at       INTEGER NOT NULL,
	PRIMARY KEY (exchange, rank, examiner)
) STRICT, WITHOUT ROWID;

CREATE TABLE approvals (
	exchange TEXT NOT NULL REFERENCES exchanges (id),
	subject  TEXT NOT NULL,
	approver TEXT NOT NULL,
	decision TEXT NOT NULL,
	at       INTEGER NOT NULL,
	PRIMARY KEY (exchange, subject, approver)
) STRICT, WITHOUT ROWID;

CREATE TABLE disclosures (
	id       TEXT PRIMARY KEY,
	exchange TEXT NOT NULL REFERENCES exchanges (id),
	received INTEGER NOT NULL,
	deadline INTEGER NOT NULL,
	ended    INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE INDEX disclosures_exchange ON disclosures (exchange);

CREATE TABLE inbox (
	seq      INTEGER PRIMARY KEY,
	peer     TEXT NOT NULL,
	id       TEXT NOT NULL,
	digest   BLOB NOT NULL UNIQUE CHECK (length(digest) = 32),
	received INTEGER NOT NULL,
	state    TEXT NOT NULL CHECK (state IN ('accepted', 'refused')),
	receipt  BLOB,
	UNIQUE (peer, id)
) STRICT;

CREATE TABLE outbox (
	seq      INTEGER PRIMARY KEY,
	id       TEXT NOT NULL UNIQUE,
	exchange TEXT NOT NULL,
	peer     TEXT NOT NULL,
	entry    TEXT NOT NULL,
	state    TEXT NOT NULL CHECK (state IN ('pending', 'delivered', 'rejected', 'expired')),
	attempts INTEGER NOT NULL,
	next     INTEGER NOT NULL,
	expires  INTEGER NOT NULL,
	created  INTEGER NOT NULL,
	receipt  BLOB
) STRICT;
CREATE INDEX outbox_due ON outbox (next, seq) WHERE state = 'pending';
CREATE INDEX outbox_exchange ON outbox (exchange);

CREATE TABLE journal (
	seq          INTEGER PRIMARY KEY,
	id           TEXT NOT NULL UNIQUE,
	exchange     TEXT NOT NULL,
	entry        BLOB NOT NULL,
	ledger_index INTEGER UNIQUE
) STRICT;
CREATE INDEX journal_exchange ON journal (exchange, seq);
CREATE INDEX journal_pending ON journal (seq) WHERE ledger_index IS NULL;

CREATE TABLE quota_uses (
	quota        TEXT NOT NULL,
	window_start INTEGER NOT NULL,
	exchange     TEXT NOT NULL,
	PRIMARY KEY (quota, window_start, exchange)
) STRICT, WITHOUT ROWID;

CREATE TABLE tokens (
	hash      BLOB PRIMARY KEY CHECK (length(hash) = 32),
	label     TEXT NOT NULL UNIQUE,
	role      TEXT NOT NULL,
	authority TEXT NOT NULL,
	created   INTEGER NOT NULL,
	revoked   INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE TABLE notices (
	agreement TEXT NOT NULL,
	party     TEXT NOT NULL,
	sequence  INTEGER NOT NULL,
	kind      TEXT NOT NULL,
	signed    BLOB NOT NULL,
	received  INTEGER NOT NULL,
	PRIMARY KEY (agreement, party, sequence)
) STRICT, WITHOUT ROWID;

CREATE TABLE peers (
	peer TEXT PRIMARY KEY,
	size INTEGER NOT NULL,
	root BLOB NOT NULL CHECK (length(root) = 32),
	seen INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

