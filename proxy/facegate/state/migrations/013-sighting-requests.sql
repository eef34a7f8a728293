-- the id of the request that brought it, as in the log, the traces and the answer; '' of older ones and of erased records
ALTER TABLE sightings ADD COLUMN request TEXT NOT NULL DEFAULT '';
CREATE INDEX sightings_request ON sightings (request) WHERE request <> '';
