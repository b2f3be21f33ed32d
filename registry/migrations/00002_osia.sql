-- What a national system keeps here through OSIA's ABIS interface, apart from subjects: the partner's searches do not read it.
-- Ids given from outside may be national identity numbers: they are only in vault and, for finding them, as keyed digests.

-- +goose Up
CREATE TABLE osia_encounters (
	seq        INTEGER PRIMARY KEY,
	id         TEXT NOT NULL UNIQUE,
	name_index BLOB UNIQUE CHECK (length(name_index) = 32),
	created    INTEGER NOT NULL,
	ended      INTEGER NOT NULL DEFAULT 0,
	CHECK ((name_index IS NULL) = (ended > 0))
) STRICT;

CREATE TABLE osia_tasks (
	seq      INTEGER PRIMARY KEY,
	id       TEXT NOT NULL UNIQUE,
	state    TEXT NOT NULL CHECK (state IN ('PENDING', 'RESPONSE_SCHEDULED', 'RESPONSE_ERROR', 'RESPONSE_RETRY', 'COMPLETED')),
	priority INTEGER NOT NULL CHECK (priority BETWEEN 0 AND 9),
	attempts INTEGER NOT NULL,
	next     INTEGER NOT NULL,
	expires  INTEGER NOT NULL,
	ended    INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX osia_tasks_living ON osia_tasks (seq) WHERE ended = 0;
