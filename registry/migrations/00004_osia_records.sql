-- Which record a partner's search may reach stands for which OSIA encounter. A row ends with the encounter's being within
-- reach; it stays when somebody else erased the record, so that the encounter does not come back. The digests are keyed.

-- +goose Up
CREATE TABLE osia_records (
	encounter TEXT PRIMARY KEY REFERENCES osia_encounters (id),
	subject   TEXT NOT NULL UNIQUE REFERENCES subjects (id),
	prints    BLOB NOT NULL CHECK (length(prints) = 32),
	facts     BLOB NOT NULL CHECK (length(facts) = 32)
) STRICT, WITHOUT ROWID;
