-- lists of records that stay as quick at a million of them; see quarantine/plans.py
DROP TRIGGER sightings_inserted;
ALTER TABLE record_jobs ADD COLUMN state TEXT NOT NULL DEFAULT 'open';  -- that of the record, kept by triggers
ALTER TABLE record_hosts ADD COLUMN state TEXT NOT NULL DEFAULT 'open';
UPDATE record_jobs SET state = (SELECT state FROM records WHERE seq = record);
UPDATE record_hosts SET state = (SELECT state FROM records WHERE seq = record);
CREATE INDEX record_jobs_state ON record_jobs (job, state, record);
CREATE INDEX record_jobs_record ON record_jobs (record);
CREATE INDEX record_hosts_state ON record_hosts (host, state, record);
CREATE INDEX record_hosts_record ON record_hosts (record);
CREATE TRIGGER sightings_inserted AFTER INSERT ON sightings BEGIN
    INSERT OR IGNORE INTO record_jobs
        VALUES (new.job, new.record, (SELECT state FROM records WHERE seq = new.record));
    INSERT OR IGNORE INTO record_hosts
        VALUES (new.host, new.record, (SELECT state FROM records WHERE seq = new.record));
END;

CREATE INDEX records_reason ON records (reason, state);
CREATE INDEX records_last ON records (last);
CREATE INDEX records_faces ON records (faces);
CREATE INDEX records_sightings ON records (sightings);
CREATE INDEX records_expiring ON records (expires) WHERE gone IS NULL;
CREATE INDEX records_state_last ON records (state, last);
CREATE INDEX records_state_faces ON records (state, faces);
CREATE INDEX records_state_sightings ON records (state, sightings);
CREATE INDEX records_state_expiring ON records (state, expires) WHERE gone IS NULL;
CREATE INDEX records_held ON records (seq) WHERE hold IS NOT NULL;

-- each host with its labels turned round: all below a name are neighbours
CREATE TABLE host_names (host TEXT PRIMARY KEY, reversed TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX host_names_reversed ON host_names (reversed);
INSERT INTO host_names
    WITH RECURSIVE turned (host, rest, back) AS (
        SELECT DISTINCT host, host || '.', '' FROM record_hosts
        UNION ALL
        SELECT host, substr(rest, instr(rest, '.') + 1), substr(rest, 1, instr(rest, '.')) || back
            FROM turned WHERE rest <> '')
    SELECT host, back FROM turned WHERE rest = '';

-- which records an hour's are among: they are numbered nearly in the order of their time, but not quite
CREATE TABLE record_hours (
    hour TEXT PRIMARY KEY, low INTEGER NOT NULL, high INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO record_hours SELECT substr(at, 1, 13), min(seq), max(seq) FROM records GROUP BY 1;

-- how many there are, by state: in all (key ''), of a reason, a job, a host
CREATE TABLE record_counts (
    kind TEXT NOT NULL CHECK (kind IN ('all', 'reason', 'job', 'host')),
    key TEXT NOT NULL,
    state TEXT NOT NULL,
    n INTEGER NOT NULL,
    PRIMARY KEY (kind, key, state)
) STRICT, WITHOUT ROWID;
CREATE INDEX record_counts_most ON record_counts (kind, state, n);
INSERT INTO record_counts SELECT 'all', '', state, count(*) FROM records GROUP BY state;
INSERT INTO record_counts SELECT 'reason', reason, state, count(*) FROM records GROUP BY reason, state;
INSERT INTO record_counts SELECT 'job', job, state, count(*) FROM record_jobs GROUP BY job, state;
INSERT INTO record_counts SELECT 'host', host, state, count(*) FROM record_hosts GROUP BY host, state;
CREATE TRIGGER records_counted AFTER INSERT ON records BEGIN
    INSERT INTO record_counts VALUES ('all', '', new.state, 1) ON CONFLICT DO UPDATE SET n = n + 1;
    INSERT INTO record_counts VALUES ('reason', new.reason, new.state, 1) ON CONFLICT DO UPDATE SET n = n + 1;
    INSERT INTO record_hours VALUES (substr(new.at, 1, 13), new.seq, new.seq)
        ON CONFLICT DO UPDATE SET low = min(low, new.seq), high = max(high, new.seq);
END;
CREATE TRIGGER records_restated AFTER UPDATE OF state ON records WHEN new.state <> old.state BEGIN
    UPDATE record_counts SET n = n - 1 WHERE kind = 'all' AND key = '' AND state = old.state;
    UPDATE record_counts SET n = n - 1 WHERE kind = 'reason' AND key = new.reason AND state = old.state;
    INSERT INTO record_counts VALUES ('all', '', new.state, 1) ON CONFLICT DO UPDATE SET n = n + 1;
    INSERT INTO record_counts VALUES ('reason', new.reason, new.state, 1) ON CONFLICT DO UPDATE SET n = n + 1;
    UPDATE record_jobs SET state = new.state WHERE record = new.seq;
    UPDATE record_hosts SET state = new.state WHERE record = new.seq;
END;
CREATE TRIGGER records_deleted AFTER DELETE ON records BEGIN
    UPDATE record_counts SET n = n - 1 WHERE kind = 'all' AND key = '' AND state = old.state;
    UPDATE record_counts SET n = n - 1 WHERE kind = 'reason' AND key = old.reason AND state = old.state;
END;
CREATE TRIGGER record_jobs_counted AFTER INSERT ON record_jobs BEGIN
    INSERT INTO record_counts VALUES ('job', new.job, new.state, 1) ON CONFLICT DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER record_jobs_restated AFTER UPDATE OF state ON record_jobs WHEN new.state <> old.state BEGIN
    UPDATE record_counts SET n = n - 1 WHERE kind = 'job' AND key = old.job AND state = old.state;
    INSERT INTO record_counts VALUES ('job', new.job, new.state, 1) ON CONFLICT DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER record_jobs_deleted AFTER DELETE ON record_jobs BEGIN
    UPDATE record_counts SET n = n - 1 WHERE kind = 'job' AND key = old.job AND state = old.state;
END;
CREATE TRIGGER record_hosts_counted AFTER INSERT ON record_hosts BEGIN
    INSERT INTO record_counts VALUES ('host', new.host, new.state, 1) ON CONFLICT DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER record_hosts_restated AFTER UPDATE OF state ON record_hosts WHEN new.state <> old.state BEGIN
    UPDATE record_counts SET n = n - 1 WHERE kind = 'host' AND key = old.host AND state = old.state;
    INSERT INTO record_counts VALUES ('host', new.host, new.state, 1) ON CONFLICT DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER record_hosts_deleted AFTER DELETE ON record_hosts BEGIN
    UPDATE record_counts SET n = n - 1 WHERE kind = 'host' AND key = old.host AND state = old.state;
    DELETE FROM record_counts WHERE kind = 'host' AND key = old.host AND n = 0;  -- it may name a person
    DELETE FROM host_names WHERE host = old.host
        AND NOT EXISTS (SELECT 1 FROM record_hosts WHERE host = old.host);
END;
