"""The tables of the embedded state, as migrations that only ever go forward."""

APPLICATION_ID = 0x46474154  # "FGAT": tells our file from anybody else's SQLite file

# One entry a version. An entry that was released is never edited; a change is a new entry.
MIGRATIONS: tuple[str, ...] = (
    """
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
    """,
    """
    ALTER TABLE records ADD COLUMN detail TEXT NOT NULL DEFAULT '';
    """,
    """
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
    """,
    """
    -- what one operator's targeted jobs add up to; see state/accumulation.py
    CREATE TABLE operators (
        key TEXT PRIMARY KEY,
        signatures INTEGER NOT NULL DEFAULT 0,
        held TEXT,                           -- since when its releases are stopped
        why TEXT NOT NULL DEFAULT '',
        signed TEXT,
        signer TEXT,
        reason TEXT NOT NULL DEFAULT ''
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE operator_days (
        operator TEXT NOT NULL,
        signature INTEGER NOT NULL,          -- how many there had been: what is signed is counted no more
        day TEXT NOT NULL,
        releases INTEGER NOT NULL,           -- since that signature, until the day's end: no sum over days is needed
        faces INTEGER NOT NULL,
        PRIMARY KEY (operator, signature, day)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE operator_parts (
        operator TEXT NOT NULL,
        part TEXT NOT NULL CHECK (part IN ('subject', 'host')),
        value TEXT NOT NULL,
        job TEXT NOT NULL,
        signature INTEGER NOT NULL,
        begun TEXT NOT NULL,
        until TEXT NOT NULL,
        PRIMARY KEY (operator, part, value, job)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX operator_parts_job ON operator_parts (job);
    CREATE INDEX operator_parts_subject ON operator_parts (value, operator, job) WHERE part = 'subject';
    """,
    """
    -- bearer tokens of the HTTP API; a user who is removed takes them along
    CREATE TABLE api_tokens (
        id TEXT PRIMARY KEY,
        hash BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),
        user TEXT NOT NULL COLLATE NOCASE REFERENCES users (name) ON DELETE CASCADE,
        scopes TEXT NOT NULL CHECK (json_valid(scopes)),
        made TEXT NOT NULL,
        expires TEXT NOT NULL,
        used TEXT                            -- to the hour
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX api_tokens_user ON api_tokens (user);
    """,
)

VERSION = len(MIGRATIONS)
