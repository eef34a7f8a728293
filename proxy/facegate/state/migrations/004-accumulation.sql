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
