-- 1: the request was inside its job's scope by every name it asked by; of older ones nobody can tell
ALTER TABLE sightings ADD COLUMN inside INTEGER NOT NULL DEFAULT 0;
