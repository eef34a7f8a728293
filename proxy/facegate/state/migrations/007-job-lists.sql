-- what the console finds jobs by, kept by triggers; see state/joblist.py
CREATE TABLE job_list (
    job TEXT PRIMARY KEY REFERENCES jobs (id) DEFERRABLE INITIALLY DEFERRED,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    max_releases REAL,
    max_faces REAL,
    max_responses REAL,
    max_bytes REAL,                      -- may be beyond 64 bits
    near INTEGER NOT NULL                -- 1: of one of its budgets four fifths are spent
) STRICT, WITHOUT ROWID;
CREATE INDEX job_list_kind ON job_list (kind, job);
CREATE INDEX job_list_state ON job_list (state, kind, job);
CREATE INDEX job_list_near ON job_list (job) WHERE near = 1;
CREATE INDEX jobs_end ON jobs (expires, id) WHERE state NOT IN ('expired', 'revoked');
CREATE VIEW job_list_now AS SELECT j.id, v.kind, j.state, v.releases, v.faces, v.responses, v.bytes,
    coalesce(j.releases >= v.releases * 0.8, 0) OR coalesce(j.faces >= v.faces * 0.8, 0)
        OR coalesce(j.responses >= v.responses * 0.8, 0) OR coalesce(j.bytes >= v.bytes * 0.8, 0)
    FROM jobs j JOIN (SELECT job, version, kind, body ->> '$.scope.max_releases' AS releases,
        body ->> '$.scope.max_faces' AS faces, body ->> '$.scope.max_responses' AS responses,
        body ->> '$.scope.max_bytes' AS bytes FROM job_versions) v ON v.job = j.id AND v.version = j.current;
INSERT INTO job_list SELECT * FROM job_list_now;
CREATE TRIGGER job_list_jobs AFTER INSERT ON jobs
    BEGIN INSERT OR REPLACE INTO job_list SELECT * FROM job_list_now WHERE id = new.id; END;
CREATE TRIGGER job_list_versions AFTER INSERT ON job_versions
    BEGIN INSERT OR REPLACE INTO job_list SELECT * FROM job_list_now WHERE id = new.job; END;
CREATE TRIGGER job_list_changed AFTER UPDATE OF state, current ON jobs
    BEGIN INSERT OR REPLACE INTO job_list SELECT * FROM job_list_now WHERE id = new.id; END;
CREATE TRIGGER job_list_spent AFTER UPDATE OF releases, faces, responses, bytes ON jobs
    BEGIN UPDATE job_list SET near = 1 WHERE job = new.id AND near = 0 AND (
        new.releases >= max_releases * 0.8 OR new.faces >= max_faces * 0.8
        OR new.responses >= max_responses * 0.8 OR new.bytes >= max_bytes * 0.8); END;
