-- records whose key is destroyed, until their file is removed and the write-ahead log emptied
CREATE TABLE destroyed (
    id TEXT PRIMARY KEY,                 -- of the record
    at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
-- what is wrapped under which master key
CREATE INDEX records_key ON records (key_id) WHERE wrapped_key IS NOT NULL;
