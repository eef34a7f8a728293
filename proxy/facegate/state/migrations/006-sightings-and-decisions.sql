-- one record a withheld body, however often it is seen; decisions that count at the gate; see quarantine/
ALTER TABLE records RENAME TO records_1;
ALTER TABLE history RENAME TO history_1;

CREATE TABLE records (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,  -- newest first by key: paging stays flat
    id TEXT NOT NULL UNIQUE,
    digest TEXT NOT NULL,
    codings TEXT NOT NULL CHECK (json_valid(codings)),
    size INTEGER NOT NULL,
    content_type TEXT NOT NULL,
    reason TEXT NOT NULL,
    detail TEXT NOT NULL,
    findings TEXT NOT NULL CHECK (json_valid(findings)),
    faces INTEGER NOT NULL,
    versions TEXT NOT NULL CHECK (json_valid(versions)),
    job TEXT NOT NULL,                      -- of the first sighting, as are url and host
    url TEXT NOT NULL,
    host TEXT NOT NULL,
    at TEXT NOT NULL,
    last TEXT NOT NULL,                     -- of the last sighting
    sightings INTEGER NOT NULL,
    expires TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'confirmed', 'false-positive', 'released', 'expired')),
    hold TEXT,                              -- why it may not expire
    wrapped_key BLOB,                       -- NULL: no bytes are kept
    key_id TEXT,                            -- of the master key that wraps it
    gone TEXT,                              -- since when its time is over, its bytes destroyed
    CHECK (wrapped_key IS NULL OR gone IS NULL),
    CHECK ((wrapped_key IS NULL) = (key_id IS NULL)),
    CHECK (state <> 'expired' OR gone IS NOT NULL)
) STRICT;
INSERT INTO records
    SELECT seq, id, digest, codings, size, content_type, reason, detail, findings, faces, versions, job, url, host,
        at, at, 1, expires, state, NULL, wrapped_key,
        CASE WHEN wrapped_key IS NOT NULL
            THEN coalesce((SELECT substr(value, 1, 16) FROM settings WHERE name = 'master-key'), '') END,
        CASE WHEN state = 'expired' THEN expires END
    FROM records_1;

CREATE TABLE history (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    record TEXT NOT NULL REFERENCES records (id),
    at TEXT NOT NULL,
    event TEXT NOT NULL,
    user TEXT NOT NULL,
    note TEXT NOT NULL,
    job TEXT NOT NULL
) STRICT;
INSERT INTO history SELECT * FROM history_1;
DROP TABLE history_1;
DROP TABLE records_1;
CREATE INDEX history_record ON history (record, seq);
CREATE INDEX records_digest ON records (digest, seq);
CREATE INDEX records_state ON records (state, seq);
CREATE INDEX records_at ON records (at);
CREATE INDEX records_expires ON records (expires) WHERE gone IS NULL AND hold IS NULL;

-- the record that a body which is withheld again belongs to
CREATE TABLE bodies (
    digest TEXT NOT NULL,
    codings TEXT NOT NULL,
    record INTEGER NOT NULL REFERENCES records (seq),
    PRIMARY KEY (digest, codings)
) STRICT, WITHOUT ROWID;
INSERT OR REPLACE INTO bodies SELECT digest, codings, seq FROM records WHERE gone IS NULL ORDER BY seq;
CREATE TRIGGER records_gone AFTER UPDATE OF gone ON records WHEN new.gone IS NOT NULL
    BEGIN DELETE FROM bodies WHERE digest = new.digest AND codings = new.codings AND record = new.seq; END;

CREATE TABLE sightings (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    record INTEGER NOT NULL REFERENCES records (seq),
    job TEXT NOT NULL,
    url TEXT NOT NULL,
    host TEXT NOT NULL,
    reason TEXT NOT NULL,
    at TEXT NOT NULL
) STRICT;
INSERT INTO sightings (record, job, url, host, reason, at) SELECT seq, job, url, host, reason, at FROM records;
CREATE INDEX sightings_record ON sightings (record, seq);
CREATE INDEX sightings_url ON sightings (url);

-- which records somebody who looks for a job or a host is shown
CREATE TABLE record_jobs (
    job TEXT NOT NULL, record INTEGER NOT NULL, PRIMARY KEY (job, record)
) STRICT, WITHOUT ROWID;
CREATE TABLE record_hosts (
    host TEXT NOT NULL, record INTEGER NOT NULL, PRIMARY KEY (host, record)
) STRICT, WITHOUT ROWID;
INSERT INTO record_jobs SELECT job, seq FROM records;
INSERT INTO record_hosts SELECT host, seq FROM records;
CREATE TRIGGER sightings_inserted AFTER INSERT ON sightings BEGIN
    INSERT OR IGNORE INTO record_jobs VALUES (new.job, new.record);
    INSERT OR IGNORE INTO record_hosts VALUES (new.host, new.record);
END;

-- bodies that a person found to bear no face: they pass from then on
CREATE TABLE corrections (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    digest TEXT NOT NULL,
    codings TEXT NOT NULL,
    record TEXT NOT NULL REFERENCES records (id),
    by TEXT NOT NULL,
    why TEXT NOT NULL,
    at TEXT NOT NULL,
    revoked TEXT,
    revoked_by TEXT,
    revoked_why TEXT
) STRICT;
CREATE UNIQUE INDEX corrections_in_force ON corrections (digest, codings) WHERE revoked IS NULL;
CREATE INDEX corrections_record ON corrections (record);
CREATE TABLE correction_changes (seq INTEGER PRIMARY KEY AUTOINCREMENT, correction INTEGER NOT NULL) STRICT;
CREATE TRIGGER corrections_inserted AFTER INSERT ON corrections
    BEGIN INSERT INTO correction_changes (correction) VALUES (new.seq); END;
CREATE TRIGGER corrections_updated AFTER UPDATE ON corrections
    BEGIN INSERT INTO correction_changes (correction) VALUES (new.seq); END;

-- a record let through to a job, once; a second person stands behind those of untargeted jobs
CREATE TABLE releases (
    id TEXT PRIMARY KEY,
    record TEXT NOT NULL REFERENCES records (id),
    job TEXT NOT NULL,
    why TEXT NOT NULL,
    asked_by TEXT NOT NULL,
    asked TEXT NOT NULL,
    seconded_by TEXT,
    seconded TEXT,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'granted', 'delivered', 'withdrawn')),
    ended TEXT,                             -- delivered or withdrawn
    how TEXT NOT NULL DEFAULT '',           -- 'proxy' or 'export', or who withdrew it and why
    CHECK ((ended IS NULL) = (state IN ('waiting', 'granted')))
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX releases_under_way ON releases (record, job) WHERE ended IS NULL;
CREATE INDEX releases_job ON releases (job, state);
CREATE INDEX releases_record ON releases (record);
CREATE INDEX releases_state ON releases (state, asked);
