CREATE TABLE schema_version (version INTEGER PRIMARY KEY, at TEXT NOT NULL) STRICT;

-- counters that tell a poller which part changed; see registry.py
CREATE TABLE changes (part TEXT PRIMARY KEY, counter INTEGER NOT NULL) STRICT;
INSERT INTO changes VALUES ('jobs', 0);

CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;

CREATE TABLE users (
    name TEXT PRIMARY KEY COLLATE NOCASE,
    role TEXT NOT NULL CHECK (role IN ('operator', 'reviewer', 'admin')),
    password_hash TEXT NOT NULL,
    added TEXT NOT NULL
) STRICT;

CREATE TABLE jobs (
    id TEXT PRIMARY KEY,
    operator TEXT NOT NULL,
    purpose TEXT NOT NULL,
    scope TEXT NOT NULL CHECK (json_valid(scope)),
    fingerprint TEXT NOT NULL,           -- sha256 of what the approver saw; see jobs.fingerprint
    kind TEXT NOT NULL CHECK (kind IN ('untargeted', 'individual', 'group')),
    expires TEXT,
    max_releases INTEGER CHECK (max_releases > 0),
    releases INTEGER NOT NULL DEFAULT 0 CHECK (max_releases IS NULL OR releases <= max_releases),
    state TEXT NOT NULL CHECK (state IN ('pending', 'active', 'revoked')),
    token_hash BLOB NOT NULL CHECK (length(token_hash) = 32),
    registered TEXT NOT NULL,
    approved TEXT,
    approver TEXT,
    revoked TEXT,
    CHECK (kind = 'untargeted' OR state <> 'active' OR approver IS NOT NULL)
) STRICT;
CREATE TRIGGER jobs_inserted AFTER INSERT ON jobs
    BEGIN UPDATE changes SET counter = counter + 1 WHERE part = 'jobs'; END;
CREATE TRIGGER jobs_updated AFTER UPDATE OF state, token_hash ON jobs
    BEGIN UPDATE changes SET counter = counter + 1 WHERE part = 'jobs'; END;
CREATE TRIGGER jobs_frozen BEFORE UPDATE OF id, operator, purpose, scope, fingerprint, kind, expires, max_releases
    ON jobs BEGIN SELECT RAISE(ABORT, 'a registered job is frozen'); END;

CREATE TABLE records (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,  -- newest first by key: paging stays flat
    id TEXT NOT NULL UNIQUE,
    job TEXT NOT NULL,
    url TEXT NOT NULL,
    host TEXT NOT NULL,
    digest TEXT NOT NULL,
    size INTEGER NOT NULL,
    content_type TEXT NOT NULL,
    codings TEXT NOT NULL CHECK (json_valid(codings)),
    reason TEXT NOT NULL,
    findings TEXT NOT NULL CHECK (json_valid(findings)),
    faces INTEGER NOT NULL,
    versions TEXT NOT NULL CHECK (json_valid(versions)),
    at TEXT NOT NULL,
    expires TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'confirmed', 'released', 'expired')),
    wrapped_key BLOB,
    CHECK ((wrapped_key IS NULL) = (state = 'expired'))
) STRICT;
CREATE INDEX records_job ON records (job, seq);
CREATE INDEX records_state ON records (state, seq);
CREATE INDEX records_expires ON records (expires) WHERE wrapped_key IS NOT NULL;

CREATE TABLE history (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    record TEXT NOT NULL REFERENCES records (id),
    at TEXT NOT NULL,
    event TEXT NOT NULL,
    user TEXT NOT NULL,
    note TEXT NOT NULL,
    job TEXT NOT NULL
) STRICT;
CREATE INDEX history_record ON history (record, seq);
