-- jobs get versions, several tokens, more budgets; what somebody approved keeps its fingerprint
DROP TRIGGER jobs_inserted;
DROP TRIGGER jobs_updated;
DROP TRIGGER jobs_frozen;
ALTER TABLE jobs RENAME TO jobs_1;

CREATE TABLE jobs (
    id TEXT PRIMARY KEY,
    operator TEXT NOT NULL,
    operator_key TEXT NOT NULL,          -- one spelling of it; see state/jobs.py
    state TEXT NOT NULL
        CHECK (state IN ('draft', 'pending', 'active', 'approved', 'exhausted', 'expired', 'revoked')),
    current INTEGER NOT NULL,            -- the version whose word counts
    expires TEXT,                        -- of that version
    releases INTEGER NOT NULL DEFAULT 0,
    faces INTEGER NOT NULL DEFAULT 0,
    responses INTEGER NOT NULL DEFAULT 0,
    bytes INTEGER NOT NULL DEFAULT 0,
    registered TEXT NOT NULL,
    revoked TEXT,
    FOREIGN KEY (id, current) REFERENCES job_versions (job, version) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX jobs_operator ON jobs (operator_key, id);
CREATE INDEX jobs_state ON jobs (state, id);
CREATE INDEX jobs_expires ON jobs (expires) WHERE state NOT IN ('expired', 'revoked');

CREATE TABLE job_versions (
    job TEXT NOT NULL REFERENCES jobs (id) DEFERRABLE INITIALLY DEFERRED,
    version INTEGER NOT NULL CHECK (version > 0),
    body TEXT NOT NULL CHECK (json_valid(body)),
    fingerprint TEXT NOT NULL,           -- sha256 of body: what the approver saw
    kind TEXT NOT NULL CHECK (kind IN ('untargeted', 'individual', 'group')),
    state TEXT NOT NULL
        CHECK (state IN ('draft', 'pending', 'in-force', 'superseded', 'rejected', 'withdrawn')),
    author TEXT NOT NULL,
    at TEXT NOT NULL,
    decider TEXT,
    decided TEXT,
    why TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (job, version),
    CHECK (kind = 'untargeted' OR state NOT IN ('in-force', 'superseded') OR decider IS NOT NULL)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX one_in_force ON job_versions (job) WHERE state = 'in-force';
CREATE UNIQUE INDEX one_waiting ON job_versions (job) WHERE state IN ('draft', 'pending');
CREATE TRIGGER job_versions_frozen BEFORE UPDATE OF job, version, body, fingerprint, kind, author, at
    ON job_versions WHEN old.state <> 'draft'
    BEGIN SELECT RAISE(ABORT, 'what was submitted is frozen'); END;

CREATE TABLE job_tokens (
    hash BLOB PRIMARY KEY CHECK (length(hash) = 32),
    job TEXT NOT NULL REFERENCES jobs (id) DEFERRABLE INITIALLY DEFERRED,
    generation INTEGER NOT NULL,
    until TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX job_tokens_job ON job_tokens (job);

-- which jobs changed, for gateways that remember some of them; see registry.py
CREATE TABLE job_changes (seq INTEGER PRIMARY KEY AUTOINCREMENT, job TEXT NOT NULL) STRICT;
CREATE TRIGGER job_changes_few AFTER INSERT ON job_changes
    BEGIN DELETE FROM job_changes WHERE seq <= new.seq - 10000; END;

INSERT INTO jobs
    SELECT id, operator, operator_key(operator),  -- ours; see database.migrate
        CASE WHEN state = 'active' AND kind <> 'untargeted' THEN 'approved' ELSE state END,
        1,
        CASE WHEN instr(expires, '.') THEN expires  -- microseconds stand there or nothing
            ELSE strftime('%Y-%m-%dT%H:%M:%S.000000+00:00', expires) END,
        releases, 0, 0, 0, registered, revoked FROM jobs_1;
INSERT INTO job_versions
    SELECT id, 1, json_object('id', id, 'operator', operator, 'purpose', purpose, 'scope', json(scope)),
        fingerprint, kind,
        CASE WHEN kind <> 'untargeted' AND approver IS NULL THEN 'pending' ELSE 'in-force' END,
        'not recorded', registered, approver, approved, '' FROM jobs_1;
INSERT INTO job_tokens SELECT token_hash, id, 1, NULL FROM jobs_1;
DROP TABLE jobs_1;
DROP TABLE changes;

CREATE TRIGGER jobs_inserted AFTER INSERT ON jobs
    BEGIN INSERT INTO job_changes (job) VALUES (new.id); END;
CREATE TRIGGER jobs_updated AFTER UPDATE OF state, current ON jobs
    BEGIN INSERT INTO job_changes (job) VALUES (new.id); END;
CREATE TRIGGER job_tokens_inserted AFTER INSERT ON job_tokens
    BEGIN INSERT INTO job_changes (job) VALUES (new.job); END;
CREATE TRIGGER job_tokens_updated AFTER UPDATE ON job_tokens
    BEGIN INSERT INTO job_changes (job) VALUES (new.job); END;
CREATE TRIGGER job_tokens_deleted AFTER DELETE ON job_tokens
    BEGIN INSERT INTO job_changes (job) VALUES (old.job); END;
