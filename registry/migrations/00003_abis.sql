-- What a national ABIS that holds this node's people has been told of them. The rows follow subjects by themselves, in the
-- transaction that changes a subject: nothing is enrolled, moved or erased without a row that says what the ABIS still has to
-- be told. due counts the changes since the ABIS was last known to be right; 0 is right.

-- +goose Up
CREATE TABLE abis_people (
	seq     INTEGER PRIMARY KEY,
	subject TEXT NOT NULL UNIQUE REFERENCES subjects (id),
	person  TEXT NOT NULL UNIQUE,
	held    TEXT NOT NULL DEFAULT '',
	told    TEXT,
	due     INTEGER NOT NULL DEFAULT 1 CHECK (due >= 0),
	refused INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX abis_people_due ON abis_people (seq) WHERE due > 0;
CREATE INDEX abis_people_there ON abis_people (seq) WHERE due > 0 AND (held <> '' OR told IS NOT NULL);
CREATE INDEX abis_people_held ON abis_people (held);

CREATE TABLE abis_tasks (
	id       TEXT PRIMARY KEY,
	exchange TEXT NOT NULL,
	token    BLOB NOT NULL CHECK (length(token) = 32),
	task     TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;

-- +goose StatementBegin
CREATE TRIGGER abis_enrolled AFTER INSERT ON subjects WHEN EXISTS (SELECT 1 FROM meta WHERE name = 'abis') BEGIN
	INSERT INTO abis_people (subject, person) VALUES (NEW.id, lower(hex(randomblob(16))));
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER abis_changed AFTER UPDATE OF class_id ON subjects WHEN NEW.class_id IS NOT OLD.class_id BEGIN
	UPDATE abis_people SET due = due + 1, refused = 0 WHERE subject = NEW.id;
END;
-- +goose StatementEnd
