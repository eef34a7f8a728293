-- exchanges as the ledgers tell of them, counted; see reports/counting.py
CREATE TABLE traffic_hours (
    hour TEXT NOT NULL,                  -- 2026-03-01T06, UTC
    action TEXT NOT NULL,
    reason TEXT NOT NULL,
    observed TEXT NOT NULL,              -- what enforce mode had done, where observe mode passed it; else ''
    exchanges INTEGER NOT NULL,
    faces INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    PRIMARY KEY (hour, action, reason, observed)
) STRICT, WITHOUT ROWID;
CREATE TABLE traffic_days (
    job TEXT NOT NULL,
    day TEXT NOT NULL,
    action TEXT NOT NULL,
    reason TEXT NOT NULL,
    observed TEXT NOT NULL,
    exchanges INTEGER NOT NULL,
    faces INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    PRIMARY KEY (job, day, action, reason, observed)
) STRICT, WITHOUT ROWID;
-- how far each ledger is counted; the place in the file is a hint, the number counts
CREATE TABLE traffic_counted (
    ledger TEXT PRIMARY KEY,
    seq INTEGER NOT NULL,
    file INTEGER NOT NULL,
    offset INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
