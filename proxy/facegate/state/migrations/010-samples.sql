-- pictures that passed, for a person to say how many faces the detector misses; see samples/
CREATE TABLE samples (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    job TEXT NOT NULL,
    digest TEXT NOT NULL,
    codings TEXT NOT NULL CHECK (json_valid(codings)),
    size INTEGER NOT NULL,
    kind TEXT NOT NULL,
    rate REAL NOT NULL,
    versions TEXT NOT NULL CHECK (json_valid(versions)),
    at TEXT NOT NULL,
    expires TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'face', 'no-face', 'expired')),
    wrapped_key BLOB,                       -- NULL: its bytes are destroyed
    decided TEXT,
    by TEXT,
    why TEXT NOT NULL DEFAULT '',
    CHECK ((wrapped_key IS NULL) = (state <> 'open')),
    CHECK ((decided IS NULL) = (state IN ('open', 'expired')))
) STRICT;
CREATE INDEX samples_open ON samples (seq) WHERE state = 'open';
CREATE INDEX samples_at ON samples (at);
